/*
 * A letter on its way to a mail: the JSON that comes in, what may stand in a line, headers, encodings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deliver/encode.h"
#include "deliver/letter.h"
#include "deliver/line.h"
#include "deliver/mail.h"
#include "text/log.h"
/* link: deliver/encode.c deliver/letter.c deliver/line.c deliver/message_json.c deliver/mail.c */

static char logged[LOG_LINE_MAX + 1];

static void
keep_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)arg;
	strncpy(logged, text, LOG_LINE_MAX);
}

static enum delivery
parse(struct letter *letter, const char *text)
{
	struct secret json = { 0 };
	enum delivery d;

	memset(letter, 0, sizeof(*letter));
	logged[0] = '\0';
	assert_int_equal(secret_set(&json, text, strlen(text)), 0);
	d = letter_parse(letter, &json);
	secret_done(&json);
	return d;
}

static void
a_letter_is_what_the_message_says(void **state)
{
	struct letter l;

	(void)state;
	assert_int_equal(
		parse(&l,
		      "{\"to\":\"alice@Example.ORG\",\"text\":\"a\\r\\nb\\n\",\"host\":\"desk\","
		      "\"id\":\"x-1\",\"code\":\"123456\",\"more\":[1]}"),
		DELIVERY_SENT);
	assert_string_equal(l.to, "alice@example.org");
	assert_string_equal(l.host, "desk");
	assert_string_equal(l.id, "x-1");
	assert_string_equal(secret_text(&l.text), "a\nb\n");
	assert_string_equal(logged, "");
	letter_done(&l);
	assert_null(l.text.data);
}

static void
what_is_wrong_is_said_without_what_was_in_it(void **state)
{
	static const struct {
		const char *json;
		enum delivery answer;
	} bad[] = {
		{ "{\"to\":\"alice@example.org\",\"text\":\"123456\",\"host\":\"a b\"}",
		  DELIVERY_MISCONFIGURED },
		{ "{\"to\":\"alice@example.org>\",\"text\":\"123456\",\"host\":\"a\"}",
		  DELIVERY_REFUSED },
		{ "{\"to\":\"alice@example.org\",\"text\":\"123456\",\"host\":\"a\"",
		  DELIVERY_MISCONFIGURED },
		{ "{\"to\":\"alice@example.org\",\"text\":\"123456\\u0001\",\"host\":\"a\"}",
		  DELIVERY_MISCONFIGURED },
		{ "{\"to\":\"alice@example.org\",\"text\":\"\\n123456\",\"host\":\"a\"}",
		  DELIVERY_MISCONFIGURED },
		{ "{\"to\":\"alice@example.org\",\"text\":\"\",\"host\":\"a\"}",
		  DELIVERY_MISCONFIGURED },
		{ "{\"to\":\"alice@example.org\",\"text\":\"123456\"}", DELIVERY_MISCONFIGURED },
		{ "\"alice@example.org 123456\"", DELIVERY_MISCONFIGURED },
	};
	struct letter l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(&l, bad[i].json), bad[i].answer);
		assert_true(strlen(logged) > 10);
		assert_null(strstr(logged, "123456"));
		assert_null(strstr(logged, "alice"));
		letter_done(&l);
	}
}

static void
lines_hold_listed_characters_only(void **state)
{
	static const char *const never[] = {
		"",      "a\r",   "a\nb", "a b",  "a<b",  "a>b",
		"a\x01", "a\x7f", "a,b",  "a\"b", "a\\b", "a\xc3\xbc"
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		assert_false(line_is_host(never[i]));
		assert_false(line_is_id(never[i]));
		snprintf(text, sizeof(text), "%s@example.org", never[i]);
		assert_false(line_is_address(text));
		snprintf(text, sizeof(text), "a@%s", never[i]);
		assert_false(line_is_address(text));
	}
	assert_false(line_is_address("a@b@c"));
	assert_true(line_is_address("a.b+c'd@mail-1.example.org"));
	assert_true(line_is_host("desk") && line_is_host("my_desk.example.org"));
	assert_false(line_is_host(".a") || line_is_host("a.") || line_is_host("a..b") ||
		     line_is_host("-a"));
	assert_true(line_is_id("17-0f.3_b"));
	assert_false(line_is_id(".a") || line_is_id("a.") || line_is_id("a..b"));
	assert_false(line_is_plain("a\xc2\x85") || line_is_plain("\x1b"));
	assert_true(line_is_plain("Grüße"));
}

static struct draft draft;
static unsigned char room[8192];

static const char *
drafted(void)
{
	assert_false(draft.full);
	assert_true(draft.len < sizeof(room));
	room[draft.len] = '\0';
	return (const char *)room;
}

static const char *
header(const char *value)
{
	draft = (struct draft){ room, 0, sizeof(room) - 1, false };
	encode_header(&draft, "Subject", value, strlen(value));
	return drafted();
}

static const char *
body(const char *text)
{
	draft = (struct draft){ room, 0, sizeof(room) - 1, false };
	encode_body(&draft, text, strlen(text));
	return drafted();
}

