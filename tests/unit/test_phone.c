/*
 * Phone numbers: what passes, what is told to whom typed it, how they are shown, and whom codes may be sent to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/phone.h"

static void
assert_wire(const char *typed, const char *wire)
{
	char got[PHONE_SIZE];

	assert_int_equal(phone_parse(typed, strlen(typed), true, got), PHONE_FINE);
	assert_string_equal(got, wire);
}

static void
assert_answer(const char *typed, bool extension, enum phone answer)
{
	char got[PHONE_SIZE];

	memset(got, 'x', sizeof(got));
	if (phone_parse(typed, strlen(typed), extension, got) != answer)
		fail_msg("\"%s\" was answered otherwise", typed);
	assert_string_equal(got, "");
}

static void
numbers_with_their_country_pass(void **state)
{
	(void)state;
	assert_wire("+4915112345678", "+4915112345678");
	assert_wire("+49 151 123-456.78", "+4915112345678");
	assert_wire("  +49 - 151 12345678\t", "+4915112345678");
	assert_wire("+1234567", "+1234567");
	assert_wire("+123456789012345", "+123456789012345");
}

static void
a_number_without_its_country_is_told_so(void **state)
{
	(void)state;
	assert_answer("015112345678", false, PHONE_NO_COUNTRY);
	assert_answer("0049 151 12345678", false, PHONE_NO_COUNTRY);
	assert_answer("+049 151 12345678", false, PHONE_NO_COUNTRY);
	assert_answer("(0151) 12345678", false, PHONE_NO_COUNTRY);
}

static void
a_bracket_is_told_so_because_it_changes_the_number(void **state)
{
	(void)state;
	assert_answer("+49 (0)151 12345678", false, PHONE_BRACKETS);
	assert_answer("+49 (151) 12345678", false, PHONE_BRACKETS);
	assert_answer("+49151)12345678", true, PHONE_BRACKETS);
}

static void
lengths_are_those_of_e164(void **state)
{
	(void)state;
	assert_answer("+", false, PHONE_SHORT);
	assert_answer("+ - . ", false, PHONE_SHORT);
	assert_answer("+123456", false, PHONE_SHORT);
	assert_answer("+1234567890123456", false, PHONE_LONG);
	assert_answer("+12345678901234567890123456789012345678901234567890", true, PHONE_LONG);
}

static void
an_extension_passes_where_one_is_possible(void **state)
{
	(void)state;
	assert_wire("+4930123456x123", "+4930123456x123");
	assert_wire("+49 30 123456 x 12-3", "+4930123456x123");
	assert_wire("+49 30 123456 X0", "+4930123456x0");
	assert_wire("+123456789012345x1234567890", "+123456789012345x1234567890");
	assert_answer("+4930123456x123", false, PHONE_NO_EXTENSION);
	assert_answer("+4930123456x12345678901", true, PHONE_LONG);
	assert_answer("+4930123456x", true, PHONE_SYNTAX);
	assert_answer("+4930123456x1x2", true, PHONE_SYNTAX);
	assert_answer("+4930123456x+1", true, PHONE_SYNTAX);
	assert_answer("+123456x1", true, PHONE_SHORT);
}

static void
anything_else_is_no_number(void **state)
{
	static const char *const typed[] = {
		"",
		" ",
		"alice",
		"alice@example.org",
		"++4915112345678",
		"+49151+12345678",
		"+49151/12345678",
		"+4915112345678;",
		"+4915112345678\r\nX: y",
		"+49 151 123 456 ext 7",
		"+49\xc2\xa0"
		"15112345678",
		"+\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6\xd9\xa7",
		"tel:+4915112345678",
		NULL
	};
	const char *const *t;

	(void)state;
	for (t = typed; *t; t++)
		assert_answer(*t, true, PHONE_SYNTAX);
}

static void
a_nul_inside_ends_nothing(void **state)
{
	static const char typed[] = "+49151\0"
				    "12345678";
	char got[PHONE_SIZE];

	(void)state;
	assert_int_equal(phone_parse(typed, sizeof(typed) - 1, true, got), PHONE_SYNTAX);
}

static void
an_extension_makes_no_other_line_of_a_number(void **state)
{
	(void)state;
	assert_true(phone_same("+4930123456", "+4930123456"));
	assert_true(phone_same("+4930123456x1", "+4930123456"));
	assert_true(phone_same("+4930123456", "+4930123456x99"));
	assert_false(phone_same("+4930123456", "+49301234567"));
	assert_false(phone_same("+4930123456x7", "+49301234567"));
}

static void
assert_mask(const char *wire, const char *mask)
{
	char got[PHONE_SIZE];

	phone_mask(wire, got, sizeof(got));
	assert_string_equal(got, mask);
}

static void
a_mask_shows_the_country_and_two_digits(void **state)
{
	(void)state;
	assert_mask("+491511234578", "+49********78");
	assert_mask("+15005550006", "+1********06");
	assert_mask("+74951234567", "+7********67");
	assert_mask("+31201234567", "+31*******67");
	assert_mask("+353851234567", "+353*******67");
	assert_mask("+9981234567", "+998*****67");
	assert_mask("+9812345678", "+98******78");
	assert_mask("+1234567", "+1****67");
	assert_mask("+4930123456x123", "+49******56x***");
}

static void
a_mask_fits_its_room(void **state)
{
	char got[6];

	(void)state;
	phone_mask("+491511234578", got, sizeof(got));
	assert_string_equal(got, "+49**");
}

static void
without_lists_every_number_is_permitted(void **state)
{
	(void)state;
	assert_int_equal(phone_permitted("+4915112345678", "", ""), PHONE_PERMITTED);
	assert_int_equal(phone_permitted("+4915112345678", " ", ", ,"), PHONE_PERMITTED);
}

static void
an_allow_list_permits_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(phone_permitted("+31201234567", "+31 +49", ""), PHONE_PERMITTED);
	assert_int_equal(phone_permitted("+15005550006", "+31 +49", ""), PHONE_DENIED);
	assert_int_equal(phone_permitted("+3", "+31", ""), PHONE_DENIED);
}

static void
the_longest_prefix_decides(void **state)
{
	(void)state;
	assert_int_equal(phone_permitted("+31900123456", "+31", "+31900"), PHONE_DENIED);
	assert_int_equal(phone_permitted("+31201234567", "+31", "+31900"), PHONE_PERMITTED);
	assert_int_equal(phone_permitted("+31900123456", "+31 +319001", "+31900"), PHONE_PERMITTED);
	assert_int_equal(phone_permitted("+31900123456", "+319001", "+31,+3190"), PHONE_PERMITTED);
	assert_int_equal(phone_permitted("+15005550006", "", "+1"), PHONE_DENIED);
	assert_int_equal(phone_permitted("+15005550006", "+1500", "+1"), PHONE_PERMITTED);
}

static void
where_both_are_as_long_a_number_is_denied(void **state)
{
	(void)state;
	assert_int_equal(phone_permitted("+31201234567", "+31", "+31"), PHONE_DENIED);
}

static void
a_list_that_is_none_permits_nothing(void **state)
{
	static const char *const bad[] = {
		"31",      "+",   "+0",   "+31x", "*", "+31;+32", "+1234567890123456",
		"+31 all", "-31", "+3 1", NULL
	};
	const char *const *b;

	(void)state;
	for (b = bad; *b; b++) {
		if (phone_prefixes_good(*b))
			fail_msg("\"%s\" passed", *b);
		assert_int_equal(phone_permitted("+31201234567", *b, ""), PHONE_BAD_LIST);
		assert_int_equal(phone_permitted("+31201234567", "", *b), PHONE_BAD_LIST);
	}
	assert_true(phone_prefixes_good("+31, +32\t+123456789012345"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_with_their_country_pass),
		cmocka_unit_test(a_number_without_its_country_is_told_so),
		cmocka_unit_test(a_bracket_is_told_so_because_it_changes_the_number),
		cmocka_unit_test(lengths_are_those_of_e164),
		cmocka_unit_test(an_extension_passes_where_one_is_possible),
		cmocka_unit_test(anything_else_is_no_number),
		cmocka_unit_test(a_nul_inside_ends_nothing),
		cmocka_unit_test(an_extension_makes_no_other_line_of_a_number),
		cmocka_unit_test(a_mask_shows_the_country_and_two_digits),
		cmocka_unit_test(a_mask_fits_its_room),
		cmocka_unit_test(without_lists_every_number_is_permitted),
		cmocka_unit_test(an_allow_list_permits_nothing_else),
		cmocka_unit_test(the_longest_prefix_decides),
		cmocka_unit_test(where_both_are_as_long_a_number_is_denied),
		cmocka_unit_test(a_list_that_is_none_permits_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
