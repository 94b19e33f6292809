/*
 * The message for a phone, as ssprd hands it over, and the languages that it is spoken in.
 */
/* link: deliver/short_message.c deliver/line.c deliver/message_json.c deliver/spoken.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "deliver/short_message.h"
#include "deliver/spoken.h"
#include "text/log.h"

#define REST "\"text\":\"Hi\"}"

static char said[LOG_LINE_MAX + 1];

static void
keep_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)arg;
	snprintf(said, sizeof(said), "%s", text);
}

static int
listen(void **state)
{
	(void)state;
	log_to(keep_line, NULL);
	return 0;
}

static enum delivery
parse(struct short_message *m, const char *json, bool extension)
{
	struct secret text = { 0 };
	enum delivery d;

	memset(m, 0, sizeof(*m));
	said[0] = '\0';
	assert_int_equal(secret_set(&text, json, strlen(json)), 0);
	d = short_message_parse(m, &text, extension);
	secret_done(&text);
	/* One line for each failure, and none for what was taken. */
	assert_true((d == DELIVERY_SENT) == (said[0] == '\0'));
	return d;
}

static void
assert_answer(const char *json, enum delivery answer)
{
	struct short_message m;

	if (parse(&m, json, true) != answer)
		fail_msg("%s was answered otherwise: %s", json, said);
	short_message_done(&m);
}

static void
a_whole_message_is_taken(void **state)
{
	struct short_message m;

	(void)state;
	assert_int_equal(parse(&m,
			       "{\"to\":\"+49 151 12345678\",\"code\":\"123456\",\"text\":\"Your "
			       "code\\r\\nis \\u00e9\\t1\","
			       "\"user\":\"alice\",\"host\":\"desk.example\",\"lang\":\"nl_NL.UTF-"
			       "8\",\"id\":\"42-1\","
			       "\"later\":[1]}",
			       false),
			 DELIVERY_SENT);
	assert_string_equal(m.to, "+4915112345678");
	assert_string_equal(m.number, "+4915112345678");
	assert_string_equal(m.extension, "");
	assert_string_equal(secret_text(&m.text), "Your code\nis \xc3\xa9\t1");
	assert_int_equal(m.text.len, strlen("Your code\nis \xc3\xa9\t1"));
	assert_string_equal(secret_text(&m.code), "123456");
	assert_string_equal(secret_text(&m.spaced), "1 2 3 4 5 6");
	assert_string_equal(m.user, "alice");
	assert_string_equal(m.host, "desk.example");
	assert_string_equal(m.lang, "nl_NL");
	assert_string_equal(m.id, "42-1");
	short_message_done(&m);
	assert_null(m.code.data);
}

static void
only_a_number_and_a_text_must_be_there(void **state)
{
	struct short_message m;

	(void)state;
	assert_int_equal(parse(&m, "{\"to\":\"+4915112345678\"," REST, false), DELIVERY_SENT);
	assert_string_equal(secret_text(&m.code), "");
	assert_string_equal(m.lang, "");
	short_message_done(&m);
	assert_answer("{\"to\":\"+4915112345678\"}", DELIVERY_MISCONFIGURED);
	assert_answer("{" REST, DELIVERY_MISCONFIGURED);
}

static void
a_number_and_its_extension_are_parted(void **state)
{
	struct short_message m;

	(void)state;
	assert_int_equal(parse(&m, "{\"to\":\"+4930123456x12\"," REST, true), DELIVERY_SENT);
	assert_string_equal(m.to, "+4930123456x12");
	assert_string_equal(m.number, "+4930123456");
	assert_string_equal(m.extension, "12");
	short_message_done(&m);
}

static void
what_is_no_number_is_refused(void **state)
{
	struct short_message m;

	(void)state;
	assert_int_equal(parse(&m, "{\"to\":\"+4930123456x12\"," REST, false), DELIVERY_REFUSED);
	assert_answer("{\"to\":\"015112345678\"," REST, DELIVERY_REFUSED);
	assert_answer("{\"to\":\"alice@example.org\"," REST, DELIVERY_REFUSED);
	assert_answer("{\"to\":\"+4915112345678\\r\\nX: y\"," REST, DELIVERY_REFUSED);
	assert_answer("{\"to\":\"\"," REST, DELIVERY_REFUSED);
	assert_null(strstr(said, "4915112345678"));
}

