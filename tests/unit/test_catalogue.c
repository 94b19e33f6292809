/*
 * Question catalogues: by language, with English behind it, and nothing in them that is no
 * question.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/catalogue.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

/* link: ssprd/catalogue.c */

static struct scratch scratch;
static struct catalogues *c;
static int lines;

static void
count_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)text;
	(void)arg;
	lines++;
}

static int
set_up(void **state)
{
	(void)state;
	lines = 0;
	c = NULL;
	log_to(count_line, NULL);
	return scratch_make(&scratch);
}

static int
tear_down(void **state)
{
	(void)state;
	catalogues_free(c);
	scratch_remove(&scratch);
	return 0;
}

static void
file(const char *name, const char *content)
{
	assert_int_equal(scratch_write(scratch_path(&scratch, name), 0, content, strlen(content)),
			 0);
}

static void
read_all(void)
{
	assert_int_equal(catalogues_read(&c, scratch.folder), 0);
}

static void
questions_come_in_the_language_or_its_first_part_or_english(void **state)
{
	(void)state;
	file("en.txt", "First?\nSecond?\n");
	file("nl.txt", "Eerste?\n");
	file("nl_BE.txt", "Primo?\n");
	read_all();
	assert_string_equal(catalogue_question(c, "nl", 0), "Eerste?");
	assert_string_equal(catalogue_question(c, "nl_NL", 0), "Eerste?");
	assert_string_equal(catalogue_question(c, "nl_BE", 0), "Primo?");
	assert_string_equal(catalogue_question(c, "fr", 1), "Second?");
	assert_string_equal(catalogue_question(c, "", 0), "First?");
	assert_null(catalogue_question(c, "nl", 1));
	assert_null(catalogue_question(c, "en", 2));
}

static void
a_question_of_any_language_is_known(void **state)
{
	(void)state;
	file("en.txt", "First?\n");
	file("nl.txt", "Eerste?\n");
	read_all();
	assert_true(catalogue_has(c, "First?"));
	assert_true(catalogue_has(c, "Eerste?"));
	assert_false(catalogue_has(c, "first?"));
	assert_false(catalogue_has(c, ""));
}

static void
comments_and_blanks_are_no_questions_and_the_last_line_needs_no_end(void **state)
{
	(void)state;
	file("en.txt", "# a comment\n\n  \t\n  First? \r\nLast?");
	read_all();
	assert_string_equal(catalogue_question(c, "en", 0), "First?");
	assert_string_equal(catalogue_question(c, "en", 1), "Last?");
	assert_null(catalogue_question(c, "en", 2));
	assert_int_equal(lines, 0);
}

static void
lines_that_are_no_questions_are_left_out_and_said(void **state)
{
	char longest[210];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[201] = '\n';
	longest[202] = '\0';
	file("en.txt", "ab\n\xff\xfe bad bytes\nwith a \x07 bell\nGood one?\n");
	file("nl.txt", longest);
	read_all();
	assert_string_equal(catalogue_question(c, "en", 0), "Good one?");
	assert_null(catalogue_question(c, "en", 1));
	assert_null(catalogue_question(c, "nl", 0));
	assert_int_equal(lines, 4);
}

static void
characters_are_counted_and_not_bytes(void **state)
{
	char question[3 * 171 + 1] = "";

	(void)state;
	for (size_t i = 0; i < 171; i++)
		memcpy(question + 3 * i, "\xe2\x82\xac", 3);
	assert_true(question_fits("\xc3\xa9\xc3\xa9\xc3\xa9", 6));
	assert_false(question_fits("\xc3\xa9\xc3\xa9", 4));
	assert_true(question_fits(question, 3 * 170));  /* 170 characters in 510 bytes */
	assert_false(question_fits(question, 3 * 171)); /* 513 bytes: more than can be typed */
}

static void
a_file_that_is_too_long_holds_a_nul_or_is_no_file_is_left_out(void **state)
{
	static char big[CATALOGUE_FILE_MAX + 2];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	file("en.txt", big);
	assert_int_equal(scratch_write(scratch_path(&scratch, "nl.txt"), 0, "Eerste?\0\n", 9), 0);
	assert_int_equal(mkfifo(scratch_path(&scratch, "de.txt"), 0600), 0);
	read_all();
	assert_null(catalogue_question(c, "en", 0));
	assert_null(catalogue_question(c, "nl", 0));
	assert_null(catalogue_question(c, "de", 0));
	assert_int_equal(lines, 3);
}

static void
files_that_are_no_language_are_not_read(void **state)
{
	(void)state;
	file("README.txt", "Not a question?\n");
	file("en.txt~", "Not a question?\n");
	file(".txt", "Not a question?\n");
	read_all();
	assert_false(catalogue_has(c, "Not a question?"));
}

static void
an_absent_folder_has_no_questions_and_says_so(void **state)
{
	(void)state;
	assert_int_equal(catalogues_read(&c, "/nonexistent/questions"), 0);
	assert_null(catalogue_question(c, "en", 0));
	assert_int_equal(lines, 1);
}

static void
there_are_enough_where_one_language_has_them(void **state)
{
	(void)state;
	assert_false(catalogue_has_enough(NULL, 1));
	file("en.txt", "First question?\n# none\nSecond question?\n");
	file("nl.txt", "Eerste vraag?\nTweede vraag?\nDerde vraag?\n");
	read_all();
	assert_true(catalogue_has_enough(c, 3));
	assert_false(catalogue_has_enough(c, 4));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(questions_come_in_the_language_or_its_first_part_or_english),
		TEST(a_question_of_any_language_is_known),
		TEST(comments_and_blanks_are_no_questions_and_the_last_line_needs_no_end),
		TEST(lines_that_are_no_questions_are_left_out_and_said),
		TEST(characters_are_counted_and_not_bytes),
		TEST(a_file_that_is_too_long_holds_a_nul_or_is_no_file_is_left_out),
		TEST(files_that_are_no_language_are_not_read),
		TEST(an_absent_folder_has_no_questions_and_says_so),
		TEST(there_are_enough_where_one_language_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
