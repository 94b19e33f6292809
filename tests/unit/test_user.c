/*
 * What root told last about a user: kept, replaced by today's word, and never another person's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

static struct user user;

static int
tear_down_user(void **state)
{
	user_done(&user);
	return tear_down(state);
}

static int
tell(const struct context *context, int64_t now)
{
	user_done(&user);
	return user_tell(&user, &judge, "alice", context, now, true);
}

static void
what_root_told_is_kept_and_serves_later(void **state)
{
	struct context context = alice_context(), nothing = { 0 };

	(void)state;
	context.has_groups = true;
	context.groups = strdup("sudo\nstaff");
	context.has_last_login = true;
	context.last_login = NOW - 100;
	assert_int_equal(tell(&context, NOW), STORE_DONE);
	free(context.groups);
	assert_int_equal(tell(&nothing, NOW + 1000), STORE_DONE);
	assert_int_equal(user.stored.uid, ALICE_UID);
	assert_true(user.stored.local_password);
	assert_int_equal(user.stored.last_login, NOW - 100);
	assert_int_equal(user.stored.told_at, NOW);
	assert_int_equal(user.group_count, 2);
	assert_string_equal(user.groups[0], "sudo");
	assert_string_equal(user.groups[1], "staff");
}

static void
a_name_that_nobody_told_of_is_none(void **state)
{
	struct context nothing = { 0 };

	(void)state;
	assert_int_equal(tell(&nothing, NOW), STORE_NONE);
}

static void
the_same_word_is_stored_once_a_day(void **state)
{
	struct context context = alice_context();

	(void)state;
	tell(&context, NOW);
	tell(&context, NOW + USER_TELL_EVERY - 1);
	assert_int_equal(user.stored.told_at, NOW);
	tell(&context, NOW + USER_TELL_EVERY);
	assert_int_equal(user.stored.told_at, NOW + USER_TELL_EVERY);
}

static void
todays_word_replaces_what_stood(void **state)
{
	struct context context = alice_context();

	(void)state;
	tell(&context, NOW);
	context.local_password = false;
	tell(&context, NOW + 1);
	user_done(&user);
	assert_int_equal(user_load(&user, judge.store, "alice"), STORE_DONE);
	assert_false(user.stored.local_password);
	assert_int_equal(user.stored.told_at, NOW + 1);
}

static void
what_is_not_told_stays(void **state)
{
	struct context context = alice_context();

	(void)state;
	context.has_groups = true;
	context.groups = (char[]){ "sudo" };
	tell(&context, NOW);
	context.has_groups = false;
	context.groups = NULL;
	context.has_local_password = false;
	context.local_password = false;
	tell(&context, NOW + 1);
	assert_int_equal(user.group_count, 1);
	assert_true(user.stored.local_password);
}

static void
a_record_of_another_uid_is_set_aside_with_its_methods_and_stamp(void **state)
{
	struct context context = alice_context();
	struct plan plan;
	int64_t old;

	(void)state;
	open_dialog();
	old = dialog.user.stored.id;
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, "a@b.example", 11, 0), 0);
	stamps_write(&stamps, "alice", ALICE_UID, NOW + 60, NOW);
	context.uid = 2002;
	assert_int_equal(tell(&context, NOW), STORE_DONE);
	assert_int_not_equal(user.stored.id, old);
	assert_int_equal(user.stored.uid, 2002);
	assert_int_equal(user.stored.postpones_used, 0);
	assert_int_equal(user_plan(&judge, &user, NOW, &plan), 0);
	assert_int_equal(plan.done, 0);
	assert_int_equal(audited(AUDIT_RECORD_SET_ASIDE), 1);
	assert_int_equal(scratch_size(alice_stamp()), -1);
}

static void
asking_only_writes_nothing(void **state)
{
	struct context context = alice_context();

	(void)state;
	assert_int_equal(user_tell(&user, &judge, "alice", &context, NOW, false), STORE_DONE);
	assert_int_equal(user.stored.uid, ALICE_UID);
	user_done(&user);
	assert_int_equal(user_load(&user, judge.store, "alice"), STORE_NONE);
	tell(&context, NOW);
	context.uid = 2002;
	user_done(&user);
	assert_int_equal(user_tell(&user, &judge, "alice", &context, NOW, false), STORE_DONE);
	assert_int_equal(user.stored.id, 0);
	assert_int_equal(audited(AUDIT_RECORD_SET_ASIDE), 0);
	assert_int_equal(user_is(judge.store, "alice", ALICE_UID), 1);
}

static void
themselves_is_who_has_the_stored_uid(void **state)
{
	struct context context = alice_context();

	(void)state;
	assert_int_equal(user_is(judge.store, "alice", ALICE_UID), 0);
	tell(&context, NOW);
	assert_int_equal(user_is(judge.store, "alice", ALICE_UID), 1);
	assert_int_equal(user_is(judge.store, "alice", 1002), 0);
	assert_int_equal(user_is(judge.store, "bob", ALICE_UID), 0);
}

static void
the_line_of_a_day_is_shown_once_a_day_even_when_the_clock_goes_back(void **state)
{
	struct context context = alice_context();
	bool show;

	(void)state;
	tell(&context, NOW);
	assert_int_equal(user_remind(&user, judge.store, NOW, &show), 0);
	assert_true(show);
	assert_int_equal(tell(&context, NOW), STORE_DONE);
	assert_int_equal(user_remind(&user, judge.store, NOW + 86399, &show), 0);
	assert_false(show);
	assert_int_equal(user_remind(&user, judge.store, NOW + 86400, &show), 0);
	assert_true(show);
	assert_int_equal(user_remind(&user, judge.store, NOW - 5, &show), 0);
	assert_true(show);
}

/* The mark of the store, and that of the copy. */
static void
assert_mark(enum store_mark mark, int64_t expected)
{
	struct store_user now;
	int64_t in_store[MARK_COUNT], in_copy[MARK_COUNT];
	const struct store_user *users[] = { &now, &user.stored };
	int64_t *lists[] = { in_store, in_copy };

	assert_int_equal(store_user_get(judge.store, "alice", &now), STORE_DONE);
	for (int i = 0; i < 2; i++) {
		lists[i][MARK_REQUIRED_AT] = users[i]->required_at;
		lists[i][MARK_REQUIRED_BY] = users[i]->required_by;
		lists[i][MARK_DORMANT_SEEN] = users[i]->dormant_seen;
		lists[i][MARK_REGISTERED_AT] = users[i]->registered_at;
		lists[i][MARK_CODE_OPEN_UNTIL] = users[i]->code_open_until;
		lists[i][MARK_FROZEN_AT] = users[i]->frozen_at;
	}
	store_user_done(&now);
	assert_int_equal(in_store[mark], expected);
	assert_int_equal(in_copy[mark], expected);
}

