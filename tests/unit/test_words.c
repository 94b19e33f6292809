/*
 * The words: each value has one, each word finds its value back, and nothing else is a word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "protocol/words.h"

/* Every value has a word that finds it back; the value behind the last has none. */
#define CHECK_SET(name, count)                                                                     \
	do {                                                                                       \
		for (int i = 0; i < (int)(count); i++) {                                           \
			assert_non_null(name##_word((enum name)i));                                \
			assert_int_equal(name##_from_word(name##_word((enum name)i)), i);          \
		}                                                                                  \
		assert_null(name##_word((enum name)(count)));                                      \
		assert_null(name##_word((enum name) - 1));                                         \
	} while (0)

static void
every_value_has_a_word_that_finds_it_back(void **state)
{
	(void)state;
	CHECK_SET(method, METHOD_COUNT);
	CHECK_SET(state, STATE_COUNT);
	CHECK_SET(purpose, PURPOSE_COUNT);
	CHECK_SET(verdict, VERDICT_COUNT);
}

static void
words_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(method_word(METHOD_OFFICE_PHONE), "office-phone");
	assert_string_equal(method_word(METHOD_RECOVERY_CODES), "recovery-codes");
	assert_string_equal(state_word(STATE_NOT_ENABLED), "not-enabled");
	assert_string_equal(purpose_word(PURPOSE_ENROLL), "enroll");
	assert_string_equal(verdict_word(VERDICT_NO_DIALOG), "no-dialog");
	assert_string_equal(verdict_word(VERDICT_TOO_MUCH_INPUT), "too-much-input");
	assert_string_equal(verdict_word(VERDICT_CONTACT_ADMINISTRATOR), "contact-administrator");
}

static void
what_is_no_word_is_unknown(void **state)
{
	static const char *const strange[] = {
		"", "App", "app ", "ap", "office_phone", "\xff", NULL
	};

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		assert_int_equal(method_from_word(strange[i]), METHOD_COUNT);
		assert_int_equal(state_from_word(strange[i]), STATE_COUNT);
		assert_int_equal(purpose_from_word(strange[i]), PURPOSE_COUNT);
		assert_int_equal(verdict_from_word(strange[i]), VERDICT_COUNT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_has_a_word_that_finds_it_back),
		cmocka_unit_test(words_are_those_of_the_contract),
		cmocka_unit_test(what_is_no_word_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
