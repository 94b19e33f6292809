/*
 * From the keys of [sms] and [voice] to the bytes of a request: what is sent, and what is said of keys that are wrong.
 */
/* link: deliver/recipe.c deliver/http_request.c deliver/template.c deliver/escape.c deliver/encode.c deliver/answer.c */
/* link: deliver/keyring.c deliver/source.c deliver/file.c deliver/line.c deliver/preset.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "deliver/http_request.h"
#include "deliver/preset.h"
#include "deliver/recipe.h"
#include "text/log.h"

#define PRESETS "policy/gateways"

/* All that a request is made of. */
struct desk {
	struct config *config;
	struct preset preset;
	struct recipe recipe;
	struct keyring keys;
	struct template_values values;
	struct http_request request;
};

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

static void
add_key(struct keyring *k, const char *name, const char *value)
{
	struct keyring_secret *s = &k->list[k->count++];

	memcpy(s->name, name, strlen(name) + 1);
	assert_int_equal(secret_set(&s->value, value, strlen(value)), 0);
}

static void
set_values(struct desk *d)
{
	static const struct template_values values = { .values = {
							       [TEMPLATE_TO] = "+4915112345678",
							       [TEMPLATE_TO_DIGITS] =
								       "4915112345678",
							       [TEMPLATE_EXTENSION] = "",
							       [TEMPLATE_TEXT] =
								       "Code 1 & \"2\" <3>\nline",
							       [TEMPLATE_CODE] = "123456",
							       [TEMPLATE_CODE_SPACED] =
								       "1 2 3 4 5 6",
							       [TEMPLATE_USER] = "alice",
							       [TEMPLATE_HOST] = "desk",
							       [TEMPLATE_LANG] = "nl",
							       [TEMPLATE_LOCALE] = "nl-NL",
							       [TEMPLATE_LOCALE_LOWER] = "nl-nl",
							       [TEMPLATE_ID] = "id-1",
						       } };

	d->values = values;
	d->values.values[TEMPLATE_FROM] = d->preset.gateway.from;
	d->values.secrets = &d->keys;
	add_key(&d->keys, "tok", "s3c ret");
	add_key(&d->keys, "twilio-sid", "AC1");
	add_key(&d->keys, "twilio-token", "t0k");
	add_key(&d->keys, "vonage-key", "k&y");
	add_key(&d->keys, "vonage-secret", "s=c");
	add_key(&d->keys, "vonage-jwt", "ey.J.wt");
	add_key(&d->keys, "messagebird-key", "mb");
	add_key(&d->keys, "kannel-password", "kp");
	add_key(&d->keys, "webhook-token", "wt");
}

/* Read the keys, as those of [sms]. */
static enum delivery
sit_down(struct desk *d, const char *keys, enum gateway_kind kind)
{
	const char *section = kind == GATEWAY_SMS ? "sms" : "voice";
	struct config_errors errors = { 0 };
	char text[4096];
	enum delivery e;
	int n;

	memset(d, 0, sizeof(*d));
	said[0] = '\0';
	n = snprintf(text, sizeof(text), "[%s]\n%s", section, keys);
	assert_int_equal(config_parse("test", text, (size_t)n, &d->config, &errors), CONFIG_GOOD);
	config_errors_done(&errors);
	e = preset_merge(&d->preset, kind == GATEWAY_SMS ? &d->config->sms : &d->config->voice,
			 kind, PRESETS);
	if (e == DELIVERY_SENT)
		e = recipe_read(&d->recipe, section, &d->preset.gateway);
	set_values(d);
	return e;
}

static void
stand_up(struct desk *d)
{
	http_request_done(&d->request);
	keyring_done(&d->keys);
	preset_done(&d->preset);
	config_free(d->config);
}

static void
build(struct desk *d, const char *keys, enum gateway_kind kind)
{
	if (sit_down(d, keys, kind) != DELIVERY_SENT ||
	    http_request_build(&d->request, &d->recipe, &d->values) != DELIVERY_SENT)
		fail_msg("%s", said);
}

static void
assert_header(const struct http_request *r, const char *line)
{
	size_t i;

	for (i = 0; i < r->header_count; i++)
		if (strcmp(secret_text(&r->headers[i]), line) == 0)
			return;
	fail_msg("there is no header %s", line);
}

