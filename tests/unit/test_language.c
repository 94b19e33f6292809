/*
 * Languages: which names are taken, and changing the language of the texts within one process. The
 * catalogues are made here, byte for byte, in a folder of the test's own.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "protocol/limits.h"
#include "text/language.h"

#define TEXT "Good morning"

static char folder[] = "/tmp/sspr-unit-XXXXXX";

/* A .mo file with the header and one text (the format is in gettext's manual). */
static size_t
make_catalogue(char *out, const char *text)
{
	static const char header[] = "Content-Type: text/plain; charset=UTF-8\n";
	const uint32_t at = 7 * 4 + 4 * 8;
	const uint32_t original = at + sizeof(header) + 1, translated = original + sizeof(TEXT);
	const uint32_t words[] = {
		0x950412de,
		0,
		2,
		7 * 4,
		7 * 4 + 2 * 8,
		0,
		at,
		/* length and place of the originals, then of the translations */
		0,
		at + sizeof(header),
		sizeof(TEXT) - 1,
		original,
		sizeof(header) - 1,
		at,
		(uint32_t)strlen(text),
		translated,
	};

	memcpy(out, words, sizeof(words));
	memcpy(out + at, header, sizeof(header));
	out[at + sizeof(header)] = '\0';
	memcpy(out + original, TEXT, sizeof(TEXT));
	memcpy(out + translated, text, strlen(text) + 1);
	return translated + strlen(text) + 1;
}

static int
add_language(const char *language, const char *text)
{
	char path[256], catalogue[512];
	size_t len = make_catalogue(catalogue, text);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, language);
	if (mkdir(path, 0700) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES", folder, language);
	if (mkdir(path, 0700) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/sspr.mo", folder, language);
	file = fopen(path, "we");
	if (!file || fwrite(catalogue, 1, len, file) != len || fclose(file) != 0)
		return -1;
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || add_language("nl", "Goedemorgen") < 0 ||
	    add_language("de", "Guten Morgen") < 0 || add_language("de_AT", "Servus") < 0)
		return -1;
	language_start("");
	return bindtextdomain("sspr", folder) ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
tear_down(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
names_with_and_without_country_and_charset_are_taken(void **state)
{
	static const char *const names[][2] = {
		{ "nl", "nl" },
		{ "nl_NL", "nl_NL" },
		{ "nl_NL.UTF-8", "nl_NL" },
		{ "nl.utf8", "nl" },
		{ "nds", "nds" },
		{ "de_AT.ISO-8859-15", "de_AT" },
		{ "en_US.ISO_8859-1", "en_US" },
	};
	char out[LANG_NAME_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(language_accept(names[i][0], out));
		assert_string_equal(out, names[i][1]);
	}
}

static void
anything_else_is_not_a_language(void **state)
{
	static const char *const names[] = {
		"",
		"C",
		"POSIX",
		"C.UTF-8",
		"n",
		"nlnl",
		"NL",
		"nl_nl",
		"nl_",
		"nl_NLD",
		"nds_DE",
		"nl-NL",
		"nl_NL.",
		"nl:de",
		"nl/..",
		"../nl",
		"nl_NL@euro",
		"nl\n",
		"nl_NL.UTF-8/x",
		"nl_NL.\xc3\xa9",
		"nl.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	char out[LANG_NAME_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		out[0] = 'x';
		if (language_accept(names[i], out))
			fail_msg("\"%s\" was taken", names[i]);
		assert_string_equal(out, "");
	}
	assert_false(language_accept(NULL, out));
}

static void
the_language_can_be_changed_again_and_again(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		language_use("nl");
		assert_string_equal(_(TEXT), "Goedemorgen");
		language_use("");
		assert_string_equal(_(TEXT), TEXT);
		language_use("de");
		assert_string_equal(_(TEXT), "Guten Morgen");
	}
}

static void
a_country_has_its_own_catalogue_or_its_languages(void **state)
{
	(void)state;
	language_use("nl_BE");
	assert_string_equal(_(TEXT), "Goedemorgen");
	assert_string_equal(getenv("LANGUAGE"), "nl");
	language_use("de_AT");
	assert_string_equal(_(TEXT), "Servus");
}

static void
a_language_without_a_catalogue_is_english_and_never_reaches_gettext(void **state)
{
	(void)state;
	language_use("nl");
	language_use("fr_FR");
	assert_string_equal(_(TEXT), TEXT);
	assert_string_equal(getenv("LANGUAGE"), "");
	language_use("nl");
	language_use("../nl");
	assert_string_equal(_(TEXT), TEXT);
}

static void
a_text_is_called_by_the_language_that_it_is_in(void **state)
{
	static const char *const names[][2] = {
		{ "nl", "nl" }, { "nl_BE", "nl_BE" }, { "de_AT", "de_AT" }, { "fr_FR", "en" },
		{ "fr", "en" }, { "", "en" },         { "en_GB", "en_GB" }, { "en", "en" },
		{ "C", "en" },  { "../nl", "en" },    { "nl.UTF-8", "nl" },
	};
	char out[LANG_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		language_of_texts(names[i][0], out);
		assert_string_equal(out, names[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_with_and_without_country_and_charset_are_taken),
		cmocka_unit_test(anything_else_is_not_a_language),
		cmocka_unit_test(the_language_can_be_changed_again_and_again),
		cmocka_unit_test(a_country_has_its_own_catalogue_or_its_languages),
		cmocka_unit_test(
			a_language_without_a_catalogue_is_english_and_never_reaches_gettext),
		cmocka_unit_test(a_text_is_called_by_the_language_that_it_is_in),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
