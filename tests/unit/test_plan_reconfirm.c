/*
 * The plan of who is registered: what falls stale and when, what an administrator requires, what is only told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/facts.h"
#include "tests/unit/plan_fixture.h"

/* As the plainest, and a method is proven again after 180 days. */
static struct config
half_a_year(void)
{
	struct config config = plainest;

	config.registration.reconfirm_days = 180;
	return config;
}

static struct plan
plan_at(const struct config *config, const struct plan_user *user, int64_t now)
{
	struct plan plan;

	plan_make(&plan, config, ALL, user, now);
	return plan;
}

/* Registered: the app, proven 5 days ago, and an address, proven so many days ago. */
static struct plan_user
mail_proven(int64_t days_ago)
{
	struct plan_user user = user_with(APP | EMAIL);

	user.methods[METHOD_EMAIL].proven_at = NOW - days_ago * DAY;
	user.registered_at = NOW - 300 * DAY;
	return user;
}

static void
a_method_is_stale_so_many_days_after_its_last_proof(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(180);
	struct plan plan = plan_at(&config, &user, NOW - 1);

	(void)state;
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.quiet_until, NOW); /* the stamp ends when it falls stale */
	assert_int_equal(plan.due_at, NOW);
	assert_true(plan.settled);
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.state, STATE_RECONFIRM);
	assert_int_equal(plan.standing[METHOD_EMAIL], STANDING_STALE);
	assert_int_equal(plan.quiet_until, 0);
	assert_false(plan.settled);
	config.registration.reconfirm_days = 0;
	plan = plan_at(&config, &user, NOW + 10000 * DAY);
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.due_at, 0);
}

static void
only_what_is_stale_is_asked_for(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(200);
	struct plan plan;

	(void)state;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.stale_count, 1);
	assert_int_equal(plan.stale[0], METHOD_EMAIL);
	assert_int_equal(plan.standing[METHOD_APP], STANDING_PROVEN);
	assert_int_equal(plan.standing[METHOD_QUESTIONS], STANDING_MISSING);
	user.methods[METHOD_APP].proven_at = NOW - 400 * DAY;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.stale_count, 2);
	assert_int_equal(plan.stale[0], METHOD_APP); /* in the policy's order */
	assert_int_equal(plan.stale[1], METHOD_EMAIL);
}

static void
a_stale_method_still_counts_as_registered(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(200);
	struct plan plan = plan_at(&config, &user, NOW);

	(void)state;
	assert_true(plan.registered);
	assert_int_equal(plan.done, 2);
}

static void
what_is_not_offered_any_more_is_not_asked_for_again(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(200);
	struct plan plan;

	(void)state;
	config.email.url = none;
	config.registration.methods_required = 1;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.standing[METHOD_EMAIL], STANDING_MISSING);
}

static void
what_is_missing_comes_before_what_is_stale(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(200);
	struct plan plan;

	(void)state;
	config.registration.methods_required = 3; /* the policy was raised */
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.state, STATE_REGISTER);
	assert_int_equal(plan.done, 2);
	assert_int_equal(plan.stale_count, 1);
	user.methods[METHOD_QUESTIONS] = (struct plan_method){ true, false, NOW };
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_RECONFIRM);
	user.methods[METHOD_EMAIL].proven_at = NOW;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_OK);
}

static void
a_method_removed_below_what_is_required_is_due_at_once(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(5);

	(void)state;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_OK);
	user.methods[METHOD_EMAIL] = (struct plan_method){ 0 };
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_REGISTER);
}

static void
a_reconfirmation_is_postponed_as_a_registration_is(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(200);
	struct plan plan;

	(void)state;
	user.postpones_used = 2;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.postpones_left, 1);
	assert_int_equal(plan.due_at, NOW);
	user.postponed_until = NOW + 12 * HOUR;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.quiet_until, NOW + 12 * HOUR);
	config.registration.enforce = ENFORCE_OFF;
	user.postponed_until = 0;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_OK);
}

static void
while_blocked_a_reconfirmation_waits_and_a_registration_does_not(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(200);
	struct plan plan;

	(void)state;
	user.blocked_until = NOW + HOUR;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.quiet_until, NOW + HOUR);
	assert_false(plan.settled);
	assert_int_equal(plan_at(&config, &user, NOW + HOUR).state, STATE_RECONFIRM);
	config.registration.methods_required = 3;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_REGISTER);
}