static void
the_plan_is_made_of_all_that_the_store_knows(void **state)
{
	struct context context = alice_context();
	struct store_notice notice = { .time = NOW, .kind = "frozen" };
	limit_key key;
	struct plan plan;
	int64_t id, until;

	(void)state;
	use_policy(POLICY_OF("app email recovery-codes"));
	tell(&context, NOW);
	id = user.stored.id;
	fill_in(METHOD_EMAIL, "alice@mail.example");
	assert_int_equal(store_notice_add(judge.store, id, &notice), 0);
	assert_int_equal(store_method_put(judge.store, id,
					  &(struct store_method){ .method = METHOD_RECOVERY_CODES,
								  .registered_at = NOW,
								  .proven_at = NOW,
								  .sealed = (unsigned char *)"",
								  .sealed_len = 0 }),
			 0);
	assert_int_equal(store_recovery_put(judge.store, id,
					    (const unsigned char[2][STORE_HASH_SIZE]){ "a", "b" },
					    2),
			 0);
	limit_user_key(judge.vault, LIMIT_FAILURES, id, key);
	assert_int_equal(
		limit_fail(judge.store, key, &(struct limit_rule){ 1, 10, 100 }, NOW, &until),
		LIMIT_PERMITTED);
	assert_int_equal(user_plan(&judge, &user, NOW, &plan), 0);
	assert_int_equal(plan.standing[METHOD_EMAIL], STANDING_FILLED_IN);
	assert_int_equal(plan.standing[METHOD_RECOVERY_CODES], STANDING_PROVEN);
	assert_int_equal(plan.codes_left, 2);
	assert_true(plan.notice);
	assert_false(plan.capable);
	assert_int_equal(plan.done, 1);
}

static bool
is_offered(const struct plan *plan, enum method method)
{
	for (int i = 0; i < plan->offered_count; i++)
		if (plan->offered[i] == method)
			return true;
	return false;
}

static void
an_office_phone_that_the_policy_does_not_call_is_asked_of_nobody(void **state)
{
	static const struct {
		const char *policy;
		bool offered;
	} rows[] = {
		{ POLICY_OF("app office-phone") VOICE, true },
		{ POLICY_OF("app office-phone") VOICE "deny_prefixes = +4930\n", false },
		{ POLICY_OF("app office-phone") VOICE "allow_prefixes = +31\n", false },
		{ POLICY_OF("app office-phone") VOICE "allow_prefixes = +49\n", true },
		{ POLICY_OF("app office-phone") VOICE SMS "deny_prefixes = +4930\n", true },
	};
	struct context context = alice_context();
	struct plan plan;

	(void)state;
	tell(&context, NOW);
	fill_in(METHOD_OFFICE_PHONE, "+4930123456x12");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		use_policy(rows[i].policy);
		assert_int_equal(user_plan(&judge, &user, NOW, &plan), 0);
		assert_int_equal(is_offered(&plan, METHOD_OFFICE_PHONE), rows[i].offered);
		assert_int_equal(plan.required, rows[i].offered ? 2 : 1);
	}
}

