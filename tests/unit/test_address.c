/*
 * E-mail addresses: what passes, what cannot, and how they are shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/address.h"

#define LONG_LOCAL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 64 */

static void
assert_wire(const char *typed, const char *wire)
{
	char got[ADDRESS_MAX + 1];

	assert_int_equal(address_parse(typed, strlen(typed), got), ADDRESS_FINE);
	assert_string_equal(got, wire);
}

/* Each of these (the list ends with NULL) gets that answer and no wire form. */
static void
assert_each(const char *const *typed, enum address answer)
{
	char got[ADDRESS_MAX + 1];

	for (; *typed; typed++) {
		memset(got, 'x', sizeof(got));
		if (address_parse(*typed, strlen(*typed), got) != answer)
			fail_msg("\"%s\" was answered otherwise", *typed);
		assert_string_equal(got, "");
	}
}

static void
plain_addresses_pass_with_the_domain_in_lower_case(void **state)
{
	(void)state;
	assert_wire("alice@example.org", "alice@example.org");
	assert_wire("Alice.O'Neil+x=1@Mail.EXAMPLE.org", "Alice.O'Neil+x=1@mail.example.org");
	assert_wire("a@r3---sn-x.example.org", "a@r3---sn-x.example.org");
	assert_wire("root@localhost", "root@localhost");
	assert_wire(LONG_LOCAL "@example.org", LONG_LOCAL "@example.org");
}

static void
outer_blanks_are_taken_off(void **state)
{
	(void)state;
	assert_wire(" \t alice@example.org \t", "alice@example.org");
}

static void
international_domains_become_a_labels(void **state)
{
	(void)state;
	assert_wire("a@b\xc3\xbc"
		    "cher.example",
		    "a@xn--bcher-kva.example");
	assert_wire("a@B\xc3\x9c"
		    "CHER.example",
		    "a@xn--bcher-kva.example");
	assert_wire("a@bu\xcc\x88"
		    "cher.example",
		    "a@xn--bcher-kva.example");
	assert_wire("a@XN--bcher-kva.example", "a@xn--bcher-kva.example");
	assert_wire("a@stra\xc3\x9f"
		    "e.example",
		    "a@xn--strae-oqa.example"); /* not "strasse" */
}

static void
nothing_that_ends_a_line_or_a_command_passes(void **state)
{
	static const char *const bad[] = {
		"a@example.org\r\nDATA", "a\r\n@example.org",
		"a@example.org\n",       "a b@example.org",
		"a@exa mple.org",        "<a@example.org>",
		"a@example.org>",        "a@example.org,b@example.org",
		"a:b@example.org",       "\"a\"@example.org",
		"a\\b@example.org",      "a(b)@example.org",
		"a;b@example.org",       "a@b@example.org",
		"a\x7f@example.org",     "a@exam\x01ple.org",
		"a@exa\tmple.org",       NULL,
	};
	char wire[ADDRESS_MAX + 1];

	(void)state;
	assert_each(bad, ADDRESS_SYNTAX);
	assert_int_equal(address_parse("a\0b@example.org", 15, wire), ADDRESS_SYNTAX);
	assert_int_equal(address_parse("a@example.org\0", 14, wire), ADDRESS_SYNTAX);
	assert_int_equal(address_parse("a@exa\0mple.org", 14, wire), ADDRESS_SYNTAX);
	assert_int_equal(address_parse("\0", 1, wire), ADDRESS_SYNTAX);
}

static void
signs_that_the_idn_mapping_would_make_ascii_do_not_pass(void **state)
{
	static const char *const bad[] = {
		"a@ex\xef\xbc\x9c.example",  /* full-width < */
		"a@ex\xef\xbc\xa0y.example", /* full-width @ */
		"a@ex\xe3\x80\x80y.example", /* ideographic space */
		"a@ex\xef\xbc\x8cy.example", /* full-width comma */
		"a@ex\xe2\x80\xa8y.example", /* line separator */
		"a@ex\xc2\x85y.example",     /* next line */
		"a@ex\xef\xbc\xbfy.example", /* full-width underscore */
		"a@\xef\xbd\xa1.example",    /* a dot */
		NULL,
	};

	(void)state;
	assert_each(bad, ADDRESS_SYNTAX);
}

static void
what_is_not_an_address_does_not_pass(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"alice",
		"@",
		"a@",
		"@example.org",
		".a@example.org",
		"a.@example.org",
		"a..b@example.org",
		"a@.example.org",
		"a@example.org.",
		"a@example..org",
		"a@-example.org",
		"a@example-.org",
		"a@exa_mple.org",
		"a@[192.0.2.1]",
		"a@192.0.2.1",
		"a@example.123",
		"\xc3\xa9@example.org",
		"a@\xff.example",
		"a@xn--.example",
		"a@xn--a.example",
		NULL,
	};

	(void)state;
	assert_each(bad, ADDRESS_SYNTAX);
}

