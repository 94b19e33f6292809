/*
 * What a reset tells and to whom: the console, the cases in their order, the facts, the verdicts, and the mail for help.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/reset_fixture.h"

/* link: @judge */

#define SUPPORT "[support]\nemail = help@corp.example\n"

static void
what_is_the_console(void **state)
{
	static const struct {
		const char *service, *tty, *rhost;
		bool console;
	} rows[] = {
		{ "login", "tty1", "", true },
		{ "login", "/dev/tty1", "", true },
		{ "login", "tty63", "", true },
		{ "login", "tty64", "", false },
		{ "login", "tty0", "", false },
		{ "login", "tty01", "", false },
		{ "login", "tty", "", false },
		{ "login", "tty1x", "", false },
		{ "login", "tty100000000000000000001", "", false },
		{ "login", "ttyS0", "", true },
		{ "login", "/dev/ttyS12", "", true },
		{ "login", "ttyS", "", false },
		{ "login", "ttyUSB0", "", false },
		{ "login", "hvc0", "", true },
		{ "login", "console", "", true },
		{ "login", "/dev/console", "", true },
		{ "login", "consoles", "", false },
		{ "login", "", "", false },
		{ "login", "pts/1", "", false },
		{ "login", "/dev/pts/1", "", false },
		{ "login", "/dev/../tty1", "", false },
		{ "login", "tty1", "192.0.2.1", false },
		{ "sshd", "ssh", "", false },
		{ "login", ":0", "", false },
		{ "gdm-password", ":0", "", true },
		{ "lightdm", ":10", "", true },
		{ "sddm", ":1", "", true },
		{ "greetd", ":0", "", true },
		{ "greetd", "tty1", "", true },
		{ "gdm-password", ":", "", false },
		{ "gdm-password", ":0.0", "", false },
		{ "gdm-password", "localhost:0", "", false },
		{ "gdm-password", "/dev/:0", "", false },
		{ "gdm-password", ":0", "192.0.2.1", false },
		{ "su", "tty1", "", false },
		{ "su-l", "/dev/tty1", "", false },
		{ "sudo", "tty1", "", false },
		{ "sudo-i", "tty1", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (reset_on_console(rows[i].service, rows[i].tty, rows[i].rhost) !=
		    rows[i].console)
			fail_msg("%s on %s from '%s'", rows[i].service, rows[i].tty, rows[i].rhost);
}

static enum reset_case
case_now(const struct context *context)
{
	reset_at_console("alice", context);
	return dialog.reset.why_not;
}

/* Each on top of those before it: the first that applies is told. */
static void
the_cases_in_their_order(void **state)
{
	struct context locked = reset_context(), system = reset_context();

	(void)state;
	locked.local_password = false;
	assert_int_equal(case_now(NULL), CASE_NONE);
	use_policy(POLICY_OF("questions") "[registration]\nmethods_required = 1\n");
	assert_int_equal(case_now(NULL), CASE_NOT_REGISTERED);
	block_alice();
	assert_int_equal(case_now(NULL), CASE_BLOCKED);
	assert_int_equal(dialog.reset.until, NOW + 3600);
	freeze_alice();
	assert_int_equal(case_now(NULL), CASE_FROZEN);
	use_policy(
		POLICY_OF("questions") "[registration]\nmethods_required = 1\nexclude = alice\n");
	assert_int_equal(case_now(NULL), CASE_NOT_ENABLED);
	assert_int_equal(case_now(&locked), CASE_CONTACT);
	system.uid = 999;
	assert_int_equal(case_now(&system), CASE_CONTACT);
	system.uid = 0;
	assert_int_equal(case_now(&system), CASE_CONTACT);
	use_policy(RESET_POLICY "[reset]\nenabled = no\n");
	assert_int_equal(case_now(NULL), CASE_NOT_ENABLED);
}

/* Within a round a block may be that of the failure that was counted in advance. */
static void
at_the_console_a_block_on_the_way_is_told_between_the_rounds(void **state)
{
	struct facts f;

	(void)state;
	reset_at_console("alice", NULL);
	assert_int_equal(facts().reset_case, CASE_NONE);
	block_alice();
	assert_int_equal(type(REQUEST_CLAIM, "000000"), REPLY_OK);
	assert_int_equal(facts().reset_case, CASE_NONE);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	f = facts();
	assert_int_equal(f.reset_case, CASE_BLOCKED);
	assert_int_equal(f.reset_until, NOW + 3600);
	assert_int_equal(f.method_count, 0);
	assert_false(f.alone);
}

static void
after_a_proof_only_the_other_methods_are_listed(void **state)
{
	struct facts f;

	(void)state;
	use_policy(RESET_POLICY "[registration]\nmethods_to_reset = 2\n");
	reset();
	assert_int_equal(round_of(recovery[3], ""), REPLY_PROVEN);
	f = facts();
	assert_int_equal(f.proofs, 1);
	assert_int_equal(f.method_count, 4);
	for (int i = 0; i < f.method_count; i++)
		assert_int_not_equal(f.methods[i].method, METHOD_RECOVERY_CODES);
}

static void
a_stranger_s_facts_hold_the_policy_and_nothing_of_the_user(void **state)
{
	struct facts f;

	(void)state;
	block_alice();
	reset();
	f = facts();
	assert_false(f.told);
	assert_int_equal(f.reset_case, CASE_NONE);
	assert_int_equal(f.reset_until, 0);
	assert_int_equal(f.method_count, 0);
	assert_int_equal(f.done, 0);
	assert_int_equal(f.proofs, 1);
	assert_int_equal(f.rounds, RESET_ROUNDS);
	assert_true(f.unlock);
	assert_false(f.assist);
	assert_false(f.alone);
}

static void
at_the_console_the_methods_are_told_masked_or_the_case(void **state)
{
	struct facts f;

	(void)state;
	reset_at_console("alice", NULL);
	f = facts();
	assert_true(f.told);
	assert_int_equal(f.method_count, 5);
	assert_int_equal(f.methods[1].method, METHOD_EMAIL);
	assert_string_equal(f.methods[1].masked, "a****@m***.example");
	assert_int_equal(dialog.state, DIALOG_CLAIMING);
	block_alice();
	reset_at_console("alice", NULL);
	f = facts();
	assert_int_equal(f.reset_case, CASE_BLOCKED);
	assert_int_equal(f.reset_until, NOW + 3600);
	assert_int_equal(f.method_count, 0);
	use_policy(RESET_POLICY "[reset]\ndisclose = never\n");
	reset_at_console("alice", NULL);
	assert_false(facts().told);
	assert_int_equal(facts().reset_case, CASE_NONE);
}

static void
after_the_first_proof_the_facts_are_real_everywhere(void **state)
{
	(void)state;
	use_policy(RESET_POLICY SUPPORT "[registration]\nmethods_to_reset = 2\n");
	reset();
	assert_false(facts().assist);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(facts().method_count, 4);
	assert_int_equal(facts().proofs, 1);
	assert_true(facts().assist);
	assert_int_equal(dialog.state, DIALOG_OPEN);
}

static void
questions_alone_on_the_console_only_and_only_by_the_policy(void **state)
{
	(void)state;
	begin_dialog_for(PURPOSE_ENROLL, 0);
	assert_int_equal(record_save(&dialog, METHOD_QUESTIONS, "q", 1, 0), 0);
	reset_at_console("alice", NULL);
	assert_true(reset_alone(&dialog));
	assert_true(facts().alone);
	reset();
	assert_false(reset_alone(&dialog));
}

static void
alone_is_nothing_for_the_privileged_and_decoys(void **state)
{
	(void)state;
	begin_dialog_for(PURPOSE_ENROLL, 0);
	assert_int_equal(record_save(&dialog, METHOD_QUESTIONS, "q", 1, 0), 0);
	use_policy(RESET_POLICY "[questions]\nalone = never\n");
	reset_at_console("alice", NULL);
	assert_false(reset_alone(&dialog));
	use_policy(RESET_POLICY "[registration]\nprivileged = alice\n");
	reset_at_console("alice", NULL);
	assert_false(reset_alone(&dialog));
	use_policy(RESET_POLICY);
	freeze_alice();
	reset_at_console("alice", NULL);
	assert_false(reset_alone(&dialog));
}

static const char *
finish(const char *reason)
{
	assert_int_equal(status_of(REQUEST_FINISH, reason), REPLY_OK);
	return text(0);
}

static void
before_the_first_proof_every_end_is_the_same_word(void **state)
{
	(void)state;
	reset();
	assert_string_equal(finish("done"), "not-verified");
	block_alice();
	reset();
	assert_string_equal(finish("not-now"), "not-verified");
	freeze_alice();
	reset();
	assert_string_equal(finish("cannot-prove"), "not-verified");
	reset();
	assert_string_equal(finish("timed-out"), "timed-out");
	reset();
	assert_string_equal(finish("no-dialog"), "no-dialog");
	reset();
	assert_string_equal(finish("too-much-input"), "too-much-input");
	reset();
	assert_string_equal(finish("broken"), "failed");
	assert_int_equal(audited(AUDIT_RESET_STARTED), 7);
	dialog_done(&dialog);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), 7);
}

