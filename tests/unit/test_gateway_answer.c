/*
 * What gateways answer, and what it means.
 */
/* link: deliver/answer.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "deliver/answer.h"

#define VONAGE_OK    "http 200 json /messages/0/status 0"
#define VONAGE_RETRY "http 429 5xx json /messages/0/status 1 5 10"

static char seen[ANSWER_SEEN_SIZE];

static enum answer_verdict
judge(long status, const char *body, const char *ok, const char *retry)
{
	const struct answer a = { status, body, strlen(body) };

	return answer_judge(&a, ok, retry, seen);
}

static enum answer_verdict
plain(long status)
{
	return judge(status, "", "http 201", "http 429 5xx");
}

static void
a_status_alone_decides_where_the_rules_say_no_more(void **state)
{
	(void)state;
	assert_int_equal(plain(201), ANSWER_SENT);
	assert_int_equal(judge(200, "{}", "http 201", "http 429"), ANSWER_REFUSED);
	assert_int_equal(plain(400), ANSWER_REFUSED);
	assert_int_equal(plain(429), ANSWER_LATER);
	assert_int_equal(plain(500), ANSWER_LATER);
	assert_int_equal(plain(599), ANSWER_LATER);
}

static void
a_redirect_and_a_refused_login_have_answers_of_their_own(void **state)
{
	(void)state;
	assert_int_equal(plain(301), ANSWER_ELSEWHERE);
	assert_int_equal(plain(307), ANSWER_ELSEWHERE);
	assert_int_equal(plain(401), ANSWER_STRANGER);
	assert_int_equal(plain(403), ANSWER_STRANGER);
	assert_int_equal(judge(403, "", "http 2xx", "http 403"), ANSWER_LATER);
	assert_int_equal(judge(302, "", "http 302", "http 5xx"), ANSWER_SENT);
}

static void
a_status_that_http_does_not_have_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(plain(0), ANSWER_UNKNOWN);
	assert_int_equal(plain(100), ANSWER_UNKNOWN);
	assert_int_equal(plain(999), ANSWER_UNKNOWN);
}

static void
codes_are_single_or_ranges_or_hundreds(void **state)
{
	(void)state;
	assert_int_equal(judge(204, "", "http 2xx", "http 500"), ANSWER_SENT);
	assert_int_equal(judge(204, "", "http 200-203 204", "http 500"), ANSWER_SENT);
	assert_int_equal(judge(204, "", "http 200-203", "http 204-204"), ANSWER_LATER);
}

static void
an_error_inside_of_200_is_refused(void **state)
{
	(void)state;
	assert_int_equal(judge(200, "{\"messages\":[{\"status\":\"0\"}]}", VONAGE_OK, VONAGE_RETRY),
			 ANSWER_SENT);
	assert_string_equal(seen, "");
	assert_int_equal(judge(200, "{\"messages\":[{\"status\":\"3\"}]}", VONAGE_OK, VONAGE_RETRY),
			 ANSWER_REFUSED);
	assert_string_equal(seen, " (/messages/0/status is 3)");
	assert_int_equal(judge(200, "{\"messages\":[{\"status\":\"1\"}]}", VONAGE_OK, VONAGE_RETRY),
			 ANSWER_LATER);
	assert_int_equal(judge(200, "{\"messages\":[]}", VONAGE_OK, VONAGE_RETRY), ANSWER_REFUSED);
	assert_int_equal(judge(500, "{\"messages\":[{\"status\":\"0\"}]}", VONAGE_OK, VONAGE_RETRY),
			 ANSWER_LATER);
}

static void
what_should_be_json_and_is_not_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(judge(200, "<html>hello</html>", VONAGE_OK, VONAGE_RETRY), ANSWER_UNKNOWN);
	assert_int_equal(judge(200, "", VONAGE_OK, VONAGE_RETRY), ANSWER_UNKNOWN);
	assert_int_equal(judge(200, "{\"messages\":[{\"status\":\"0\"}", VONAGE_OK, VONAGE_RETRY),
			 ANSWER_UNKNOWN);
	assert_int_equal(judge(400, "<html>hello</html>", VONAGE_OK, VONAGE_RETRY), ANSWER_REFUSED);
	assert_int_equal(judge(200, "\xff\xfe", "json /a b", "http 5xx"), ANSWER_UNKNOWN);
}

static void
an_unexpected_success_without_json_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(
		judge(200, "<html>Log in to the guests' network</html>", "http 201", "http 429"),
		ANSWER_UNKNOWN);
	assert_int_equal(plain(204), ANSWER_UNKNOWN);
}

static void
an_answer_without_a_body_is_judged(void **state)
{
	const struct answer a = { 200, NULL, 0 };

	(void)state;
	assert_int_equal(answer_judge(&a, VONAGE_OK, VONAGE_RETRY, seen), ANSWER_UNKNOWN);
	assert_int_equal(answer_judge(&a, "http 200", VONAGE_RETRY, seen), ANSWER_SENT);
}

static bool
holds(const char *rule, const char *body)
{
	return judge(200, body, rule, "http 500") == ANSWER_SENT;
}

static void
values_are_compared_as_text(void **state)
{
	(void)state;
	assert_true(holds("json /a 1", "{\"a\":1}"));
	assert_true(holds("json /a 1", "{\"a\":\"1\"}"));
	assert_true(holds("json /a 0.5", "{\"a\":0.5}"));
	assert_true(holds("json /a true", "{\"a\":true}"));
	assert_true(holds("json /a false null", "{\"a\":null}"));
	assert_true(holds("json /a queued sent", "{\"a\":\"sent\"}"));
	assert_false(holds("json /a 1", "{\"a\":\"1 \"}"));
	assert_false(holds("json /a 1", "{\"a\":10}"));
	assert_false(holds("json /a 1", "{\"a\":[1]}"));
	assert_false(holds("json /a 1", "{\"b\":1}"));
}

static void
without_a_value_a_pointer_only_has_to_lead_somewhere(void **state)
{
	(void)state;
	assert_true(holds("json /sid", "{\"sid\":\"x\"}"));
	assert_true(holds("json /sid http 200", "{\"sid\":{}}"));
	assert_false(holds("json /sid", "{}"));
}

/* RFC 6901, section 5. */
static void
pointers_are_those_of_rfc_6901(void **state)
{
	static const char body[] =
		"{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"m~n\":8}";

	(void)state;
	assert_true(holds("json /foo/0 bar", body));
	assert_true(holds("json / 0", body));
	assert_true(holds("json /a~1b 1", body));
	assert_true(holds("json /c%d 2", body));
	assert_true(holds("json /m~0n 8", body));
	assert_false(holds("json /foo/2", body));
	assert_false(holds("json /foo/00", body));
	assert_false(holds("json /foo/-", body));
	assert_false(holds("json /foo/", body));
	assert_false(holds("json /foo/0/x", body));
	assert_false(holds("json /foo/99999999999999999999", body));
	assert_true(holds("json /~01 3", "{\"~1\":3}"));
}

