/*
 * Secrets: what they hold, and that they hold nothing afterwards.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/secret.h"

static void
an_empty_secret_reads_as_empty_text(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_string_equal(secret_text(&s), "");
	secret_done(&s);
	assert_null(s.data);
}

static void
what_was_set_is_held_with_a_nul_behind_it(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "hunter2!", 7), 0);
	assert_int_equal(s.len, 7);
	assert_string_equal(secret_text(&s), "hunter2");
	secret_done(&s);
}

static void
setting_replaces_also_by_a_part_of_itself(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "one two", 7), 0);
	assert_int_equal(secret_set(&s, s.data + 4, 3), 0);
	assert_string_equal(secret_text(&s), "two");
	secret_done(&s);
}

static void
setting_nothing_empties(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "one", 3), 0);
	assert_int_equal(secret_set(&s, "", 0), 0);
	assert_null(s.data);
	assert_int_equal(s.len, 0);
}

static void
room_is_zero_bytes(void **state)
{
	static const unsigned char zeros[33];
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "before", 6), 0);
	assert_int_equal(secret_room(&s, 32), 0);
	assert_int_equal(s.len, 32);
	assert_memory_equal(s.data, zeros, 33);
	secret_done(&s);
}

static void
room_that_cannot_be_is_refused_and_leaves_it_empty(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "before", 6), 0);
	assert_int_equal(secret_room(&s, SIZE_MAX), -ENOMEM);
	assert_null(s.data);
	assert_int_equal(s.len, 0);
}

static void
secrets_are_equal_when_length_and_bytes_are(void **state)
{
	struct secret a = { 0 }, b = { 0 };

	(void)state;
	assert_true(secret_equal(&a, &b));
	assert_int_equal(secret_set(&a, "a\0b", 3), 0);
	assert_int_equal(secret_set(&b, "a\0b", 3), 0);
	assert_true(secret_equal(&a, &b));
	b.data[2] = 'c';
	assert_false(secret_equal(&a, &b));
	assert_int_equal(secret_set(&b, "a", 1), 0);
	assert_false(secret_equal(&a, &b));
	secret_done(&a);
	secret_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_secret_reads_as_empty_text),
		cmocka_unit_test(what_was_set_is_held_with_a_nul_behind_it),
		cmocka_unit_test(setting_replaces_also_by_a_part_of_itself),
		cmocka_unit_test(setting_nothing_empties),
		cmocka_unit_test(room_is_zero_bytes),
		cmocka_unit_test(room_that_cannot_be_is_refused_and_leaves_it_empty),
		cmocka_unit_test(secrets_are_equal_when_length_and_bytes_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
