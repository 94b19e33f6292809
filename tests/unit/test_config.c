/*
 * The configuration as text: the form of lines, the values of keys, and every error with its line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/config_text.h"

static void
an_empty_text_gives_the_defaults(void **state)
{
	struct config *c = good("");

	(void)state;
	assert_int_equal(c->registration.enforce, ENFORCE_REQUIRED);
	assert_true(c->registration.users_all);
	assert_int_equal(c->registration.users.count, 0);
	assert_int_equal(c->registration.min_uid, 1000);
	assert_int_equal(c->registration.method_count, 6);
	assert_int_equal(c->registration.methods[3], METHOD_OFFICE_PHONE);
	assert_int_equal(c->registration.methods_required, 2);
	assert_int_equal(c->registration.postpone_until, 0);
	assert_int_equal(c->registration.privileged.count, 2);
	assert_string_equal(c->registration.privileged.names[1], "@wheel");
	assert_int_equal(c->questions.alone, CHOICE_LOCAL);
	assert_false(c->questions.custom);
	assert_string_equal(c->email.url, "");
	assert_int_equal(c->email.tls, TLS_REQUIRED);
	assert_string_equal(c->sms.url, "");
	assert_int_equal(c->voice.timeout, 20);
	assert_int_equal(c->throttle.block, 86400);
	assert_true(c->reset.enabled);
	assert_string_equal(c->support.contact, "your administrator");
	assert_string_equal(c->store.key_file, "/var/lib/sspr/master.key");
	config_free(c);
}

/* The table, the sample and the manual agree with each other (test_config_table); these are what was promised. */
static void
the_limits_are_the_promised_ones(void **state)
{
	struct config *c = good("");

	(void)state;
	assert_int_equal(c->codes.digits, 6);
	assert_int_equal(c->codes.lifetime, 600);
	assert_int_equal(c->codes.tries, 3);
	assert_int_equal(c->throttle.failures, 5);
	assert_int_equal(c->throttle.window, 24 * 3600);
	assert_int_equal(c->throttle.block, 24 * 3600);
	assert_int_equal(c->throttle.sends, 10);
	assert_int_equal(c->throttle.send_window, 600);
	assert_int_equal(c->registration.methods_to_reset, 1);
	assert_int_equal(c->registration.reconfirm_days, 180);
	assert_int_equal(c->registration.postpone_limit, 3);
	assert_int_equal(c->registration.time_limit, 540);
	assert_int_equal(c->registration.first_proof, FIRST_PROOF_PASSWORD);
	assert_int_equal(c->registration.dormant_days, 0);
	assert_int_equal(c->questions.ask_register, 3);
	assert_int_equal(c->questions.ask_reset, 3);
	config_free(c);
}

static void
blanks_comments_and_reopened_sections_are_read_over(void **state)
{
	struct config *c = good("# a comment = 1\n; another [x]\n\n \t \n"
				" [codes] \n\tdigits\t=  8 \n"
				"[support]\ncontact =  the desk # 12; \"A\"  \n"
				"[codes]\ntries = 5");

	(void)state;
	assert_int_equal(c->codes.digits, 8);
	assert_int_equal(c->codes.tries, 5);
	assert_string_equal(c->support.contact, "the desk # 12; \"A\"");
	config_free(c);
}

static void
each_kind_of_value_is_kept(void **state)
{
	struct config *c =
		good("[registration]\nenforce = off\nusers = alice @staff  bob\n"
		     "exclude =\nmethods = questions app\nprivileged =\nmin_uid = 0\n"
		     "keyed_logins = refuse\nfirst_proof = code\n"
		     "[questions]\ncustom = yes\nalone = never\n"
		     "[email]\nurl = smtps://[::1]:465/\nfrom = It@EXAMPLE.org\ntls = try\n"
		     "user = sspr\npassword_file = /etc/sspr/p\n"
		     "forbidden_domains = example.org b\xc3\xbc"
		     "cher.example\n"
		     "[notify]\nadmins = a@example.org b@example.org\n");

	(void)state;
	assert_int_equal(c->registration.enforce, ENFORCE_OFF);
	assert_false(c->registration.users_all);
	assert_int_equal(c->registration.users.count, 3);
	assert_string_equal(c->registration.users.names[1], "@staff");
	assert_int_equal(c->registration.privileged.count, 0);
	assert_int_equal(c->registration.min_uid, 0);
	assert_int_equal(c->registration.method_count, 2);
	assert_int_equal(c->registration.methods[0], METHOD_QUESTIONS);
	assert_int_equal(c->registration.keyed_logins, KEYED_REFUSE);
	assert_int_equal(c->registration.first_proof, FIRST_PROOF_CODE);
	assert_true(c->questions.custom);
	assert_int_equal(c->questions.alone, CHOICE_NEVER);
	assert_string_equal(c->email.url, "smtps://[::1]:465/");
	assert_string_equal(c->email.from, "It@example.org");
	assert_int_equal(c->email.tls, TLS_TRY);
	assert_string_equal(c->notify.admins, "a@example.org b@example.org");
	config_free(c);
}

