/*
 * Questions at a reset: several of those registered, always the same ones in the same order until
 * they are proven; one failure for all of them, counted before the first comparison; nothing told
 * before the last.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

#define FOUR  "[questions]\nregister = 4\nreset = 3\n"
#define COUNT 4
#define ASKED 3
#define WRONG (-1)

static const char *const questions[COUNT] = { "First thing you broke?",
					      "Second name you gave a cat?",
					      "Third street you hid in?",
					      "Fourth song you hummed?" };

static unsigned char *
hash_of(int i)
{
	static unsigned char hash[DIALOG_HASH_SIZE];

	memset(hash, 'm' + i, sizeof(hash));
	return hash;
}

/* A reset of alice, who has proven something else. */
static void
begin_reset(int64_t later)
{
	begin_dialog_for(PURPOSE_RESET, later);
	dialog.state = DIALOG_OPEN;
	dialog.proven = dialog_bit(METHOD_APP);
}

static int
set_up_registered(void **state)
{
	if (set_up(state) < 0)
		return -1;
	use_policy(POLICY FOUR);
	open_dialog();
	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
		assert_int_equal(ask_hash(hash_of(i), DIALOG_HASH_SIZE, REQUEST_TRY, "questions",
					  questions[i]),
				 JUDGED_REPLY);
	}
	assert_int_equal(got.op, REPLY_PROVEN);
	begin_reset(60);
	return 0;
}

/* The question that is asked now. */
static int
asked(void)
{
	assert_int_equal(status_of(REQUEST_SEED, "questions"), REPLY_OK);
	for (int i = 0; i < COUNT; i++)
		if (strcmp(text(0), questions[i]) == 0)
			return i;
	fail_msg("%s is none of hers", text(0));
	return -1;
}

/* Answer it: rightly, or with the hash of another one. The status; 0: a violation. */
static int
answer(bool right)
{
	int i = asked();

	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	if (ask_hash(hash_of(right ? i : WRONG), DIALOG_HASH_SIZE, REQUEST_TRY, "questions",
		     questions[i]) != JUDGED_REPLY)
		return 0;
	return got.op;
}