static void
long_ones_are_told_apart(void **state)
{
	static const char *const bad[] = {
		LONG_LOCAL "a@example.org",
		/* 255 bytes */
		"a@" LONG_LOCAL LONG_LOCAL LONG_LOCAL
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaa.org",
		/* 240 bytes, more than a label as A-label */
		"a@\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4" LONG_LOCAL
		".org",
		NULL,
	};

	(void)state;
	assert_each(bad, ADDRESS_LONG);
}

static void
the_longest_address_passes_and_one_byte_more_does_not(void **state)
{
	char typed[ADDRESS_MAX + 2], wire[ADDRESS_MAX + 1];
	size_t i;

	(void)state;
	memset(typed, 'a', sizeof(typed));
	typed[1] = '@';
	for (i = 50; i < ADDRESS_MAX; i += 50)
		typed[i] = '.';
	assert_int_equal(address_parse(typed, ADDRESS_MAX, wire), ADDRESS_FINE);
	assert_int_equal(strlen(wire), ADDRESS_MAX);
	assert_int_equal(address_parse(typed, ADDRESS_MAX + 1, wire), ADDRESS_LONG);
}

static void
a_domain_is_in_a_list_when_it_is_listed_or_below(void **state)
{
	(void)state;
	assert_true(address_in_domains("a@example.org", "example.org"));
	assert_true(address_in_domains("a@mail.example.org", " example.net\texample.org "));
	assert_true(address_in_domains("a@example.org", "EXAMPLE.org"));
	assert_true(address_in_domains("a@xn--bcher-kva.example", "b\xc3\xbc"
								  "cher.example"));
	assert_true(address_in_domains("a@xn--bcher-kva.example", "xn--bcher-kva.example"));
	assert_false(address_in_domains("a@badexample.org", "example.org"));
	assert_false(address_in_domains("a@example.org", "mail.example.org"));
	assert_false(address_in_domains("a@example.org", ""));
	assert_false(address_in_domains("a@example.org", " "));
	assert_false(address_in_domains("", "example.org"));
}

static void
a_mailbox_on_this_host_is_recognised(void **state)
{
	(void)state;
	assert_true(address_on_host("a@localhost", "pc.example.org"));
	assert_true(address_on_host("a@x.localhost", "pc.example.org"));
	assert_true(address_on_host("a@localhost.localdomain", ""));
	assert_true(address_on_host("a@pc.example.org", "PC.example.org"));
	assert_true(address_on_host("a@pc", "pc.example.org"));
	assert_true(address_on_host("a@pc", "pc"));
	assert_false(address_on_host("a@example.org", "pc.example.org"));
	assert_false(address_on_host("a@p", "pc.example.org"));
	assert_false(address_on_host("a@pcx", "pc"));
	assert_false(address_on_host("a@example.org", ""));
}

static void
assert_mask(const char *wire, const char *mask)
{
	char got[ADDRESS_MAX + 3];

	address_mask(wire, got, sizeof(got));
	assert_string_equal(got, mask);
}

static void
a_mask_shows_two_letters_and_the_last_label(void **state)
{
	(void)state;
	assert_mask("alice@example.org", "a****@e******.org");
	assert_mask("alice@mail.example.org", "a****@m***********.org");
	assert_mask("a@b.org", "a*@b*.org");
	assert_mask("root@localhost", "r***@l********");
}

static void
a_mask_fits_into_any_size(void **state)
{
	char got[32];
	size_t size, len;

	(void)state;
	for (size = 1; size < sizeof(got); size++) {
		memset(got, '!', sizeof(got));
		address_mask("alice@example.org", got, size);
		len = strnlen(got, sizeof(got));
		assert_true(len < size);
		assert_memory_equal(got, "a****@e******.org", len);
		assert_int_equal(got[size], '!');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_addresses_pass_with_the_domain_in_lower_case),
		cmocka_unit_test(outer_blanks_are_taken_off),
		cmocka_unit_test(international_domains_become_a_labels),
		cmocka_unit_test(nothing_that_ends_a_line_or_a_command_passes),
		cmocka_unit_test(signs_that_the_idn_mapping_would_make_ascii_do_not_pass),
		cmocka_unit_test(what_is_not_an_address_does_not_pass),
		cmocka_unit_test(long_ones_are_told_apart),
		cmocka_unit_test(the_longest_address_passes_and_one_byte_more_does_not),
		cmocka_unit_test(a_domain_is_in_a_list_when_it_is_listed_or_below),
		cmocka_unit_test(a_mailbox_on_this_host_is_recognised),
		cmocka_unit_test(a_mask_shows_two_letters_and_the_last_label),
		cmocka_unit_test(a_mask_fits_into_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