static void
users_are_all_none_or_a_list(void **state)
{
	struct config *c = good("[registration]\nusers = none\n");

	(void)state;
	assert_false(c->registration.users_all);
	assert_int_equal(c->registration.users.count, 0);
	config_free(c);
	assert_wrong("[registration]\nusers =\n",
		     "2: users: write all, none, or names and @groups");
	assert_wrong("[registration]\nusers = alice none\n", "2: users: all and none stand alone");
}

static void
names_that_would_protect_nobody_are_refused(void **state)
{
	(void)state;
	assert_wrong("[registration]\nexclude = alice # a guest\n",
		     "2: exclude: a comment stands on a line of its own");
	assert_wrong("[registration]\nexclude = alice,bob\n",
		     "2: exclude: \"alice,bob\": names are parted by blanks, not by commas");
	assert_wrong("[registration]\nprivileged = @ sudo\n",
		     "2: privileged: \"@\" is not @ and the name of a group");
}

static void
numbers_are_whole_and_within_their_range(void **state)
{
	(void)state;
	assert_wrong("[codes]\ndigits = 5\n", "2: digits: 5 is not within 6-10");
	assert_wrong("[codes]\ndigits = 11\n", "2: digits: 11 is not within 6-10");
	assert_wrong("[codes]\ndigits = six\n", "2: digits: \"six\" is not a whole number");
	assert_wrong("[codes]\ndigits = 6.0\n", "2: digits: \"6.0\" is not a whole number");
	assert_wrong("[codes]\ndigits = -6\n", "2: digits: \"-6\" is not a whole number");
	assert_wrong("[codes]\ndigits =\n", "2: digits: \"\" is not a whole number");
	assert_wrong("[codes]\nlifetime = 99999999999999999999999999\n",
		     "2: lifetime: 99999999999999999999999999 is not within 60-86400");
}

static void
choices_are_whole_words(void **state)
{
	(void)state;
	assert_wrong("[email]\ntls = req\n", "2: tls: \"req\" is none of: required, try, none");
	assert_wrong("[email]\ntls = required, try\n",
		     "2: tls: \"required, try\" is none of: required, try, none");
	assert_wrong("[reset]\nenabled = true\n", "2: enabled: \"true\" is none of: no, yes");
	assert_wrong("[sms]\nbody = xml\n", "2: body: \"xml\" is none of: form, json, text, none");
}

static void
methods_are_known_and_given_once(void **state)
{
	(void)state;
	assert_wrong("[registration]\nmethods = app fax\n",
		     "2: methods: \"fax\" is no method; there are app, email, phone, office-phone, "
		     "questions, recovery-codes");
	assert_wrong("[registration]\nmethods = app questions app\n",
		     "2: methods: app is given twice");
	assert_wrong("[registration]\nmethods =\n", "2: methods: name at least one method");
}

/* The day's first second in Amsterdam, in Sao Paulo (where that midnight did not exist in 2017), in UTC. */
static void
a_date_is_the_first_second_of_that_day_here(void **state)
{
	static const struct {
		const char *zone, *text;
		int64_t start;
	} days[] = {
		{ "UTC", "[registration]\npostpone_until = 2027-02-28\n", 1803772800 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "[registration]\npostpone_until = 2027-07-01\n",
		  1814392800 },
		{ "<-03>3<-02>,M10.3.0/0,M2.3.0/0", "[registration]\npostpone_until = 2017-10-15\n",
		  1508036400 },
	};
	struct config *c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		setenv("TZ", days[i].zone, 1);
		tzset();
		c = good(days[i].text);
		assert_int_equal(c->registration.postpone_until, days[i].start);
		config_free(c);
	}
	unsetenv("TZ");
	tzset();
}

static void
days_that_do_not_exist_are_refused(void **state)
{
	static const char *const days[] = {
		"2027-02-29",  "2100-02-29", "2027-04-31", "2027-13-01", "2027-00-10",
		"2027-01-00",  "1969-12-31", "27-01-01",   "2027-1-1",   "2027/01/01",
		"2027-01-01x", "tomorrow",   "2027-01-1 ",
	};
	char text[80], error[80];
	struct config *c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		snprintf(text, sizeof(text), "[registration]\npostpone_until = %s\n", days[i]);
		snprintf(error, sizeof(error),
			 "2: postpone_until: \"%.*s\" is not a date like 2027-01-31",
			 (int)strcspn(days[i], " "), days[i]);
		assert_wrong(text, error);
	}
	c = good("[registration]\npostpone_until = 2096-02-29\n");
	config_free(c);
}

