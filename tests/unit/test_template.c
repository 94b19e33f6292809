/*
 * Texts with placeholders: what is put in is encoded for its place, and what is no placeholder is an error.
 */
/* link: deliver/template.c deliver/escape.c deliver/encode.c deliver/keyring.c deliver/source.c deliver/file.c */
/* link: deliver/line.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "deliver/template.h"

#define NASTY "a&b<c>\"d'e\\f\ng{to}%h i\x01/\xc3\xa9"

static struct keyring keys;

static const struct template_values all = {
	.values = {
		[TEMPLATE_TO] = "+4915112345678", [TEMPLATE_TO_DIGITS] = "4915112345678",
		[TEMPLATE_EXTENSION] = "12", [TEMPLATE_FROM] = "Desk", [TEMPLATE_TEXT] = NASTY,
		[TEMPLATE_CODE] = "123456", [TEMPLATE_CODE_SPACED] = "1 2 3 4 5 6",
		[TEMPLATE_USER] = "alice", [TEMPLATE_HOST] = "desk", [TEMPLATE_LANG] = "nl",
		[TEMPLATE_LOCALE] = "nl-NL", [TEMPLATE_LOCALE_LOWER] = "nl-nl", [TEMPLATE_ID] = "id-1",
	},
	.secrets = &keys,
};

static int
load_keys(void **state)
{
	(void)state;
	memcpy(keys.list[0].name, "token", sizeof("token"));
	keys.count = 1;
	return secret_set(&keys.list[0].value, "s3c&ret", 7);
}

static int
wipe_keys(void **state)
{
	(void)state;
	keyring_done(&keys);
	return 0;
}

static void
assert_filled(enum template_place place, const char *text, const char *expected)
{
	char room[512], why[TEMPLATE_WHY_SIZE] = "";
	struct draft d = { .data = (unsigned char *)room, .size = sizeof(room) };

	if (template_fill(&d, text, place, &all, why) != 0)
		fail_msg("%s: %s", text, why);
	assert_false(d.full);
	assert_int_equal(d.len, strlen(expected));
	assert_memory_equal(room, expected, d.len);
}

static void
assert_wrong(enum template_place place, const char *text, const char *said)
{
	char room[512], why[TEMPLATE_WHY_SIZE] = "";
	struct draft d = { .data = (unsigned char *)room, .size = sizeof(room) };

	assert_true(template_fill(&d, text, place, &all, why) < 0);
	if (!strstr(why, said))
		fail_msg("%s: %s", text, why);
}

static void
each_placeholder_is_known_by_its_word(void **state)
{
	(void)state;
	assert_filled(
		TEMPLATE_IN_FIELD,
		"{to} {to_digits} {extension} {from} {code} {code_spaced} {user} {host} {lang} "
		"{locale} {locale_lower} {id} {secret:token}",
		"+4915112345678 4915112345678 12 Desk 123456 1 2 3 4 5 6 alice desk nl nl-NL nl-nl "
		"id-1 s3c&ret");
}

static void
text_without_placeholders_stays_as_it_is(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_FIELD, "", "");
	assert_filled(TEMPLATE_IN_FIELD, "plain } text", "plain } text");
	assert_filled(TEMPLATE_IN_URL, "https://x.example/a?b=c&d=%20",
		      "https://x.example/a?b=c&d=%20");
}

static void
two_braces_are_one(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_FIELD, "{{to} {{{to}", "{to} {+4915112345678");
	assert_filled(TEMPLATE_IN_JSON, "{\"a\":\"{{b}\"}", "{\"a\":\"{b}\"}");
}

static void
in_a_url_everything_but_letters_and_digits_is_percent_encoded(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_URL, "/x?to={to}&t={text}",
		      "/x?to=%2B4915112345678&t=a%26b%3Cc%3E%22d%27e%5Cf%0Ag%7Bto%7D%25h%20i%01%2F%"
		      "C3%A9");
	assert_filled(TEMPLATE_IN_URL, "/{secret:token}/", "/s3c%26ret/");
}

static void
a_field_is_plain_and_is_encoded_by_its_owner(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_FIELD, "{text}", NASTY);
	assert_filled(TEMPLATE_IN_FIELD, " <{text}>", " <" NASTY ">");
}

static void
a_field_that_begins_like_xml_is_xml(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_FIELD, "<Say language=\"{locale}\">{text}</Say>",
		      "<Say language=\"nl-NL\">a&amp;b&lt;c&gt;&quot;d&apos;e\\f\ng{to}%h "
		      "i/\xc3\xa9</Say>");
}

static void
in_a_header_no_line_can_end(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_HEADER, "x {text}", "x a&b<c>\"d'e\\f g{to}%h i /\xc3\xa9");
}

static void
in_json_a_text_stays_within_its_quotes(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_JSON, "{\"a\":{\"b\":[\"{text}\"]}}",
		      "{\"a\":{\"b\":[\"a&b<c>\\\"d'e\\\\f\\ng{to}%h i\\u0001/\xc3\xa9\"]}}");
	assert_filled(TEMPLATE_IN_JSON, "{\"\\\"\":\"x\\\\{code}\"}", "{\"\\\"\":\"x\\\\123456\"}");
}

static void
a_json_string_that_begins_like_xml_is_xml(void **state)
{
	(void)state;
	assert_filled(TEMPLATE_IN_JSON, "{\"x\":\"<S>{text}</S>\",\"t\":\"{text}\"}",
		      "{\"x\":\"<S>a&amp;b&lt;c&gt;&quot;d&apos;e\\\\f\\ng{to}%h i/\xc3\xa9</S>\","
		      "\"t\":\"a&b<c>\\\"d'e\\\\f\\ng{to}%h i\\u0001/\xc3\xa9\"}");
}

static void
a_placeholder_outside_of_the_quotes_is_an_error(void **state)
{
	(void)state;
	assert_wrong(TEMPLATE_IN_JSON, "{\"code\":{code}}", "outside of the quotes");
	assert_wrong(TEMPLATE_IN_JSON, "[{to}]", "outside of the quotes");
}

static void
what_is_no_placeholder_is_an_error_and_named(void **state)
{
	(void)state;
	assert_wrong(TEMPLATE_IN_FIELD, "{telephone}", "{telephone} is no placeholder");
	assert_wrong(TEMPLATE_IN_URL, "/{To}", "{To} is no placeholder");
	assert_wrong(TEMPLATE_IN_HEADER, "{secret:}", "{secret:} is no placeholder");
	assert_wrong(TEMPLATE_IN_HEADER, "{secret:../key}", "{secret:../key} is no placeholder");
	assert_wrong(TEMPLATE_IN_JSON, "{\"a\":\"{b}\"}", "{b} is no placeholder");
	assert_wrong(TEMPLATE_IN_FIELD, "{to", "has no }");
	assert_wrong(TEMPLATE_IN_FIELD, "{}", "begins no placeholder");
	assert_wrong(TEMPLATE_IN_FIELD, "{ to }", "begins no placeholder");
}

static void
what_stands_in_a_brace_is_shown_only_where_it_looks_like_a_name(void **state)
{
	(void)state;
	assert_wrong(TEMPLATE_IN_FIELD, "{my password is x}", "begins no placeholder");
	assert_wrong(TEMPLATE_IN_FIELD, "{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
		     "begins no placeholder");
}

static void
a_secret_that_was_not_read_is_an_error(void **state)
{
	(void)state;
	assert_wrong(TEMPLATE_IN_FIELD, "{secret:other}", "was not read");
}

static void
a_url_holds_no_blank_and_no_foreign_sign(void **state)
{
	(void)state;
	assert_wrong(TEMPLATE_IN_URL, "/a b", "blank");
	assert_wrong(TEMPLATE_IN_URL, "/\xc3\xa9", "blank");
	assert_wrong(TEMPLATE_IN_URL, "/\t", "blank");
}

static void
what_does_not_fit_is_told(void **state)
{
	char room[8], why[TEMPLATE_WHY_SIZE];
	struct draft d = { .data = (unsigned char *)room, .size = sizeof(room) };

	(void)state;
	assert_int_equal(template_fill(&d, "{to}", TEMPLATE_IN_URL, &all, why), 0);
	assert_true(d.full);
}

static void
what_is_missing_is_nothing(void **state)
{
	const struct template_values none = { 0 };
	char room[8], why[TEMPLATE_WHY_SIZE];
	struct draft d = { .data = (unsigned char *)room, .size = sizeof(room) };

	(void)state;
	assert_int_equal(template_fill(&d, "[{code}]", TEMPLATE_IN_FIELD, &none, why), 0);
	assert_int_equal(d.len, 2);
}

static void
it_is_known_which_placeholders_a_text_has(void **state)
{
	(void)state;
	assert_true(template_mentions("ww{extension}", TEMPLATE_IN_FIELD, TEMPLATE_EXTENSION));
	assert_false(template_mentions("ww{{extension}", TEMPLATE_IN_FIELD, TEMPLATE_EXTENSION));
	assert_false(template_mentions("{to}", TEMPLATE_IN_FIELD, TEMPLATE_EXTENSION));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_placeholder_is_known_by_its_word),
		cmocka_unit_test(text_without_placeholders_stays_as_it_is),
		cmocka_unit_test(two_braces_are_one),
		cmocka_unit_test(in_a_url_everything_but_letters_and_digits_is_percent_encoded),
		cmocka_unit_test(a_field_is_plain_and_is_encoded_by_its_owner),
		cmocka_unit_test(a_field_that_begins_like_xml_is_xml),
		cmocka_unit_test(in_a_header_no_line_can_end),
		cmocka_unit_test(in_json_a_text_stays_within_its_quotes),
		cmocka_unit_test(a_json_string_that_begins_like_xml_is_xml),
		cmocka_unit_test(a_placeholder_outside_of_the_quotes_is_an_error),
		cmocka_unit_test(what_is_no_placeholder_is_an_error_and_named),
		cmocka_unit_test(what_stands_in_a_brace_is_shown_only_where_it_looks_like_a_name),
		cmocka_unit_test(a_secret_that_was_not_read_is_an_error),
		cmocka_unit_test(a_url_holds_no_blank_and_no_foreign_sign),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(what_is_missing_is_nothing),
		cmocka_unit_test(it_is_known_which_placeholders_a_text_has),
	};

	return cmocka_run_group_tests(tests, load_keys, wipe_keys);
}