/* A whole set, of which that one (from 0; -1 none) is wrong: the last status. */
static int
answer_set(int wrong)
{
	for (int i = 0; i < ASKED - 1; i++) {
		assert_int_equal(answer(i != wrong), REPLY_MORE);
		assert_int_equal(number(0), ASKED - 1 - i);
	}
	return answer(ASKED - 1 != wrong);
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

static void
the_right_answers_to_all_of_them_prove(void **state)
{
	(void)state;
	assert_int_equal(answer_set(-1), REPLY_PROVEN);
	assert_true(dialog.proven & dialog_bit(METHOD_QUESTIONS));
	assert_int_equal(failures(), 0);
	assert_int_equal(audited(AUDIT_METHOD_CONFIRMED), 1);
	assert_int_equal(audited(AUDIT_RESET_VERIFIED), 0); /* the other proof was the first */
	assert_int_equal(dialog.state, DIALOG_OPEN);
	assert_int_equal(slots.taken, 0);
}

static void
one_wrong_answer_wherever_it_is_proves_nothing_and_is_told_at_the_end(void **state)
{
	(void)state;
	for (int wrong = 0; wrong < ASKED; wrong++) {
		assert_int_equal(answer_set(wrong), REPLY_WRONG);
		assert_int_equal(failures(), wrong + 1);
		assert_int_equal(number(0), 5 - wrong - 1);
	}
	assert_false(dialog.proven & dialog_bit(METHOD_QUESTIONS));
	assert_int_equal(audited(AUDIT_METHOD_FAILED), ASKED);
	assert_int_equal(answer_set(-1), REPLY_PROVEN);
	assert_int_equal(failures(), 0);
}

/* The replies to a right and to a wrong answer, byte for byte. */
static void
more_never_tells(void **state)
{
	struct message right;

	(void)state;
	assert_int_equal(answer(true), REPLY_MORE);
	right = reply;
	begin_reset(61);
	assert_int_equal(answer(false), REPLY_MORE);
	assert_int_equal(reply.len, right.len);
	assert_memory_equal(reply.data, right.data, right.len);
}

static void
one_failure_stands_on_disk_from_the_first_answer_on(void **state)
{
	(void)state;
	assert_int_equal(failures(), 0);
	asked();
	assert_int_equal(failures(), 0);
	assert_int_equal(answer(true), REPLY_MORE);
	assert_int_equal(failures(), 1);
	assert_int_equal(answer(true), REPLY_MORE);
	assert_int_equal(failures(), 1);
	assert_int_equal(answer(false), REPLY_WRONG);
	assert_int_equal(failures(), 1);
}

static void
note_order(int order[ASKED], int wrong)
{
	for (int i = 0; i < ASKED; i++) {
		order[i] = asked();
		assert_int_equal(asked(), order[i]);
		answer(i != wrong);
	}
	for (int i = 0; i < ASKED; i++)
		for (int j = 0; j < i; j++)
			assert_int_not_equal(order[i], order[j]);
}

static void
the_same_ones_are_asked_in_the_same_order_in_every_dialog_right_or_wrong(void **state)
{
	int first[ASKED], again[ASKED];

	(void)state;
	note_order(first, 0);
	note_order(again, 2);
	assert_memory_equal(again, first, sizeof(first));
	begin_reset(3600);
	note_order(again, 1);
	assert_memory_equal(again, first, sizeof(first));
	begin_reset(7200);
	answer(true); /* given up in the middle */
	begin_reset(7260);
	note_order(again, 1);
	assert_memory_equal(again, first, sizeof(first));
}

static void
and_others_once_they_were_proven(void **state)
{
	int first[ASKED], again[ASKED];
	bool changed = false;

	(void)state;
	note_order(first, -1);
	for (int i = 1; i < 20 && !changed; i++) {
		begin_reset(60 + i * 60);
		note_order(again, -1);
		changed = memcmp(again, first, sizeof(first)) != 0;
	}
	assert_true(changed);
}

static void
a_set_goes_on_as_it_began_when_they_are_proven_elsewhere_meanwhile(void **state)
{
	int again[ASKED];

	(void)state;
	use_policy(POLICY FOUR "[throttle]\nfailures = 50\n");
	for (int i = 1; i < 10; i++) {
		for (int turn = 0; turn < ASKED; turn++) {
			again[turn] = asked();
			answer(turn != 0);
			if (turn < ASKED - 1) /* an hour later each: the lots are others */
				assert_int_equal(store_method_proven(judge.store, stored().id,
								     METHOD_QUESTIONS,
								     NOW + i * 3600 + turn),
						 STORE_DONE);
		}
		for (int a = 0; a < ASKED; a++)
			for (int b = 0; b < a; b++)
				assert_int_not_equal(again[a], again[b]);
	}
}

static void
who_gives_an_answer_to_another_question_is_no_session_of_ours(void **state)
{
	int i = asked();

	(void)state;
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	assert_int_equal(ask_hash(hash_of(i), DIALOG_HASH_SIZE, REQUEST_TRY, "questions",
				  questions[(i + 1) % COUNT]),
			 JUDGED_VIOLATION);
	assert_int_equal(failures(), 0);
}

static void
the_set_that_reaches_the_limit_blocks_at_its_end(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer_set(0), REPLY_WRONG);
	assert_int_equal(answer_set(2), REPLY_BLOCKED);
	assert_int_equal(number(0), dialog.now + 86400);
	assert_int_equal(audited(AUDIT_BLOCKED), 1);
	assert_int_equal(status_of(REQUEST_SEED, "questions"), REPLY_BLOCKED);
	begin_reset(120);
	assert_int_equal(status_of(REQUEST_SEED, "questions"), REPLY_BLOCKED);
	assert_int_equal(failures(), 5);
}

static void
its_success_takes_the_block_back(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer_set(0), REPLY_WRONG);
	assert_int_equal(answer_set(-1), REPLY_PROVEN);
	assert_int_equal(audited(AUDIT_BLOCKED), 0);
	assert_int_equal(failures(), 0);
}

static void
a_set_that_is_given_up_stays_a_failure_and_its_block_is_told(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(answer(true), REPLY_MORE);
		begin_reset(60 + i);
		assert_int_equal(failures(), i + 1);
	}
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 4);
	assert_int_equal(audited(AUDIT_BLOCKED), 0);
	assert_int_equal(answer(true), REPLY_MORE);
	dialog_close(&dialog);
	dialog_close(&dialog);
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 5);
	assert_int_equal(audited(AUDIT_BLOCKED), 1);
}

static void
before_another_proof_they_are_a_violation(void **state)
{
	(void)state;
	dialog.proven = 0;
	assert_int_equal(ask(REQUEST_SEED, "questions"), JUDGED_VIOLATION);
	begin_reset(61);
	dialog.proven = 0;
	assert_int_equal(ask(REQUEST_SLOT, "questions"), JUDGED_VIOLATION);
	begin_reset(62);
	dialog.proven = dialog_bit(METHOD_QUESTIONS); /* themselves are not another one */
	assert_int_equal(ask(REQUEST_SEED, "questions"), JUDGED_VIOLATION);
	begin_reset(63);
	dialog.state = DIALOG_CLAIMING;
	dialog.proven = 0;
	assert_int_equal(ask(REQUEST_SEED, "questions"), JUDGED_VIOLATION);
	assert_int_equal(failures(), 0);
}