static void
paths_addresses_and_domains_are_checked(void **state)
{
	(void)state;
	assert_wrong("[store]\npath = sspr.db\n", "2: path: \"sspr.db\" is not an absolute path");
	assert_wrong("[store]\npath =\n", "2: path: it must not be empty");
	assert_wrong("[support]\nemail = help\n",
		     "2: email: \"help\" is not an address like name@example.org");
	assert_wrong("[notify]\nadmins = a@example.org b\n",
		     "2: admins: \"b\" is not an address like name@example.org");
	assert_wrong("[email]\nforbidden_domains = example.org *.example.net\n",
		     "2: forbidden_domains: \"*.example.net\" is not a domain like example.org");
	assert_wrong("[support]\ncontact =\n", "2: contact: it must not be empty");
}

static void
prefixes_of_numbers_are_checked(void **state)
{
	struct config *c =
		good("[sms]\nallow_prefixes = +31 +4915\ndeny_prefixes = +31900,+31906\n");

	(void)state;
	assert_string_equal(c->sms.allow_prefixes, "+31 +4915");
	assert_string_equal(c->sms.deny_prefixes, "+31900,+31906");
	config_free(c);
	assert_wrong("[sms]\ndeny_prefixes = +31900 0900\n",
		     "2: deny_prefixes: \"0900\" is not the beginning of a number like +4915");
	assert_wrong("[voice]\nallow_prefixes = +31*\n",
		     "2: allow_prefixes: \"+31*\" is not the beginning of a number like +4915");
	assert_wrong("[voice]\nallow_prefixes = +\n",
		     "2: allow_prefixes: \"+\" is not the beginning of a number like +4915");
}

static void
urls_are_checked_and_never_hold_a_login(void **state)
{
	static const char *const bad[] = {
		"mail.example.org",
		"http://mail.example.org",
		"smtp://",
		"smtp://:25",
		"smtp://mail.example.org:0",
		"smtp://mail.example.org:65536",
		"smtp://a b",
		"smtp://mail.example.org/path",
		"smtp://mail.example.org?x",
		"smtp://[::g]",
		"smtp://mail.example.org:25:25",
		"smtp:/mail.example.org",
	};
	char text[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "[email]\nurl = %s\nfrom = a@example.org\n", bad[i]);
		assert_wrong(text, "2: url: it is not a URL like smtp://mail.example.org:587 or "
				   "smtps://mail.example.org");
	}
	assert_wrong("[email]\nurl = smtp://user:secret@mail.example.org\nfrom = a@example.org\n",
		     "2: url: a login does not belong into the URL");
	assert_wrong("[sms]\nurl = http://sms.example.org/send\n",
		     "2: url: http is for this host only; use https");
	assert_wrong("[voice]\nurl = ftp://sms.example.org/\n",
		     "2: url: it is not a URL like https://gateway.example.org/path");
	config_free(good("[sms]\nurl = http://127.0.0.1:13013/cgi-bin/sendsms?to={to}\n"));
}

static void
pairs_are_kept_as_written(void **state)
{
	struct config *c = good("[sms]\nheader.X-From = a = b\nfield.To = {to}\nheader.Empty =\n");

	(void)state;
	assert_int_equal(c->sms.pair_count, 3);
	assert_string_equal(c->sms.pairs[0].key, "header.X-From");
	assert_string_equal(c->sms.pairs[0].value, "a = b");
	assert_string_equal(c->sms.pairs[1].key, "field.To");
	assert_string_equal(c->sms.pairs[2].value, "");
	assert_int_equal(c->voice.pair_count, 0);
	config_free(c);
	assert_wrong("[sms]\nheader.X = a\nheader.X = b\n",
		     "3: header.X: it is set twice in this file");
	assert_wrong("[sms]\nheader.X:Y = a\n",
		     "2: header.X:Y: the name after the dot is made of letters, digits, - and _");
	assert_wrong("[sms]\nheader. = a\n",
		     "2: header.: the name after the dot is made of letters, digits, - and _");
	assert_wrong("[sms]\nheader = a\n", "2: [sms] has no key \"header\"");
}

static void
pairs_have_a_limit(void **state)
{
	char text[2000] = "[sms]\n";
	int i;

	(void)state;
	for (i = 0; i <= CONFIG_PAIRS_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "field.f%d = x\n", i);
	assert_wrong(text, "34: field.f32: there are 32 of header.NAME and field.NAME already");
}