static void
where_it_may_be_told_the_word_is_the_case(void **state)
{
	static const struct {
		enum reset_case why;
		const char *word;
	} rows[] = {
		{ CASE_NONE, "not-verified" },       { CASE_CONTACT, "contact-administrator" },
		{ CASE_NOT_ENABLED, "not-enabled" }, { CASE_NOT_REGISTERED, "not-verified" },
		{ CASE_BLOCKED, "blocked" },         { CASE_FROZEN, "frozen" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		reset_at_console("alice", NULL);
		dialog.reset.why_not = rows[i].why;
		assert_string_equal(finish("done"), rows[i].word);
	}
}

static void
the_end_of_a_verified_reset_is_what_was_reported(void **state)
{
	static const enum verdict outcomes[] = { VERDICT_PASSWORD_CHANGED, VERDICT_UNLOCKED };

	(void)state;
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_string_equal(finish("done"), "declined");
	for (int i = 0; i < 2; i++) {
		reset_later(60 * (i + 2));
		assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
		dialog.reset.outcome = outcomes[i];
		assert_string_equal(finish("timed-out"), verdict_word(outcomes[i]));
	}
	dialog_done(&dialog);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), 1);
}

static void
enforce_remind_makes_no_postponed_of_a_reset(void **state)
{
	(void)state;
	use_policy(RESET_POLICY "[registration]\nenforce = remind\n");
	reset();
	assert_int_equal(finish_ended(&dialog, VERDICT_TIMED_OUT), VERDICT_TIMED_OUT);
	assert_string_equal(finish("timed-out"), "timed-out");
	assert_int_equal(stored().postpones_used, 0);
}

