/*
 * The app's judge: the secret is made by the judge, each code is good once, a wrong one is
 * counted against its secret.
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

#define STEP 30

static char code[8];

/* A code of the secret that was given out, so many steps from now. */
static const char *
code_at(int steps)
{
	assert_int_equal(oath_totp_generate((const char *)dialog.seed.data, dialog.seed.len,
					    NOW + steps * STEP, STEP, 0, 6, code),
			 OATH_OK);
	return code;
}

static const char *
wrong_code(void)
{
	static char wrong[16];
	int n = 0;

	do
		snprintf(wrong, sizeof(wrong), "%06d", n++);
	while (strcmp(wrong, code_at(-1)) == 0 || strcmp(wrong, code_at(0)) == 0 ||
	       strcmp(wrong, code_at(1)) == 0);
	return wrong;
}

static void
seed(void)
{
	assert_int_equal(status_of(REQUEST_SEED, "app"), REPLY_OK);
}

static void
the_secret_has_160_bits_and_goes_out_as_base32_and_uri(void **state)
{
	char *bytes = NULL, expected[8192], key[4096];
	size_t len = 0;

	(void)state;
	open_dialog();
	seed();
	snprintf(key, sizeof(key), "%s", text(0));
	assert_int_equal(oath_base32_decode(key, strlen(key), &bytes, &len), OATH_OK);
	assert_int_equal(len, 20);
	assert_memory_equal(bytes, dialog.seed.data, 20);
	free(bytes);
	snprintf(expected, sizeof(expected),
		 "otpauth://totp/desk:alice%%40desk?secret=%s&issuer=desk", key);
	assert_string_equal(text(1), expected);
}

static void
names_can_end_nothing_in_the_uri(void **state)
{
	(void)state;
	open_dialog();
	snprintf(judge.host, sizeof(judge.host), "d&e?s");
	snprintf(dialog.user.stored.name, sizeof(dialog.user.stored.name), "a/b?c=\n\xff");
	seed();
	assert_non_null(
		strstr(text(1), "otpauth://totp/d%26e%3Fs:a%2Fb%3Fc%3D%0A%FF%40d%26e%3Fs?"));
}

static void
every_secret_is_another(void **state)
{
	unsigned char first[20];

	(void)state;
	open_dialog();
	seed();
	memcpy(first, dialog.seed.data, sizeof(first));
	seed();
	assert_memory_not_equal(first, dialog.seed.data, sizeof(first));
}

static void
a_code_of_now_proves_and_saves(void **state)
{
	struct store_method m;

	(void)state;
	open_dialog();
	seed();
	assert_int_equal(status_of(REQUEST_TRY, "app", code_at(0)), REPLY_PROVEN);
	assert_int_equal(
		store_method_get(judge.store, dialog.user.stored.id, METHOD_APP, false, &m),
		STORE_DONE);
	assert_int_equal(m.last_step, NOW / STEP);
	assert_int_equal(m.proven_at, NOW);
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 1);
	assert_int_equal(dialog.seed.len, 0);
}

static void
one_step_either_way_is_taken_and_two_are_not(void **state)
{
	static const struct {
		int steps, status;
	} rows[] = { { -2, REPLY_WRONG }, { 2, REPLY_WRONG } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_dialog();
		seed();
		assert_int_equal(status_of(REQUEST_TRY, "app", code_at(rows[i].steps)),
				 rows[i].status);
	}
	open_dialog();
	seed();
	assert_int_equal(status_of(REQUEST_TRY, "app", code_at(-1)), REPLY_PROVEN);
	store_method_remove(judge.store, dialog.user.stored.id, METHOD_APP);
	seed();
	assert_int_equal(status_of(REQUEST_TRY, "app", code_at(1)), REPLY_PROVEN);
}

static void
blanks_in_a_code_do_not_matter_and_nothing_is_no_try(void **state)
{
	char spaced[16];

	(void)state;
	open_dialog();
	seed();
	assert_int_equal(status_of(REQUEST_TRY, "app", ""), REPLY_EMPTY);
	assert_int_equal(status_of(REQUEST_TRY, "app", "  "), REPLY_EMPTY);
	assert_int_equal(dialog.seed_tries, 0);
	code_at(0);
	snprintf(spaced, sizeof(spaced), " %.3s %s", code, code + 3);
	assert_int_equal(status_of(REQUEST_TRY, "app", spaced), REPLY_PROVEN);
}

static void
wrong_codes_spend_the_secret_and_a_new_one_begins_anew(void **state)
{
	(void)state;
	open_dialog();
	seed();
	assert_int_equal(status_of(REQUEST_TRY, "app", wrong_code()), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	assert_int_equal(status_of(REQUEST_TRY, "app", "not a code"), REPLY_WRONG);
	assert_int_equal(number(0), 1);
	assert_int_equal(status_of(REQUEST_TRY, "app", wrong_code()), REPLY_SPENT);
	assert_int_equal(number(0), NOW);
	assert_int_equal(dialog.seed.len, 0);
	assert_int_equal(audited(AUDIT_CODE_WRONG), 3);
	assert_false(registered(METHOD_APP));
	seed();
	assert_int_equal(status_of(REQUEST_TRY, "app", code_at(0)), REPLY_PROVEN);
}

static void
a_spent_secret_takes_no_right_code(void **state)
{
	char right[8];

	(void)state;
	open_dialog();
	seed();
	snprintf(right, sizeof(right), "%s", code_at(0));
	for (int i = 0; i < 3; i++)
		ask(REQUEST_TRY, "app", "000000000");
	assert_int_equal(ask(REQUEST_TRY, "app", right), JUDGED_VIOLATION);
	assert_false(registered(METHOD_APP));
}

static void
a_code_that_was_used_is_told_so(void **state)
{
	char used[8];

	(void)state;
	open_dialog();
	seed();
	snprintf(used, sizeof(used), "%s", code_at(0));
	assert_int_equal(status_of(REQUEST_TRY, "app", used), REPLY_PROVEN);
	assert_int_equal(status_of(REQUEST_TRY, "app", used), REPLY_USED);
	assert_int_equal(ask(REQUEST_SEED, "app"), JUDGED_VIOLATION);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_secret_has_160_bits_and_goes_out_as_base32_and_uri),
		TEST(names_can_end_nothing_in_the_uri),
		TEST(every_secret_is_another),
		TEST(a_code_of_now_proves_and_saves),
		TEST(one_step_either_way_is_taken_and_two_are_not),
		TEST(blanks_in_a_code_do_not_matter_and_nothing_is_no_try),
		TEST(wrong_codes_spend_the_secret_and_a_new_one_begins_anew),
		TEST(a_spent_secret_takes_no_right_code),
		TEST(a_code_that_was_used_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
