/*
 * The rounds of a reset: what proves, what a failure costs, what is taken back, what blocks; and how little a session may ask that is
 * in the hands of an attacker.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/reset_fixture.h"

/* link: @judge */

#define WRONG_CODE "000000"

static void
assert_proven(int status, enum method method)
{
	assert_int_equal(status, REPLY_PROVEN);
	assert_int_equal(dialog.state, DIALOG_OPEN);
	assert_int_equal(dialog.proven, dialog_bit(method));
	assert_int_equal(failures(), 0);
	assert_int_equal(audited(AUDIT_RESET_VERIFIED), 1);
}

static void
an_app_code_proves_whatever_is_typed_at_the_second_prompt(void **state)
{
	(void)state;
	reset();
	assert_proven(round_of(app_code(0), "no code at all"), METHOD_APP);
}

static void
an_app_code_is_good_once_over_dialogs(void **state)
{
	(void)state;
	reset();
	assert_proven(round_of(app_code(1), ""), METHOD_APP);
	reset();
	assert_int_equal(round_of(app_code(1), ""), REPLY_WRONG);
	assert_int_equal(failures(), 1);
}

static void
an_app_code_that_another_dialog_used_between_is_wrong(void **state)
{
	char code[8];

	(void)state;
	reset();
	snprintf(code, sizeof(code), "%s", app_code(0));
	assert_int_equal(type(REQUEST_CLAIM, code), REPLY_OK);
	assert_int_equal(store_method_step(judge.store, stored().id, METHOD_APP, NOW / STEP),
			 STORE_DONE);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	assert_int_equal(dialog.proven, 0);
	assert_int_equal(failures(), 1);
}

static void
a_recovery_code_proves_and_is_used(void **state)
{
	(void)state;
	reset();
	assert_proven(round_of(recovery[3], ""), METHOD_RECOVERY_CODES);
	reset();
	assert_int_equal(round_of(recovery[3], ""), REPLY_WRONG);
}

static void
a_code_goes_to_the_full_address_only_and_proves_it(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, "alice@mail.exampl"), REPLY_OK);
	assert_int_equal(messages, 0);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	assert_int_equal(type(REQUEST_CLAIM, " Alice@MAIL.example "), REPLY_OK);
	assert_int_equal(messages, 1);
	assert_string_equal(sent_to, mail);
	assert_int_equal(sent_way, WAY_EMAIL);
	assert_proven(type(REQUEST_CHECK, sent_code), METHOD_EMAIL);
}

static void
numbers_are_typed_in_full_with_the_extension(void **state)
{
	(void)state;
	reset();
	assert_int_equal(round_of("+49 30 123456", ""), REPLY_WRONG);
	assert_int_equal(messages, 0);
	assert_int_equal(type(REQUEST_CLAIM, "+49 30 123456 x12"), REPLY_OK);
	assert_string_equal(sent_to, number_office);
	assert_int_equal(sent_way, WAY_VOICE);
	assert_proven(type(REQUEST_CHECK, sent_code), METHOD_OFFICE_PHONE);
	reset();
	assert_int_equal(type(REQUEST_CLAIM, "+49-151-12345678"), REPLY_OK);
	assert_string_equal(sent_to, number_own);
	assert_int_equal(sent_way, WAY_SMS);
	assert_int_equal(type(REQUEST_CHECK, sent_code), REPLY_PROVEN);
}

static void
a_code_outlives_its_dialog_and_is_good_once(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	reset_later(300);
	assert_proven(round_of("", sent_code), METHOD_EMAIL);
	reset_later(301);
	assert_int_equal(round_of("", sent_code), REPLY_WRONG);
}

static void
a_code_is_dead_after_its_lifetime_and_after_its_tries(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	reset_later(600);
	assert_int_equal(round_of("", sent_code), REPLY_WRONG);
	reset_later(700);
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	assert_int_equal(type(REQUEST_CHECK, WRONG_CODE), REPLY_WRONG);
	assert_int_equal(round_of("", WRONG_CODE), REPLY_WRONG);
	assert_int_equal(round_of("", WRONG_CODE), REPLY_WRONG);
	reset_later(701);
	assert_int_equal(round_of("", sent_code), REPLY_WRONG);
}

