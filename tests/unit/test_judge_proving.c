/*
 * Proving what is registered: failures are counted over all methods before anything is compared,
 * and a success takes them back; who is blocked compares nothing; each TOTP step once; the same
 * question until it was answered.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <liboath/oath.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

#define STEP  30
#define LATER (200 * 24 * 3600) /* all is stale by then */

static const char key[] = "12345678901234567890", mail[] = "alice@mail.example";
static const char *const questions[] = { "First thing you broke?", "Second name you gave a cat?",
					 "Third street you hid in?" };
static char code[8];

static unsigned char *
hash_of(int i)
{
	static unsigned char hash[DIALOG_HASH_SIZE];

	memset(hash, 'a' + i, sizeof(hash));
	return hash;
}

static void
register_questions(void)
{
	for (int i = 0; i < 3; i++) {
		assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
		assert_int_equal(ask_hash(hash_of(i), DIALOG_HASH_SIZE, REQUEST_TRY, "questions",
					  questions[i]),
				 JUDGED_REPLY);
	}
	assert_int_equal(got.op, REPLY_PROVEN);
}

/* alice has all three methods. */
static int
set_up_registered(void **state)
{
	int r = set_up(state);

	open_dialog();
	assert_int_equal(record_save(&dialog, METHOD_APP, key, 20, NOW / STEP), 0);
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, mail, strlen(mail), 0), 0);
	register_questions();
	open_dialog_for(PURPOSE_ENROLL, LATER);
	return r;
}

static const char *
app_code(int steps)
{
	assert_int_equal(oath_totp_generate(key, 20, dialog.now + steps * STEP, STEP, 0, 6, code),
			 OATH_OK);
	return code;
}

static int
try_app(const char *proof)
{
	return status_of(REQUEST_TRY, "app", proof);
}

static int
fail_app(void)
{
	return try_app("no code");
}

static void
begin_mail(void)
{
	assert_int_equal(status_of(REQUEST_SEND, "email", ""), REPLY_SENT);
}

static int
try_mail(const char *proof)
{
	return status_of(REQUEST_TRY, "email", proof);
}

static const char *
wrong_mail(void)
{
	return strcmp(sent_code, "000000") == 0 ? "000001" : "000000";
}

/* Which one is asked. */
static int
asked(void)
{
	assert_int_equal(status_of(REQUEST_SEED, "questions"), REPLY_OK);
	for (int i = 0; i < 3; i++)
		if (strcmp(text(0), questions[i]) == 0)
			return i;
	fail_msg("%s is none of hers", text(0));
	return -1;
}

static int
answer(int question, const unsigned char *hash)
{
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	if (ask_hash(hash, DIALOG_HASH_SIZE, REQUEST_TRY, "questions", questions[question]) !=
	    JUDGED_REPLY)
		return 0;
	return got.op;
}

static int
failures(void)
{
	limit_key k;
	int count = -1;

	limit_user_key(judge.vault, LIMIT_FAILURES, stored().id, k);
	assert_int_equal(store_event_count(judge.store, k, 0, &count), 0);
	return count;
}

static int64_t
proven_at(enum method method)
{
	struct store_method m;

	assert_int_equal(store_method_get(judge.store, stored().id, method, false, &m), STORE_DONE);
	return m.proven_at;
}

static void
what_is_stale_is_told_and_a_proof_renews_it_and_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(facts().state, STATE_RECONFIRM);
	assert_int_equal(facts().stale, 3);
	assert_int_equal(fact_of(METHOD_APP).state, METHOD_STALE);
	assert_int_equal(try_app(app_code(0)), REPLY_PROVEN);
	assert_int_equal(proven_at(METHOD_APP), NOW + LATER);
	assert_int_equal(proven_at(METHOD_EMAIL), NOW);
	assert_int_equal(fact_of(METHOD_APP).state, METHOD_REGISTERED);
	assert_int_equal(fact_of(METHOD_APP).stale_at, NOW + LATER + 180 * 24 * 3600);
	assert_int_equal(facts().stale, 2);
	assert_int_equal(facts().state, STATE_RECONFIRM);
	assert_int_equal(audited(AUDIT_METHOD_CONFIRMED), 1);
}

static void
a_step_is_good_once(void **state)
{
	(void)state;
	assert_int_equal(try_app(app_code(0)), REPLY_PROVEN);
	assert_int_equal(try_app(app_code(0)), REPLY_USED);
	assert_int_equal(try_app(app_code(-1)), REPLY_USED);
	assert_int_equal(failures(), 2);
	assert_int_equal(try_app(app_code(1)), REPLY_PROVEN);
	assert_int_equal(failures(), 0);
}

static void
failures_are_counted_over_all_methods_and_say_how_many_are_left(void **state)
{
	int q;

	(void)state;
	assert_int_equal(fail_app(), REPLY_WRONG);
	assert_int_equal(number(0), 4);
	begin_mail();
	assert_int_equal(try_mail(wrong_mail()), REPLY_WRONG);
	assert_int_equal(number(0), 2); /* the code has only so many tries */
	q = asked();
	assert_int_equal(answer(q, hash_of(9)), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	assert_int_equal(fail_app(), REPLY_WRONG);
	assert_int_equal(number(0), 1);
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 4);
	assert_int_equal(audited(AUDIT_BLOCKED), 0);
	assert_int_equal(fail_app(), REPLY_BLOCKED);
	assert_int_equal(number(0), NOW + LATER + 86400);
	assert_int_equal(audited(AUDIT_BLOCKED), 1);
}