static void
an_ok_rule_wants_all_and_a_retry_rule_one(void **state)
{
	static const char two[] = "json /a 1 json /b 2";

	(void)state;
	assert_true(holds(two, "{\"a\":1,\"b\":2}"));
	assert_false(holds(two, "{\"a\":1,\"b\":3}"));
	assert_int_equal(judge(200, "{\"a\":0,\"b\":2}", "http 201", two), ANSWER_LATER);
	assert_int_equal(judge(200, "{\"a\":0,\"b\":0}", "http 201", two), ANSWER_REFUSED);
}

static void
what_could_be_a_code_or_a_number_is_never_told(void **state)
{
	static const char *const bodies[] = {
		"{\"a\":\"123456\"}",
		"{\"a\":4915112345678}",
		"{\"a\":\"Your code is X\"}",
		"{\"a\":\"\\n\"}",
		"{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		"{\"a\":{}}",
		"{\"a\":\"\"}",
		NULL
	};
	const char *const *b;

	(void)state;
	for (b = bodies; *b; b++) {
		assert_int_equal(judge(200, *b, "json /a x", "http 500"), ANSWER_REFUSED);
		assert_string_equal(seen, "");
	}
	assert_int_equal(judge(200, "{\"a\":\"failed\"}", "json /a x", "http 500"), ANSWER_REFUSED);
	assert_string_equal(seen, " (/a is failed)");
}

static void
deep_json_ends_nothing(void **state)
{
	static char deep[20000];

	(void)state;
	memset(deep, '[', sizeof(deep) - 1);
	assert_int_equal(judge(200, deep, "json /0/0 x", "http 500"), ANSWER_UNKNOWN);
}

static void
rules_that_are_none_are_told(void **state)
{
	static const char *const bad[] = { "",
					   " ",
					   "200",
					   "http",
					   "http 20",
					   "http 2000",
					   "http 199",
					   "http 600",
					   "http 6xx",
					   "http 0xx",
					   "http 503-500",
					   "http 2x",
					   "http 200,201",
					   "http ok",
					   "json",
					   "json status 0",
					   "json http",
					   "http json /a",
					   "json /a~2",
					   "json /a~",
					   "status 200",
					   "http 200 json",
					   NULL };
	char why[ANSWER_WHY_SIZE];
	const char *const *b;

	(void)state;
	for (b = bad; *b; b++) {
		why[0] = '\0';
		if (answer_rule_check(*b, why) == 0 || why[0] == '\0')
			fail_msg("\"%s\" passed", *b);
	}
}

static void
rules_of_the_world_pass(void **state)
{
	static const char *const good[] = { "http 201", ANSWER_OK_DEFAULT,    ANSWER_RETRY_DEFAULT,
					    VONAGE_OK,  VONAGE_RETRY,         "  http\t2xx  ",
					    "json /a",  "json / b json /c d", NULL };
	char why[ANSWER_WHY_SIZE];
	const char *const *g;

	(void)state;
	for (g = good; *g; g++)
		assert_int_equal(answer_rule_check(*g, why), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_alone_decides_where_the_rules_say_no_more),
		cmocka_unit_test(a_redirect_and_a_refused_login_have_answers_of_their_own),
		cmocka_unit_test(a_status_that_http_does_not_have_is_unknown),
		cmocka_unit_test(codes_are_single_or_ranges_or_hundreds),
		cmocka_unit_test(an_error_inside_of_200_is_refused),
		cmocka_unit_test(what_should_be_json_and_is_not_is_unknown),
		cmocka_unit_test(an_unexpected_success_without_json_is_unknown),
		cmocka_unit_test(an_answer_without_a_body_is_judged),
		cmocka_unit_test(values_are_compared_as_text),
		cmocka_unit_test(without_a_value_a_pointer_only_has_to_lead_somewhere),
		cmocka_unit_test(pointers_are_those_of_rfc_6901),
		cmocka_unit_test(an_ok_rule_wants_all_and_a_retry_rule_one),
		cmocka_unit_test(what_could_be_a_code_or_a_number_is_never_told),
		cmocka_unit_test(deep_json_ends_nothing),
		cmocka_unit_test(rules_that_are_none_are_told),
		cmocka_unit_test(rules_of_the_world_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
