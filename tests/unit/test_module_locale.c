/*
 * The language of a login: only names of languages, and only from PAM or the system's files.
 */
/* link: pam_sspr/locale.c */
#include <security/pam_appl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pam_sspr/locale.h"
#include "tests/unit/scratch.h"

static struct scratch scratch;

static const char *
accepted(const char *list)
{
	static char out[LANG_NAME_MAX + 1];

	const bool taken = locale_accept(list, strlen(list), out);

	assert_int_equal(taken, out[0] != '\0');
	return out;
}

static void
names_of_languages_are_taken(void **state)
{
	static const char *const good[] = {
		"nl", "nds", "nl_NL", "nl_NL.UTF-8", "de_DE.ISO-8859-1", "en.UTF-8"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_string_equal(accepted(good[i]), good[i]);
}

static void
anything_else_is_not(void **state)
{
	static const char *const bad[] = { "",
					   "C",
					   "POSIX",
					   "C.UTF-8",
					   "n",
					   "nld_NL",
					   "NL",
					   "nl_nl",
					   "nl_",
					   "nl_N",
					   "nl_NLD",
					   "nl.",
					   "nl_NL.",
					   "nl_NL@euro",
					   "nl_NL.UTF-8@x",
					   "../nl",
					   "nl/..",
					   "nl NL",
					   "nl\n",
					   "nl%s",
					   "\xff\xfe",
					   "english",
					   "nl.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(accepted(bad[i]), "");
}

static void
the_first_good_name_of_a_list_counts(void **state)
{
	(void)state;
	assert_string_equal(accepted("nl:en"), "nl");
	assert_string_equal(accepted("C::xx/..:nl_NL:en"), "nl_NL");
	assert_string_equal(accepted("::"), "");
}

static const char *
in_file(const char *text, size_t len)
{
	static char out[LANG_NAME_MAX + 1];
	bool found;

	assert_int_equal(scratch_make(&scratch), 0);
	assert_int_equal(scratch_write(scratch_path(&scratch, "locale"), 0, text, len), 0);
	found = locale_from_file(scratch_path(&scratch, "locale"), out);
	assert_int_equal(found, out[0] != '\0');
	scratch_remove(&scratch);
	return out;
}

#define IN_FILE(text) in_file(text, sizeof(text) - 1)

static void
the_systems_file_is_read(void **state)
{
	static char large[20000];

	(void)state;
	assert_string_equal(IN_FILE("LANG=nl_NL.UTF-8\n"), "nl_NL.UTF-8");
	assert_string_equal(IN_FILE("# LANG=de\n\nLANG=\"nl_NL.UTF-8\"\nLANGUAGE='nds:nl'"), "nds");
	assert_string_equal(IN_FILE("XLANG=de\nLANGX=de\nLC_ALL=fr\nLANG=nl\n"), "fr");
	assert_string_equal(IN_FILE("LANG=C\nLANG=nl\n"), "nl");
	assert_string_equal(IN_FILE("LANG=\"nl\nLANG"), "");
	assert_string_equal(IN_FILE("LANG=\"\nLANG=\n"), "");
	assert_string_equal(IN_FILE("LANG=\0nl\n"), "");
	memset(large, '\n', sizeof(large));
	memcpy(large + sizeof(large) - 8, "LANG=nl\n", 8); /* behind what is read */
	assert_string_equal(IN_FILE(large), "");
}

static void
a_file_that_is_absent_or_no_file_says_nothing(void **state)
{
	char out[LANG_NAME_MAX + 1] = "old";

	(void)state;
	assert_false(locale_from_file("/nonexistent/locale", out));
	assert_string_equal(out, "");
	assert_false(locale_from_file("/tmp", out));
}

static int
no_conversation(int count, const struct pam_message **messages, struct pam_response **response,
		void *arg)
{
	(void)count;
	(void)messages;
	(void)response;
	(void)arg;
	return PAM_CONV_ERR;
}

static void
pams_environment_comes_first_and_the_programs_is_never_asked(void **state)
{
	const struct pam_conv host = { .conv = no_conversation };
	char out[LANG_NAME_MAX + 1], system[LANG_NAME_MAX + 1];
	pam_handle_t *pamh = NULL;

	(void)state;
	assert_int_equal(scratch_make(&scratch), 0);
	assert_int_equal(scratch_write(scratch_path(&scratch, "x"), 0, "\n", 1), 0);
	assert_int_equal(pam_start_confdir("x", "x", &host, scratch.folder, &pamh), PAM_SUCCESS);
	setenv("LANGUAGE", "tlh", 1);
	locale_of_login(pamh, system);
	assert_string_not_equal(system, "tlh");
	assert_int_equal(pam_putenv(pamh, "LANG=nl_NL.UTF-8"), PAM_SUCCESS);
	locale_of_login(pamh, out);
	assert_string_equal(out, "nl_NL.UTF-8");
	assert_int_equal(pam_putenv(pamh, "LC_ALL=/etc/passwd"), PAM_SUCCESS);
	locale_of_login(pamh, out);
	assert_string_equal(out, "nl_NL.UTF-8");
	assert_int_equal(pam_putenv(pamh, "LANGUAGE=fr:en"), PAM_SUCCESS);
	locale_of_login(pamh, out);
	assert_string_equal(out, "fr");
	unsetenv("LANGUAGE");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	scratch_remove(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_languages_are_taken),
		cmocka_unit_test(anything_else_is_not),
		cmocka_unit_test(the_first_good_name_of_a_list_counts),
		cmocka_unit_test(the_systems_file_is_read),
		cmocka_unit_test(a_file_that_is_absent_or_no_file_says_nothing),
		cmocka_unit_test(pams_environment_comes_first_and_the_programs_is_never_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