static void
a_new_dialog_does_not_begin_anew(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(fail_app(), REPLY_WRONG);
	open_dialog_for(PURPOSE_MANAGE, LATER);
	assert_int_equal(fail_app(), REPLY_BLOCKED);
}

static void
a_success_takes_all_failures_back(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		fail_app();
	begin_mail();
	assert_int_equal(try_mail(sent_code), REPLY_PROVEN);
	assert_int_equal(failures(), 0);
	assert_int_equal(fail_app(), REPLY_WRONG);
	assert_int_equal(number(0), 4);
}

static void
the_fifth_try_may_be_right(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		fail_app();
	assert_int_equal(try_app(app_code(0)), REPLY_PROVEN);
	assert_int_equal(failures(), 0);
	assert_int_equal(fail_app(), REPLY_WRONG);
}

static void
who_is_blocked_compares_nothing_and_extends_nothing(void **state)
{
	int q = asked();

	(void)state;
	begin_mail();
	for (int i = 0; i < 5; i++)
		fail_app();
	dialog.now += 100;
	assert_int_equal(try_app(app_code(0)), REPLY_BLOCKED);
	assert_int_equal(number(0), NOW + LATER + 86400);
	assert_int_equal(try_mail(sent_code), REPLY_BLOCKED);
	assert_int_equal(status_of(REQUEST_SEND, "email", ""), REPLY_BLOCKED);
	assert_int_equal(status_of(REQUEST_SEED, "questions"), REPLY_BLOCKED);
	assert_int_equal(answer(q, hash_of(q)), REPLY_BLOCKED);
	assert_int_equal(failures(), 5);
	assert_int_equal(messages, 1);
	assert_int_equal(audited(AUDIT_BLOCKED), 1);
	assert_int_equal(audited(AUDIT_METHOD_CONFIRMED), 0);
	assert_int_equal(facts().stale, 0);
	dialog.now = NOW + LATER + 86400;
	assert_int_equal(try_app(app_code(0)), REPLY_PROVEN);
}

static void
registering_something_new_counts_no_failure(void **state)
{
	(void)state;
	open_dialog_of("bob", 1002);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(status_of(REQUEST_SEED, "app"), REPLY_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(try_app("000000000"), REPLY_WRONG);
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 0);
	assert_int_equal(failures(), 0);
}

static void
a_code_goes_to_the_address_on_record_and_confirms_it(void **state)
{
	(void)state;
	begin_mail();
	assert_string_equal(text(0), "a****@m***.example");
	assert_string_equal(sent_to, mail);
	assert_int_equal(try_mail(sent_code), REPLY_PROVEN);
	assert_int_equal(proven_at(METHOD_EMAIL), NOW + LATER);
	assert_int_equal(try_mail(sent_code), REPLY_EXPIRED);
	assert_int_equal(failures(), 0);
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 3);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 0);
}

static void
tries_of_a_code_are_spent_before_failures_are(void **state)
{
	(void)state;
	begin_mail();
	assert_int_equal(try_mail(wrong_mail()), REPLY_WRONG);
	assert_int_equal(try_mail(wrong_mail()), REPLY_WRONG);
	assert_int_equal(try_mail(wrong_mail()), REPLY_SPENT);
	assert_int_equal(failures(), 3);
	assert_int_equal(try_mail(sent_code), REPLY_SPENT);
	assert_int_equal(failures(), 3);
}

static void
nothing_typed_or_nothing_to_compare_with_is_no_failure(void **state)
{
	(void)state;
	assert_int_equal(try_app(""), REPLY_EMPTY);
	assert_int_equal(try_mail("123456"), REPLY_EXPIRED);
	begin_mail();
	assert_int_equal(try_mail(" "), REPLY_EMPTY);
	dialog.undelivered = true;
	dialog.undelivered_why = REASON_LATER;
	assert_int_equal(try_mail("123456"), REPLY_UNDELIVERED);
	assert_int_equal(failures(), 0);
}

static void
another_address_is_no_proof_of_the_one_on_record(void **state)
{
	(void)state;
	assert_int_equal(ask(REQUEST_SEND, "email", "eve@evil.example"), JUDGED_VIOLATION);
	assert_int_equal(messages, 0);
}

static void
the_question_stays_until_it_was_answered_in_every_dialog(void **state)
{
	int q = asked();

	(void)state;
	assert_int_equal(answer(q, hash_of(9)), REPLY_WRONG);
	for (int i = 0; i < 5; i++) {
		open_dialog_for(PURPOSE_ENROLL, LATER + i);
		assert_int_equal(asked(), q);
	}
	assert_int_equal(answer(q, hash_of(q)), REPLY_PROVEN);
	assert_int_equal(proven_at(METHOD_QUESTIONS), NOW + LATER + 4);
}