/* The text of the mail that waits. */
static bool
mailed(const char *what)
{
	struct store_message m = { 0 };
	struct secret plain = { 0 };
	struct vault_place place = { 0, "email", "outbox" };
	bool found = false;

	if (store_outbox_first(judge.store, &m) == STORE_DONE) {
		place.user = m.user;
		found = vault_unseal(judge.vault, &place, m.sealed, m.sealed_len, &plain) ==
				VAULT_DONE &&
			memmem(plain.data, plain.len, what, strlen(what)) != NULL;
	}
	store_message_done(&m);
	secret_done(&plain);
	return found;
}

static void
forget_mails(void)
{
	assert_int_equal(store_run(judge.store, "DELETE FROM outbox"), 0);
}

static int
mails(void)
{
	int64_t n = -1;

	assert_int_equal(store_number(judge.store, "SELECT count(*) FROM outbox", &n), 0);
	return (int)n;
}

static void
help_is_asked_for_by_one_mail_a_day(void **state)
{
	(void)state;
	use_policy(RESET_POLICY SUPPORT);
	freeze_alice();
	forget_mails();
	reset_at_console("alice", NULL);
	assert_true(facts().assist);
	assert_int_equal(status_of(REQUEST_ASSIST), REPLY_OK);
	assert_int_equal(mails(), 1);
	assert_true(mailed("SSPR-FROZEN"));
	assert_true(mailed("alice"));
	assert_true(mailed("help@corp.example"));
	assert_string_equal(finish("done"), "asked-administrator");
	reset_at_console("alice", NULL);
	assert_true(facts().told);
	assert_int_equal(status_of(REQUEST_ASSIST), REPLY_THROTTLED);
	assert_int_equal(number(0), NOW + ASSIST_SECONDS);
	assert_int_equal(mails(), 1);
}

