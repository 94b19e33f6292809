/*
 * What holds for the plan of any user under any policy: many random ones, always the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/facts.h"
#include "tests/unit/plan_any.h"

#define ROUNDS 200000
#define ROUNDS 200000

static bool
counts(const struct plan_user *user, enum method method)
{
	return user->methods[method].registered &&
	       (method != METHOD_RECOVERY_CODES || user->codes_left > 0);
}

/* Every method once, each can be delivered, and of those that are offered so many are proven as is said. */
static void
check_offered(const struct plan *plan, const struct config *config, const struct plan_user *user)
{
	unsigned int seen = 0;
	int proven = 0, stale = 0;

	assert_in_range(plan->offered_count, 0, METHOD_COUNT);
	for (int i = 0; i < plan->offered_count; i++) {
		enum method m = plan->offered[i];

		assert_false(seen & 1u << m);
		seen |= 1u << m;
		proven += counts(user, m);
		stale += plan->standing[m] == STANDING_STALE;
		assert_true(config_deliverable(config, m));
		assert_false(plan->privileged && m == METHOD_QUESTIONS);
		assert_true(m != METHOD_QUESTIONS || user->methods[m].registered ||
			    !user->no_questions);
		assert_true(m != METHOD_OFFICE_PHONE || user->methods[m].registered ||
			    user->methods[m].filled_in);
		assert_int_equal(plan->standing[m] >= STANDING_PROVEN, counts(user, m));
	}
	assert_int_equal(plan->done, proven);
	assert_int_equal(plan->stale_count, stale);
	for (int i = 0; i < plan->stale_count; i++)
		assert_true(seen & 1u << plan->stale[i]);
	for (int m = 0; m < METHOD_COUNT; m++)
		assert_true(seen & 1u << m || plan->standing[m] == STANDING_MISSING);
}

static void
check_postpones(const struct plan *plan, const struct registration_config *policy)
{
	if (plan->postpones_left == POSTPONES_FREE)
		assert_true(policy->enforce != ENFORCE_REQUIRED || NOW < plan->deadline);
	else
		assert_in_range(plan->postpones_left, 0, policy->postpone_limit);
}

/* What each state says must be so. */
static void
check_state(const struct plan *plan, const struct config *config, const struct plan_user *user)
{
	bool due = plan->state == STATE_REGISTER || plan->state == STATE_RECONFIRM;

	if (plan->state == STATE_REGISTER) /* then there is something to do, and it can be done */
		assert_true(plan->done < plan->required && plan->done < plan->offered_count);
	if (plan->state == STATE_RECONFIRM)
		assert_true(plan->registered && plan->stale_count > 0 &&
			    user->blocked_until <= NOW);
	if (plan->state == STATE_NOTICE)
		assert_true(user->notice);
	if (plan->state == STATE_REMIND)
		assert_true(plan->few_codes && user->codes_left < PLAN_FEW_CODES);
	if (due)
		assert_true(plan->due_at >= NOW && config->registration.enforce != ENFORCE_OFF);
	if (plan->state == STATE_OK || plan->state == STATE_NOT_ENABLED)
		assert_true(plan->quiet_until > NOW && plan->quiet_until <= NOW + STAMP_AHEAD_MAX);
	else
		assert_int_equal(plan->quiet_until, 0);
	if (plan_refuses_keyed(plan, config, NOW))
		assert_true(due && config->registration.keyed_logins == KEYED_REFUSE &&
			    plan->postpones_left != POSTPONES_FREE);
}

static void
check(const struct plan *plan, const struct config *config, const struct plan_user *user)
{
	const struct registration_config *policy = &config->registration;

	check_offered(plan, config, user);
	check_postpones(plan, policy);
	check_state(plan, config, user);
	assert_true(plan->required >= 0 && plan->required <= plan->offered_count);
	assert_true(plan->required <= policy->methods_required ||
		    (plan->privileged && plan->required == 2));
	assert_int_equal(plan->registered, plan->done >= plan->required);
	assert_int_equal(plan->enabled, plan->state != STATE_NOT_ENABLED);
	if (user->uid == 0 || !user->local_password)
		assert_false(plan->enabled);
	if (plan->needs_code || plan->dormant)
		assert_false(plan->registered);
	if (plan->capable)
		assert_true(plan->enabled && !user->frozen && user->blocked_until <= NOW &&
			    plan->done >= (plan->privileged ? 2 : policy->methods_to_reset));
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
	for (int i = 0; i < STATE_COUNT; i++)
		assert_true(states[i] > ROUNDS / 1000);
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
		for (int k = 0; first.quiet_until && k < 4; k++) {
			int64_t then = NOW + (first.quiet_until - 1 - NOW) * k / 3;

			plan_make(&later, &config, ALL, &user, then);
			assert_int_equal(later.state, first.state);
			assert_false(plan_refuses_keyed(&later, &config, then));
		}
	}
}

/* Proving one more offered method never makes more due. */
static void
a_step_forward_never_makes_more_due(void **state)
{
	(void)state;
	srand(3);
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		struct plan before, after;
		enum method m;

		plan_make(&before, &config, ALL, &user, NOW);
		if (before.offered_count == 0)
			continue;
		m = before.offered[below(before.offered_count)];
		user.methods[m] = (struct plan_method){ true, false, NOW };
		if (m == METHOD_RECOVERY_CODES)
			user.codes_left = 10;
		plan_make(&after, &config, ALL, &user, NOW);
		assert_true(after.required - after.done <= before.required - before.done);
		assert_true(after.stale_count <= before.stale_count);
		assert_true(after.state != STATE_REGISTER || before.state == STATE_REGISTER);
		assert_true(after.state != STATE_RECONFIRM || before.state == STATE_REGISTER ||
			    before.state == STATE_RECONFIRM);
		assert_true(!after.needs_code || before.needs_code);
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