static void
questions_are_picked_by_chance(void **state)
{
	bool seen[3] = { 0 };

	(void)state;
	for (int i = 0; i < 60; i++) {
		assert_int_equal(
			store_method_proven(judge.store, stored().id, METHOD_QUESTIONS, NOW + i),
			STORE_DONE);
		seen[asked()] = true;
	}
	assert_true(seen[0] && seen[1] && seen[2]);
}

static void
an_answer_is_hashed_as_it_was_when_registered(void **state)
{
	unsigned char salt[DIALOG_SALT_SIZE];

	(void)state;
	use_policy(POLICY_OF("app email questions") "[codes]\ntries = 3\n");
	config->questions.hash_memory = 4711;
	asked();
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	assert_int_equal(number(1), 8);
	assert_int_equal(number(2), 1);
	memcpy(salt, got.field[0].data, sizeof(salt));
	open_dialog_for(PURPOSE_ENROLL, LATER);
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	assert_memory_equal(got.field[0].data, salt, sizeof(salt));
}

static void
another_question_than_the_one_asked_ends_the_session(void **state)
{
	int q = asked();

	(void)state;
	assert_int_equal(answer((q + 1) % 3, hash_of((q + 1) % 3)), 0);
	assert_int_equal(dialog.state, DIALOG_OVER);
	assert_int_equal(failures(), 0);
}

static void
a_new_set_of_answers_is_no_proof(void **state)
{
	(void)state;
	assert_int_equal(ask(REQUEST_SLOT, "questions", "new"), JUDGED_VIOLATION);
}

static void
the_last_proof_settles_what_was_owed(void **state)
{
	int q = asked();

	(void)state;
	dialog.user.stored.postpones_used = 2;
	assert_int_equal(store_user_put(judge.store, &dialog.user.stored), 0);
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_REQUIRED_AT, NOW + 100), 0);
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_REQUIRED_BY, NOW + 200), 0);
	assert_int_equal(try_app(app_code(0)), REPLY_PROVEN);
	assert_int_equal(answer(q, hash_of(q)), REPLY_PROVEN);
	assert_int_equal(stored().postpones_used, 2);
	assert_int_equal(stored().required_at, NOW + 100);
	assert_int_equal(audited(AUDIT_REGISTRATION_FINISHED), 1);
	begin_mail();
	assert_int_equal(try_mail(sent_code), REPLY_PROVEN);
	assert_int_equal(stored().postpones_used, 0);
	assert_int_equal(stored().required_at, 0);
	assert_int_equal(stored().required_by, 0);
	assert_int_equal(stored().registered_at, NOW);
	assert_int_equal(audited(AUDIT_REGISTRATION_FINISHED), 2);
}

static void
a_requirement_makes_what_was_proven_before_stale(void **state)
{
	(void)state;
	open_dialog_for(PURPOSE_ENROLL, 10);
	assert_int_equal(facts().stale, 0);
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_REQUIRED_AT, NOW + 10), 0);
	assert_int_equal(facts().stale, 3);
	assert_int_equal(fact_of(METHOD_EMAIL).state, METHOD_STALE);
}

static void
a_record_of_somebody_else_proves_nothing(void **state)
{
	struct vault_place place = { 4711, "app", "record" };
	struct store_method m = { .method = METHOD_APP, .registered_at = NOW, .proven_at = NOW };

	(void)state;
	assert_int_equal(vault_seal(judge.vault, &place, key, 20, &m.sealed, &m.sealed_len),
			 VAULT_DONE);
	assert_int_equal(store_method_put(judge.store, stored().id, &m), 0);
	store_method_done(&m);
	assert_int_equal(try_app(app_code(0)), REPLY_WRONG);
	assert_true(logged("does not open"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_registered, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_stale_is_told_and_a_proof_renews_it_and_nothing_else),
		TEST(a_step_is_good_once),
		TEST(failures_are_counted_over_all_methods_and_say_how_many_are_left),
		TEST(a_new_dialog_does_not_begin_anew),
		TEST(a_success_takes_all_failures_back),
		TEST(the_fifth_try_may_be_right),
		TEST(who_is_blocked_compares_nothing_and_extends_nothing),
		TEST(registering_something_new_counts_no_failure),
		TEST(a_code_goes_to_the_address_on_record_and_confirms_it),
		TEST(tries_of_a_code_are_spent_before_failures_are),
		TEST(nothing_typed_or_nothing_to_compare_with_is_no_failure),
		TEST(another_address_is_no_proof_of_the_one_on_record),
		TEST(the_question_stays_until_it_was_answered_in_every_dialog),
		TEST(questions_are_picked_by_chance),
		TEST(an_answer_is_hashed_as_it_was_when_registered),
		TEST(another_question_than_the_one_asked_ends_the_session),
		TEST(a_new_set_of_answers_is_no_proof),
		TEST(the_last_proof_settles_what_was_owed),
		TEST(a_requirement_makes_what_was_proven_before_stale),
		TEST(a_record_of_somebody_else_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
