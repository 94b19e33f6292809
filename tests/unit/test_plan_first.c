/*
 * The plan of a first registration: who needs a help desk code for it, what an administrator filled in, what is asked of
 * the privileged; and who could reset a password now.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_fixture.h"

static struct plan
plan_for(const struct config *config, const struct plan_user *user)
{
	struct plan plan;

	plan_make(&plan, config, ALL, user, NOW);
	return plan;
}

static bool
needs_code(const struct config *config, const struct plan_user *user)
{
	return plan_for(config, user).needs_code;
}

static struct config
with_code(void)
{
	struct config config = plainest;

	config.registration.first_proof = FIRST_PROOF_CODE;
	return config;
}

static struct config
dormant_after(int days)
{
	struct config config = plainest;

	config.registration.dormant_days = days;
	return config;
}

static void
a_first_registration_needs_a_code_where_the_policy_says_so(void **state)
{
	struct config config = with_code();
	struct plan_user user = user_with(0);

	(void)state;
	assert_false(needs_code(&plainest, &user));
	assert_true(needs_code(&config, &user));
	assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
}

static void
a_redeemed_code_opens_the_registration_for_its_time(void **state)
{
	struct config config = with_code();
	struct plan_user user = user_with(0);

	(void)state;
	user.code_open_until = NOW + 1;
	assert_false(needs_code(&config, &user));
	assert_true(plan_for(&config, &user).code_open);
	user.code_open_until = NOW;
	assert_true(needs_code(&config, &user));
	assert_false(plan_for(&config, &user).code_open);
	user.code_open_until = NOW + PLAN_CODE_OPEN;
	assert_false(needs_code(&config, &user));
	user.code_open_until = NOW + PLAN_CODE_OPEN + 1; /* set under a wrong clock */
	assert_true(needs_code(&config, &user));
}

static void
until_all_is_registered_it_is_the_first_registration(void **state)
{
	struct config config = with_code();
	struct plan_user user = user_with(APP); /* 1 of 2, then the line dropped */

	(void)state;
	assert_true(needs_code(&config, &user));
	user = user_with(APP | EMAIL);
	assert_false(needs_code(&config, &user));
}

static void
who_was_registered_once_goes_on_without_a_code(void **state)
{
	struct config config = with_code();
	struct plan_user user = user_with(APP | EMAIL);

	(void)state;
	user.registered_at = NOW - 100 * DAY;
	config.registration.methods_required = 3; /* the policy asks for more now */
	assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
	assert_false(needs_code(&config, &user));
	user.methods[METHOD_EMAIL].registered = false; /* one was removed */
	assert_false(needs_code(&config, &user));
	user.methods[METHOD_APP].registered = false; /* all were: only the password is left */
	assert_true(needs_code(&config, &user));
}

static void
a_method_that_is_not_offered_any_more_still_says_who_it_is(void **state)
{
	struct config config = with_code();
	struct plan_user user = user_with(EMAIL);

	(void)state;
	user.registered_at = NOW - 100 * DAY;
	config.email.url = none;
	assert_int_equal(plan_for(&config, &user).done, 0);
	assert_false(needs_code(&config, &user));
}

static void
an_account_unused_for_long_needs_a_code(void **state)
{
	struct config config = dormant_after(90);
	struct plan_user user = user_with(0);
	static const struct {
		int64_t last_login;
		bool dormant;
	} rows[] = {
		{ NOW - 90 * DAY, true },
		{ NOW - 90 * DAY + 1, false },
		{ NOW - 4000 * DAY, true },
		{ 0, false }, /* never used is not dormant */
		{ NOW, false },
		{ NOW + DAY, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		user.last_login = rows[i].last_login;
		assert_int_equal(plan_for(&config, &user).dormant, rows[i].dormant);
		assert_int_equal(needs_code(&config, &user), rows[i].dormant);
		assert_false(needs_code(&plainest, &user)); /* dormant_days = 0 is off */
	}
}

static void
once_seen_dormant_an_account_needs_a_code_until_it_is_registered(void **state)
{
	struct config config = dormant_after(90);
	struct plan_user user = user_with(0);

	(void)state;
	user.dormant_seen = NOW - DAY;
	user.last_login = NOW - DAY; /* a login in between */
	assert_true(needs_code(&config, &user));
	assert_false(plan_for(&config, &user).dormant);
	user = user_with(APP | EMAIL);
	user.dormant_seen = NOW - DAY;
	assert_false(needs_code(&config, &user));
	assert_true(plan_for(&config, &user).settled);
	user = user_with(0);
	user.dormant_seen = NOW - DAY;
	assert_false(needs_code(&plainest, &user)); /* switched off since */
}

static void
a_registered_account_is_never_dormant(void **state)
{
	struct config config = dormant_after(90);
	struct plan_user user = user_with(APP | EMAIL);

	(void)state;
	user.last_login = NOW - 4000 * DAY;
	assert_false(plan_for(&config, &user).dormant);
	assert_false(needs_code(&config, &user));
}

static void
what_was_filled_in_counts_for_nothing_until_it_is_proven(void **state)
{
	struct plan_user user = user_with(APP);
	struct plan plan;

	(void)state;
	user.methods[METHOD_EMAIL].filled_in = true;
	plan = plan_for(&plainest, &user);
	assert_int_equal(plan.state, STATE_REGISTER);
	assert_int_equal(plan.done, 1);
	assert_int_equal(plan.standing[METHOD_EMAIL], STANDING_FILLED_IN);
	assert_int_equal(plan.stale_count, 0);
	user.methods[METHOD_EMAIL] = (struct plan_method){ true, false, NOW };
	plan = plan_for(&plainest, &user);
	assert_int_equal(plan.state, STATE_OK);
	assert_int_equal(plan.standing[METHOD_EMAIL], STANDING_PROVEN);
}

static void
an_office_phone_is_for_those_who_have_one_and_can_be_called(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP);

	(void)state;
	config.registration.methods[0] = METHOD_APP;
	config.registration.methods[1] = METHOD_OFFICE_PHONE;
	config.registration.method_count = 2;
	user.methods[METHOD_OFFICE_PHONE].filled_in = true;
	assert_int_equal(plan_for(&config, &user).required, 1); /* nobody can call it */
	config.voice.url = some;
	assert_int_equal(plan_for(&config, &user).required, 2);
	assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
	user.methods[METHOD_OFFICE_PHONE].filled_in = false;
	assert_int_equal(plan_for(&config, &user).required, 1);
	assert_int_equal(plan_for(&config, &user).state, STATE_OK);
}

