/*
 * Users who do what they are asked, whatever it is and in whatever order: the plan comes to an end with each of them, asks
 * for nothing that cannot be done, and leaves them alone until time passes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/facts.h"
#include "tests/unit/plan_any.h"

#define WALKS 20000
#define STEPS_MAX                                                                                  \
	(4 *                                                                                       \
	 METHOD_COUNT) /* register each, prove each again, renew the codes, read a notice, redeem a code */
#define YEARS 3

/* What the daemon does when a plan is settled. */
static void
settle(struct plan_user *user, const struct plan *plan, int64_t now)
{
	if (!plan->settled)
		return;
	user->postpones_used = 0;
	user->dormant_seen = 0;
	user->required_at = 0;
	user->required_by = 0;
	if (user->registered_at == 0)
		user->registered_at = now;
}

/* One of the offered methods that are not proven, at random: there is one. */
static enum method
choose_missing(const struct plan *plan)
{
	enum method open[METHOD_COUNT];
	int count = 0;

	for (int i = 0; i < plan->offered_count; i++)
		if (plan->standing[plan->offered[i]] < STANDING_PROVEN)
			open[count++] = plan->offered[i];
	assert_true(count > 0);
	return open[below(count)];
}

static void
do_register(struct plan_user *user, const struct plan *plan, const struct config *config,
	    int64_t now)
{
	enum method m;

	if (plan->needs_code) {
		user->code_open_until = now + 3600;
		return;
	}
	m = choose_missing(plan);
	assert_true(config_deliverable(config, m));
	if (m == METHOD_OFFICE_PHONE) /* it cannot be typed in, only confirmed */
		assert_true(user->methods[m].filled_in);
	assert_false(m == METHOD_QUESTIONS && user->no_questions);
	user->methods[m] = (struct plan_method){ true, false, now };
	if (m == METHOD_RECOVERY_CODES)
		user->codes_left = 10;
}

static void
do_reconfirm(struct plan_user *user, const struct plan *plan, const struct config *config,
	     int64_t now)
{
	enum method m = plan->stale[below(plan->stale_count)];

	assert_true(config_deliverable(config, m));
	assert_true(user->methods[m].registered);
	user->methods[m].proven_at = now;
	if (m == METHOD_RECOVERY_CODES)
		user->codes_left--; /* one of them was typed */
}

/* Do one thing that is asked. False: nothing is. */
static bool
do_what_is_asked(struct plan_user *user, const struct plan *plan, const struct config *config,
		 int64_t now)
{
	switch (plan->state) {
	case STATE_REGISTER:
		do_register(user, plan, config, now);
		return true;
	case STATE_RECONFIRM:
		do_reconfirm(user, plan, config, now);
		return true;
	case STATE_NOTICE:
		user->notice = false;
		return true;
	case STATE_REMIND:
		user->codes_left = 10;
		user->methods[METHOD_RECOVERY_CODES].proven_at = now;
		return true;
	default:
		return false;
	}
}

/* Until nothing is asked any more, a few seconds a step. How many steps it took. */
static int
walk_to_the_end(struct plan_user *user, const struct config *config, int64_t *now)
{
	struct plan plan;

	for (int steps = 0; steps <= STEPS_MAX; steps++) {
		plan_make(&plan, config, ALL, user, *now);
		settle(user, &plan, *now);
		if (!do_what_is_asked(user, &plan, config, *now))
			return steps;
		*now += below(60);
	}
	fail_msg("asked for ever: state %d, done %d of %d, %d stale", plan.state, plan.done,
		 plan.required, plan.stale_count);
	return -1;
}

static void
nobody_is_asked_for_ever(void **state)
{
	int longest = 0;

	(void)state;
	srand(4);
	for (int i = 0; i < WALKS; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		int64_t now = NOW;
		int steps = walk_to_the_end(&user, &config, &now);

		longest = steps > longest ? steps : longest;
		assert_int_equal(walk_to_the_end(&user, &config, &now), 0);
	}
	assert_true(longest > METHOD_COUNT);
}

/* Asked again only when something fell stale, or what was silenced is no longer: never twice within a day for one thing. */
static void
over_the_years_nobody_is_asked_before_something_falls_stale(void **state)
{
	(void)state;
	srand(5);
	for (int i = 0; i < WALKS / 20; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		int64_t now = NOW;

		user.blocked_until = user.postponed_until = 0;
		walk_to_the_end(&user, &config, &now);
		now += 30 * 86400; /* past every moment that any_user may have set */
		walk_to_the_end(&user, &config, &now);
		for (int day = 0; day < 365 * YEARS; day += 1 + below(60)) {
			int64_t days = config.registration.reconfirm_days;
			int64_t proven[METHOD_COUNT];
			int stale = 0, steps;

			now += (int64_t)(1 + below(60)) * 86400;
			for (int m = 0; m < METHOD_COUNT; m++) {
				proven[m] = user.methods[m].proven_at;
				stale += user.methods[m].registered && days &&
					 now - proven[m] >= days * 86400;
			}
			steps = walk_to_the_end(&user, &config, &now);
			assert_true(steps <=
				    stale + 2); /* and at most new codes, with a line before */
			assert_true(stale > 0 || steps == 0);
		}
	}
}

/* Who always says "not now" is let in so often as was told, and not once more. */
static void
postponing_comes_to_an_end_where_it_is_counted(void **state)
{
	int seen = 0;

	(void)state;
	srand(6);
	for (int i = 0; i < WALKS; i++) {
		struct config config = any_policy();
		struct plan_user user = any_user();
		struct plan plan;
		int told, said = 0;

		plan_make(&plan, &config, ALL, &user, NOW);
		told = plan.postpones_left;
		if ((plan.state != STATE_REGISTER && plan.state != STATE_RECONFIRM) ||
		    told == POSTPONES_FREE)
			continue;
		seen++;
		while (plan.postpones_left > 0) {
			user.postpones_used++;
			said++;
			plan_make(&plan, &config, ALL, &user, NOW);
		}
		assert_int_equal(said, told);
		assert_int_equal(plan.postpones_left, 0);
	}
	assert_true(seen > WALKS / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_asked_for_ever),
		cmocka_unit_test(over_the_years_nobody_is_asked_before_something_falls_stale),
		cmocka_unit_test(postponing_comes_to_an_end_where_it_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
