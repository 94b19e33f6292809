/* Codes on paper: how they look, and that no slip of the finger passes for another code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/recovery.h"

#define KINDS 3

static const struct {
	enum recovery_kind kind;
	const char *shape; /* x: a symbol */
	size_t plain;      /* length as it is compared */
} kinds[KINDS] = {
	{ RECOVERY_CODE, "xxxx-xxxx-xxxx-xxxx", 16 },
	{ RECOVERY_FREEZE, "F-xxxx-xxxx-xxxx-xxxx", 17 },
	{ RECOVERY_HELP, "xxxxxxxxxx", 10 },
};

static void
fill(unsigned char random[RECOVERY_RANDOM], unsigned int seed)
{
	uint32_t state = seed * 2654435761u + 1;

	for (size_t i = 0; i < RECOVERY_RANDOM; i++) {
		state = state * 1664525u + 1013904223u;
		random[i] = (unsigned char)(state >> 24);
	}
}

static void
made(enum recovery_kind kind, unsigned int seed, char shown[RECOVERY_SHOWN])
{
	unsigned char random[RECOVERY_RANDOM];

	fill(random, seed);
	recovery_make(kind, random, shown);
}

static enum recovery_typed
read_back(enum recovery_kind kind, const char *typed, char plain[RECOVERY_PLAIN])
{
	return recovery_read(kind, typed, strlen(typed), plain);
}

static enum recovery_typed
judged(enum recovery_kind kind, const char *typed)
{
	char plain[RECOVERY_PLAIN];
	enum recovery_typed r = read_back(kind, typed, plain);

	assert_int_equal(plain[0] != '\0', r == RECOVERY_FINE);
	return r;
}

static void
a_code_is_grouped_for_reading_and_has_no_letters_that_look_alike(void **state)
{
	char shown[RECOVERY_SHOWN];

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		for (unsigned int seed = 0; seed < 500; seed++) {
			made(kinds[k].kind, seed, shown);
			assert_int_equal(strlen(shown), strlen(kinds[k].shape));
			assert_null(strpbrk(shown, "0O1IL"));
			for (size_t i = 0; shown[i] != '\0'; i++) {
				if (kinds[k].shape[i] == 'x')
					assert_non_null(strchr(RECOVERY_ALPHABET, shown[i]));
				else
					assert_int_equal(shown[i], kinds[k].shape[i]);
			}
		}
	}
}

static void
every_symbol_comes_of_the_random_bytes_and_all_of_them_count(void **state)
{
	unsigned char random[RECOVERY_RANDOM];
	char first[RECOVERY_SHOWN], other[RECOVERY_SHOWN];

	(void)state;
	fill(random, 7);
	recovery_make(RECOVERY_CODE, random, first);
	for (size_t i = 0; i < RECOVERY_RANDOM; i++) {
		random[i] ^= 1;
		recovery_make(RECOVERY_CODE, random, other);
		assert_string_not_equal(first, other);
		random[i] ^= 1;
	}
}

static void
no_symbol_is_likelier_than_another(void **state)
{
	int counts[256] = { 0 };
	char shown[RECOVERY_SHOWN];
	const int codes = 31 * 200;

	(void)state;
	for (int seed = 0; seed < codes; seed++) {
		made(RECOVERY_HELP, (unsigned int)seed, shown);
		for (int i = 0; i < 9; i++)
			counts[(unsigned char)shown[i]]++;
	}
	for (const char *c = RECOVERY_ALPHABET; *c != '\0'; c++)
		assert_in_range(counts[(unsigned char)*c], codes * 9 / 31 * 8 / 10,
				codes * 9 / 31 * 12 / 10);
}

static void
a_code_is_taken_as_it_was_shown_and_however_it_is_written(void **state)
{
	char shown[RECOVERY_SHOWN], plain[RECOVERY_PLAIN], again[RECOVERY_PLAIN], typed[96];

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		size_t len = 0;

		made(kinds[k].kind, 3, shown);
		assert_int_equal(read_back(kinds[k].kind, shown, plain), RECOVERY_FINE);
		assert_int_equal(strlen(plain), kinds[k].plain);
		assert_null(strpbrk(plain, "- "));
		for (const char *c = plain; *c != '\0'; c++)
			len += (size_t)snprintf(typed + len, sizeof(typed) - len, " %c-\t",
						*c >= 'A' ? *c + 'a' - 'A' : *c);
		assert_int_equal(read_back(kinds[k].kind, typed, again), RECOVERY_FINE);
		assert_string_equal(plain, again);
	}
}

static void
every_single_wrong_symbol_is_noticed(void **state)
{
	char plain[RECOVERY_PLAIN], shown[RECOVERY_SHOWN];

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		made(kinds[k].kind, 11, shown);
		assert_int_equal(read_back(kinds[k].kind, shown, plain), RECOVERY_FINE);
		for (size_t i = kinds[k].kind == RECOVERY_FREEZE; i < kinds[k].plain; i++) {
			char right = plain[i];

			for (const char *c = RECOVERY_ALPHABET; *c != '\0'; c++) {
				plain[i] = *c;
				assert_int_equal(judged(kinds[k].kind, plain),
						 *c == right ? RECOVERY_FINE : RECOVERY_TYPO);
			}
			plain[i] = right;
		}
	}
}