static void
alone_on_the_console_they_are_the_first_proof(void **state)
{
	(void)state;
	dialog.proven = 0;
	dialog.reset.told = true;
	dialog.state = DIALOG_CLAIMING;
	assert_int_equal(answer_set(1), REPLY_WRONG);
	assert_int_equal(dialog.state, DIALOG_CLAIMING);
	assert_int_equal(audited(AUDIT_RESET_VERIFIED), 0);
	assert_int_equal(answer_set(-1), REPLY_PROVEN);
	assert_int_equal(dialog.state, DIALOG_OPEN);
	assert_int_equal(audited(AUDIT_RESET_VERIFIED), 1);
	use_policy(POLICY FOUR "alone = never\n");
	begin_reset(61);
	dialog.proven = 0;
	dialog.reset.told = true;
	dialog.state = DIALOG_CLAIMING;
	assert_int_equal(ask(REQUEST_SEED, "questions"), JUDGED_VIOLATION);
}

static void
as_the_first_of_two_proofs_they_clear_their_own_failure_alone(void **state)
{
	(void)state;
	use_policy(POLICY FOUR "[registration]\nmethods_to_reset = 2\n");
	for (int i = 0; i < 5; i++) {
		begin_reset(60 + i);
		dialog.proven = 0;
		dialog.reset.told = true;
		dialog.state = DIALOG_CLAIMING;
		if (i < 4)
			assert_int_equal(answer_set(1), REPLY_WRONG);
	}
	assert_int_equal(answer(true), REPLY_MORE);
	assert_int_equal(failures(), 5);
	dialog.now += 20;
	assert_int_equal(answer(true), REPLY_MORE);
	assert_int_equal(answer(true), REPLY_PROVEN);
	assert_int_equal(failures(), 4);
	assert_int_equal(audited(AUDIT_BLOCKED), 0);
	begin_reset(200);
	assert_int_equal(answer(true), REPLY_MORE); /* no block stands */
}

static void
of_the_privileged_and_of_a_decoy_they_prove_nothing(void **state)
{
	(void)state;
	dialog.reset.decoy = true;
	assert_int_equal(ask(REQUEST_SEED, "questions"), JUDGED_VIOLATION);
	use_policy(POLICY FOUR "[registration]\nprivileged = alice\n");
	begin_reset(61);
	assert_true(dialog.plan.privileged);
	assert_int_equal(ask(REQUEST_SEED, "questions"), JUDGED_VIOLATION);
	begin_reset(62);
	assert_int_equal(ask(REQUEST_SLOT, "questions"), JUDGED_VIOLATION);
}

static void
who_registered_fewer_is_asked_for_those(void **state)
{
	(void)state;
	use_policy(POLICY "[questions]\nregister = 5\nreset = 5\n");
	for (int i = 0; i < COUNT - 1; i++)
		assert_int_equal(answer(true), REPLY_MORE);
	assert_int_equal(answer(true), REPLY_PROVEN);
}

static void
in_other_dialogs_one_is_asked(void **state)
{
	(void)state;
	open_dialog_for(PURPOSE_MANAGE, 60);
	assert_int_equal(answer(true), REPLY_PROVEN);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_registered, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_right_answers_to_all_of_them_prove),
		TEST(one_wrong_answer_wherever_it_is_proves_nothing_and_is_told_at_the_end),
		TEST(more_never_tells),
		TEST(one_failure_stands_on_disk_from_the_first_answer_on),
		TEST(the_same_ones_are_asked_in_the_same_order_in_every_dialog_right_or_wrong),
		TEST(and_others_once_they_were_proven),
		TEST(a_set_goes_on_as_it_began_when_they_are_proven_elsewhere_meanwhile),
		TEST(who_gives_an_answer_to_another_question_is_no_session_of_ours),
		TEST(the_set_that_reaches_the_limit_blocks_at_its_end),
		TEST(its_success_takes_the_block_back),
		TEST(a_set_that_is_given_up_stays_a_failure_and_its_block_is_told),
		TEST(before_another_proof_they_are_a_violation),
		TEST(alone_on_the_console_they_are_the_first_proof),
		TEST(as_the_first_of_two_proofs_they_clear_their_own_failure_alone),
		TEST(of_the_privileged_and_of_a_decoy_they_prove_nothing),
		TEST(who_registered_fewer_is_asked_for_those),
		TEST(in_other_dialogs_one_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