static void
a_new_code_replaces_the_old_one_and_keeps_the_count(void **state)
{
	char old[16];
	struct store_code code;

	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	snprintf(old, sizeof(old), "%s", sent_code);
	assert_int_equal(type(REQUEST_CHECK, WRONG_CODE), REPLY_WRONG);
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	assert_int_equal(store_code_get(judge.store, stored().id, METHOD_EMAIL, &code), STORE_DONE);
	assert_int_equal(code.tries_used, 1);
	store_code_done(&code);
	assert_int_equal(type(REQUEST_CHECK, old), REPLY_WRONG);
}

static void
the_newest_code_is_the_one_that_is_compared(void **state)
{
	char older[16];

	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	snprintf(older, sizeof(older), "%s", sent_code);
	reset_later(10);
	assert_int_equal(type(REQUEST_CLAIM, number_own), REPLY_OK);
	reset_later(20);
	assert_int_equal(round_of("", older), REPLY_WRONG);
	assert_proven(round_of("", sent_code), METHOD_PHONE);
}

static void
a_round_costs_one_failure_whatever_is_typed_in_it(void **state)
{
	(void)state;
	reset();
	assert_int_equal(round_of("x", "y"), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	assert_int_equal(failures(), 1);
	assert_int_equal(round_of("", "y"), REPLY_WRONG);
	assert_int_equal(failures(), 2);
	assert_int_equal(round_of("x", ""), REPLY_WRONG);
	assert_int_equal(number(0), 0);
	assert_int_equal(failures(), 3);
}

static void
an_empty_round_costs_nothing(void **state)
{
	(void)state;
	reset();
	assert_int_equal(round_of("", ""), REPLY_WRONG);
	assert_int_equal(failures(), 0);
	assert_int_equal(number(0), 2);
}

static void
the_failure_stands_before_anything_is_compared(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, app_code(0)), REPLY_OK);
	assert_int_equal(failures(), 1);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_PROVEN);
	assert_int_equal(failures(), 0);
}

static void
the_right_address_alone_costs_nothing_in_the_end(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	assert_int_equal(failures(), 1);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	assert_int_equal(failures(), 0);
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	assert_int_equal(failures(), 1);
	dialog_done(&dialog); /* the line dropped while the mail was awaited */
	assert_int_equal(failures(), 0);
}

static void
the_right_address_with_a_wrong_code_costs_one(void **state)
{
	(void)state;
	reset();
	assert_int_equal(round_of(mail, WRONG_CODE), REPLY_WRONG);
	assert_int_equal(failures(), 1);
}

static void
a_wrong_address_costs_one_also_when_the_dialog_ends_there(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, "bob@mail.example"), REPLY_OK);
	dialog_done(&dialog);
	assert_int_equal(failures(), 1);
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 1);
}

static void
the_block_that_the_right_address_began_is_taken_back_with_it(void **state)
{
	(void)state;
	reset();
	for (int i = 0; i < 3; i++)
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
	reset();
	assert_int_equal(round_of("x", ""), REPLY_WRONG);
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	assert_true(blocked_until() > NOW);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	assert_int_equal(failures(), 4);
	assert_int_equal(blocked_until(), 0);
	dialog_done(&dialog);
	assert_int_equal(audited(AUDIT_BLOCKED), 0);
}

static void
what_is_taken_back_is_never_a_failure_of_others(void **state)
{
	limit_key key;

	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	limit_user_key(judge.vault, LIMIT_FAILURES, stored().id, key);
	assert_int_equal(limit_clear(judge.store, key), 0);
	assert_int_equal(store_event_add(judge.store, key, NOW + 1), 0);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	assert_int_equal(failures(), 1);
}

static void
five_failures_block_over_dialogs_and_methods_and_are_told_once(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		reset();
		assert_int_equal(round_of(i % 2 ? "x" : "", i % 2 ? "" : WRONG_CODE), REPLY_WRONG);
	}
	assert_int_equal(blocked_until(), NOW + 86400);
	reset();
	assert_int_equal(audited(AUDIT_BLOCKED), 1);
	assert_true(dialog.reset.decoy);
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
	assert_int_equal(round_of(recovery[2], ""), REPLY_WRONG);
	assert_int_equal(round_of(mail, ""), REPLY_WRONG);
	assert_int_equal(messages, 0);
	assert_int_equal(failures(), 5);
	reset_later(86400);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
}

