/*
 * What ssprctl prints: text made safe for a terminal, values, tables, CSV and JSON.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "ssprctl/output.h"
#include "ssprctl/safe.h"
/* link: ssprctl/output.c ssprctl/safe.c */

static const struct column columns[] = {
	{ "user", "USER", KIND_TEXT }, { "uid", "UID", KIND_NUMBER },
	{ "due", "DUE", KIND_YES_NO }, { "methods", "METHODS", KIND_LIST },
	{ "at", "AT", KIND_TIME },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void
assert_safe(const char *text, size_t len, const char *expected)
{
	char *safe = safe_text(text, len);

	assert_non_null(safe);
	assert_string_equal(safe, expected);
	free(safe);
}

static void
good_text_stays_as_it_is(void **state)
{
	static const char text[] = "alice \\ Grüße 日本 👩‍👧 DOM\\user";

	(void)state;
	assert_safe(text, strlen(text), text);
	assert_safe("", 0, "");
}

static void
control_characters_are_shown_not_sent(void **state)
{
	(void)state;
	assert_safe("a\x1b[2Jb\n\r\t\x7f", 9, "a\\x1b[2Jb\\x0a\\x0d\\x09");
	assert_safe("\x7f", 1, "\\x7f");
	assert_safe("a\0b", 3, "a\\x00b");
	assert_safe("\xc2\x9b"
		    "31m",
		    5, "\\xc2\\x9b31m");
	assert_safe("\xe2\x80\xae"
		    "txt",
		    6, "\\xe2\\x80\\xaetxt");
	assert_safe("\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8");
}

static void
bytes_that_are_not_utf8_are_shown_as_bytes(void **state)
{
	(void)state;
	assert_safe("\xff\xfe", 2, "\\xff\\xfe");
	assert_safe("a\xc3", 2, "a\\xc3");
	assert_safe("\xc3(", 2, "\\xc3(");
	assert_safe("\xc0\x80", 2, "\\xc0\\x80");
	assert_safe("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");
	assert_safe("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
	assert_safe("\xf8\x88\x80\x80\x80", 5, "\\xf8\\x88\\x80\\x80\\x80");
	assert_safe("\x80", 1, "\\x80");
}

static void
assert_value(json_t *value, enum kind kind, enum format format, const char *expected)
{
	char *text = output_value(value, kind, format);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void
values_read_for_people_and_for_programs(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Amsterdam", 1);
	tzset();
	assert_value(json_integer(1795385880), KIND_TIME, FORMAT_CSV, "2026-11-22T22:18:00Z");
	assert_value(json_integer(1795385880), KIND_TIME, FORMAT_TEXT, "2026-11-22 23:18");
	assert_value(json_integer(0), KIND_TIME, FORMAT_TEXT, "-");
	assert_value(json_integer(0), KIND_TIME, FORMAT_CSV, "");
	assert_value(json_integer(-5), KIND_TIME, FORMAT_TEXT, "-");
	assert_value(json_integer(INT64_MAX), KIND_TIME, FORMAT_TEXT, "-");
	assert_value(json_integer(-7), KIND_NUMBER, FORMAT_TEXT, "-7");
	assert_value(json_true(), KIND_YES_NO, FORMAT_TEXT, "yes");
	assert_value(json_false(), KIND_YES_NO, FORMAT_CSV, "no");
	assert_value(json_pack("[s, s]", "app", "email"), KIND_LIST, FORMAT_TEXT, "app email");
	assert_value(json_pack("[{s:s}, i]", "method", "app", 5), KIND_LIST, FORMAT_TEXT, "app ?");
	assert_value(json_array(), KIND_LIST, FORMAT_CSV, "");
	assert_value(json_string("a\x1b"), KIND_TEXT, FORMAT_TEXT, "a\\x1b");
}

static void
a_value_of_another_type_is_shown_as_absent(void **state)
{
	(void)state;
	assert_value(NULL, KIND_TEXT, FORMAT_TEXT, "-");
	assert_value(NULL, KIND_TEXT, FORMAT_CSV, "");
	assert_value(json_string("1"), KIND_NUMBER, FORMAT_TEXT, "-");
	assert_value(json_string("x"), KIND_LIST, FORMAT_TEXT, "-");
	assert_value(json_string("x"), KIND_TIME, FORMAT_TEXT, "-");
	assert_value(json_integer(1), KIND_YES_NO, FORMAT_TEXT, "-");
	assert_value(json_integer(1), KIND_TEXT, FORMAT_TEXT, "-");
	assert_value(json_string(""), KIND_TEXT, FORMAT_TEXT, "-");
}

/* What is printed of these rows; the caller frees. */
static char *
printed(enum format format, json_t *rows)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_non_null(rows);
	assert_int_equal(output_rows(out, format, columns, COLUMNS, rows), 0);
	assert_int_equal(fclose(out), 0);
	json_decref(rows);
	return text;
}

static json_t *
two_rows(void)
{
	return json_pack("[{s:s, s:i, s:b, s:[s, s], s:I}, {s:s, s:i}]", "user", "ali,\"ce\"\n",
			 "uid", 1000, "due", 1, "methods", "app", "email", "at",
			 (json_int_t)1795385880, "user", "Zoë", "uid", 7);
}

static void
csv_is_quoted_as_rfc_4180_says(void **state)
{
	char *text = printed(FORMAT_CSV, two_rows());

	(void)state;
	assert_string_equal(text,
			    "user,uid,due,methods,at\r\n"
			    "\"ali,\"\"ce\"\"\\x0a\",1000,yes,app email,2026-11-22T22:18:00Z\r\n"
			    "Zoë,7,,,\r\n");
	free(text);
}

static void
csv_without_rows_has_its_head(void **state)
{
	char *text = printed(FORMAT_CSV, json_array());

	(void)state;
	assert_string_equal(text, "user,uid,due,methods,at\r\n");
	free(text);
}

static void
json_is_ascii_and_reads_back(void **state)
{
	char *text = printed(FORMAT_JSON, two_rows());
	json_t *rows = two_rows(), *back = json_loads(text, 0, NULL);
	const char *p;

	(void)state;
	assert_true(json_equal(rows, back));
	for (p = text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	json_decref(rows);
	json_decref(back);
	free(text);
}

static void
a_table_has_a_line_for_each_row(void **state)
{
	char *text = printed(FORMAT_TEXT, two_rows());

	(void)state;
	assert_non_null(strstr(text, "USER"));
	assert_non_null(strstr(text, "ali,\"ce\"\\x0a"));
	assert_non_null(strstr(text, "app email"));
	assert_non_null(strstr(text, "Zoë"));
	assert_int_equal(strcspn(text, "\x1b"), strlen(text));
	assert_non_null(strchr(text, '\n'));
	assert_ptr_equal(strchr(strchr(strchr(text, '\n') + 1, '\n') + 1, '\n')[1] == '\0' ? text
											   : NULL,
			 text);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_text_stays_as_it_is),
		cmocka_unit_test(control_characters_are_shown_not_sent),
		cmocka_unit_test(bytes_that_are_not_utf8_are_shown_as_bytes),
		cmocka_unit_test(values_read_for_people_and_for_programs),
		cmocka_unit_test(a_value_of_another_type_is_shown_as_absent),
		cmocka_unit_test(csv_is_quoted_as_rfc_4180_says),
		cmocka_unit_test(csv_without_rows_has_its_head),
		cmocka_unit_test(json_is_ascii_and_reads_back),
		cmocka_unit_test(a_table_has_a_line_for_each_row),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