static void
of_the_privileged_two_methods_are_required_at_least(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP);

	(void)state;
	config.registration.methods_required = 1;
	assert_int_equal(plan_for(&config, &user).state, STATE_OK);
	make_privileged(&user);
	assert_int_equal(plan_for(&config, &user).required, 2);
	assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
	config.registration.method_count = 1; /* the app is all there is */
	assert_int_equal(plan_for(&config, &user).required, 1);
	assert_int_equal(plan_for(&config, &user).state, STATE_OK);
}

static void
who_is_capable_of_a_reset(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP), blocked = user, frozen = user, out = user,
			 boss = user;

	(void)state;
	config.registration.methods_to_reset = 1;
	assert_true(plan_for(&config, &user).capable); /* registered or not: one is enough */
	blocked.blocked_until = NOW + 1;
	assert_false(plan_for(&config, &blocked).capable);
	frozen.frozen = true;
	assert_false(plan_for(&config, &frozen).capable);
	out.local_password = false;
	assert_false(plan_for(&config, &out).capable);
	make_privileged(&boss);
	assert_false(plan_for(&config, &boss).capable);
	boss.methods[METHOD_QUESTIONS].registered = true;
	assert_false(plan_for(&config, &boss).capable);
	boss.methods[METHOD_EMAIL].registered = true;
	assert_true(plan_for(&config, &boss).capable);
	config.registration.methods_to_reset = 2;
	assert_false(plan_for(&config, &user).capable);
}

static void
questions_alone_make_nobody_capable_unless_the_console_takes_them(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(QUESTIONS);

	(void)state;
	config.registration.methods_to_reset = 1;
	config.questions.alone = CHOICE_NEVER;
	assert_false(plan_for(&config, &user).capable);
	config.questions.alone = CHOICE_LOCAL;
	assert_true(plan_for(&config, &user).capable);
	config.questions.alone = CHOICE_NEVER;
	config.registration.methods_to_reset = 2;
	user.methods[METHOD_APP].registered = true;
	assert_true(plan_for(&config, &user).capable); /* as the second proof */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_registration_needs_a_code_where_the_policy_says_so),
		cmocka_unit_test(a_redeemed_code_opens_the_registration_for_its_time),
		cmocka_unit_test(until_all_is_registered_it_is_the_first_registration),
		cmocka_unit_test(who_was_registered_once_goes_on_without_a_code),
		cmocka_unit_test(a_method_that_is_not_offered_any_more_still_says_who_it_is),
		cmocka_unit_test(an_account_unused_for_long_needs_a_code),
		cmocka_unit_test(once_seen_dormant_an_account_needs_a_code_until_it_is_registered),
		cmocka_unit_test(a_registered_account_is_never_dormant),
		cmocka_unit_test(what_was_filled_in_counts_for_nothing_until_it_is_proven),
		cmocka_unit_test(an_office_phone_is_for_those_who_have_one_and_can_be_called),
		cmocka_unit_test(of_the_privileged_two_methods_are_required_at_least),
		cmocka_unit_test(who_is_capable_of_a_reset),
		cmocka_unit_test(questions_alone_make_nobody_capable_unless_the_console_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