/* Each begins before any of them fails, and holds its right code back until all were counted. */
static void
two_hundred_parallel_dialogs_get_five_tries_in_all(void **state)
{
	static struct dialog many[200];
	int tried = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		reset();
		many[i] = dialog;
		dialog = (struct dialog){ 0 };
	}
	for (int i = 0; i < 200; i++) {
		dialog = many[i];
		assert_int_equal(type(REQUEST_CLAIM, app_code(0)), REPLY_OK);
		tried += dialog.reset.round.right == METHOD_APP;
		many[i] = dialog;
		dialog = (struct dialog){ 0 };
	}
	assert_int_equal(tried, 5);
	assert_int_equal(failures(), 5);
	for (int i = 0; i < 200; i++)
		dialog_done(&many[i]);
}

static void
a_success_clears_what_others_failed(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		reset();
		assert_int_equal(round_of("x", "y"), REPLY_WRONG);
	}
	reset();
	assert_proven(round_of(app_code(0), ""), METHOD_APP);
	assert_int_equal(blocked_until(), 0);
}

/* The victim's dialog had its failure counted already: strangers cannot take the code back that was sent. */
static void
a_block_by_strangers_does_not_end_a_round_that_was_begun(void **state)
{
	struct dialog victim;

	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	victim = dialog;
	dialog = (struct dialog){ 0 };
	for (int i = 0; i < 4; i++) {
		reset();
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
	}
	dialog_done(&dialog);
	assert_true(blocked_until() > NOW);
	dialog = victim;
	assert_int_equal(type(REQUEST_CHECK, sent_code), REPLY_PROVEN);
	assert_int_equal(blocked_until(), 0);
}

static void
a_remote_host_is_stopped_after_twenty_failures_and_its_tries_block_nobody(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		remote_host_fail(&hosts, "192.0.2.1", NOW);
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
	assert_int_equal(round_of("x", "y"), REPLY_WRONG);
	assert_int_equal(failures(), 0);
	reset_later(3600);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
}

static void
a_host_counts_a_failure_a_round_and_none_for_a_success(void **state)
{
	(void)state;
	for (int i = 0; i < 19; i++)
		remote_host_fail(&hosts, "192.0.2.1", NOW);
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_false(remote_host_throttled(&hosts, "192.0.2.1", NOW));
	reset();
	assert_int_equal(round_of("x", "y"), REPLY_WRONG);
	assert_true(remote_host_throttled(&hosts, "192.0.2.1", NOW));
}

/* Who has an account here would learn by it which address is right. */
static void
the_right_address_alone_counts_for_its_host(void **state)
{
	(void)state;
	for (int i = 0; i < 19; i++)
		remote_host_fail(&hosts, "192.0.2.1", NOW);
	reset();
	assert_int_equal(round_of(mail, ""), REPLY_WRONG);
	assert_int_equal(failures(), 0);
	assert_true(remote_host_throttled(&hosts, "192.0.2.1", NOW));
}

/* In a dialog that began before the host was stopped. */
static void
a_host_is_stopped_within_its_dialogs_too(void **state)
{
	(void)state;
	reset();
	for (int i = 0; i < 20; i++)
		remote_host_fail(&hosts, "192.0.2.1", NOW);
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
	assert_int_equal(dialog.proven, 0);
}