static void
questions_are_asked_of_nobody_where_there_are_none_to_choose_from(void **state)
{
	static const char policy[] = "[registration]\nmethods = app questions\n[questions]\n";
	struct context context = alice_context();
	struct plan plan;
	char more[128];

	(void)state;
	tell(&context, NOW);
	for (int wanted = 4; wanted <= 5; wanted++) { /* there are four */
		snprintf(more, sizeof(more), "%sregister = %d\n", policy, wanted);
		use_policy(more);
		assert_int_equal(user_plan(&judge, &user, NOW, &plan), 0);
		assert_int_equal(is_offered(&plan, METHOD_QUESTIONS), wanted == 4);
		assert_int_equal(plan.required, wanted == 4 ? 2 : 1);
	}
	judge.catalogues = NULL;
	assert_int_equal(user_plan(&judge, &user, NOW, &plan), 0);
	assert_false(is_offered(&plan, METHOD_QUESTIONS));
	snprintf(more, sizeof(more), "%scustom = yes\n", policy);
	use_policy(more);
	assert_int_equal(user_plan(&judge, &user, NOW, &plan), 0);
	assert_true(is_offered(&plan, METHOD_QUESTIONS));
}

static void
a_copy_is_replaced_by_what_the_store_has_now(void **state)
{
	struct context context = alice_context();
	int64_t old;

	(void)state;
	tell(&context, NOW);
	old = user.stored.id;
	assert_int_equal(store_user_mark(judge.store, old, MARK_FROZEN_AT, NOW + 7), 0);
	assert_int_equal(user_again(&user, judge.store), 0);
	assert_mark(MARK_FROZEN_AT, NOW + 7);
	assert_int_equal(store_user_set_aside(judge.store, old, NOW), 0);
	assert_int_equal(user_again(&user, judge.store), 0);
	assert_int_equal(user.stored.id, old);
	assert_int_equal(user_settle(&user, judge.store, NOW), -ESTALE);
}

static void
who_was_seen_dormant_stays_so_from_the_first_time(void **state)
{
	struct context context = alice_context();
	struct plan dormant = { .dormant = true }, awake = { 0 };

	(void)state;
	tell(&context, NOW);
	assert_int_equal(user_keep_dormant(&user, judge.store, &awake, NOW), 0);
	assert_mark(MARK_DORMANT_SEEN, 0);
	assert_int_equal(user_keep_dormant(&user, judge.store, &dormant, NOW + 1), 0);
	assert_int_equal(user_keep_dormant(&user, judge.store, &dormant, NOW + 2), 0);
	assert_int_equal(user_keep_dormant(&user, judge.store, &awake, NOW + 3), 0);
	assert_mark(MARK_DORMANT_SEEN, NOW + 1);
}

static void
what_counted_towards_what_is_settled_is_over(void **state)
{
	static const enum store_mark over[] = { MARK_REQUIRED_AT, MARK_REQUIRED_BY,
						MARK_DORMANT_SEEN };
	struct context context = alice_context();

	(void)state;
	tell(&context, NOW);
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
		assert_int_equal(store_user_mark(judge.store, user.stored.id, over[i], NOW), 0);
	assert_int_equal(store_user_mark(judge.store, user.stored.id, MARK_FROZEN_AT, NOW), 0);
	user.stored.postpones_used = 2;
	user.stored.postponed_until = NOW + 5;
	assert_int_equal(store_user_put(judge.store, &user.stored), 0);
	assert_int_equal(user_again(&user, judge.store), 0);
	assert_int_equal(user_settle(&user, judge.store, NOW + 9), 0);
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
		assert_mark(over[i], 0);
	assert_mark(MARK_REGISTERED_AT, NOW + 9);
	assert_mark(MARK_FROZEN_AT, NOW);
	assert_int_equal(stored().postpones_used, 0);
	assert_int_equal(stored().postponed_until, 0);
	assert_int_equal(user_settle(&user, judge.store, NOW + 99), 0);
	assert_mark(MARK_REGISTERED_AT, NOW + 9);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down_user)
	const struct CMUnitTest tests[] = {
		TEST(what_root_told_is_kept_and_serves_later),
		TEST(a_name_that_nobody_told_of_is_none),
		TEST(the_same_word_is_stored_once_a_day),
		TEST(todays_word_replaces_what_stood),
		TEST(what_is_not_told_stays),
		TEST(a_record_of_another_uid_is_set_aside_with_its_methods_and_stamp),
		TEST(asking_only_writes_nothing),
		TEST(the_plan_is_made_of_all_that_the_store_knows),
		TEST(an_office_phone_that_the_policy_does_not_call_is_asked_of_nobody),
		TEST(questions_are_asked_of_nobody_where_there_are_none_to_choose_from),
		TEST(a_copy_is_replaced_by_what_the_store_has_now),
		TEST(who_was_seen_dormant_stays_so_from_the_first_time),
		TEST(what_counted_towards_what_is_settled_is_over),
		TEST(themselves_is_who_has_the_stored_uid),
		TEST(the_line_of_a_day_is_shown_once_a_day_even_when_the_clock_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
