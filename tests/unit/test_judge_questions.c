/*
 * The judge of security questions: a slot and a fresh salt for every hash, no question twice, all
 * saved together.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

static const char first[] = "First thing you broke?", second[] = "Second name you gave a cat?",
		  third[] = "Third street you hid in?";
static const unsigned char hash[32] = "the hash of an answer";
static unsigned char salt[16];

static int
slot(void)
{
	int status = status_of(REQUEST_SLOT, "questions");

	if (status == REPLY_OK) {
		assert_int_equal(got.field[0].len, sizeof(salt));
		memcpy(salt, got.field[0].data, sizeof(salt));
	}
	return status;
}

static int
answer(const char *question)
{
	assert_int_equal(slot(), REPLY_OK);
	if (ask_hash(hash, sizeof(hash), REQUEST_TRY, "questions", question) != JUDGED_REPLY)
		return 0;
	return got.op;
}

static void
enough_answers_are_saved_together(void **state)
{
	struct vault_place place = { 0, "questions", "record" };
	struct secret plain = { 0 };
	struct store_method m;
	struct message record;
	struct fields f;

	(void)state;
	open_dialog();
	assert_int_equal(answer(first), REPLY_MORE);
	assert_int_equal(number(0), 2);
	assert_int_equal(answer(second), REPLY_MORE);
	assert_false(registered(METHOD_QUESTIONS));
	assert_int_equal(answer(third), REPLY_PROVEN);
	place.user = dialog.user.stored.id;
	assert_int_equal(store_method_get(judge.store, place.user, METHOD_QUESTIONS, true, &m),
			 STORE_DONE);
	assert_int_equal(vault_unseal(judge.vault, &place, m.sealed, m.sealed_len, &plain),
			 VAULT_DONE);
	memcpy(record.data, plain.data, plain.len);
	record.len = plain.len;
	assert_true(message_parse(&record, &f));
	assert_int_equal(f.count, 3 * 5);
	assert_memory_equal(f.field[10].data, third, strlen(third));
	assert_memory_equal(f.field[11].data, salt, sizeof(salt));
	assert_memory_equal(f.field[12].data, "8", 1);
	assert_memory_equal(f.field[14].data, hash, sizeof(hash));
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 1);
	assert_int_equal(dialog.answer_count, 0);
	secret_done(&plain);
	store_method_done(&m);
}

static void
the_slot_comes_with_a_fresh_salt_and_the_cost(void **state)
{
	unsigned char before[16];

	(void)state;
	open_dialog();
	assert_int_equal(answer(first), REPLY_MORE);
	memcpy(before, salt, sizeof(before));
	assert_int_equal(slot(), REPLY_OK);
	assert_int_equal(number(1), 8);
	assert_int_equal(number(2), 1);
	assert_memory_not_equal(before, salt, sizeof(salt));
}

static void
no_question_twice(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(answer(first), REPLY_MORE);
	assert_int_equal(answer(first), REPLY_REFUSED);
	assert_string_equal(text(0), "same");
	assert_int_equal(answer(second), REPLY_MORE);
	assert_int_equal(number(0), 1);
}

static void
only_questions_of_the_catalogue_unless_the_policy_takes_others(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(answer("What is my own question?"), REPLY_REFUSED);
	assert_string_equal(text(0), "syntax");
	use_policy(POLICY "[questions]\ncustom = yes\n");
	assert_int_equal(answer("What is my own question?"), REPLY_MORE);
	assert_int_equal(answer("No"), REPLY_REFUSED);
}

static void
an_answer_without_a_slot_ends_the_session(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(ask_hash(hash, 32, REQUEST_TRY, "questions", first), JUDGED_VIOLATION);
	open_dialog();
	assert_int_equal(answer(first), REPLY_MORE);
	assert_int_equal(ask_hash(hash, 32, REQUEST_TRY, "questions", second), JUDGED_VIOLATION);
}

static void
a_hash_of_another_size_ends_the_session(void **state)
{
	(void)state;
	open_dialog();
	slot();
	assert_int_equal(ask_hash(hash, 31, REQUEST_TRY, "questions", first), JUDGED_VIOLATION);
	open_dialog();
	slot();
	assert_int_equal(ask(REQUEST_TRY, "questions", first), JUDGED_VIOLATION);
}

static void
with_a_slot_in_hand_only_its_hash_is_permitted(void **state)
{
	(void)state;
	open_dialog();
	slot();
	assert_int_equal(ask(REQUEST_FACTS), JUDGED_VIOLATION);
	open_dialog();
	slot();
	assert_int_equal(ask(REQUEST_TRY, "email", "123456"), JUDGED_VIOLATION);
	open_dialog();
	slot();
	assert_int_equal(status_of(REQUEST_LOG, "hashing"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_FINISH, "not-now"), REPLY_OK);
	assert_int_equal(slots.taken, 0);
}

static void
the_slot_goes_back_with_the_hash(void **state)
{
	(void)state;
	open_dialog();
	slot();
	assert_int_equal(slots.taken, 1);
	assert_int_equal(dialog.state, DIALOG_HASHING);
	ask_hash(hash, 32, REQUEST_TRY, "questions", first);
	assert_int_equal(slots.taken, 0);
	assert_int_equal(dialog.state, DIALOG_OPEN);
}

static bool was_granted;

static void
note_grant(void *arg)
{
	(void)arg;
	was_granted = true;
}

static void
without_a_free_slot_the_request_waits_for_one(void **state)
{
	struct slot_wait other = { 0 };

	(void)state;
	open_dialog();
	was_granted = false;
	dialog.slot.granted = note_grant;
	assert_true(slot_take(&slots, &other));
	assert_int_equal(ask(REQUEST_SLOT, "questions"), JUDGED_LATER);
	assert_int_equal(dialog.state, DIALOG_WAITING);
	slot_release(&other);
	assert_true(was_granted);
	assert_int_equal(judge_slot_granted(&dialog, &reply), JUDGED_REPLY);
	assert_int_equal(dialog.state, DIALOG_HASHING);
	assert_int_equal(ask_hash(hash, 32, REQUEST_TRY, "questions", first), JUDGED_REPLY);
}

static void
who_waits_for_a_slot_may_only_give_up(void **state)
{
	struct slot_wait other = { 0 };

	(void)state;
	open_dialog();
	assert_true(slot_take(&slots, &other));
	assert_int_equal(ask(REQUEST_SLOT, "questions"), JUDGED_LATER);
	assert_int_equal(status_of(REQUEST_FINISH, "broken"), REPLY_OK);
	assert_null(slots.first);
	slot_release(&other);
	assert_int_equal(slots.taken, 0);
}

static void
answers_that_were_not_enough_are_wiped_with_the_dialog(void **state)
{
	static const unsigned char none[32];

	(void)state;
	open_dialog();
	answer(first);
	assert_memory_equal(dialog.answers[0].hash.data, hash, sizeof(hash));
	dialog_close(&dialog);
	assert_null(dialog.answers[0].hash.data);
	assert_memory_equal(dialog.answers[0].salt, none, sizeof(dialog.answers[0].salt));
	open_dialog();
	assert_false(registered(METHOD_QUESTIONS));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(enough_answers_are_saved_together),
		TEST(the_slot_comes_with_a_fresh_salt_and_the_cost),
		TEST(no_question_twice),
		TEST(only_questions_of_the_catalogue_unless_the_policy_takes_others),
		TEST(an_answer_without_a_slot_ends_the_session),
		TEST(a_hash_of_another_size_ends_the_session),
		TEST(with_a_slot_in_hand_only_its_hash_is_permitted),
		TEST(the_slot_goes_back_with_the_hash),
		TEST(without_a_free_slot_the_request_waits_for_one),
		TEST(who_waits_for_a_slot_may_only_give_up),
		TEST(answers_that_were_not_enough_are_wiped_with_the_dialog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
