/*
 * The plan, rule by rule: what is owed under a policy that differs from the plainest one in one thing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/facts.h"
#include "tests/unit/plan_fixture.h"

static char alice[] = "alice", staff[] = "@staff";
static char *list_alice[] = { alice }, *list_staff[] = { staff };

static const char *const in_staff[] = { "users", "staff" };

static struct plan
plan_for(const struct config *config, const struct plan_user *user)
{
	struct plan plan;

	plan_make(&plan, config, APP | EMAIL | QUESTIONS, user, NOW);
	return plan;
}

static void
what_is_missing_is_owed_in_the_policys_order(void **state)
{
	static const struct {
		unsigned int registered;
		enum state state;
		int done;
	} rows[] = {
		{ 0, STATE_REGISTER, 0 },
		{ APP, STATE_REGISTER, 1 },
		{ QUESTIONS, STATE_REGISTER, 1 },
		{ APP | EMAIL, STATE_OK, 2 },
		{ EMAIL | QUESTIONS, STATE_OK, 2 },
		{ APP | EMAIL | QUESTIONS, STATE_OK, 3 },
		{ APP | PHONE | RECOVERY, STATE_REGISTER,
		  1 }, /* not offered today: they do not count */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan_user user = user_with(rows[i].registered);
		struct plan plan = plan_for(&plainest, &user);

		assert_int_equal(plan.state, rows[i].state);
		assert_int_equal(plan.done, rows[i].done);
		assert_int_equal(plan.required, 2);
		assert_true(plan.enabled);
		assert_int_equal(plan.registered, rows[i].state == STATE_OK);
		assert_int_equal(plan.offered_count, 3);
		assert_int_equal(plan.offered[0], METHOD_APP);
		assert_int_equal(plan.offered[1], METHOD_EMAIL);
		assert_int_equal(plan.offered[2], METHOD_QUESTIONS);
		assert_int_equal(plan.postpones_left, 3);
		if (plan.state == STATE_OK)
			assert_int_equal(plan.quiet_until, NOW + DAY);
	}
}

static void
assert_left_alone(const struct config *config, const struct plan_user *user)
{
	struct plan plan = plan_for(config, user);

	assert_int_equal(plan.state, STATE_NOT_ENABLED);
	assert_false(plan.enabled);
	assert_int_equal(plan.quiet_until, NOW + DAY);
	assert_false(plan_refuses_keyed(&plan, config, NOW));
}

static void
whom_the_policy_leaves_alone(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(0);

	(void)state;
	assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
	user.uid = 999;
	assert_left_alone(&config, &user);
	user.uid = UINT64_MAX;
	assert_left_alone(&config, &user);
	user.uid = 0;
	config.registration.min_uid = 0;
	assert_left_alone(&config, &user);
	user.uid = 1000;
	user.local_password = false;
	assert_left_alone(&config, &user);
}

static void
the_lists_name_users_and_groups_and_exclude_wins(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(0), member = user_with(0);

	(void)state;
	member.name = "bob";
	member.groups = in_staff;
	member.group_count = 2;
	config.registration.users_all = false;
	assert_left_alone(&config, &user); /* users = none */
	config.registration.users = (struct name_list){ list_alice, 1 };
	assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
	assert_left_alone(&config, &member);
	config.registration.users = (struct name_list){ list_staff, 1 };
	assert_left_alone(&config, &user);
	assert_int_equal(plan_for(&config, &member).state, STATE_REGISTER);
	config.registration.exclude = (struct name_list){ list_staff, 1 };
	assert_left_alone(&config, &member);
	config.registration.users_all = true;
	assert_left_alone(&config, &member);
}

static void
being_enabled_and_being_registered_are_kept_apart(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP | EMAIL);
	struct plan plan;

	(void)state;
	config.registration.users_all = false;
	plan = plan_for(&config, &user);
	assert_false(plan.enabled);
	assert_true(plan.registered);
	assert_false(plan.settled);
}

static void
enforce_off_owes_nothing_of_those_who_are_enabled(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(0);
	struct plan plan;

	(void)state;
	config.registration.enforce = ENFORCE_OFF;
	plan = plan_for(&config, &user);
	assert_int_equal(plan.state, STATE_OK);
	assert_true(plan.enabled);
	assert_false(plan.registered);
	assert_int_equal(plan.quiet_until, NOW + DAY);
	user.uid = 5;
	assert_left_alone(&config, &user);
}