static void
assert_no_header(const struct http_request *r, const char *begin)
{
	size_t i;

	for (i = 0; i < r->header_count; i++)
		assert_true(strncmp(secret_text(&r->headers[i]), begin, strlen(begin)) != 0);
}

static void
assert_body(const struct desk *d, const char *body)
{
	assert_string_equal(secret_text(&d->request.body), body);
	assert_int_equal(d->request.body.len, strlen(body));
}

static void
fields_are_sent_as_a_form(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nbody = form\nfield.To = {to}\nfield.t-t = {text}\n",
	      GATEWAY_SMS);
	assert_true(d.request.post);
	assert_string_equal(secret_text(&d.request.url), "https://g.example/x");
	assert_header(&d.request, "Content-Type: application/x-www-form-urlencoded");
	assert_body(&d, "To=%2B4915112345678&t-t=Code%201%20%26%20%222%22%20%3C3%3E%0Aline");
	stand_up(&d);
}

static void
fields_are_a_form_where_nothing_else_is_said(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nfield.To = {to}\n", GATEWAY_SMS);
	assert_true(d.request.post);
	assert_body(&d, "To=%2B4915112345678");
	stand_up(&d);
}

static void
fields_are_sent_as_a_json_object(void **state)
{
	struct desk d;

	(void)state;
	build(&d,
	      "url = https://g.example/x\nbody = json\nfield.to = {to}\nfield.x = "
	      "<a>{text}</a>\nfield.e =\n",
	      GATEWAY_SMS);
	assert_header(&d.request, "Content-Type: application/json");
	assert_body(&d, "{\"to\":\"+4915112345678\",\"x\":\"<a>Code 1 &amp; &quot;2&quot; "
			"&lt;3&gt;\\nline</a>\"}");
	stand_up(&d);
}

static void
no_field_at_all_is_an_empty_object(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nbody = json\n", GATEWAY_SMS);
	assert_body(&d, "{}");
	stand_up(&d);
}

static void
a_json_text_is_sent_as_it_is_filled_in(void **state)
{
	struct desk d;

	(void)state;
	build(&d,
	      "url = https://g.example/x\njson = "
	      "{\"a\":[{\"b\":\"{text}\"}],\"n\":1}\nfield.unused = {to}\n",
	      GATEWAY_SMS);
	assert_true(d.request.post);
	assert_body(&d, "{\"a\":[{\"b\":\"Code 1 & \\\"2\\\" <3>\\nline\"}],\"n\":1}");
	stand_up(&d);
}

static void
a_json_text_that_is_none_is_said_before_it_is_sent(void **state)
{
	struct desk d;

	(void)state;
	assert_int_equal(
		sit_down(&d, "url = https://g.example/x\njson = {\"a\":\"{to}\"\n", GATEWAY_SMS),
		DELIVERY_SENT);
	assert_int_equal(http_request_build(&d.request, &d.recipe, &d.values),
			 DELIVERY_MISCONFIGURED);
	assert_string_equal(said, "[sms] json: once filled in it is not JSON");
	stand_up(&d);
}

static void
a_get_has_its_fields_in_the_query(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nmethod = GET\nfield.to = {to}\nfield.m = {text}\n",
	      GATEWAY_SMS);
	assert_false(d.request.post);
	assert_string_equal(secret_text(&d.request.url),
			    "https://g.example/"
			    "x?to=%2B4915112345678&m=Code%201%20%26%20%222%22%20%3C3%3E%0Aline");
	assert_body(&d, "");
	assert_no_header(&d.request, "Content-Type");
	stand_up(&d);
	build(&d, "url = https://g.example/x?a={to_digits}\nmethod = GET\nfield.to = {to}\n",
	      GATEWAY_SMS);
	assert_string_equal(secret_text(&d.request.url),
			    "https://g.example/x?a=4915112345678&to=%2B4915112345678");
	stand_up(&d);
}

static void
a_url_alone_is_a_get(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x?to={to}&text={text}\n", GATEWAY_SMS);
	assert_false(d.request.post);
	stand_up(&d);
}

static void
a_text_body_is_the_text(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nbody = text\nfield.q = 1\n", GATEWAY_SMS);
	assert_true(d.request.post);
	assert_header(&d.request, "Content-Type: text/plain; charset=UTF-8");
	assert_string_equal(secret_text(&d.request.url), "https://g.example/x?q=1");
	assert_body(&d, "Code 1 & \"2\" <3>\nline");
	stand_up(&d);
}

