/*
 * The judge of e-mail addresses: what is refused, what is counted, and that a code is good once,
 * for its user and address.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

static const char alice[] = "alice@mail.example";

static int
send_to(const char *to)
{
	return status_of(REQUEST_SEND, "email", to);
}

static int
try(const char *code)
{
	return status_of(REQUEST_TRY, "email", code);
}

static const char *
wrong_code(void)
{
	return strcmp(sent_code, "000000") == 0 ? "000001" : "000000";
}

static int
tries_on_disk(void)
{
	struct store_code c;
	int r = store_code_get(judge.store, dialog.user.stored.id, METHOD_EMAIL, &c);

	if (r == STORE_DONE)
		store_code_done(&c);
	return r == STORE_DONE ? c.tries_used : -1;
}

static void
a_code_of_the_mail_proves_and_saves_the_address(void **state)
{
	struct vault_place place = { 0, "email", "record" };
	struct secret plain = { 0 };
	struct store_method m;

	(void)state;
	open_dialog();
	assert_int_equal(send_to(alice), REPLY_SENT);
	assert_string_equal(text(0), "a****@m***.example");
	assert_string_equal(sent_to, alice);
	assert_int_equal(strlen(sent_code), 6);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
	place.user = dialog.user.stored.id;
	assert_int_equal(store_method_get(judge.store, place.user, METHOD_EMAIL, true, &m),
			 STORE_DONE);
	assert_int_equal(vault_unseal(judge.vault, &place, m.sealed, m.sealed_len, &plain),
			 VAULT_DONE);
	assert_string_equal(secret_text(&plain), alice);
	assert_int_equal(tries_on_disk(), -1);
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 1);
	secret_done(&plain);
	store_method_done(&m);
}

static void
an_address_that_will_not_do_is_refused_with_its_reason(void **state)
{
	static char very_long[300];
	const struct {
		const char *to, *reason;
	} rows[] = {
		{ "no address", "syntax" },
		{ "a@b.example\r\nBcc: x@y.example", "syntax" },
		{ "", "syntax" },
		{ very_long, "too-long" },
		{ "alice@corp.example", "domain-forbidden" },
		{ "alice@mail.corp.example", "domain-forbidden" },
		{ "alice@localhost", "this-host" },
		{ "alice@desk", "this-host" },
	};

	(void)state;
	memset(very_long, 'a', 280);
	memcpy(very_long + 280, "@b.example", 11);
	open_dialog();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(send_to(rows[i].to), REPLY_REFUSED);
		assert_string_equal(text(0), rows[i].reason);
	}
	assert_int_equal(messages, 0);
	assert_int_equal(tries_on_disk(), -1);
}

static void
wrong_codes_are_counted_on_disk_and_spend_the_code(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	assert_int_equal(try(wrong_code()), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	assert_int_equal(tries_on_disk(), 1);
	assert_int_equal(try("not a code"), REPLY_WRONG);
	assert_int_equal(try(wrong_code()), REPLY_SPENT);
	assert_int_equal(number(0), NOW + 600);
	assert_int_equal(try(sent_code), REPLY_SPENT);
	assert_int_equal(audited(AUDIT_CODE_WRONG), 3);
	assert_false(registered(METHOD_EMAIL));
}

static void
a_new_code_replaces_the_old_one_and_keeps_the_count(void **state)
{
	char old[16];

	(void)state;
	open_dialog();
	send_to(alice);
	snprintf(old, sizeof(old), "%s", sent_code);
	assert_int_equal(try(wrong_code()), REPLY_WRONG);
	do
		assert_int_equal(send_to("alice@other.example"), REPLY_SENT);
	while (strcmp(old, sent_code) == 0);
	assert_int_equal(try(old), REPLY_WRONG);
	assert_int_equal(number(0), 1);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
}

static void
no_new_code_before_the_spent_one_expires(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	for (int i = 0; i < 3; i++)
		try(wrong_code());
	assert_int_equal(send_to(alice), REPLY_SPENT);
	assert_int_equal(number(0), NOW + 600);
	assert_int_equal(messages, 1);
	dialog.now = NOW + 600;
	assert_int_equal(send_to(alice), REPLY_SENT);
	assert_int_equal(tries_on_disk(), 0);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
}

static void
a_new_dialog_keeps_the_count(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	try(wrong_code());
	open_dialog();
	assert_int_equal(try(wrong_code()), REPLY_WRONG);
	assert_int_equal(number(0), 1);
}

static void
an_expired_code_is_told_so(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	dialog.now = NOW + 599;
	assert_int_equal(try(wrong_code()), REPLY_WRONG);
	dialog.now = NOW + 600;
	assert_int_equal(try(sent_code), REPLY_EXPIRED);
	assert_false(registered(METHOD_EMAIL));
}

static void
a_code_spent_under_a_clock_far_ahead_is_forgotten(void **state)
{
	(void)state;
	open_dialog();
	dialog.now = NOW + 10LL * 365 * 24 * 3600;
	send_to(alice);
	for (int i = 0; i < 3; i++)
		try(wrong_code());
	assert_int_equal(try(sent_code), REPLY_SPENT);
	dialog.now = NOW;
	send_to(alice);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
}

static void
a_code_made_under_a_clock_ahead_is_good_for_no_longer_but_its_tries_stay_counted(void **state)
{
	static const int ahead[] = { 23 * 3600, 1 };

	(void)state;
	open_dialog();
	for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		dialog.now = NOW + ahead[i];
		send_to(alice);
		assert_int_equal(try(wrong_code()), REPLY_WRONG);
		dialog.now = NOW;
		assert_int_equal(try(sent_code), REPLY_EXPIRED);
	}
	send_to(alice);
	assert_int_equal(try(wrong_code()), REPLY_SPENT);
	assert_false(registered(METHOD_EMAIL));
}

static void
a_code_is_good_once(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
	assert_int_equal(try(sent_code), REPLY_EXPIRED);
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 1);
}

static void
nothing_typed_is_no_try(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	assert_int_equal(try(""), REPLY_EMPTY);
	assert_int_equal(try(" - "), REPLY_EMPTY);
	assert_int_equal(tries_on_disk(), 0);
}

static void
a_code_may_be_typed_in_groups(void **state)
{
	char grouped[32];

	(void)state;
	open_dialog();
	send_to(alice);
	snprintf(grouped, sizeof(grouped), "%.3s-%s ", sent_code, sent_code + 3);
	assert_int_equal(try(grouped), REPLY_PROVEN);
}

static void
a_mail_that_was_not_delivered_is_told_and_counts_nothing(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	dialog.undelivered = true;
	dialog.undelivered_why = REASON_BOUNCED;
	assert_int_equal(try(wrong_code()), REPLY_UNDELIVERED);
	assert_string_equal(text(0), "bounced");
	assert_int_equal(tries_on_disk(), -1);
	assert_int_equal(try("000000"), REPLY_EXPIRED);
	assert_int_equal(send_to("alice@other.example"), REPLY_SENT);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
}

static void
an_undelivered_mail_does_not_take_a_count_back(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	assert_int_equal(try(wrong_code()), REPLY_WRONG);
	send_to(alice);
	dialog.undelivered = true;
	dialog.undelivered_why = REASON_LATER;
	assert_int_equal(try(""), REPLY_UNDELIVERED);
	assert_int_equal(tries_on_disk(), 1);
}

static void
a_new_mail_forgets_that_the_one_before_failed(void **state)
{
	(void)state;
	open_dialog();
	send_to(alice);
	dialog.undelivered = true;
	send_to(alice);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
}

static void
too_many_mails_are_throttled_by_user(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(send_to("a@one.example"), REPLY_SENT);
	assert_int_equal(send_to("a@two.example"), REPLY_SENT);
	assert_int_equal(send_to("a@three.example"), REPLY_SENT);
	assert_int_equal(send_to("a@four.example"), REPLY_SENT);
	assert_int_equal(send_to("a@five.example"), REPLY_THROTTLED);
	assert_int_equal(number(0), NOW + 86400);
	assert_int_equal(messages, 4);
}

static void
too_many_mails_are_throttled_by_destination_however_it_is_written(void **state)
{
	struct user bob = { 0 };
	struct context context = alice_context();

	(void)state;
	open_dialog();
	send_to(alice);
	send_to("ALICE@mail.example");
	send_to("Alice@Mail.Example");
	send_to(alice);
	dialog_done(&dialog);
	context.uid = 1002;
	assert_int_equal(user_tell(&bob, &judge, "bob", &context, NOW, true), STORE_DONE);
	assert_int_equal(dialog_init(&dialog, &judge, PURPOSE_ENROLL, &bob, &context, 8, NOW), 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(send_to("aLice@mail.example"), REPLY_THROTTLED);
	assert_int_equal(send_to("bob@mail.example"), REPLY_SENT);
}

static void
a_throttled_mail_leaves_the_standing_code_alone(void **state)
{
	(void)state;
	open_dialog();
	for (int i = 0; i < 4; i++)
		send_to(alice);
	assert_int_equal(send_to("a@other.example"), REPLY_THROTTLED);
	assert_int_equal(try(sent_code), REPLY_PROVEN);
	assert_string_equal(sent_to, alice);
}

static void
a_code_of_another_user_proves_nothing(void **state)
{
	struct user bob = { 0 };
	struct context context = alice_context();
	char code_of_alice[16];

	(void)state;
	open_dialog();
	send_to(alice);
	snprintf(code_of_alice, sizeof(code_of_alice), "%s", sent_code);
	dialog_done(&dialog);
	context.uid = 1002;
	user_tell(&bob, &judge, "bob", &context, NOW, true);
	assert_int_equal(dialog_init(&dialog, &judge, PURPOSE_ENROLL, &bob, &context, 8, NOW), 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(try(code_of_alice), REPLY_EXPIRED);
	do
		assert_int_equal(send_to("bob@mail.example"), REPLY_SENT);
	while (strcmp(code_of_alice, sent_code) == 0);
	assert_int_equal(try(code_of_alice), REPLY_WRONG);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_code_of_the_mail_proves_and_saves_the_address),
		TEST(an_address_that_will_not_do_is_refused_with_its_reason),
		TEST(wrong_codes_are_counted_on_disk_and_spend_the_code),
		TEST(a_new_code_replaces_the_old_one_and_keeps_the_count),
		TEST(no_new_code_before_the_spent_one_expires),
		TEST(a_new_dialog_keeps_the_count),
		TEST(an_expired_code_is_told_so),
		TEST(a_code_spent_under_a_clock_far_ahead_is_forgotten),
		TEST(a_code_made_under_a_clock_ahead_is_good_for_no_longer_but_its_tries_stay_counted),
		TEST(a_code_is_good_once),
		TEST(nothing_typed_is_no_try),
		TEST(a_code_may_be_typed_in_groups),
		TEST(a_mail_that_was_not_delivered_is_told_and_counts_nothing),
		TEST(an_undelivered_mail_does_not_take_a_count_back),
		TEST(a_new_mail_forgets_that_the_one_before_failed),
		TEST(too_many_mails_are_throttled_by_user),
		TEST(too_many_mails_are_throttled_by_destination_however_it_is_written),
		TEST(a_throttled_mail_leaves_the_standing_code_alone),
		TEST(a_code_of_another_user_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