static void
nobody_is_asked_for_more_than_they_can_register(void **state)
{
	static const struct {
		int wanted;
		unsigned int implemented;
		int required, offered;
	} rows[] = {
		{ 6, APP | EMAIL | QUESTIONS, 3, 3 },
		{ 3, APP | EMAIL, 2, 2 },
		{ 1, ALL, 1, 4 },
		{ 6, ALL, 4, 4 }, /* phone and office phone have no gateway */
		{ 2, APP, 1, 1 },
		{ 2, 0, 0, 0 },
	};
	struct config config = plainest;
	struct plan_user user = user_with(0);
	struct plan plan;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		config.registration.methods_required = rows[i].wanted;
		plan_make(&plan, &config, rows[i].implemented, &user, NOW);
		assert_int_equal(plan.required, rows[i].required);
		assert_int_equal(plan.offered_count, rows[i].offered);
		assert_int_equal(plan.state, rows[i].required ? STATE_REGISTER : STATE_OK);
	}
}

static void
a_method_without_delivery_is_not_offered_and_does_not_count(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP | EMAIL);
	struct plan plan;

	(void)state;
	config.email.url = none;
	plan = plan_for(&config, &user);
	assert_int_equal(plan.offered_count, 2);
	assert_int_equal(plan.done, 1);
	assert_int_equal(plan.state, STATE_REGISTER);
	config.registration.method_count = 1; /* app alone is listed */
	plan = plan_for(&config, &user);
	assert_int_equal(plan.required, 1);
	assert_int_equal(plan.state, STATE_OK);
}

static void
questions_that_cannot_be_chosen_count_for_who_has_them(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP);
	struct plan plan;

	(void)state;
	config.registration.methods_required = 6;
	user.no_questions = true;
	plan_make(&plan, &config, APP | EMAIL | QUESTIONS, &user, NOW);
	assert_int_equal(plan.offered_count, 2);
	assert_int_equal(plan.required, 2);
	user = user_with(APP | QUESTIONS);
	user.no_questions = true;
	plan_make(&plan, &config, APP | EMAIL | QUESTIONS, &user, NOW);
	assert_int_equal(plan.required, 3);
	assert_int_equal(plan.done, 2);
}

static void
an_office_phone_counts_where_an_administrator_set_it(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(0);
	struct plan plan;

	(void)state;
	config.voice.url = some;
	plan_make(&plan, &config, APP | OFFICE, &user, NOW);
	assert_int_equal(plan.offered_count, 1);
	assert_int_equal(plan.required, 1);
	user.methods[METHOD_OFFICE_PHONE].filled_in = true;
	plan_make(&plan, &config, APP | OFFICE, &user, NOW);
	assert_int_equal(plan.offered_count, 2);
	assert_int_equal(plan.standing[METHOD_OFFICE_PHONE], STANDING_FILLED_IN);
	assert_int_equal(plan.done, 0);
	user = user_with(APP | OFFICE);
	plan_make(&plan, &config, APP | OFFICE, &user, NOW);
	assert_int_equal(plan.offered_count, 2);
	assert_int_equal(plan.done, 2);
}

static void
questions_are_nothing_to_the_privileged(void **state)
{
	struct config config = plainest;
	struct plan_user user = user_with(APP | QUESTIONS);
	struct plan plan;

	(void)state;
	assert_int_equal(plan_for(&config, &user).state, STATE_OK);
	make_privileged(&user);
	config.registration.methods_required = 3;
	plan = plan_for(&config, &user);
	assert_true(plan.privileged);
	assert_int_equal(plan.offered_count, 2);
	assert_int_equal(plan.required, 2); /* two deliverable methods: asked for two */
	assert_int_equal(plan.done, 1);
	assert_int_equal(plan.state, STATE_REGISTER);
	user.methods[METHOD_EMAIL].registered = true;
	assert_int_equal(plan_for(&config, &user).state, STATE_OK);
}

