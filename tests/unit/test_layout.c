/* Text as a terminal gets it. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "session/layout.h"

/* link: session/layout.c */

static void
laid_out(const char *text, int columns, const char *wanted)
{
	char out[256];

	assert_int_equal(layout(text, columns, out, sizeof(out)), strlen(wanted));
	assert_string_equal(out, wanted);
}

static void
short_text_stays_as_it_is(void **state)
{
	(void)state;
	laid_out("", 10, "");
	laid_out("one two", 10, "one two");
	laid_out("one\n\n two \n", 10, "one\n\n two \n");
	laid_out("123456789", 10, "123456789");
}

static void
a_line_is_broken_at_its_last_blank(void **state)
{
	(void)state;
	laid_out("one two three four", 10, "one two\nthree\nfour");
	laid_out("1234 6789 1234", 10, "1234 6789\n1234");
	laid_out("one two three\nfour five six", 10, "one two\nthree\nfour five\nsix");
}

static void
a_word_that_fits_no_line_is_not_broken(void **state)
{
	(void)state;
	laid_out("otpauth://totp/a?b", 10, "otpauth://totp/a?b");
	laid_out("see otpauth://totp/a now", 10, "see\notpauth://totp/a\nnow");
	laid_out("   otpauth://totp/a", 10, "   otpauth://totp/a");
}

static void
the_blank_at_the_end_of_a_prompt_stays(void **state)
{
	(void)state;
	laid_out("123456789: ", 11, "123456789: ");
	laid_out("12345678: ", 10, "12345678: ");
	laid_out("one 345678: ", 10, "one\n345678: ");
}

static void
width_is_counted_in_columns(void **state)
{
	(void)state;
	laid_out("\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9 x", 10,
		 "\u00e9\u00e9\u00e9\u00e9 \u00e9\u00e9\u00e9\u00e9\nx");
	laid_out("\u4e2d\u4e2d \u4e2d\u4e2d x", 10, "\u4e2d\u4e2d \u4e2d\u4e2d\nx");
	laid_out("a\u0301a\u0301a\u0301a\u0301 bbbb", 10, "a\u0301a\u0301a\u0301a\u0301 bbbb");
}

static void
what_could_steer_a_terminal_is_a_question_mark(void **state)
{
	(void)state;
	laid_out("a\x1b[2Jb", 40, "a?[2Jb");
	laid_out("a\rb\tc\x7f", 40, "a?b?c?");
	laid_out("a\xc2\x9b"
		 "2Jb",
		 40, "a?2Jb");
}

static void
a_mark_that_turns_the_direction_is_a_question_mark(void **state)
{
	static const char *const marks[] = { "\u061c", "\u200e", "\u200f", "\u202a",
					     "\u202e", "\u2066", "\u2069" };
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		snprintf(text, sizeof(text), "a%sb", marks[i]);
		laid_out(text, 40, "a?b");
	}
	laid_out("a\u200db", 40, "a\u200db");
	laid_out("\u05d0\u05d1", 40, "\u05d0\u05d1");
}

static void
what_is_not_utf8_is_a_question_mark(void **state)
{
	(void)state;
	laid_out("caf\xe9 \xff!", 40, "caf? ?!");
	laid_out("\xed\xa0\x80", 40, "???");
	laid_out("cut \xe4\xb8", 40, "cut ??");
}

static void
what_does_not_fit_is_cut_at_a_character(void **state)
{
	char out[6];

	(void)state;
	assert_int_equal(layout("123456", 40, out, sizeof(out)), 5);
	assert_string_equal(out, "12345");
	assert_int_equal(layout("1234\u00e9", 40, out, sizeof(out)), 4);
	assert_string_equal(out, "1234");
	assert_int_equal(layout("123", 40, out, 1), 0);
	assert_string_equal(out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_text_stays_as_it_is),
		cmocka_unit_test(a_line_is_broken_at_its_last_blank),
		cmocka_unit_test(a_word_that_fits_no_line_is_not_broken),
		cmocka_unit_test(the_blank_at_the_end_of_a_prompt_stays),
		cmocka_unit_test(width_is_counted_in_columns),
		cmocka_unit_test(what_could_steer_a_terminal_is_a_question_mark),
		cmocka_unit_test(a_mark_that_turns_the_direction_is_a_question_mark),
		cmocka_unit_test(what_is_not_utf8_is_a_question_mark),
		cmocka_unit_test(what_does_not_fit_is_cut_at_a_character),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL) {
		fputs("there is no locale C.UTF-8\n", stderr);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
