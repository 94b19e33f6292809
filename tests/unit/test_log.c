/*
 * The log: where lines go, and what cannot get into one.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "text/log.h"

struct heard {
	int count;
	int priority;
	char text[2 * LOG_LINE_MAX];
};

static struct heard heard;

static void
hear(int priority, const char *text, void *arg)
{
	struct heard *h = arg;

	h->count++;
	h->priority = priority;
	snprintf(h->text, sizeof(h->text), "%s", text);
}

static int
listen(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof(heard));
	log_to(hear, &heard);
	return 0;
}

static void
each_function_has_its_priority(void **state)
{
	(void)state;
	log_error("code %d", 7);
	assert_string_equal(heard.text, "code 7");
	assert_int_equal(heard.priority, LOG_ERR);
	log_warning("w");
	assert_int_equal(heard.priority, LOG_WARNING);
	log_info("i");
	assert_int_equal(heard.priority, LOG_INFO);
	assert_int_equal(heard.count, 3);
}

static void
control_characters_are_shown_as_question_marks(void **state)
{
	(void)state;
	log_error("%s", "a\nb\x1b[31mc\x7f"
			"d\xc2\x9b"
			"e\t");
	assert_string_equal(heard.text, "a?b?[31mc?d??e?");
}

static void
broken_utf8_is_shown_as_question_marks_and_whole_utf8_stays(void **state)
{
	(void)state;
	log_error("%s", "caf\xc3\xa9 \xff \xe2\x82");
	assert_string_equal(heard.text, "caf\xc3\xa9 ? ??");
}

static void
a_long_line_is_cut_visibly_and_within_a_character(void **state)
{
	char line[LOG_LINE_MAX + 200];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	memcpy(line + LOG_LINE_MAX - 4, "\xc3\xa9", 2);
	log_error("%s", line);
	assert_int_equal(strlen(heard.text), LOG_LINE_MAX);
	assert_string_equal(heard.text + LOG_LINE_MAX - 6, "xx?...");
}

static void
errno_outlives_a_line_and_percent_m_is_its_text(void **state)
{
	(void)state;
	errno = ENOENT;
	log_error("file: %m");
	assert_int_equal(errno, ENOENT);
	assert_string_equal(heard.text, "file: No such file or directory");
}

static void
stderr_gets_the_program_and_the_line(void **state)
{
	char got[64] = "";
	int ends[2], saved = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	log_to(NULL, NULL);
	log_open("ssprd");
	log_to_stderr();
	dup2(ends[1], STDERR_FILENO);
	log_info("up\nand away");
	dup2(saved, STDERR_FILENO);
	assert_true(read(ends[0], got, sizeof(got) - 1) > 0);
	assert_string_equal(got, "ssprd: up?and away\n");
	close(ends[0]);
	close(ends[1]);
	close(saved);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_function_has_its_priority, listen),
		cmocka_unit_test_setup(control_characters_are_shown_as_question_marks, listen),
		cmocka_unit_test_setup(broken_utf8_is_shown_as_question_marks_and_whole_utf8_stays,
				       listen),
		cmocka_unit_test_setup(a_long_line_is_cut_visibly_and_within_a_character, listen),
		cmocka_unit_test_setup(errno_outlives_a_line_and_percent_m_is_its_text, listen),
		cmocka_unit_test_setup(stderr_gets_the_program_and_the_line, listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