static void
postponing_is_free_or_counted(void **state)
{
	static const struct {
		enum enforce enforce;
		int64_t free_until;
		int limit, used, left;
	} rows[] = {
		{ ENFORCE_REQUIRED, 0, 3, 0, 3 },
		{ ENFORCE_REQUIRED, 0, 3, 2, 1 },
		{ ENFORCE_REQUIRED, 0, 3, 3, 0 },
		{ ENFORCE_REQUIRED, 0, 3, 9, 0 }, /* the limit was lowered */
		{ ENFORCE_REQUIRED, 0, 0, 0, 0 },
		{ ENFORCE_REQUIRED, NOW + 1, 0, 9, POSTPONES_FREE },
		{ ENFORCE_REQUIRED, NOW, 3, 1, 2 },
		{ ENFORCE_REMIND, 0, 3, 3, POSTPONES_FREE },
		{ ENFORCE_REMIND, NOW - 1, 0, 3, POSTPONES_FREE },
	};
	struct config config = plainest;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan_user user = user_with(0);

		user.postpones_used = rows[i].used;
		config.registration.enforce = rows[i].enforce;
		config.registration.postpone_until = rows[i].free_until;
		config.registration.postpone_limit = rows[i].limit;
		assert_int_equal(plan_for(&config, &user).postpones_left, rows[i].left);
		assert_int_equal(plan_for(&config, &user).state, STATE_REGISTER);
	}
}

static void
a_not_now_is_quiet_until_its_end(void **state)
{
	static const struct {
		unsigned int registered;
		int64_t until, quiet; /* quiet 0: it is due */
	} rows[] = {
		{ 0, NOW + 12 * HOUR, NOW + 12 * HOUR },
		{ APP, NOW + 1, NOW + 1 },
		{ 0, NOW, 0 },
		{ 0, NOW - 1, 0 },
		{ 0, NOW + DAY + 1, 0 },             /* said under a wrong clock */
		{ APP | EMAIL, NOW + 1, NOW + DAY }, /* nothing was left to postpone */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan_user user = user_with(rows[i].registered);
		struct plan plan;

		user.postponed_until = rows[i].until;
		plan = plan_for(&plainest, &user);
		assert_int_equal(plan.state, rows[i].quiet ? STATE_OK : STATE_REGISTER);
		assert_int_equal(plan.quiet_until, rows[i].quiet);
	}
}

static void
keyed_logins_are_refused_after_the_date_when_something_is_due(void **state)
{
	static const struct {
		enum enforce enforce;
		enum keyed_logins keyed;
		int64_t date;
		unsigned int registered;
		int64_t not_now;
		bool refused;
	} rows[] = {
		{ ENFORCE_REQUIRED, KEYED_REFUSE, NOW, 0, 0, true },
		{ ENFORCE_REQUIRED, KEYED_REFUSE, NOW - DAY, APP, 0, true },
		{ ENFORCE_REQUIRED, KEYED_REFUSE, NOW + 1, 0, 0, false },
		{ ENFORCE_REQUIRED, KEYED_REFUSE, 0, 0, 0, false },
		{ ENFORCE_REQUIRED, KEYED_REMIND, NOW - DAY, 0, 0, false },
		{ ENFORCE_REMIND, KEYED_REFUSE, NOW - DAY, 0, 0, false },
		{ ENFORCE_OFF, KEYED_REFUSE, NOW - DAY, 0, 0, false },
		{ ENFORCE_REQUIRED, KEYED_REFUSE, NOW - DAY, APP | EMAIL, 0, false },
		{ ENFORCE_REQUIRED, KEYED_REFUSE, NOW - DAY, 0, NOW + HOUR, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config config = plainest;
		struct plan_user user = user_with(rows[i].registered);
		struct plan plan;

		config.registration.enforce = rows[i].enforce;
		config.registration.keyed_logins = rows[i].keyed;
		config.registration.postpone_until = rows[i].date;
		user.postponed_until = rows[i].not_now;
		plan = plan_for(&config, &user);
		assert_int_equal(plan_refuses_keyed(&plan, &config, NOW), rows[i].refused);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_owed_in_the_policys_order),
		cmocka_unit_test(whom_the_policy_leaves_alone),
		cmocka_unit_test(the_lists_name_users_and_groups_and_exclude_wins),
		cmocka_unit_test(being_enabled_and_being_registered_are_kept_apart),
		cmocka_unit_test(enforce_off_owes_nothing_of_those_who_are_enabled),
		cmocka_unit_test(nobody_is_asked_for_more_than_they_can_register),
		cmocka_unit_test(a_method_without_delivery_is_not_offered_and_does_not_count),
		cmocka_unit_test(questions_that_cannot_be_chosen_count_for_who_has_them),
		cmocka_unit_test(an_office_phone_counts_where_an_administrator_set_it),
		cmocka_unit_test(questions_are_nothing_to_the_privileged),
		cmocka_unit_test(postponing_is_free_or_counted),
		cmocka_unit_test(a_not_now_is_quiet_until_its_end),
		cmocka_unit_test(keyed_logins_are_refused_after_the_date_when_something_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