static void
in_a_crowd_nothing_succeeds_and_nobody_is_blocked(void **state)
{
	(void)state;
	begin_reset_of("alice", NULL, true, 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
	assert_int_equal(round_of(mail, ""), REPLY_WRONG);
	assert_int_equal(messages, 0);
	assert_int_equal(failures(), 0);
	assert_int_equal(reset_proofs_left(&dialog), 1);
}

static void
messages_to_one_address_are_limited_and_a_decoy_counts_against_nobody(void **state)
{
	struct context nobody = reset_context();

	(void)state;
	nobody.has_uid = nobody.has_local_password = false;
	for (int i = 0; i < 10; i++) { /* sends = 4 */
		begin_reset_of("nobody", &nobody, false, 0);
		assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
		assert_int_equal(round_of(mail, ""), REPLY_WRONG);
	}
	for (int i = 0; i < 6; i++) {
		reset();
		assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
		assert_int_equal(messages, i < 4 ? i + 1 : 4);
		assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	}
	assert_int_equal(failures(), 0);
}

static void
a_number_that_the_policy_forbids_today_is_sent_nothing(void **state)
{
	(void)state;
	use_policy(RESET_POLICY "[sms]\ndeny_prefixes = +49151\n");
	reset();
	assert_int_equal(round_of(number_own, ""), REPLY_WRONG);
	assert_int_equal(messages, 0);
	assert_int_equal(failures(), 0);
}

static void
what_is_not_on_offer_any_more_or_only_filled_in_proves_nothing(void **state)
{
	(void)state;
	use_policy(POLICY_OF("email phone") SMS);
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
	assert_int_equal(store_method_remove(judge.store, stored().id, METHOD_EMAIL), STORE_DONE);
	fill_in(METHOD_EMAIL, mail);
	assert_int_equal(round_of(mail, ""), REPLY_WRONG);
	assert_int_equal(messages, 0);
}

static void
make_freeze_code(const char *name, uint64_t uid, char shown[RECOVERY_SHOWN])
{
	struct context context = alice_context();
	struct user user = { 0 };

	context.uid = uid;
	assert_int_equal(user_tell(&user, &judge, name, &context, NOW, true), STORE_DONE);
	assert_int_equal(freeze_make(&judge, user.stored.id, NOW, shown), 0);
	user_done(&user);
}

static void
a_freeze_code_stops_resets_also_of_the_blocked_and_from_a_throttled_host(void **state)
{
	char shown[RECOVERY_SHOWN];

	(void)state;
	make_freeze_code("alice", ALICE_UID, shown);
	for (int i = 0; i < 5; i++) {
		reset();
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
	}
	for (int i = 0; i < 20; i++)
		remote_host_fail(&hosts, "192.0.2.1", NOW);
	reset();
	assert_int_equal(type(REQUEST_CLAIM, shown), REPLY_OK);
	assert_true(stored().frozen_at != 0);
	assert_int_equal(type(REQUEST_CHECK, app_code(0)), REPLY_OK);
	assert_int_equal(dialog.proven, 0);
	assert_int_equal(audited(AUDIT_FROZEN), 1);
	assert_int_equal(status_of(REQUEST_FINISH, "done"), REPLY_OK);
	assert_string_equal(text(0), "frozen");
}

static void
a_freeze_code_is_any_accounts_and_costs_no_failure(void **state)
{
	char shown[RECOVERY_SHOWN];
	struct store_user bob;

	(void)state;
	make_freeze_code("bob", ALICE_UID + 1, shown);
	reset();
	assert_int_equal(round_of(shown, ""), REPLY_OK);
	assert_int_equal(failures(), 0);
	assert_int_equal(stored().frozen_at, 0);
	assert_int_equal(store_user_get(judge.store, "bob", &bob), STORE_DONE);
	assert_int_equal(bob.frozen_at, NOW);
	store_user_done(&bob);
	assert_int_equal(ask(REQUEST_CLAIM, "x"), JUDGED_VIOLATION);
}

static void
a_wrong_freeze_code_is_a_failure_like_any_other(void **state)
{
	(void)state;
	reset();
	assert_int_equal(round_of("F-K7QF-2MXP-9RTW-B4HN", ""), REPLY_WRONG);
	assert_int_equal(failures(), 1);
}

/* A notice reached its reader while somebody else was half way through. */
static void
a_freeze_between_the_prompts_stops_the_round(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, mail), REPLY_OK);
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_FROZEN_AT, NOW), 0);
	assert_int_equal(type(REQUEST_CHECK, sent_code), REPLY_WRONG);
	reset();
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_FROZEN_AT, 0), 0);
	reset();
	assert_int_equal(type(REQUEST_CLAIM, app_code(0)), REPLY_OK);
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_FROZEN_AT, NOW), 0);
	assert_int_equal(type(REQUEST_CHECK, ""), REPLY_WRONG);
	assert_int_equal(dialog.proven, 0);
}

static void
a_freeze_after_the_proof_leaves_a_proof_to_be_made(void **state)
{
	(void)state;
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(reset_proofs_left(&dialog), 0);
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_FROZEN_AT, NOW), 0);
	assert_int_equal(reset_look_again(&dialog), 0);
	assert_int_equal(reset_proofs_left(&dialog), 1);
}

static void
the_last_recovery_code_is_a_proof_like_the_others(void **state)
{
	(void)state;
	use_policy(POLICY_OF("recovery-codes") "[registration]\nmethods_required = 1\n");
	for (int i = 1; i < RECOVERY_CODES; i++) { /* the first was typed back */
		reset();
		assert_int_equal(round_of(recovery[i], ""), REPLY_PROVEN);
	}
	assert_false(registered(METHOD_RECOVERY_CODES));
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(reset_proofs_left(&dialog), 0);
}