static void
every_error_is_told_with_its_line(void **state)
{
	(void)state;
	assert_wrong("digits = 6\n"
		     "[codes]\n"
		     "digits = 60\n"
		     "lifetimes = 60\n"
		     "tries\n"
		     "= 3\n"
		     "digits = 7\n"
		     "[code]\n"
		     "anything = goes\n"
		     "[codes\n"
		     "anything = goes\n"
		     "[]\n"
		     "[throttle]\n"
		     "sends = 0\n",
		     "1: \"digits\" stands before any [section]\n"
		     "3: digits: 60 is not within 6-10\n"
		     "4: [codes] has no key \"lifetimes\"\n"
		     "5: this is neither [section] nor key = value\n"
		     "6: this is neither [section] nor key = value\n"
		     "7: digits is set twice, before in line 3\n"
		     "8: there is no section [code]\n"
		     "10: a section is written [name]\n"
		     "12: there is no section []\n"
		     "14: sends: 0 is not within 1-1000");
}

static void
lines_that_are_not_plain_text_are_told(void **state)
{
	static const char text[] =
		"# \0\n[codes]\ndigits = 7\r\n# \xff\n# \x1b[1m\n# \xc2\x80\n# \x7f\n";

	(void)state;
	assert_wrong_bytes(text, sizeof(text) - 1,
			   "1: the line has a NUL byte\n"
			   "3: the line ends in CR LF: a plain LF is needed\n"
			   "4: the line is not UTF-8\n"
			   "5: the line has a control character\n"
			   "6: the line has a control character\n"
			   "7: the line has a control character");
}

static void
the_longest_line_is_read_and_a_longer_one_told(void **state)
{
	static char text[CONFIG_LINE_MAX + 40] = "\n[sms]\nfrom = ";
	struct config *c;
	size_t start = strlen(text);

	(void)state;
	memset(text + start, 'x', CONFIG_LINE_MAX - strlen("from = "));
	c = good(text);
	assert_int_equal(strlen(c->sms.from), CONFIG_LINE_MAX - strlen("from = "));
	config_free(c);
	text[strlen(text)] = 'x';
	assert_wrong(text, "3: the line is longer than 4096 bytes");
}

static void
a_text_that_does_not_fit_is_refused_not_cut(void **state)
{
	char text[400] = "[support]\ncontact = ";
	size_t start = strlen(text);
	struct config *c;

	(void)state;
	memset(text + start, 'x', 255);
	c = good(text);
	assert_int_equal(strlen(c->support.contact), 255);
	config_free(c);
	text[start + 255] = 'x';
	assert_wrong(text, "2: contact: it has 256 bytes, at most 255 fit");
}

static void
errors_past_the_hundredth_are_counted_only(void **state)
{
	char text[3 * (CONFIG_ERRORS_MAX + 7) + 1] = "";
	struct config_errors errors;
	struct config *config;
	int i;

	(void)state;
	for (i = 0; i < CONFIG_ERRORS_MAX + 7; i++)
		memcpy(text + 3 * i, "xx\n", 4);
	assert_int_equal(config_parse("f", text, strlen(text), &config, &errors), CONFIG_WRONG);
	assert_int_equal(errors.count, CONFIG_ERRORS_MAX);
	assert_int_equal(errors.more, 7);
	config_errors_done(&errors);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_text_gives_the_defaults),
		cmocka_unit_test(the_limits_are_the_promised_ones),
		cmocka_unit_test(blanks_comments_and_reopened_sections_are_read_over),
		cmocka_unit_test(each_kind_of_value_is_kept),
		cmocka_unit_test(users_are_all_none_or_a_list),
		cmocka_unit_test(names_that_would_protect_nobody_are_refused),
		cmocka_unit_test(numbers_are_whole_and_within_their_range),
		cmocka_unit_test(choices_are_whole_words),
		cmocka_unit_test(methods_are_known_and_given_once),
		cmocka_unit_test(a_date_is_the_first_second_of_that_day_here),
		cmocka_unit_test(days_that_do_not_exist_are_refused),
		cmocka_unit_test(paths_addresses_and_domains_are_checked),
		cmocka_unit_test(prefixes_of_numbers_are_checked),
		cmocka_unit_test(urls_are_checked_and_never_hold_a_login),
		cmocka_unit_test(pairs_are_kept_as_written),
		cmocka_unit_test(pairs_have_a_limit),
		cmocka_unit_test(every_error_is_told_with_its_line),
		cmocka_unit_test(lines_that_are_not_plain_text_are_told),
		cmocka_unit_test(the_longest_line_is_read_and_a_longer_one_told),
		cmocka_unit_test(a_text_that_does_not_fit_is_refused_not_cut),
		cmocka_unit_test(errors_past_the_hundredth_are_counted_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