static void
a_header_of_the_message_ends_no_line(void **state)
{
	struct desk d;

	(void)state;
	build(&d,
	      "url = https://g.example/x\nbody = text\nheader.X-T = {text}\nheader.X-E "
	      "=\nheader.X-N = {extension}\n",
	      GATEWAY_SMS);
	assert_header(&d.request, "X-T: Code 1 & \"2\" <3> line");
	assert_no_header(&d.request, "X-E");
	assert_no_header(&d.request, "X-N");
	stand_up(&d);
}

static void
the_type_of_the_body_can_be_said(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nbody = text\nheader.content-type = text/x\n",
	      GATEWAY_SMS);
	assert_header(&d.request, "content-type: text/x");
	assert_no_header(&d.request, "Content-Type");
	stand_up(&d);
}

static void
logins_come_from_secrets(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nauth = basic {user}.x tok\n", GATEWAY_SMS);
	assert_string_equal(secret_text(&d.request.user), "alice.x");
	assert_string_equal(secret_text(&d.request.password), "s3c ret");
	stand_up(&d);
	build(&d, "url = https://g.example/x\nauth = bearer   tok\n", GATEWAY_SMS);
	assert_header(&d.request, "Authorization: Bearer s3c ret");
	stand_up(&d);
	build(&d, "url = https://g.example/x\nauth = raw Key {secret:tok}, x\n", GATEWAY_SMS);
	assert_header(&d.request, "Authorization: Key s3c ret, x");
	stand_up(&d);
	build(&d, "url = https://g.example/x\nauth = none\n", GATEWAY_SMS);
	assert_no_header(&d.request, "Authorization");
	assert_int_equal(d.request.user.len, 0);
	stand_up(&d);
}

static void
a_name_with_a_colon_cannot_log_in(void **state)
{
	struct desk d;

	(void)state;
	assert_int_equal(
		sit_down(&d, "url = https://g.example/x\nauth = basic a:b tok\n", GATEWAY_SMS),
		DELIVERY_SENT);
	assert_int_equal(http_request_build(&d.request, &d.recipe, &d.values),
			 DELIVERY_MISCONFIGURED);
	stand_up(&d);
}

static void
an_extension_is_dialled_where_the_template_says_so(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "url = https://g.example/x\nfield.To = {to}\nfield.Dial = ww{extension}\n",
	      GATEWAY_VOICE);
	assert_true(d.recipe.dials_extensions);
	assert_body(&d, "To=%2B4915112345678");
	http_request_done(&d.request);
	d.values.values[TEMPLATE_EXTENSION] = "12";
	assert_int_equal(http_request_build(&d.request, &d.recipe, &d.values), DELIVERY_SENT);
	assert_body(&d, "To=%2B4915112345678&Dial=ww12");
	stand_up(&d);
}

static void
what_is_too_long_is_said(void **state)
{
	static char text[HTTP_BODY_MAX];
	struct desk d;

	(void)state;
	memset(text, '&', sizeof(text) - 1);
	assert_int_equal(sit_down(&d, "url = https://g.example/x\nfield.t = {text}\n", GATEWAY_SMS),
			 DELIVERY_SENT);
	d.values.values[TEMPLATE_TEXT] = text;
	assert_int_equal(http_request_build(&d.request, &d.recipe, &d.values),
			 DELIVERY_MISCONFIGURED);
	assert_string_equal(said, "[sms] body: it is too long once filled in");
	stand_up(&d);
}

