/* What a short answer says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "session/answer.h"

/* link: session/answer.c */

static struct secret
typed(const char *text)
{
	struct secret s = { 0 };

	assert_int_equal(secret_set(&s, text, strlen(text)), 0);
	return s;
}

static void
a_letter_is_known_in_either_case_and_with_blanks(void **state)
{
	static const char *const yes[] = { "n", "N", " n", "n ", "\t N " };
	static const char *const no[] = { "", " ", "nn", "no", "n n", "m", "n\u00a0" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		struct secret s = typed(yes[i]);

		assert_true(answer_is(&s, 'n'));
		secret_done(&s);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		struct secret s = typed(no[i]);

		assert_false(answer_is(&s, 'n'));
		secret_done(&s);
	}
}

static void
a_number_is_one_from_1_to_the_most(void **state)
{
	static const struct {
		const char *text;
		int number;
	} answers[] = { { "1", 1 },  { " 36 ", 36 },     { "007", 7 }, { "0", 0 },
			{ "37", 0 }, { "-1", 0 },        { "+1", 0 },  { "", 0 },
			{ "1.", 0 }, { "1 2", 0 },       { "0x1", 0 }, { "one", 0 },
			{ "1b", 0 }, { "4294967297", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		struct secret s = typed(answers[i].text);

		assert_int_equal(answer_number(&s, 36), answers[i].number);
		secret_done(&s);
	}
}

static void
a_code_may_be_typed_in_groups(void **state)
{
	static const char *const codes[] = { "123456", "123 456", " 12-34-56 ", "1 2 3 4 5 6" };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		struct secret s = typed(codes[i]);

		assert_true(answer_code(&s, 6));
		assert_int_equal(s.len, 6);
		assert_memory_equal(s.data, "123456", 7);
		secret_done(&s);
	}
}

static void
what_is_no_code_is_told_from_a_wrong_one(void **state)
{
	static const char *const others[] = { "",        "12345",
					      "1234567", "12345a",
					      "12345.6", "\uff11\uff12\uff13\uff14\uff15\uff16" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct secret s = typed(others[i]);

		assert_false(answer_code(&s, 6));
		secret_done(&s);
	}
}

static void
a_moment_has_its_date_unless_it_is_today(void **state)
{
	char text[MOMENT_TEXT_MAX];

	(void)state;
	moment_text(1763769900, 1763730000, text);
	assert_string_equal(text, "2025-11-22 00:05");
	moment_text(1763769900, 1763770000, text);
	assert_string_equal(text, "00:05");
	date_text(1763769900, text);
	assert_string_equal(text, "2025-11-22");
}

static void
a_moment_beyond_all_years_is_no_text(void **state)
{
	char text[MOMENT_TEXT_MAX] = "before";

	(void)state;
	moment_text(INT64_MAX, 0, text);
	assert_string_equal(text, "");
	date_text(INT64_MIN, text);
	assert_string_equal(text, "");
}

static void
blanks_around_an_answer_are_left_out(void **state)
{
	static const char *const pairs[][2] = { { "", "" },     { "a", "a" }, { "  a b\t", "a b" },
						{ " \t ", "" }, { "a", "a" }, { "a  ", "a" } };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct secret s = typed(pairs[i][0]);

		answer_trim(&s);
		assert_string_equal(secret_text(&s), pairs[i][1]);
		assert_int_equal(s.len, strlen(pairs[i][1]));
		secret_done(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_around_an_answer_are_left_out),
		cmocka_unit_test(a_letter_is_known_in_either_case_and_with_blanks),
		cmocka_unit_test(a_number_is_one_from_1_to_the_most),
		cmocka_unit_test(a_code_may_be_typed_in_groups),
		cmocka_unit_test(what_is_no_code_is_told_from_a_wrong_one),
		cmocka_unit_test(a_moment_has_its_date_unless_it_is_today),
		cmocka_unit_test(a_moment_beyond_all_years_is_no_text),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