static void
what_an_administrator_requires_makes_stale_what_was_proven_before(void **state)
{
	struct plan_user user = mail_proven(1);
	struct plan plan;

	(void)state;
	user.required_at = NOW - 2 * DAY; /* the app was proven 5 days ago */
	plan = plan_at(&plainest, &user, NOW);
	assert_int_equal(plan.state, STATE_RECONFIRM);
	assert_int_equal(plan.stale_count, 1);
	assert_int_equal(plan.stale[0], METHOD_APP);
	user.methods[METHOD_APP].proven_at = user.required_at;
	plan = plan_at(&plainest, &user, NOW);
	assert_int_equal(plan.state, STATE_OK);
	assert_true(plan.settled);
	user.required_at =
		NOW + 1; /* under another clock: what is proven today could not meet it */
	plan = plan_at(&plainest, &user, NOW);
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.quiet_until, NOW + 1);
	user.required_by = NOW + 20 * DAY;
	user.methods[METHOD_EMAIL].registered = false;
	plan = plan_at(&plainest, &user, NOW);
	assert_int_equal(plan.state, STATE_REGISTER);
	assert_int_equal(plan.postpones_left, 3);
}

static void
a_required_date_stands_in_the_place_of_postpone_until(void **state)
{
	static const struct {
		int64_t free_until, required_by;
		int left;
		int64_t due_at;
	} rows[] = {
		{ 0, NOW + 3 * DAY, POSTPONES_FREE, NOW + 3 * DAY },
		{ 0, NOW, 3, NOW },
		{ 0, 0, 3, NOW },
		{ NOW + 9 * DAY, 0, 3, NOW }, /* required at once */
		{ NOW + 9 * DAY, NOW + 3 * DAY, POSTPONES_FREE, NOW + 3 * DAY },
		{ NOW - 9 * DAY, NOW + 3 * DAY, POSTPONES_FREE, NOW + 3 * DAY },
	};
	struct config config = plainest;
	struct plan_user user = mail_proven(5);

	(void)state;
	user.required_at = NOW - DAY;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan plan;

		config.registration.postpone_until = rows[i].free_until;
		user.required_by = rows[i].required_by;
		plan = plan_at(&config, &user, NOW);
		assert_int_equal(plan.state, STATE_RECONFIRM);
		assert_int_equal(plan.postpones_left, rows[i].left);
		assert_int_equal(plan.due_at, rows[i].due_at);
	}
}

static void
a_requirement_that_was_met_moves_no_date(void **state)
{
	struct config config = plainest;
	struct plan_user user = mail_proven(5);
	struct plan plan;

	(void)state;
	config.registration.postpone_until = NOW + 9 * DAY;
	user.required_at = NOW - 10 * DAY;
	plan = plan_at(&config, &user, NOW);
	assert_true(plan.settled);
	assert_int_equal(plan.deadline, NOW + 9 * DAY);
}

static void
keyed_logins_are_refused_after_the_required_date(void **state)
{
	struct config config = plainest;
	struct plan_user user = mail_proven(5);
	struct plan plan;

	(void)state;
	config.registration.keyed_logins = KEYED_REFUSE;
	user.required_at = NOW - DAY;
	user.required_by = NOW + DAY;
	plan = plan_at(&config, &user, NOW);
	assert_int_equal(plan.state, STATE_RECONFIRM);
	assert_false(plan_refuses_keyed(&plan, &config, NOW));
	plan = plan_at(&config, &user, NOW + DAY);
	assert_true(plan_refuses_keyed(&plan, &config, NOW + DAY));
	user.required_by = 0; /* at once: no date was set */
	plan = plan_at(&config, &user, NOW + DAY);
	assert_int_equal(plan.state, STATE_RECONFIRM);
	assert_int_equal(plan.postpones_left, 3);
	assert_false(plan_refuses_keyed(&plan, &config, NOW + DAY));
	config.registration.postpone_until = NOW; /* but the policy has one */
	plan = plan_at(&config, &user, NOW + DAY);
	assert_true(plan_refuses_keyed(&plan, &config, NOW + DAY));
	config.registration.postpone_until = 0;
	user.required_at = 0; /* no date at all: never */
	user.methods[METHOD_EMAIL].registered = false;
	plan = plan_at(&config, &user, NOW + DAY);
	assert_int_equal(plan.state, STATE_REGISTER);
	assert_false(plan_refuses_keyed(&plan, &config, NOW + DAY));
}