static void
every_exchange_of_two_symbols_is_noticed(void **state)
{
	char plain[RECOVERY_PLAIN], shown[RECOVERY_SHOWN];

	(void)state;
	for (unsigned int seed = 0; seed < 50; seed++) {
		for (size_t k = 0; k < KINDS; k++) {
			size_t first = kinds[k].kind == RECOVERY_FREEZE;

			made(kinds[k].kind, seed, shown);
			read_back(kinds[k].kind, shown, plain);
			for (size_t i = first; i < kinds[k].plain; i++) {
				for (size_t j = i + 1; j < kinds[k].plain; j++) {
					char a = plain[i], b = plain[j];

					plain[i] = b;
					plain[j] = a;
					assert_int_equal(judged(kinds[k].kind, plain),
							 a == b ? RECOVERY_FINE : RECOVERY_TYPO);
					plain[i] = a;
					plain[j] = b;
				}
			}
		}
	}
}

static void
any_two_wrong_symbols_of_a_recovery_code_are_noticed(void **state)
{
	char plain[RECOVERY_PLAIN], shown[RECOVERY_SHOWN];

	(void)state;
	made(RECOVERY_CODE, 5, shown);
	read_back(RECOVERY_CODE, shown, plain);
	for (size_t i = 0; i < 16; i++) {
		for (size_t j = i + 1; j < 16; j++) {
			char a = plain[i], b = plain[j];

			for (const char *c = RECOVERY_ALPHABET; *c != '\0'; c++) {
				for (const char *d = RECOVERY_ALPHABET; *d != '\0'; d++) {
					plain[i] = *c;
					plain[j] = *d;
					assert_int_equal(judged(RECOVERY_CODE, plain),
							 *c == a && *d == b ? RECOVERY_FINE
									    : RECOVERY_TYPO);
				}
			}
			plain[i] = a;
			plain[j] = b;
		}
	}
}

static void
what_has_another_form_is_told_apart(void **state)
{
	char shown[RECOVERY_SHOWN], freeze[RECOVERY_SHOWN], typed[64];

	(void)state;
	made(RECOVERY_CODE, 1, shown);
	made(RECOVERY_FREEZE, 1, freeze);
	assert_int_equal(judged(RECOVERY_CODE, ""), RECOVERY_FORM);
	assert_int_equal(judged(RECOVERY_CODE, "123456"), RECOVERY_FORM);
	assert_int_equal(judged(RECOVERY_CODE, freeze), RECOVERY_FORM);
	assert_int_equal(judged(RECOVERY_FREEZE, shown), RECOVERY_FORM);
	assert_int_equal(judged(RECOVERY_HELP, shown), RECOVERY_FORM);
	snprintf(typed, sizeof(typed), "%s2", shown);
	assert_int_equal(judged(RECOVERY_CODE, typed), RECOVERY_FORM);
	snprintf(typed, sizeof(typed), "%.18s", shown);
	assert_int_equal(judged(RECOVERY_CODE, typed), RECOVERY_FORM);
	freeze[0] = 'G';
	assert_int_equal(judged(RECOVERY_FREEZE, freeze), RECOVERY_FORM);
	memset(typed, '2', sizeof(typed));
	assert_int_equal(recovery_read(RECOVERY_CODE, typed, sizeof(typed), freeze), RECOVERY_FORM);
}

static void
a_character_that_is_in_no_code_is_named(void **state)
{
	static const char foreign[] = { '0', 'O', '1', 'I', 'L', 'l', 'o', '.', '\x7f', '\0' };
	char shown[RECOVERY_SHOWN], plain[RECOVERY_PLAIN];

	(void)state;
	for (size_t i = 0; i < sizeof(foreign); i++) {
		made(RECOVERY_CODE, 9, shown);
		shown[6] = foreign[i];
		assert_int_equal(recovery_read(RECOVERY_CODE, shown, 19, plain), RECOVERY_SYMBOL);
		assert_int_equal(plain[0], '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_grouped_for_reading_and_has_no_letters_that_look_alike),
		cmocka_unit_test(every_symbol_comes_of_the_random_bytes_and_all_of_them_count),
		cmocka_unit_test(no_symbol_is_likelier_than_another),
		cmocka_unit_test(a_code_is_taken_as_it_was_shown_and_however_it_is_written),
		cmocka_unit_test(every_single_wrong_symbol_is_noticed),
		cmocka_unit_test(every_exchange_of_two_symbols_is_noticed),
		cmocka_unit_test(any_two_wrong_symbols_of_a_recovery_code_are_noticed),
		cmocka_unit_test(what_has_another_form_is_told_apart),
		cmocka_unit_test(a_character_that_is_in_no_code_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