static void
keys_that_are_wrong_are_said_with_their_name(void **state)
{
	static const struct {
		const char *keys, *line;
	} wrongs[] = {
		{ "", "[sms] url: it is not set" },
		{ "url = https://g.example/{too}\n", "[sms] url: {too} is no placeholder" },
		{ "url = https://g.example/\nfield.x = {to\n", "[sms] field.x: a { has no }" },
		{ "url = https://g.example/\nheader.X = {nobody}\n",
		  "[sms] header.X: {nobody} is no" },
		{ "url = https://g.example/\njson = {\"a\":{to}}\n",
		  "[sms] json: a placeholder stands outside" },
		{ "url = https://g.example/\nauth = basic user\n", "[sms] auth: " },
		{ "url = https://g.example/\nauth = basic\n", "[sms] auth: " },
		{ "url = https://g.example/\nauth = basic u s x\n", "[sms] auth: " },
		{ "url = https://g.example/\nauth = bearer ../x\n", "[sms] auth: " },
		{ "url = https://g.example/\nauth = digest u s\n", "[sms] auth: " },
		{ "url = https://g.example/\nauth = raw\n", "[sms] auth: " },
		{ "url = https://g.example/\nauth = bearer tok\nheader.authorization = x\n",
		  "[sms] header.authorization: auth sets" },
		{ "url = https://g.example/\nheader.Host = x\n", "[sms] header.Host: " },
		{ "url = https://g.example/\nheader.content-length = 1\n",
		  "[sms] header.content-length: " },
		{ "url = https://g.example/\nmethod = GET\nbody = form\n",
		  "[sms] method: GET has no body" },
		{ "url = https://g.example/\nok = 200\n", "[sms] ok: " },
		{ "url = https://g.example/\nretry = http never\n", "[sms] retry: " },
		{ "url = https://g.example/\nfield.f = {from}\n", "[sms] from: it is not set" },
		{ "preset = nobody\n", "policy/gateways/nobody.conf: " },
		{ "preset = ../../etc/passwd\n", "preset is not the name" },
		{ "preset = twilio-voice\n", "[sms] url: the preset has none" },
		{ "preset = webhook\n", "[sms] url: the preset has none" },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		if (sit_down(&d, wrongs[i].keys, GATEWAY_SMS) != DELIVERY_MISCONFIGURED ||
		    strncmp(said, wrongs[i].line, strlen(wrongs[i].line)) != 0)
			fail_msg("%s: \"%s\"", wrongs[i].keys, said);
		stand_up(&d);
	}
}

static void
the_sections_own_keys_win_over_the_presets(void **state)
{
	struct desk d;

	(void)state;
	build(&d,
	      "preset = kannel\nfrom = Desk\nurl = https://k.example/s\nheader.x-kannel-coding = "
	      "2\n"
	      "header.X-Kannel-Username = me\nok = http 200\n",
	      GATEWAY_SMS);
	assert_string_equal(secret_text(&d.request.url), "https://k.example/s");
	assert_header(&d.request, "x-kannel-coding: 2");
	assert_no_header(&d.request, "X-Kannel-Coding");
	assert_header(&d.request, "X-Kannel-Username: me");
	assert_header(&d.request, "X-Kannel-Password: kp");
	assert_string_equal(d.recipe.ok, "http 200");
	assert_string_equal(d.recipe.retry, "http 503");
	stand_up(&d);
}

static void
an_own_key_without_a_value_takes_a_field_of_the_preset_away(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "preset = twilio-sms\nfield.From =\nfield.MessagingServiceSid = MG1\n",
	      GATEWAY_SMS);
	assert_body(&d, "To=%2B4915112345678&Body=Code%201%20%26%20%222%22%20%3C3%3E%0Aline&"
			"MessagingServiceSid=MG1");
	stand_up(&d);
}

static void
twilio_gets_what_it_asks_for(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "preset = twilio-sms\nfrom = +15005550006\n", GATEWAY_SMS);
	assert_string_equal(secret_text(&d.request.url),
			    "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
	assert_string_equal(secret_text(&d.request.user), "AC1");
	assert_string_equal(secret_text(&d.request.password), "t0k");
	assert_body(&d, "To=%2B4915112345678&From=%2B15005550006&Body=Code%201%20%26%20%222%22%20%"
			"3C3%3E%0Aline");
	stand_up(&d);
	build(&d, "preset = twilio-voice\nfrom = +15005550006\n", GATEWAY_VOICE);
	assert_body(&d, "To=%2B4915112345678&From=%2B15005550006&Twiml=%3CResponse%3E%3CPause%"
			"20length%3D%221%22%2F%3E"
			"%3CSay%20language%3D%22nl-NL%22%3ECode%201%20%26amp%3B%20%26quot%3B2%"
			"26quot%3B%20%26lt%3B3"
			"%26gt%3B%0Aline%3C%2FSay%3E%3C%2FResponse%3E");
	stand_up(&d);
}

