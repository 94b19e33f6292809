/*
 * What holds for the plan of any user under any policy: many random ones, always the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/facts.h"
#include "protocol/stamp.h"
#include "ssprd/core/plan.h"

#define ROUNDS 200000
#define NOW    1800000000ll
#define ALL    ((1u << METHOD_COUNT) - 1)

static char none[] = "", some[] = "smtp://mail.example.org", name_a[] = "a", group_g[] = "@g";
static char *names[] = { name_a, group_g };
static const char *const groups[] = { "g", "h" };

static int
below(int limit)
{
	return rand() % limit;
}

static int64_t
around_now(void)
{
	static const int64_t moments[] = {
		0,           NOW - 90000,           NOW - 1,     NOW, NOW + 1,
		NOW + 43200, NOW + STAMP_AHEAD_MAX, NOW + 900000
	};

	return moments[below(8)];
}

static struct name_list
any_list(void)
{
	size_t first = (size_t)below(2);

	return (struct name_list){ names + first, (size_t)below(3 - (int)first) };
}

static void
any_methods(struct registration_config *policy)
{
	unsigned int left = ALL;

	policy->method_count = below(METHOD_COUNT + 1);
	for (int i = 0; i < policy->method_count; i++) {
		int m = below(METHOD_COUNT);

		while (!(left >> m & 1))
			m = (m + 1) % METHOD_COUNT;
		left &= ~(1u << m);
		policy->methods[i] = (enum method)m;
	}
}

static struct config
any_policy(void)
{
	struct config config = {
		.registration = { .enforce = (enum enforce)below(3),
				  .users_all = below(2),
				  .users = any_list(),
				  .exclude = any_list(),
				  .min_uid = below(3) * 1000,
				  .methods_required = 1 + below(6),
				  .postpone_limit = below(4),
				  .postpone_until = around_now(),
				  .privileged = any_list(),
				  .keyed_logins = (enum keyed_logins)below(2) },
		.email = { .url = below(2) ? some : none },
		.sms = { .preset = none, .url = below(2) ? some : none, .program = none },
		.voice = { .preset = none, .url = below(2) ? some : none, .program = none },
	};

	any_methods(&config.registration);
	return config;
}

static struct plan_user
any_user(void)
{
	static const uint64_t uids[] = { 0, 1, 999, 1000, 1001, 2000, UINT32_MAX, UINT64_MAX };
	struct plan_user user = { .name = below(2) ? "a" : "b",
				  .uid = uids[below(8)],
				  .local_password = below(4) != 0,
				  .groups = groups,
				  .group_count = (size_t)below(3),
				  .postpones_used = below(6),
				  .postponed_until = around_now() };

	for (int m = 0; m < METHOD_COUNT; m++)
		user.methods[m] = (struct plan_method){ below(2), around_now() };
	return user;
}

/* Every method once, and of those that are offered so many are registered as is said. */
static void
check_offered(const struct plan *plan, const struct plan_user *user)
{
	unsigned int seen = 0;
	int registered = 0;

	assert_in_range(plan->offered_count, 0, METHOD_COUNT);
	for (int i = 0; i < plan->offered_count; i++) {
		unsigned int bit = 1u << plan->offered[i];

		assert_false(seen & bit);
		seen |= bit;
		registered += user->methods[plan->offered[i]].registered;
		assert_false(plan->privileged && plan->offered[i] == METHOD_QUESTIONS);
	}
	assert_int_equal(plan->done, registered);
}

static void
check(const struct plan *plan, const struct config *config, const struct plan_user *user)
{
	const struct registration_config *policy = &config->registration;

	check_offered(plan, user);
	assert_true(plan->required >= 0 && plan->required <= plan->offered_count);
	assert_true(plan->required <= policy->methods_required);
	assert_int_equal(plan->registered, plan->done >= plan->required);
	if (plan->state == STATE_REGISTER) { /* then there is something to do, and it can be done */
		assert_true(plan->done < plan->required);
		assert_true(plan->done < plan->offered_count);
		assert_int_not_equal(policy->enforce, ENFORCE_OFF);
	} else {
		assert_true(plan->state == STATE_OK || plan->state == STATE_NOT_ENABLED);
		assert_true(plan->quiet_until > NOW && plan->quiet_until <= NOW + STAMP_AHEAD_MAX);
	}
	assert_int_equal(plan->enabled, plan->state != STATE_NOT_ENABLED);
	if (user->uid == 0 || !user->local_password)
		assert_false(plan->enabled);
	if (plan->postpones_left == POSTPONES_FREE)
		assert_true(policy->enforce != ENFORCE_REQUIRED || NOW < policy->postpone_until);
	else
		assert_in_range(plan->postpones_left, 0, policy->postpone_limit);
	if (plan_refuses_keyed(plan, config, NOW))
		assert_true(plan->state == STATE_REGISTER && policy->keyed_logins == KEYED_REFUSE &&
			    plan->postpones_left != POSTPONES_FREE);
}

static void
no_policy_asks_the_impossible_of_anybody(void **state)
{
	int states[STATE_COUNT] = { 0 };

	(void)state;
	srand(1);
	for (int i = 0; i < ROUNDS; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		struct plan plan;

		plan_make(&plan, &config, (unsigned int)below(ALL + 1), &user, NOW);
		check(&plan, &config, &user);
		states[plan.state]++;
	}
	assert_true(states[STATE_OK] > ROUNDS / 100);
	assert_true(states[STATE_REGISTER] > ROUNDS / 100);
	assert_true(states[STATE_NOT_ENABLED] > ROUNDS / 100);
}

/* While it is quiet nothing changes: the stamp never says more than the plan would. */
static void
nothing_falls_due_while_it_is_quiet(void **state)
{
	(void)state;
	srand(2);
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		struct plan first, later;

		plan_make(&first, &config, ALL, &user, NOW);
		if (first.state == STATE_REGISTER)
			continue;
		for (int k = 0; k < 4; k++) {
			int64_t then = NOW + (first.quiet_until - 1 - NOW) * k / 3;

			plan_make(&later, &config, ALL, &user, then);
			assert_int_equal(later.state, first.state);
			assert_false(plan_refuses_keyed(&later, &config, then));
		}
	}
}

/* Registering one more offered method, or having one less required, never makes more due. */
static void
a_step_forward_never_makes_more_due(void **state)
{
	(void)state;
	srand(3);
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		struct plan before, after;

		plan_make(&before, &config, ALL, &user, NOW);
		if (before.offered_count == 0)
			continue;
		user.methods[before.offered[below(before.offered_count)]].registered = true;
		plan_make(&after, &config, ALL, &user, NOW);
		assert_true(after.required - after.done <= before.required - before.done);
		assert_true(after.state == before.state || before.state == STATE_REGISTER);
		assert_int_equal(after.postpones_left, before.postpones_left);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_policy_asks_the_impossible_of_anybody),
		cmocka_unit_test(nothing_falls_due_while_it_is_quiet),
		cmocka_unit_test(a_step_forward_never_makes_more_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
