/*
 * The table of requests: what is permitted is answered, everything else ends the session, is
 * audited, and reveals nothing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

static const char address[] = "alice@mail.example";

static void
assert_violation(int judged, const char *request)
{
	char line[64];

	snprintf(line, sizeof(line), "what it may not (%s)", request);
	assert_int_equal(judged, JUDGED_VIOLATION);
	assert_int_equal(reply.len, 0);
	assert_int_equal(dialog.state, DIALOG_OVER);
	assert_int_equal(audited(AUDIT_SESSION_VIOLATION), 1);
	assert_true(logged(line));
}

static void
a_new_dialog_may_ask_for_the_facts_log_and_finish_only(void **state)
{
	static const int others[] = { REQUEST_QUESTION, REQUEST_SEED, REQUEST_SEND, REQUEST_SLOT,
				      REQUEST_TRY };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin_dialog();
		assert_int_equal(ask(others[i], "app", "1"), JUDGED_VIOLATION);
	}
	begin_dialog();
	assert_int_equal(status_of(REQUEST_LOG, "hello"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	begin_dialog();
	assert_int_equal(status_of(REQUEST_FINISH, "no-dialog"), REPLY_OK);
}

static void
the_facts_are_those_of_the_user_and_the_policy(void **state)
{
	struct facts f;

	(void)state;
	open_dialog();
	assert_true(facts_get(&got, &f));
	assert_int_equal(f.state, STATE_REGISTER);
	assert_string_equal(f.host, "desk");
	assert_string_equal(f.contact, "your administrator");
	assert_int_equal(f.time_left, 500);
	assert_int_equal(f.required, 2);
	assert_int_equal(f.done, 0);
	assert_int_equal(f.postpones_left, 3);
	assert_int_equal(f.questions, 3);
	assert_int_equal(f.code_digits, 6);
	assert_int_equal(f.code_minutes, 10);
	assert_int_equal(f.method_count, 3);
	assert_int_equal(f.methods[1].method, METHOD_EMAIL);
	assert_int_equal(f.methods[1].state, METHOD_MISSING);
}

static void
the_facts_show_what_is_registered_masked(void **state)
{
	struct facts f;

	(void)state;
	open_dialog();
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, address, strlen(address), 0), 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_true(facts_get(&got, &f));
	assert_int_equal(f.done, 1);
	assert_int_equal(f.methods[1].state, METHOD_REGISTERED);
	assert_string_equal(f.methods[1].masked, "a****@m***.example");
	assert_int_equal(f.methods[1].stale_at, NOW + 180 * 24 * 3600);
}

static void
a_record_of_somebody_else_is_not_shown(void **state)
{
	struct vault_place place = { 4711, "email", "record" };
	struct store_method m = { .method = METHOD_EMAIL, .registered_at = NOW, .proven_at = NOW };
	struct facts f;

	(void)state;
	open_dialog();
	assert_int_equal(
		vault_seal(judge.vault, &place, address, strlen(address), &m.sealed, &m.sealed_len),
		VAULT_DONE);
	assert_int_equal(store_method_put(judge.store, dialog.user.stored.id, &m), 0);
	store_method_done(&m);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_true(facts_get(&got, &f));
	assert_string_equal(f.methods[1].masked, "");
	assert_true(logged("does not open"));
}

static void
questions_come_one_by_one_and_end(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(status_of(REQUEST_QUESTION, "0"), REPLY_OK);
	assert_string_equal(text(0), "First thing you broke?");
	assert_int_equal(status_of(REQUEST_QUESTION, "3"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_QUESTION, "4"), REPLY_NONE);
	assert_int_equal(status_of(REQUEST_QUESTION, "9999999"), REPLY_NONE);
}

static void
what_is_malformed_or_unknown_ends_the_session(void **state)
{
	static const struct {
		int op;
		const char *fields[3];
		const char *name;
	} rows[] = {
		{ 'Z', { NULL }, "unknown" },
		{ 0, { NULL }, "unknown" },
		{ REPLY_MORE, { NULL }, "unknown" },
		{ REQUEST_FACTS, { "bob" }, "facts" },
		{ REQUEST_QUESTION, { NULL }, "question" },
		{ REQUEST_QUESTION, { "-1" }, "question" },
		{ REQUEST_QUESTION, { "one" }, "question" },
		{ REQUEST_QUESTION, { "1", "1" }, "question" },
		{ REQUEST_QUESTION, { "123456789" }, "question" },
		{ REQUEST_SEED, { "email" }, "seed" },
		{ REQUEST_SEED, { "telepathy" }, "seed" },
		{ REQUEST_SEED, { "recovery-codes" }, "seed" },
		{ REQUEST_SEED, { "app", "bob" }, "seed" },
		{ REQUEST_SEND, { "app", "x@mail.example" }, "send" },
		{ REQUEST_SEND, { "phone", "+4915112345678" }, "send" },
		{ REQUEST_SEND, { "email" }, "send" },
		{ REQUEST_SEND, { "email", "x@mail.example", "Buy our pills" }, "send" },
		{ REQUEST_SLOT, { "app" }, "slot" },
		{ REQUEST_SLOT, { NULL }, "slot" },
		{ REQUEST_TRY, { "app" }, "try" },
		{ REQUEST_TRY, { "app", "123456" }, "try" },
		{ REQUEST_TRY, { "app", "123456", "123456" }, "try" },
		{ REQUEST_TRY, { "email", "123456", "123456" }, "try" },
		{ REQUEST_TRY, { "questions", "First thing you broke?" }, "try" },
		{ REQUEST_LOG, { NULL }, "log" },
		{ REQUEST_FINISH, { "promoted" }, "finish" },
		{ REQUEST_FINISH, { NULL }, "finish" },
		{ REQUEST_FINISH, { "done", "registered" }, "finish" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t count = 0;
		int before = audited(AUDIT_SESSION_VIOLATION);

		open_dialog();
		log_lines[0] = '\0';
		while (count < 3 && rows[i].fields[count])
			count++;
		if (vask(rows[i].op, rows[i].fields, count, NULL, 0) != JUDGED_VIOLATION)
			fail_msg("row %zu was answered with %c", i, got.op);
		assert_int_equal(reply.len, 0);
		assert_true(logged(rows[i].name));
		assert_int_equal(audited(AUDIT_SESSION_VIOLATION), before + 1);
	}
}

static void
a_message_that_cannot_be_taken_apart_ends_the_session(void **state)
{
	struct message m = { .len = 3, .data = { REQUEST_FACTS, 0xff, 0xff } };

	(void)state;
	open_dialog();
	message_done(&reply);
	assert_violation(judge_request(&dialog, &m, &reply), "unknown");
}

static void
a_field_that_is_too_long_ends_the_session(void **state)
{
	char line[REQUEST_LOG_MAX + 2], typed[METHOD_VALUE_MAX + 2];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	memset(typed, 'x', sizeof(typed));
	typed[sizeof(typed) - 1] = '\0';
	open_dialog();
	assert_int_equal(ask(REQUEST_LOG, line), JUDGED_VIOLATION);
	open_dialog();
	line[REQUEST_LOG_MAX] = '\0';
	assert_int_equal(status_of(REQUEST_LOG, line), REPLY_OK);
	assert_int_equal(ask(REQUEST_SEND, "email", typed), JUDGED_VIOLATION);
}

static void
a_text_with_a_nul_ends_the_session(void **state)
{
	struct message m;

	(void)state;
	open_dialog();
	message_start(&m, REQUEST_SEND);
	message_put_text(&m, "email");
	message_put(&m, "x@mail.example\0y", 16);
	message_done(&reply);
	assert_violation(judge_request(&dialog, &m, &reply), "send");
	assert_int_equal(messages, 0);
}

static void
nothing_but_log_lines_is_permitted_after_the_end(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(status_of(REQUEST_FINISH, "not-now"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_LOG, "goodbye"), REPLY_OK);
	assert_violation(ask(REQUEST_FACTS), "facts");
}

static void
a_second_end_is_not_permitted(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(status_of(REQUEST_FINISH, "not-now"), REPLY_OK);
	assert_violation(ask(REQUEST_FINISH, "not-now"), "finish");
	assert_int_equal(audited(AUDIT_REGISTRATION_POSTPONED), 1);
}

static void
a_method_that_stands_is_not_replaced(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, address, strlen(address), 0), 0);
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, "x@evil.example", 14, 0), -EEXIST);
	assert_violation(ask(REQUEST_SEND, "email", "x@evil.example"), "send");
	assert_int_equal(messages, 0);
}

static void
a_privileged_user_is_offered_no_questions(void **state)
{
	(void)state;
	use_policy(POLICY "[registration]\nprivileged = alice\n");
	open_dialog();
	assert_violation(ask(REQUEST_SLOT, "questions"), "slot");
}

static void
log_lines_are_taken_up_to_a_number(void **state)
{
	(void)state;
	open_dialog();
	for (int i = 0; i < DIALOG_LOG_LINES_MAX; i++)
		assert_int_equal(status_of(REQUEST_LOG, "x"), REPLY_OK);
	log_lines[0] = '\0';
	assert_int_equal(status_of(REQUEST_LOG, "one more"), REPLY_OK);
	assert_false(logged("one more"));
}

static void
a_session_that_spins_is_ended(void **state)
{
	(void)state;
	open_dialog();
	dialog.requests = DIALOG_REQUESTS_MAX - 1;
	assert_int_equal(status_of(REQUEST_LOG, "x"), REPLY_OK);
	assert_violation(ask(REQUEST_LOG, "x"), "log");
}

static void
a_forbidden_system_call_is_audited(void **state)
{
	(void)state;
	open_dialog();
	judge_forbidden_call(&dialog);
	assert_int_equal(audited(AUDIT_SESSION_VIOLATION), 1);
	assert_int_equal(dialog.state, DIALOG_OVER);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_new_dialog_may_ask_for_the_facts_log_and_finish_only),
		TEST(the_facts_are_those_of_the_user_and_the_policy),
		TEST(the_facts_show_what_is_registered_masked),
		TEST(a_record_of_somebody_else_is_not_shown),
		TEST(questions_come_one_by_one_and_end),
		TEST(what_is_malformed_or_unknown_ends_the_session),
		TEST(a_message_that_cannot_be_taken_apart_ends_the_session),
		TEST(a_field_that_is_too_long_ends_the_session),
		TEST(a_text_with_a_nul_ends_the_session),
		TEST(nothing_but_log_lines_is_permitted_after_the_end),
		TEST(a_second_end_is_not_permitted),
		TEST(a_method_that_stands_is_not_replaced),
		TEST(a_privileged_user_is_offered_no_questions),
		TEST(log_lines_are_taken_up_to_a_number),
		TEST(a_session_that_spins_is_ended),
		TEST(a_forbidden_system_call_is_audited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