static void
vonage_gets_what_it_asks_for(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "preset = vonage-sms\nfrom = Desk\n", GATEWAY_SMS);
	assert_body(&d, "api_key=k%26y&api_secret=s%3Dc&to=4915112345678&from=Desk"
			"&text=Code%201%20%26%20%222%22%20%3C3%3E%0Aline");
	stand_up(&d);
	build(&d, "preset = vonage-voice\nfrom = 31201234567\n", GATEWAY_VOICE);
	assert_header(&d.request, "Authorization: Bearer ey.J.wt");
	assert_body(&d, "{\"to\":[{\"type\":\"phone\",\"number\":\"4915112345678\",\"dtmfAnswer\":"
			"\"pppp\"}],"
			"\"from\":{\"type\":\"phone\",\"number\":\"31201234567\"},\"ncco\":[{"
			"\"action\":\"talk\","
			"\"language\":\"nl-NL\",\"text\":\"Code 1 & \\\"2\\\" <3>\\nline\"}]}");
	stand_up(&d);
}

static void
messagebird_gets_what_it_asks_for(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "preset = messagebird-sms\nfrom = Desk\n", GATEWAY_SMS);
	assert_header(&d.request, "Authorization: AccessKey mb");
	assert_body(&d, "{\"recipients\":[\"4915112345678\"],\"originator\":\"Desk\","
			"\"body\":\"Code 1 & \\\"2\\\" <3>\\nline\",\"datacoding\":\"auto\"}");
	stand_up(&d);
	build(&d, "preset = messagebird-voice\nfrom = 31201234567\n", GATEWAY_VOICE);
	assert_body(&d, "{\"recipients\":[\"4915112345678\"],\"originator\":\"31201234567\","
			"\"body\":\"Code 1 & \\\"2\\\" <3>\\nline\",\"language\":\"nl-nl\"}");
	assert_false(d.recipe.dials_extensions || d.recipe.says_number);
	stand_up(&d);
}

static void
a_webhook_gets_an_object(void **state)
{
	struct desk d;

	(void)state;
	build(&d, "preset = webhook\nurl = https://hooks.example/x\n", GATEWAY_SMS);
	assert_header(&d.request, "Authorization: Bearer wt");
	assert_body(&d, "{\"id\":\"id-1\",\"to\":\"+4915112345678\",\"text\":\"Code 1 & \\\"2\\\" "
			"<3>\\nline\","
			"\"user\":\"alice\",\"lang\":\"nl\"}");
	stand_up(&d);
	build(&d, "preset = webhook\nurl = https://hooks.example/x\nauth = none\n", GATEWAY_VOICE);
	assert_no_header(&d.request, "Authorization");
	assert_body(&d, "{\"id\":\"id-1\",\"to\":\"+4915112345678\",\"text\":\"Code 1 & \\\"2\\\" "
			"<3>\\nline\","
			"\"code\":\"1 2 3 4 5 6\",\"user\":\"alice\",\"lang\":\"nl\"}");
	stand_up(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_sent_as_a_form),
		cmocka_unit_test(fields_are_a_form_where_nothing_else_is_said),
		cmocka_unit_test(fields_are_sent_as_a_json_object),
		cmocka_unit_test(no_field_at_all_is_an_empty_object),
		cmocka_unit_test(a_json_text_is_sent_as_it_is_filled_in),
		cmocka_unit_test(a_json_text_that_is_none_is_said_before_it_is_sent),
		cmocka_unit_test(a_get_has_its_fields_in_the_query),
		cmocka_unit_test(a_url_alone_is_a_get),
		cmocka_unit_test(a_text_body_is_the_text),
		cmocka_unit_test(a_header_of_the_message_ends_no_line),
		cmocka_unit_test(the_type_of_the_body_can_be_said),
		cmocka_unit_test(logins_come_from_secrets),
		cmocka_unit_test(a_name_with_a_colon_cannot_log_in),
		cmocka_unit_test(an_extension_is_dialled_where_the_template_says_so),
		cmocka_unit_test(what_is_too_long_is_said),
		cmocka_unit_test(keys_that_are_wrong_are_said_with_their_name),
		cmocka_unit_test(the_sections_own_keys_win_over_the_presets),
		cmocka_unit_test(an_own_key_without_a_value_takes_a_field_of_the_preset_away),
		cmocka_unit_test(twilio_gets_what_it_asks_for),
		cmocka_unit_test(vonage_gets_what_it_asks_for),
		cmocka_unit_test(messagebird_gets_what_it_asks_for),
		cmocka_unit_test(a_webhook_gets_an_object),
	};

	return cmocka_run_group_tests(tests, listen, NULL);
}
