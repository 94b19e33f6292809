/*
 * The module's own lines: every language has all of them, and each fits a terminal.
 */
/* link: pam_sspr/text.c pam_sspr/plain.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pam_sspr/plain.h"
#include "pam_sspr/text.h"

#define COLUMNS 79

static void
every_language_has_every_line_and_none_is_too_long(void **state)
{
	static const char *const languages[] = { "en", "nl" };

	(void)state;
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		for (int t = 0; t < TEXT_COUNT; t++) {
			const char *line = text_in(languages[i], (enum text)t);

			assert_non_null(line);
			assert_true(text_is_plain(line, strlen(line)));
			for (; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
				assert_in_range(strcspn(line, "\n"), 1, COLUMNS);
			if (i > 0)
				assert_string_not_equal(text_in(languages[i], (enum text)t),
							text_in("en", (enum text)t));
		}
	}
}

static void
a_language_is_known_by_its_name_alone(void **state)
{
	static const char *const dutch[] = { "nl", "nl_NL", "nl_BE.UTF-8", "nl.UTF-8" };
	static const char *const none[] = { "", "en_GB.UTF-8", "de_DE", "nld", "n", "nds_NL", "C" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(dutch) / sizeof(dutch[0]); i++)
		assert_string_equal(text_in(dutch[i], TEXT_PASSWORD),
				    "Vergeten? Typ dan alleen een ?\nWachtwoord: ");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_string_equal(text_in(none[i], TEXT_PASSWORD),
				    "Forgot it? Enter ? instead.\nPassword: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_has_every_line_and_none_is_too_long),
		cmocka_unit_test(a_language_is_known_by_its_name_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
