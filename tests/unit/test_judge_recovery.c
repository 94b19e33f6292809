/*
 * The judge of recovery codes: made here, one typed back, each good once, new ones end the old
 * ones.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"
#include "text/recovery.h"

/* link: @judge */

static char codes[RECOVERY_CODES][RECOVERY_SHOWN];

static int
set_up_codes(void **state)
{
	int r = set_up(state);

	use_policy(POLICY_OF("app email recovery-codes"));
	return r;
}

static void
make(void)
{
	assert_int_equal(status_of(REQUEST_SEED, "recovery-codes"), REPLY_OK);
	assert_int_equal(got.count, RECOVERY_CODES);
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		assert_true(field_text(&got, i, codes[i], sizeof(codes[i])));
}

static int
try(const char *code)
{
	return status_of(REQUEST_TRY, "recovery-codes", code);
}

static void
register_codes(void)
{
	open_dialog();
	make();
	assert_int_equal(try(codes[0]), REPLY_PROVEN);
}

static int
left(void)
{
	int count;

	assert_int_equal(store_recovery_left(judge.store, stored().id, &count), 0);
	return count;
}

static void
ten_codes_are_made_and_no_two_are_alike(void **state)
{
	char plain[RECOVERY_PLAIN];

	(void)state;
	open_dialog();
	make();
	for (int i = 0; i < RECOVERY_CODES; i++) {
		assert_int_equal(recovery_read(RECOVERY_CODE, codes[i], strlen(codes[i]), plain),
				 RECOVERY_FINE);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(codes[i], codes[j]);
	}
	assert_int_equal(left(), 0);
	assert_false(registered(METHOD_RECOVERY_CODES));
}

static void
the_one_that_is_typed_back_saves_all_and_is_used(void **state)
{
	(void)state;
	register_codes();
	assert_true(registered(METHOD_RECOVERY_CODES));
	assert_int_equal(left(), RECOVERY_CODES - 1);
	assert_int_equal(fact_of(METHOD_RECOVERY_CODES).left, RECOVERY_CODES - 1);
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 1);
}

static void
what_stands_in_the_store_is_none_of_the_codes(void **state)
{
	unsigned char hash[STORE_HASH_SIZE] = { 0 };
	int64_t used_at;

	(void)state;
	register_codes();
	memcpy(hash, codes[1], strlen(codes[1]));
	assert_int_equal(store_recovery_find(judge.store, stored().id, hash, &used_at), STORE_NONE);
	for (int i = 0; i < RECOVERY_CODES; i++)
		for (int j = 0; j < DIALOG_HASH_SIZE; j++)
			assert_int_equal(dialog.recovery[i][j], 0);
}

static void
a_code_is_read_as_people_type_it(void **state)
{
	char lower[RECOVERY_SHOWN];

	(void)state;
	open_dialog();
	make();
	for (size_t i = 0; i < sizeof(lower); i++)
		lower[i] =
			codes[3][i] == '-' ? ' ' : (char)(codes[3][i] | (codes[3][i] ? 0x20 : 0));
	assert_int_equal(try(lower), REPLY_PROVEN);
}

static void
wrong_ones_spend_the_new_codes(void **state)
{
	char old[RECOVERY_SHOWN];

	(void)state;
	open_dialog();
	make();
	snprintf(old, sizeof(old), "%s", codes[0]);
	assert_int_equal(try(""), REPLY_EMPTY);
	assert_int_equal(try(" - "), REPLY_EMPTY);
	make();
	assert_int_equal(try(old), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	assert_int_equal(try("no code at all"), REPLY_WRONG);
	assert_int_equal(try(old), REPLY_SPENT);
	assert_int_equal(audited(AUDIT_CODE_WRONG), 3);
	assert_int_equal(ask(REQUEST_TRY, "recovery-codes", codes[0]), JUDGED_VIOLATION);
	assert_false(registered(METHOD_RECOVERY_CODES));
}

static void
nothing_can_be_typed_back_before_they_were_made(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(ask(REQUEST_TRY, "recovery-codes", "K7QF-2MXP-9RTW-B4HN"),
			 JUDGED_VIOLATION);
}

static void
each_proves_once(void **state)
{
	(void)state;
	register_codes();
	assert_int_equal(try(codes[1]), REPLY_PROVEN);
	assert_int_equal(left(), RECOVERY_CODES - 2);
	assert_int_equal(try(codes[1]), REPLY_USED);
	assert_int_equal(try(codes[0]), REPLY_USED);
	assert_int_equal(left(), RECOVERY_CODES - 2);
	assert_int_equal(audited(AUDIT_METHOD_CONFIRMED), 1);
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 2);
}

static void
the_last_one_is_the_end_of_the_method(void **state)
{
	(void)state;
	register_codes();
	for (int i = 1; i < RECOVERY_CODES; i++)
		assert_int_equal(try(codes[i]), REPLY_PROVEN);
	assert_false(registered(METHOD_RECOVERY_CODES));
	assert_int_equal(fact_of(METHOD_RECOVERY_CODES).state, METHOD_MISSING);
	make();
	assert_int_equal(try(codes[5]), REPLY_PROVEN);
	assert_int_equal(left(), RECOVERY_CODES - 1);
}

static void
new_ones_end_the_old_ones_once_one_is_typed_back(void **state)
{
	char old[RECOVERY_SHOWN];

	(void)state;
	register_codes();
	assert_int_equal(record_save(&dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
	open_dialog_for(PURPOSE_MANAGE, 0);
	dialog.proven = dialog_bit(METHOD_APP);
	snprintf(old, sizeof(old), "%s", codes[1]);
	make();
	assert_int_equal(left(), RECOVERY_CODES - 1);
	assert_int_equal(try(codes[2]), REPLY_PROVEN);
	assert_int_equal(left(), RECOVERY_CODES - 1);
	assert_int_equal(try(old), REPLY_WRONG);
	assert_int_equal(try(codes[3]), REPLY_PROVEN);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 1);
}

static void
a_renewal_that_was_left_leaves_the_old_ones(void **state)
{
	char old[RECOVERY_SHOWN];

	(void)state;
	register_codes();
	open_dialog_for(PURPOSE_MANAGE, 0);
	dialog.proven = dialog_bit(METHOD_APP);
	snprintf(old, sizeof(old), "%s", codes[1]);
	make();
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(try(old), REPLY_PROVEN);
	assert_int_equal(left(), RECOVERY_CODES - 2);
}

static void
a_code_that_is_used_takes_the_stamp_away(void **state)
{
	(void)state;
	register_codes();
	stamps_write(&stamps, "alice", ALICE_UID, NOW + 60, NOW);
	assert_true(scratch_size(alice_stamp()) >= 0);
	assert_int_equal(try(codes[1]), REPLY_PROVEN);
	assert_int_equal(scratch_size(alice_stamp()), -1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_codes, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(ten_codes_are_made_and_no_two_are_alike),
		TEST(the_one_that_is_typed_back_saves_all_and_is_used),
		TEST(what_stands_in_the_store_is_none_of_the_codes),
		TEST(a_code_is_read_as_people_type_it),
		TEST(wrong_ones_spend_the_new_codes),
		TEST(nothing_can_be_typed_back_before_they_were_made),
		TEST(each_proves_once),
		TEST(the_last_one_is_the_end_of_the_method),
		TEST(new_ones_end_the_old_ones_once_one_is_typed_back),
		TEST(a_renewal_that_was_left_leaves_the_old_ones),
		TEST(a_code_that_is_used_takes_the_stamp_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