static void
an_untold_change_is_a_notice_when_nothing_else_is_due(void **state)
{
	struct config config = half_a_year();
	struct plan_user user = mail_proven(5);

	(void)state;
	user.notice = true;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_NOTICE);
	assert_int_equal(plan_at(&config, &user, NOW).quiet_until, 0);
	user.methods[METHOD_EMAIL].proven_at = NOW - 200 * DAY;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_RECONFIRM);
	assert_true(plan_at(&config, &user, NOW).notice);
	user.postponed_until = NOW + HOUR; /* "not now" does not silence it */
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_NOTICE);
	config.registration.enforce = ENFORCE_OFF;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_NOTICE);
	user.local_password = false;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_NOT_ENABLED);
}

static void
fewer_than_four_recovery_codes_are_told_in_a_line(void **state)
{
	static const struct {
		int left;
		enum state state;
		bool few;
	} rows[] = {
		{ 10, STATE_OK, false },   { 4, STATE_OK, false },    { 3, STATE_REMIND, true },
		{ 1, STATE_REMIND, true }, { 0, STATE_REMIND, true },
	};
	struct plan_user user = user_with(APP | EMAIL | RECOVERY);
	struct config config = plainest;
	struct plan plan;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		user.codes_left = rows[i].left;
		plan = plan_at(&config, &user, NOW);
		assert_int_equal(plan.state, rows[i].state);
		assert_int_equal(plan.few_codes, rows[i].few);
		assert_int_equal(plan.codes_left, rows[i].left);
	}
	config.registration.enforce = ENFORCE_OFF;
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_OK);
	config.registration.enforce = ENFORCE_REQUIRED;
	config.registration.method_count = 5; /* not offered any more */
	assert_int_equal(plan_at(&config, &user, NOW).state, STATE_OK);
	user.methods[METHOD_RECOVERY_CODES].registered = false;
	assert_int_equal(plan_at(&plainest, &user, NOW).state, STATE_OK);
	assert_int_equal(plan_at(&plainest, &user, NOW).codes_left, -1);
}

static void
recovery_codes_that_are_all_used_prove_nothing(void **state)
{
	struct plan_user user = user_with(APP | RECOVERY);
	struct plan plan;

	(void)state;
	user.codes_left = 1;
	plan = plan_at(&plainest, &user, NOW);
	assert_int_equal(plan.done, 2);
	user.codes_left = 0;
	plan = plan_at(&plainest, &user, NOW);
	assert_int_equal(plan.done, 1);
	assert_int_equal(plan.state, STATE_REGISTER);
	assert_int_equal(plan.standing[METHOD_RECOVERY_CODES], STANDING_MISSING);
}

static void
when_it_falls_stale_is_told_as_the_plan_counts_it(void **state)
{
	struct config config = half_a_year();

	(void)state;
	assert_int_equal(plan_stale_at(&config, NOW, 0, NOW), NOW + 180 * DAY);
	assert_int_equal(plan_stale_at(&config, NOW - 200 * DAY, 0, NOW), NOW - 20 * DAY);
	assert_int_equal(plan_stale_at(&config, NOW - 2, NOW - 1, NOW), NOW - 1);
	assert_int_equal(plan_stale_at(&config, NOW - 1, NOW - 1, NOW), NOW - 1 + 180 * DAY);
	assert_int_equal(plan_stale_at(&config, INT64_MAX, 0, NOW), NOW + 180 * DAY);
	assert_int_equal(plan_stale_at(&plainest, NOW - 900 * DAY, 0, NOW), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_method_is_stale_so_many_days_after_its_last_proof),
		cmocka_unit_test(only_what_is_stale_is_asked_for),
		cmocka_unit_test(a_stale_method_still_counts_as_registered),
		cmocka_unit_test(what_is_not_offered_any_more_is_not_asked_for_again),
		cmocka_unit_test(what_is_missing_comes_before_what_is_stale),
		cmocka_unit_test(a_method_removed_below_what_is_required_is_due_at_once),
		cmocka_unit_test(a_reconfirmation_is_postponed_as_a_registration_is),
		cmocka_unit_test(while_blocked_a_reconfirmation_waits_and_a_registration_does_not),
		cmocka_unit_test(what_an_administrator_requires_makes_stale_what_was_proven_before),
		cmocka_unit_test(a_required_date_stands_in_the_place_of_postpone_until),
		cmocka_unit_test(a_requirement_that_was_met_moves_no_date),
		cmocka_unit_test(keyed_logins_are_refused_after_the_required_date),
		cmocka_unit_test(an_untold_change_is_a_notice_when_nothing_else_is_due),
		cmocka_unit_test(fewer_than_four_recovery_codes_are_told_in_a_line),
		cmocka_unit_test(recovery_codes_that_are_all_used_prove_nothing),
		cmocka_unit_test(when_it_falls_stale_is_told_as_the_plan_counts_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