static void
bad_fields_are_misconfigured(void **state)
{
	static const char *const bad[] = {
		"\"text\":\"\"}",
		"\"text\":\"a\\u0007\"}",
		"\"text\":\"a\\rb\"}",
		"\"text\":\"a\\u007f\"}",
		"\"text\":7}",
		"\"code\":\"12 34\"," REST,
		"\"code\":\"12\\n34\"," REST,
		"\"code\":123456," REST,
		"\"code\":\"\\u00e9\"," REST,
		"\"user\":\"a\\nb\"," REST,
		"\"host\":\"a\\u0000b\"," REST,
		"\"host\":\"a\\u009bb\"," REST,
		"\"id\":\"a b\"," REST,
		"\"id\":\"a/b\"," REST,
		"\"to\":\"+4915112345679\"," REST,
		"\"text\":\"Hi\"",
		"\"text\":\"Hi\"}x",
		NULL,
	};
	const char *const *b;
	char json[256];

	(void)state;
	for (b = bad; *b; b++) {
		snprintf(json, sizeof(json), "{\"to\":\"+4915112345678\",%s", *b);
		assert_answer(json, DELIVERY_MISCONFIGURED);
	}
	assert_answer("", DELIVERY_MISCONFIGURED);
	assert_answer("[]", DELIVERY_MISCONFIGURED);
}

static void
a_text_has_a_limit(void **state)
{
	char json[SHORT_MESSAGE_TEXT_MAX + 64], text[SHORT_MESSAGE_TEXT_MAX + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[SHORT_MESSAGE_TEXT_MAX] = '\0';
	snprintf(json, sizeof(json), "{\"to\":\"+4915112345678\",\"text\":\"%s\"}", text);
	assert_answer(json, DELIVERY_SENT);
	text[SHORT_MESSAGE_TEXT_MAX] = 'x';
	text[SHORT_MESSAGE_TEXT_MAX + 1] = '\0';
	snprintf(json, sizeof(json), "{\"to\":\"+4915112345678\",\"text\":\"%s\"}", text);
	assert_answer(json, DELIVERY_MISCONFIGURED);
}

static void
what_is_said_quotes_nothing_of_the_message(void **state)
{
	(void)state;
	assert_answer("{\"to\":\"+4915112345678\",\"code\":\"918273\" oops",
		      DELIVERY_MISCONFIGURED);
	assert_null(strstr(said, "918273"));
	assert_answer("{\"to\":\"0918273\",\"code\":\"918273\"," REST, DELIVERY_REFUSED);
	assert_null(strstr(said, "918273"));
}

static void
assert_spoken(const char *lang, const char *locale, const char *lower)
{
	struct spoken s;

	spoken_locale(lang, &s);
	assert_string_equal(s.locale, locale);
	assert_string_equal(s.lower, lower);
}

static void
languages_are_spoken_with_a_country(void **state)
{
	(void)state;
	assert_spoken("", "en-US", "en-us");
	assert_spoken("en", "en-US", "en-us");
	assert_spoken("en_GB", "en-GB", "en-gb");
	assert_spoken("nl", "nl-NL", "nl-nl");
	assert_spoken("nl_BE", "nl-BE", "nl-be");
	assert_spoken("fy", "fy", "fy");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_message_is_taken),
		cmocka_unit_test(only_a_number_and_a_text_must_be_there),
		cmocka_unit_test(a_number_and_its_extension_are_parted),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(bad_fields_are_misconfigured),
		cmocka_unit_test(a_text_has_a_limit),
		cmocka_unit_test(what_is_said_quotes_nothing_of_the_message),
		cmocka_unit_test(languages_are_spoken_with_a_country),
	};

	return cmocka_run_group_tests(tests, listen, NULL);
}