static void
help_is_on_offer_only_where_it_may_be_told(void **state)
{
	struct context nobody = reset_context();

	(void)state;
	use_policy(RESET_POLICY SUPPORT);
	forget_mails();
	reset_at_console("alice", NULL); /* nothing is wrong */
	assert_false(facts().assist);
	assert_int_equal(ask(REQUEST_ASSIST), JUDGED_VIOLATION);
	freeze_alice();
	reset();
	assert_int_equal(ask(REQUEST_ASSIST), JUDGED_VIOLATION);
	nobody.has_uid = nobody.has_local_password = false;
	reset_at_console("nobody-has-this", &nobody);
	assert_false(facts().assist);
	assert_int_equal(facts().reset_case, CASE_CONTACT);
	assert_int_equal(ask(REQUEST_ASSIST), JUDGED_VIOLATION);
	use_policy(RESET_POLICY);
	reset_at_console("alice", NULL);
	assert_false(facts().assist);
	assert_int_equal(status_of(REQUEST_ASSIST), REPLY_REFUSED);
	assert_int_equal(mails(), 0);
}

static void
who_never_logged_in_can_ask_for_help_too(void **state)
{
	struct context carol = reset_context();

	(void)state;
	use_policy(RESET_POLICY SUPPORT);
	carol.uid = ALICE_UID + 7;
	forget_mails();
	reset_at_console("carol", &carol);
	assert_int_equal(facts().reset_case, CASE_NOT_REGISTERED);
	assert_int_equal(status_of(REQUEST_ASSIST), REPLY_OK);
	assert_true(mailed("SSPR-NOTREGISTERED"));
}

static void
no_mail_is_about_somebody_who_had_the_name_before(void **state)
{
	struct context other = reset_context();

	(void)state;
	use_policy(RESET_POLICY SUPPORT);
	other.uid = ALICE_UID + 8;
	forget_mails();
	reset_at_console("alice", &other);
	assert_int_equal(facts().reset_case, CASE_NOT_REGISTERED);
	assert_int_equal(status_of(REQUEST_ASSIST), REPLY_REFUSED);
	assert_int_equal(mails(), 0);
	assert_int_equal(stored().uid, ALICE_UID);
}

static void
a_block_is_told_at_the_end_of_the_dialog_that_began_it(void **state)
{
	(void)state;
	forget_mails();
	for (int i = 0; i < 5; i++) {
		reset();
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
		assert_int_equal(mails(), 0);
	}
	dialog_done(&dialog);
	assert_int_equal(mails(), 1);
	assert_int_equal(untold() > 0, 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_reset, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_console),
		T(the_cases_in_their_order),
		T(a_stranger_s_facts_hold_the_policy_and_nothing_of_the_user),
		T(at_the_console_the_methods_are_told_masked_or_the_case),
		T(at_the_console_a_block_on_the_way_is_told_between_the_rounds),
		T(after_a_proof_only_the_other_methods_are_listed),
		T(after_the_first_proof_the_facts_are_real_everywhere),
		T(questions_alone_on_the_console_only_and_only_by_the_policy),
		T(alone_is_nothing_for_the_privileged_and_decoys),
		T(before_the_first_proof_every_end_is_the_same_word),
		T(where_it_may_be_told_the_word_is_the_case),
		T(the_end_of_a_verified_reset_is_what_was_reported),
		T(enforce_remind_makes_no_postponed_of_a_reset),
		T(help_is_asked_for_by_one_mail_a_day),
		T(help_is_on_offer_only_where_it_may_be_told),
		T(who_never_logged_in_can_ask_for_help_too),
		T(no_mail_is_about_somebody_who_had_the_name_before),
		T(a_block_is_told_at_the_end_of_the_dialog_that_began_it),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
