/*
 * PAM files as Linux-PAM reads them: which account line has pam_sspr.so, with which options, through which
 * includes. The files are in memory.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/services.h"
#include "ssprctl/pamfile.h"
/* link: ssprctl/pamfile.c */

struct file {
	const char *name, *text;
	int error;
};

static int
read_memory(void *arg, const char *name, char **text, size_t *len, char path[PAMFILE_NAME_MAX + 1])
{
	const struct file *f;

	snprintf(path, PAMFILE_NAME_MAX + 1, "pam.d/%s", name);
	for (f = arg; f->name; f++) {
		if (strcmp(f->name, name) != 0)
			continue;
		if (f->error)
			return f->error;
		*len = strlen(f->text);
		*text = strdup(f->text);
		return *text ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

static struct pamfile found;

/* Look for "sshd" in these files; the last one has no name. */
static int
look(struct file *files)
{
	const struct pamfile_source source = { read_memory, files };

	return pamfile_find(&source, "sshd", &found);
}

static int
look_in(const char *text)
{
	struct file files[] = { { "sshd", text, 0 }, { 0 } };

	return look(files);
}

static void
finds_the_line_and_its_defaults(void **state)
{
	(void)state;
	assert_int_equal(look_in("auth required pam_unix.so\naccount required pam_sspr.so\n"),
			 PAMFILE_FOUND);
	assert_string_equal(found.path, "pam.d/sshd");
	assert_int_equal(found.line, 2);
	assert_string_equal(found.services, SERVICES_DEFAULT);
	assert_false(found.fails);
	assert_false(found.other);
}

static void
reads_options_in_each_way_of_writing_them(void **state)
{
	static const char *const lines[] = {
		"account required pam_sspr.so services=a,b onerr=fail",
		"ACCOUNT\trequired\t/usr/lib/security/pam_sspr.so onerr=fail\tservices=a,b",
		"-account [success=ok default=bad] pam_sspr.so debug [services=a,b] onerr=fail # x",
		"account required \\\n pam_sspr.so\\\n services=a,b \\\nonerr=fail",
		"account required pam_sspr.so services=x services=a,b onerr=ignore onerr=fail",
		"account required pam_sspr.so services=a,b services= onerr=fail onerr=maybe",
		"account required pam_sspr.so services=a,b onerr=fail",
		"  account required pam_sspr.so services=a,b onerr=fail\r\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(look_in(lines[i]), PAMFILE_FOUND);
		assert_int_equal(found.line, 1);
		assert_string_equal(found.services, "a,b");
		assert_true(found.fails);
	}
}

/* The way into a reset is no account line, and what it says is not said of one. */
static void
an_auth_line_is_no_account_line_and_has_its_own_options(void **state)
{
	struct file files[] = { { "sshd", NULL, 0 },
				{ "common-auth",
				  "auth optional pam_sspr.so reset services=login timeout=5\n"
				  "auth [success=1 default=ignore] pam_unix.so nullok\n",
				  0 },
				{ 0 } };

	(void)state;
	files[0].text =
		"@include common-auth\nauth optional pam_sspr.so reset services=su onerr=fail\n"
		"account required pam_unix.so\n";
	assert_int_equal(look(files), PAMFILE_NO_LINE);
	files[0].text =
		"@include common-auth\nauth optional pam_sspr.so reset services=su onerr=fail\n"
		"account required pam_sspr.so\n";
	assert_int_equal(look(files), PAMFILE_FOUND);
	assert_string_equal(found.path, "pam.d/sshd");
	assert_int_equal(found.line, 3);
	assert_string_equal(found.services, SERVICES_DEFAULT);
	assert_false(found.fails);
	/* one that strays into the account phase still is an account line, as to the module */
	assert_int_equal(look_in("account required pam_sspr.so reset onerr=fail\n"), PAMFILE_FOUND);
	assert_true(found.fails);
}

static void
a_list_in_brackets_keeps_its_blanks(void **state)
{
	(void)state;
	assert_int_equal(look_in("account required pam_sspr.so [services=login, sshd] onerr=fail"),
			 PAMFILE_FOUND);
	assert_string_equal(found.services, "login, sshd");
	assert_true(services_have(found.services, "sshd"));
	assert_true(found.fails);
	assert_int_equal(look_in("account required pam_sspr.so [services=a\\]b]"), PAMFILE_FOUND);
	assert_string_equal(found.services, "a]b");
}

static void
other_lines_are_not_taken_for_it(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n# account required pam_sspr.so\n",
		"auth required pam_sspr.so reset\n",
		"session required pam_sspr.so\n",
		"account required pam_unix.so pam_sspr.so\n",
		"account required pam_sspr.so.bak\n",
		"account required # pam_sspr.so\n",
		"account pam_sspr.so\n",
		"account\n",
		"account required\n",
		"auth required pam_x.so \\\naccount required pam_sspr.so\n",
		"accounts required pam_sspr.so\n",
		"@include\n",
		"[account required pam_sspr.so\n",
	};
	struct file files[] = { { "sshd", NULL, 0 },
				{ "other", "account required x.so", 0 },
				{ 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		files[0].text = texts[i];
		assert_int_equal(look(files), PAMFILE_NO_LINE);
	}
}

static void
follows_includes_of_both_kinds(void **state)
{
	static const char *const ways[] = { "@include common-account\n", "@INCLUDE common-account",
					    "account include common-account",
					    "account substack common-account" };
	struct file files[] = { { "sshd", NULL, 0 },
				{ "common-account",
				  "account required pam_unix.so\n\naccount required pam_sspr.so\n",
				  0 },
				{ 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		files[0].text = ways[i];
		assert_int_equal(look(files), PAMFILE_FOUND);
		assert_string_equal(found.path, "pam.d/common-account");
		assert_int_equal(found.line, 3);
	}
	files[0].text = "auth include common-account\naccount required pam_unix.so";
	assert_int_equal(look(files), PAMFILE_NO_LINE);
	assert_string_equal(found.path, "pam.d/sshd");
}

static void
an_absent_include_does_not_hide_later_lines(void **state)
{
	(void)state;
	assert_int_equal(look_in("@include nowhere\naccount required pam_sspr.so\n"),
			 PAMFILE_FOUND);
	assert_string_equal(found.path, "pam.d/sshd");
	assert_int_equal(found.line, 2);
}

static void
falls_back_to_other_without_account_lines_alone(void **state)
{
	struct file files[] = { { "sshd", "auth required pam_unix.so\n", 0 },
				{ "other", "account required pam_sspr.so\n", 0 },
				{ 0 } };

	(void)state;
	assert_int_equal(look(files), PAMFILE_FOUND);
	assert_true(found.other);
	assert_string_equal(found.path, "pam.d/other");
	files[0].text = "account required pam_permit.so\n";
	assert_int_equal(look(files), PAMFILE_NO_LINE);
	assert_false(found.other);
	assert_string_equal(found.path, "pam.d/sshd");
	files[0].name = "another";
	assert_int_equal(look(files), PAMFILE_FOUND);
	assert_true(found.other);
	files[1].name = "another";
	assert_int_equal(look(files), PAMFILE_NO_FILE);
}

static void
a_file_that_includes_itself_ends(void **state)
{
	struct file wide[] = { { "sshd", "@include a\n@include a\n", 0 },
			       { "a", "@include b\n@include b\n@include b\n", 0 },
			       { "b", "@include c\n@include c\n@include c\n@include c\n", 0 },
			       { "c", "@include d\n@include d\n@include d\n@include d\n", 0 },
			       { "d", "", 0 },
			       { 0 } };

	(void)state;
	assert_int_equal(look_in("@include sshd\n"), -ELOOP);
	assert_int_equal(look(wide), -ELOOP);
}

static void
absent_files_are_not_asked_for_without_end(void **state)
{
	static const char line[] = "@include x\n";
	static char text[70 * sizeof(line)];
	int i;

	(void)state;
	for (i = 0; i < 70; i++)
		memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
	assert_int_equal(look_in(text), -ELOOP);
}

static void
a_file_that_cannot_be_read_is_named(void **state)
{
	struct file files[] = { { "sshd", "account include secret\n", 0 },
				{ "secret", "", -EACCES },
				{ 0 } };

	(void)state;
	assert_int_equal(look(files), -EACCES);
	assert_string_equal(found.path, "pam.d/secret");
}

static void
words_that_are_too_long_are_no_words(void **state)
{
	static char text[4096];
	int n;

	(void)state;
	n = snprintf(text, sizeof(text), "account required pam_sspr.so onerr=fail services=");
	memset(text + n, 'x', PAMFILE_WORD_MAX);
	assert_int_equal(look_in(text), PAMFILE_FOUND);
	assert_string_equal(found.services, SERVICES_DEFAULT);
	assert_true(found.fails);
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(look_in(text), PAMFILE_NO_FILE);
}

static void
the_list_is_matched_by_whole_names(void **state)
{
	(void)state;
	assert_true(services_have("login,sshd", "sshd"));
	assert_true(services_have(" login , sshd ", "sshd"));
	assert_true(services_have("sshd", "sshd"));
	assert_true(services_have(",,sshd,", "sshd"));
	assert_false(services_have("login,sshd", "ssh"));
	assert_false(services_have("login,ssh", "sshd"));
	assert_false(services_have("login sshd", "sshd"));
	assert_false(services_have("", "sshd"));
	assert_false(services_have(",", ""));
	assert_false(services_have(" ", ""));
	assert_false(services_have(SERVICES_DEFAULT, "sudo"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_line_and_its_defaults),
		cmocka_unit_test(reads_options_in_each_way_of_writing_them),
		cmocka_unit_test(an_auth_line_is_no_account_line_and_has_its_own_options),
		cmocka_unit_test(a_list_in_brackets_keeps_its_blanks),
		cmocka_unit_test(other_lines_are_not_taken_for_it),
		cmocka_unit_test(follows_includes_of_both_kinds),
		cmocka_unit_test(an_absent_include_does_not_hide_later_lines),
		cmocka_unit_test(falls_back_to_other_without_account_lines_alone),
		cmocka_unit_test(a_file_that_includes_itself_ends),
		cmocka_unit_test(absent_files_are_not_asked_for_without_end),
		cmocka_unit_test(a_file_that_cannot_be_read_is_named),
		cmocka_unit_test(words_that_are_too_long_are_no_words),
		cmocka_unit_test(the_list_is_matched_by_whole_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
