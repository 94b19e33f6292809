/*
 * The judges of phone numbers: what is refused, on which way a code goes, and that an office phone
 * is an administrator's alone.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

static const char mobile[] = "+4915112345678", office[] = "+493012345x678";

static void
use_phones(const char *more)
{
	char policy[2048];

	snprintf(policy, sizeof(policy), "%s%s", POLICY_OF("phone office-phone email app"), more);
	use_policy(policy);
}

static int
send_to(const char *to)
{
	return status_of(REQUEST_SEND, "phone", to);
}

static int
try(const char *code)
{
	return status_of(REQUEST_TRY, "phone", code);
}

static void
a_code_to_the_number_proves_and_saves_it(void **state)
{
	(void)state;
	use_phones(SMS);
	open_dialog();
	assert_int_equal(send_to("+49 151-1234 5678"), REPLY_SENT);
	assert_string_equal(text(0), "+49*********78");
	assert_string_equal(sent_to, mobile);
	assert_int_equal(sent_way, WAY_SMS);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
	assert_true(registered(METHOD_PHONE));
	assert_string_equal(fact_of(METHOD_PHONE).masked, "+49*********78");
}

static void
a_number_that_will_not_do_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *to, *reason;
	} rows[] = {
		{ "0151 12345678", "syntax" },
		{ "+49 (0)151 12345678", "syntax" },
		{ "+49", "syntax" },
		{ "alice@mail.example", "syntax" },
		{ "", "syntax" },
		{ "+4915112345678x12", "syntax" },
		{ "+4915112345678901", "too-long" },
		{ "+19005551234", "number-forbidden" },
		{ "+3161234567", "number-forbidden" },
	};

	(void)state;
	use_phones(SMS "allow_prefixes = +49\n");
	open_dialog();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(send_to(rows[i].to), REPLY_REFUSED);
		assert_string_equal(text(0), rows[i].reason);
	}
	assert_int_equal(messages, 0);
}

static void
prefixes_are_those_of_the_way(void **state)
{
	(void)state;
	use_phones(SMS VOICE "deny_prefixes = +49151\n");
	open_dialog();
	assert_int_equal(status_of(REQUEST_SEND, "phone", mobile, "voice"), REPLY_REFUSED);
	assert_string_equal(text(0), "number-forbidden");
	assert_int_equal(status_of(REQUEST_SEND, "phone", mobile, "sms"), REPLY_SENT);
}

static void
the_way_is_the_one_that_was_asked_for_or_the_one_there_is(void **state)
{
	static const struct {
		const char *gateways, *asked;
		enum way way;
	} rows[] = {
		{ SMS VOICE, "sms", WAY_SMS }, { SMS VOICE, "voice", WAY_VOICE },
		{ SMS VOICE, "", WAY_SMS },    { SMS, "voice", WAY_SMS },
		{ VOICE, "sms", WAY_VOICE },   { VOICE, "", WAY_VOICE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char number[32];

		snprintf(number, sizeof(number), "+4915112345%03zu", i);
		use_phones(rows[i].gateways);
		config->throttle.sends = 100;
		open_dialog();
		assert_int_equal(status_of(REQUEST_SEND, "phone", number, rows[i].asked),
				 REPLY_SENT);
		assert_int_equal(sent_way, rows[i].way);
	}
	assert_int_equal(ask(REQUEST_SEND, "phone", mobile, "pigeon"), JUDGED_VIOLATION);
}

static void
the_facts_say_which_ways_there_are(void **state)
{
	(void)state;
	use_phones(SMS);
	open_dialog();
	assert_true(facts().sms);
	assert_false(facts().voice);
	use_phones(VOICE);
	assert_false(facts().sms);
	assert_true(facts().voice);
}

static void
without_a_gateway_phones_are_not_offered(void **state)
{
	(void)state;
	use_phones("");
	open_dialog();
	assert_int_equal(ask(REQUEST_SEND, "phone", mobile), JUDGED_VIOLATION);
}

static void
the_office_phone_is_no_phone_of_ones_own(void **state)
{
	(void)state;
	use_phones(SMS VOICE);
	begin_dialog();
	fill_in(METHOD_OFFICE_PHONE, office);
	open_dialog();
	assert_int_equal(send_to("+49 30 12345"), REPLY_REFUSED);
	assert_string_equal(text(0), "same");
	assert_int_equal(send_to(mobile), REPLY_SENT);
}

static void
nor_is_one_that_was_filled_in_while_the_code_was_on_its_way(void **state)
{
	(void)state;
	use_phones(SMS VOICE);
	open_dialog();
	assert_int_equal(send_to("+49 30 12345"), REPLY_SENT);
	fill_in(METHOD_OFFICE_PHONE, office);
	assert_int_equal(try(sent_code), REPLY_REFUSED);
	assert_string_equal(text(0), "same");
	assert_false(registered(METHOD_PHONE));
	assert_int_equal(send_to(mobile), REPLY_SENT);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
}

static void
one_line_is_one_destination_with_and_without_its_extension(void **state)
{
	(void)state;
	use_phones(SMS VOICE);
	begin_dialog();
	fill_in(METHOD_OFFICE_PHONE, office);
	open_dialog();
	for (int i = 0; i < 4; i++)
		assert_int_equal(status_of(REQUEST_SEND, "office-phone", ""), REPLY_SENT);
	open_dialog_of("bob", 1002);
	assert_int_equal(send_to("+4930 12345"), REPLY_THROTTLED);
	assert_int_equal(send_to(mobile), REPLY_SENT);
}

static void
an_office_phone_that_nobody_filled_in_is_not_offered(void **state)
{
	(void)state;
	use_phones(VOICE);
	open_dialog();
	assert_int_equal(ask(REQUEST_SEND, "office-phone", ""), JUDGED_VIOLATION);
}

static void
an_office_phone_is_shown_masked_and_confirmed_by_a_call(void **state)
{
	struct method_fact fact;

	(void)state;
	use_phones(VOICE);
	begin_dialog();
	fill_in(METHOD_OFFICE_PHONE, office);
	open_dialog();
	fact = fact_of(METHOD_OFFICE_PHONE);
	assert_int_equal(fact.state, METHOD_FILLED_IN);
	assert_string_equal(fact.filled_by, "root");
	assert_string_equal(fact.masked, "+49*****45x***");
	assert_int_equal(status_of(REQUEST_SEND, "office-phone", ""), REPLY_SENT);
	assert_string_equal(sent_to, office);
	assert_int_equal(sent_way, WAY_VOICE);
	assert_int_equal(status_of(REQUEST_TRY, "office-phone", sent_code), REPLY_PROVEN);
	fact = fact_of(METHOD_OFFICE_PHONE);
	assert_int_equal(fact.state, METHOD_REGISTERED);
	assert_string_equal(fact.filled_by, "root");
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 1);
}

static void
an_office_phone_can_neither_be_corrected_nor_removed_nor_written_to(void **state)
{
	(void)state;
	use_phones(SMS VOICE);
	begin_dialog();
	fill_in(METHOD_OFFICE_PHONE, office);
	open_dialog();
	assert_int_equal(status_of(REQUEST_SEND, "office-phone", mobile), REPLY_REFUSED);
	assert_string_equal(text(0), "needed");
	assert_int_equal(status_of(REQUEST_REMOVE, "office-phone"), REPLY_REFUSED);
	assert_string_equal(text(0), "needed");
	assert_int_equal(fact_of(METHOD_OFFICE_PHONE).state, METHOD_FILLED_IN);
	assert_int_equal(ask(REQUEST_SEND, "office-phone", "", "sms"), JUDGED_VIOLATION);
	assert_int_equal(messages, 0);
}

static void
a_code_to_an_office_phone_that_was_corrected_meanwhile_proves_nothing(void **state)
{
	(void)state;
	use_phones(VOICE);
	begin_dialog();
	fill_in(METHOD_OFFICE_PHONE, office);
	open_dialog();
	assert_int_equal(status_of(REQUEST_SEND, "office-phone", ""), REPLY_SENT);
	fill_in(METHOD_OFFICE_PHONE, "+493099999");
	assert_int_equal(status_of(REQUEST_TRY, "office-phone", sent_code), REPLY_EXPIRED);
	assert_false(registered(METHOD_OFFICE_PHONE));
}

static void
an_office_phone_that_was_taken_away_meanwhile_is_told_so(void **state)
{
	(void)state;
	use_phones(VOICE);
	begin_dialog();
	fill_in(METHOD_OFFICE_PHONE, office);
	open_dialog();
	store_method_remove(judge.store, stored().id, METHOD_OFFICE_PHONE);
	assert_int_equal(status_of(REQUEST_SEND, "office-phone", ""), REPLY_REFUSED);
	assert_string_equal(text(0), "needed");
}

static void
a_call_that_was_not_made_is_told_at_the_step_of_its_method(void **state)
{
	(void)state;
	use_phones(SMS VOICE);
	open_dialog();
	assert_int_equal(send_to(mobile), REPLY_SENT);
	dialog.undelivered = true;
	dialog.undelivered_why = REASON_LATER;
	assert_int_equal(status_of(REQUEST_TRY, "email", "123456"), REPLY_EXPIRED);
	assert_int_equal(try("123456"), REPLY_UNDELIVERED);
	assert_string_equal(text(0), "later");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_code_to_the_number_proves_and_saves_it),
		TEST(a_number_that_will_not_do_is_refused_with_its_reason),
		TEST(prefixes_are_those_of_the_way),
		TEST(the_way_is_the_one_that_was_asked_for_or_the_one_there_is),
		TEST(the_facts_say_which_ways_there_are),
		TEST(without_a_gateway_phones_are_not_offered),
		TEST(the_office_phone_is_no_phone_of_ones_own),
		TEST(nor_is_one_that_was_filled_in_while_the_code_was_on_its_way),
		TEST(one_line_is_one_destination_with_and_without_its_extension),
		TEST(an_office_phone_that_nobody_filled_in_is_not_offered),
		TEST(an_office_phone_is_shown_masked_and_confirmed_by_a_call),
		TEST(an_office_phone_can_neither_be_corrected_nor_removed_nor_written_to),
		TEST(a_code_to_an_office_phone_that_was_corrected_meanwhile_proves_nothing),
		TEST(an_office_phone_that_was_taken_away_meanwhile_is_told_so),
		TEST(a_call_that_was_not_made_is_told_at_the_step_of_its_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