static void
headers_are_plain_where_they_can_be(void **state)
{
	(void)state;
	assert_string_equal(header("Your code"), "Subject: Your code\r\n");
	assert_string_equal(header("Grüße"), "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n");
	assert_string_equal(header("a=?b"), "Subject: =?UTF-8?B?YT0/Yg==?=\r\n");
	assert_string_equal(header("a "), "Subject: =?UTF-8?B?YSA=?=\r\n");
	assert_string_equal(header("1234567890123456789012345678901234567890"
				   "123456789012345678901234567"),
			    "Subject: 1234567890123456789012345678901234567890"
			    "123456789012345678901234567\r\n");
}

static void
long_headers_are_folded_between_characters(void **state)
{
	(void)state;
	/* 13 characters of 3 bytes are 39 bytes; the 14th begins the next word. */
	assert_string_equal(
		header("ココココココココココココココ"),
		"Subject: =?UTF-8?B?44Kz44Kz44Kz44Kz44Kz44Kz44Kz44Kz44Kz44Kz44Kz44Kz44Kz?=\r\n"
		" =?UTF-8?B?44Kz?=\r\n");
	/* A character of 2 bytes that would stand across the end goes over whole. */
	assert_string_equal(
		header("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaü"),
		"Subject: =?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?=\r\n"
		" =?UTF-8?B?w7w=?=\r\n");
}

static void
bodies_are_quoted_printable(void **state)
{
	(void)state;
	assert_string_equal(body("a=b\n"), "a=3Db\r\n");
	assert_string_equal(body("ü"), "=C3=BC\r\n");
	assert_string_equal(body("end \nend\t\n \n"), "end=20\r\nend=09\r\n=20\r\n");
	assert_string_equal(body("in the middle\tof"), "in the middle\tof\r\n");
	assert_string_equal(body("\n\n"), "\r\n\r\n");
	assert_string_equal(body(""), "");
	assert_string_equal(body("a\r"), "a=0D\r\n");
}

static void
no_line_looks_like_smtp_or_a_mailbox(void **state)
{
	(void)state;
	assert_string_equal(body(".\n..\n"), "=2E\r\n=2E.\r\n");
	assert_string_equal(body("From me\nFromage\n"), "=46rom me\r\nFromage\r\n");
	/* 75 characters fill a line: what follows the soft break begins one. */
	assert_string_equal(
		body("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		     "."),
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\r\n"
		"=2E\r\n");
}

static void
a_draft_never_grows_over_its_room(void **state)
{
	(void)state;
	draft = (struct draft){ room, 0, 10, false };
	draft_text(&draft, "12345");
	draft_text(&draft, "123456");
	draft_text(&draft, "1");
	assert_true(draft.full);
	assert_int_equal(draft.len, 5);
}

static void
a_mail_has_its_headers_and_its_date_in_utc(void **state)
{
	static const unsigned char chance[MAIL_CHANCE_SIZE] = { 0xab, 1, 2 };
	struct secret mail = { 0 };
	struct letter l;

	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(parse(&l, "{\"to\":\"a@example.org\",\"text\":\"Hello\\nthere\",\"host\":"
				   "\"h\",\"id\":\"7\"}"),
			 DELIVERY_SENT);
	assert_int_equal(mail_compose(&mail, "sspr@example.net", &l, 1795385880, chance), 0);
	assert_string_equal(secret_text(&mail),
			    "From: sspr@example.net\r\n"
			    "To: a@example.org\r\n"
			    "Subject: Hello\r\n"
			    "Date: Sun, 22 Nov 2026 22:18:00 +0000\r\n"
			    "Message-ID: <7.ab010200000000000000000000000000@example.net>\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=UTF-8\r\n"
			    "Content-Transfer-Encoding: quoted-printable\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "\r\n"
			    "Hello\r\nthere\r\n");
	assert_int_equal(strlen(secret_text(&mail)), mail.len);
	secret_done(&mail);
	letter_done(&l);
}

static void
the_longest_texts_fit(void **state)
{
	static char json[LETTER_JSON_MAX];
	static const unsigned char chance[MAIL_CHANCE_SIZE];
	static const char *const heads[] = { "", "x\\n" };
	struct secret mail = { 0 };
	struct letter l;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		n = (size_t)snprintf(json, sizeof(json),
				     "{\"to\":\"a@example.org\",\"host\":\"h\",\"text\":\"%s",
				     heads[i]);
		memset(json + n, '=', sizeof(json) - n - 3);
		memcpy(json + sizeof(json) - 3, "\"}", 3);
		assert_int_equal(parse(&l, json), DELIVERY_SENT);
		assert_int_equal(mail_compose(&mail, "s@example.net", &l, 0, chance), 0);
		secret_done(&mail);
		letter_done(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_is_what_the_message_says),
		cmocka_unit_test(what_is_wrong_is_said_without_what_was_in_it),
		cmocka_unit_test(lines_hold_listed_characters_only),
		cmocka_unit_test(headers_are_plain_where_they_can_be),
		cmocka_unit_test(long_headers_are_folded_between_characters),
		cmocka_unit_test(bodies_are_quoted_printable),
		cmocka_unit_test(no_line_looks_like_smtp_or_a_mailbox),
		cmocka_unit_test(a_draft_never_grows_over_its_room),
		cmocka_unit_test(a_mail_has_its_headers_and_its_date_in_utc),
		cmocka_unit_test(the_longest_texts_fit),
	};

	log_to(keep_line, NULL);
	letter_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