static void
two_different_methods_where_two_are_due(void **state)
{
	(void)state;
	use_policy(RESET_POLICY "[registration]\nmethods_to_reset = 2\n");
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(facts().proofs, 1);
	assert_int_equal(status_of(REQUEST_TRY, "recovery-codes", recovery[4]), REPLY_PROVEN);
	assert_int_equal(facts().proofs, 0);
	assert_int_equal(reset_proofs_left(&dialog), 0);
}

static void
the_same_method_twice_is_one(void **state)
{
	(void)state;
	use_policy(RESET_POLICY "[registration]\nmethods_to_reset = 2\n");
	reset();
	assert_int_equal(round_of(recovery[1], ""), REPLY_PROVEN);
	assert_int_equal(status_of(REQUEST_TRY, "recovery-codes", recovery[2]), REPLY_PROVEN);
	assert_int_equal(reset_proofs_left(&dialog), 1);
}

/* By what root tells now, which the store does not know yet; also after the store was read again. */
static void
the_privileged_always_prove_two(void **state)
{
	struct context context = reset_context();
	char groups[] = "staff\nsudo";

	(void)state;
	context.has_groups = true;
	context.groups = groups;
	begin_reset_of("alice", &context, false, 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(facts().proofs, 1);
	assert_true(dialog.plan.privileged);
	dialog.proven |= dialog_bit(METHOD_QUESTIONS);
	assert_int_equal(reset_proofs_left(&dialog), 1);
	assert_int_equal(status_of(REQUEST_TRY, "recovery-codes", recovery[4]), REPLY_PROVEN);
	assert_int_equal(reset_proofs_left(&dialog), 0);
}

static void
only_claim_and_check_in_turn_before_the_first_proof(void **state)
{
	static const int others[] = { REQUEST_QUESTION, REQUEST_SEED,   REQUEST_SEND,
				      REQUEST_SLOT,     REQUEST_TRY,    REQUEST_CHANGES,
				      REQUEST_HELP,     REQUEST_REMOVE, REQUEST_ASSIST,
				      REQUEST_CHECK,    REQUEST_GRANT };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		for (int fields = 0; fields < 3; fields++) {
			const char *const words[] = { "recovery-codes", recovery[5], "" };

			reset();
			assert_int_equal(vask(others[i], words, (size_t)fields, NULL, 0),
					 JUDGED_VIOLATION);
			assert_int_equal(dialog.state, DIALOG_OVER);
		}
	reset();
	assert_int_equal(type(REQUEST_CLAIM, "x"), REPLY_OK);
	assert_int_equal(type(REQUEST_CLAIM, "x"), 0);
	reset();
	assert_int_equal(type(REQUEST_CLAIM, "x"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(dialog.state, DIALOG_CHECKING);
	assert_int_equal(ask(REQUEST_TRY, "recovery-codes", recovery[5]), JUDGED_VIOLATION);
	assert_int_equal(failures(), 2);
}

static void
a_fourth_round_ends_the_session(void **state)
{
	(void)state;
	reset();
	for (int i = 0; i < RESET_ROUNDS; i++)
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
	assert_int_equal(type(REQUEST_CLAIM, app_code(0)), 0);
	assert_int_equal(dialog.state, DIALOG_OVER);
}

static void
nothing_is_registered_changed_or_removed_after_a_proof(void **state)
{
	static const struct {
		int op;
		const char *fields[3];
	} rows[] = {
		{ REQUEST_SEED, { "app" } },
		{ REQUEST_SEED, { "recovery-codes" } },
		{ REQUEST_SEND, { "email", "evil@mail.example" } },
		{ REQUEST_SEND, { "phone", "+4915199999999" } },
		{ REQUEST_SLOT, { "questions" } },
		{ REQUEST_SLOT, { "questions", "new" } },
		{ REQUEST_REMOVE, { "email" } },
		{ REQUEST_HELP, { "K7QF2MXP9R" } },
		{ REQUEST_CHANGES, { NULL } },
		{ REQUEST_QUESTION, { "0" } },
		{ REQUEST_CLAIM, { "x" } },
		{ REQUEST_CHECK, { "x" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t count = 0;

		reset_later((int64_t)i * 300);
		assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
		assert_int_equal(store_user_mark(judge.store, stored().id, MARK_CODE_OPEN_UNTIL,
						 dialog.now + 1000),
				 0);
		while (count < 3 && rows[i].fields[count])
			count++;
		if (vask(rows[i].op, rows[i].fields, count, NULL, 0) != JUDGED_VIOLATION)
			fail_msg("row %zu was answered with %c", i, got.op);
	}
}

static void
a_reset_s_requests_are_no_other_dialog_s(void **state)
{
	static const int ops[] = { REQUEST_CLAIM, REQUEST_CHECK, REQUEST_ASSIST };

	(void)state;
	for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
		for (size_t i = 0; purpose != PURPOSE_RESET && i < 3; i++) {
			open_dialog_for((enum purpose)purpose, 0);
			assert_int_equal(vask(ops[i], (const char *const[]){ "x" },
					      ops[i] != REQUEST_ASSIST, NULL, 0),
					 JUDGED_VIOLATION);
		}
}

/* What stands on disk after the first of the two commits is the failure: a daemon that dies there has counted it. */
static void
a_daemon_that_dies_between_the_commits_has_counted(void **state)
{
	(void)state;
	reset();
	assert_int_equal(type(REQUEST_CLAIM, app_code(0)), REPLY_OK);
	store_close(judge.store);
	assert_int_equal(store_open(&judge.store, scratch_path(&scratch, "db")), STORE_DONE);
	assert_int_equal(failures(), 1);
	dialog.reset.begun = false; /* nobody was left to close it */
	reset();
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
}

static void
a_clock_that_is_set_back_opens_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		reset();
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
	}
	reset_later(-3600);
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
	assert_int_equal(dialog.proven, 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_reset, tear_down)
	const struct CMUnitTest tests[] = {
		T(an_app_code_proves_whatever_is_typed_at_the_second_prompt),
		T(an_app_code_is_good_once_over_dialogs),
		T(an_app_code_that_another_dialog_used_between_is_wrong),
		T(a_recovery_code_proves_and_is_used),
		T(a_code_goes_to_the_full_address_only_and_proves_it),
		T(numbers_are_typed_in_full_with_the_extension),
		T(a_code_outlives_its_dialog_and_is_good_once),
		T(a_code_is_dead_after_its_lifetime_and_after_its_tries),
		T(a_new_code_replaces_the_old_one_and_keeps_the_count),
		T(the_newest_code_is_the_one_that_is_compared),
		T(a_round_costs_one_failure_whatever_is_typed_in_it),
		T(an_empty_round_costs_nothing),
		T(the_failure_stands_before_anything_is_compared),
		T(the_right_address_alone_costs_nothing_in_the_end),
		T(the_right_address_with_a_wrong_code_costs_one),
		T(a_wrong_address_costs_one_also_when_the_dialog_ends_there),
		T(the_block_that_the_right_address_began_is_taken_back_with_it),
		T(what_is_taken_back_is_never_a_failure_of_others),
		T(five_failures_block_over_dialogs_and_methods_and_are_told_once),
		T(two_hundred_parallel_dialogs_get_five_tries_in_all),
		T(a_success_clears_what_others_failed),
		T(a_block_by_strangers_does_not_end_a_round_that_was_begun),
		T(a_remote_host_is_stopped_after_twenty_failures_and_its_tries_block_nobody),
		T(a_host_counts_a_failure_a_round_and_none_for_a_success),
		T(the_right_address_alone_counts_for_its_host),
		T(a_host_is_stopped_within_its_dialogs_too),
		T(in_a_crowd_nothing_succeeds_and_nobody_is_blocked),
		T(messages_to_one_address_are_limited_and_a_decoy_counts_against_nobody),
		T(a_number_that_the_policy_forbids_today_is_sent_nothing),
		T(what_is_not_on_offer_any_more_or_only_filled_in_proves_nothing),
		T(a_freeze_code_stops_resets_also_of_the_blocked_and_from_a_throttled_host),
		T(a_freeze_code_is_any_accounts_and_costs_no_failure),
		T(a_wrong_freeze_code_is_a_failure_like_any_other),
		T(a_freeze_between_the_prompts_stops_the_round),
		T(a_freeze_after_the_proof_leaves_a_proof_to_be_made),
		T(the_last_recovery_code_is_a_proof_like_the_others),
		T(two_different_methods_where_two_are_due),
		T(the_same_method_twice_is_one),
		T(the_privileged_always_prove_two),
		T(only_claim_and_check_in_turn_before_the_first_proof),
		T(a_fourth_round_ends_the_session),
		T(nothing_is_registered_changed_or_removed_after_a_proof),
		T(a_reset_s_requests_are_no_other_dialog_s),
		T(a_daemon_that_dies_between_the_commits_has_counted),
		T(a_clock_that_is_set_back_opens_nothing),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
