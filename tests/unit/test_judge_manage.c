/*
 * Who may change what: in manage nothing without a proof by another method, and never a first
 * registration, and nothing while blocked; in a login only what is owed; values that an
 * administrator filled in.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <liboath/oath.h>

#include "ssprd/help_code.h"
#include "tests/unit/judge_fixture.h"

/* link: @judge ssprd/help_code.c */

#define STEP 30

static const char key[] = "12345678901234567890", mail[] = "alice@mail.example",
		  other[] = "alice@other.example";
static char code[8];

/* alice has the app and an address, and manages. */
static int
set_up_managing(void **state)
{
	int r = set_up(state);

	open_dialog();
	assert_int_equal(record_save(&dialog, METHOD_APP, key, 20, 1), 0);
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, mail, strlen(mail), 0), 0);
	open_dialog_for(PURPOSE_MANAGE, 0);
	return r;
}

static void
prove_app(void)
{
	assert_int_equal(oath_totp_generate(key, 20, dialog.now, STEP, 0, 6, code), OATH_OK);
	assert_int_equal(status_of(REQUEST_TRY, "app", code), REPLY_PROVEN);
}

static void
prove_mail(void)
{
	assert_int_equal(status_of(REQUEST_SEND, "email", ""), REPLY_SENT);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_PROVEN);
}

static int
replace_mail(void)
{
	int status = status_of(REQUEST_SEND, "email", other);

	if (status == REPLY_SENT)
		status = status_of(REQUEST_TRY, "email", sent_code);
	return status;
}

static const char *
address(void)
{
	static char out[256];
	struct store_method row;
	struct secret plain = { 0 };

	assert_int_equal(record_open(&dialog, METHOD_EMAIL, &row, &plain), STORE_DONE);
	snprintf(out, sizeof(out), "%s", secret_text(&plain));
	secret_done(&plain);
	return out;
}

static bool
stamped(void)
{
	return scratch_size(alice_stamp()) >= 0;
}

static void
without_a_proof_nothing_is_changed(void **state)
{
	static const struct {
		int op;
		const char *method, *more;
	} rows[] = {
		{ REQUEST_SEED, "app", NULL },         { REQUEST_SEND, "email", other },
		{ REQUEST_SLOT, "questions", NULL },   { REQUEST_SLOT, "questions", "new" },
		{ REQUEST_REMOVE, "app", NULL },       { REQUEST_REMOVE, "email", NULL },
		{ REQUEST_REMOVE, "questions", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *fields[] = { rows[i].method, rows[i].more };

		open_dialog_for(PURPOSE_MANAGE, 0);
		assert_int_equal(vask(rows[i].op, fields, rows[i].more ? 2 : 1, NULL, 0),
				 JUDGED_VIOLATION);
	}
	assert_string_equal(address(), mail);
}

static void
a_proof_by_the_method_itself_does_not_change_it(void **state)
{
	(void)state;
	prove_mail();
	assert_int_equal(replace_mail(), 0);
	assert_int_equal(dialog.state, DIALOG_OVER);
	open_dialog_for(PURPOSE_MANAGE, 0);
	prove_mail();
	assert_int_equal(ask(REQUEST_REMOVE, "email"), JUDGED_VIOLATION);
	assert_string_equal(address(), mail);
}

static void
a_proof_by_another_method_replaces_it_once_the_new_one_is_proven(void **state)
{
	(void)state;
	prove_app();
	assert_int_equal(status_of(REQUEST_SEND, "email", other), REPLY_SENT);
	assert_string_equal(address(), mail);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_PROVEN);
	assert_string_equal(address(), other);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 1);
	assert_int_equal(untold(), 1);
}

static void
a_proof_of_an_earlier_dialog_opens_nothing(void **state)
{
	(void)state;
	prove_app();
	open_dialog_for(PURPOSE_MANAGE, 0);
	assert_int_equal(ask(REQUEST_SEND, "email", other), JUDGED_VIOLATION);
}

static void
a_code_for_a_new_address_changes_nothing_in_a_dialog_that_did_not_ask_for_it(void **state)
{
	(void)state;
	prove_app();
	assert_int_equal(status_of(REQUEST_SEND, "email", other), REPLY_SENT);
	open_dialog_for(PURPOSE_MANAGE, 0);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_EXPIRED);
	open_dialog_for(PURPOSE_ENROLL, 0);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_EXPIRED);
	assert_string_equal(address(), mail);
}

static void
a_wrong_code_for_a_new_address_is_no_failure_of_the_user(void **state)
{
	(void)state;
	prove_app();
	assert_int_equal(status_of(REQUEST_SEND, "email", other), REPLY_SENT);
	assert_int_equal(status_of(REQUEST_TRY, "email", "no code"), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	assert_int_equal(audited(AUDIT_METHOD_FAILED), 0);
	assert_int_equal(audited(AUDIT_CODE_WRONG), 1);
}

static void
the_address_that_stands_is_no_new_one(void **state)
{
	(void)state;
	prove_app();
	assert_int_equal(status_of(REQUEST_SEND, "email", mail), REPLY_REFUSED);
	assert_string_equal(text(0), "same");
}

static void
a_new_app_is_proven_by_its_own_code_and_the_old_one_by_none_of_them(void **state)
{
	char new_code[8];

	(void)state;
	prove_mail();
	assert_int_equal(status_of(REQUEST_SEED, "app"), REPLY_OK);
	assert_int_equal(
		oath_totp_generate((const char *)dialog.seed.data, 20, NOW, STEP, 0, 6, new_code),
		OATH_OK);
	assert_int_equal(oath_totp_generate(key, 20, NOW, STEP, 0, 6, code), OATH_OK);
	assert_int_equal(status_of(REQUEST_TRY, "app", code), REPLY_WRONG);
	assert_int_equal(status_of(REQUEST_TRY, "app", new_code), REPLY_PROVEN);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 1);
	assert_int_equal(status_of(REQUEST_TRY, "app", code), REPLY_WRONG);
}

static void
a_change_that_was_left_is_forgotten_with_the_facts(void **state)
{
	(void)state;
	prove_mail();
	assert_int_equal(status_of(REQUEST_SEED, "app"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	prove_app();
	assert_int_equal(audited(AUDIT_METHOD_CONFIRMED), 2);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 0);
}

static void
new_answers_replace_the_set_when_all_are_given(void **state)
{
	static const char *const questions[] = { "First thing you broke?",
						 "Second name you gave a cat?",
						 "Third street you hid in?" };
	static const unsigned char hash[2][32] = { "old", "new" };
	char asked[METHOD_VALUE_MAX + 1];

	(void)state;
	prove_mail();
	for (int set = 0; set < 2; set++)
		for (int i = 0; i < 3; i++) {
			assert_int_equal(set ? status_of(REQUEST_SLOT, "questions", "new")
					     : status_of(REQUEST_SLOT, "questions"),
					 REPLY_OK);
			assert_int_equal(
				ask_hash(hash[set], 32, REQUEST_TRY, "questions", questions[i]),
				JUDGED_REPLY);
			assert_int_equal(got.op, i < 2 ? REPLY_MORE : REPLY_PROVEN);
		}
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 3);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 1);
	assert_int_equal(status_of(REQUEST_SEED, "questions"), REPLY_OK);
	assert_true(field_text(&got, 0, asked, sizeof(asked)));
	for (int set = 0; set < 2; set++) {
		assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
		assert_int_equal(ask_hash(hash[set], 32, REQUEST_TRY, "questions", asked),
				 JUDGED_REPLY);
		assert_int_equal(got.op, set ? REPLY_PROVEN : REPLY_WRONG);
	}
}

static void
adding_takes_a_proof_of_any(void **state)
{
	static const unsigned char hash[32] = "x";

	(void)state;
	prove_mail();
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	assert_int_equal(ask_hash(hash, 32, REQUEST_TRY, "questions", "First thing you broke?"),
			 JUDGED_REPLY);
	assert_int_equal(got.op, REPLY_MORE);
}

static void
a_removed_method_is_gone_and_its_user_due_at_once(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice", ALICE_UID, NOW + 60, NOW);
	prove_app();
	assert_int_equal(status_of(REQUEST_REMOVE, "email"), REPLY_OK);
	assert_false(registered(METHOD_EMAIL));
	assert_false(stamped());
	assert_int_equal(audited(AUDIT_METHOD_REMOVED), 1);
	assert_int_equal(untold(), 1);
	assert_int_equal(facts().state, STATE_REGISTER);
	assert_int_equal(ask(REQUEST_REMOVE, "app"), JUDGED_VIOLATION);
}

static void
what_is_not_there_can_be_removed_without_harm(void **state)
{
	(void)state;
	prove_app();
	assert_int_equal(status_of(REQUEST_REMOVE, "questions"), REPLY_OK);
	assert_int_equal(audited(AUDIT_METHOD_REMOVED), 0);
	assert_int_equal(untold(), 0);
}

static void
redeem_help_code(void)
{
	struct help_code made = { stored().id, 60, "root", NOW };
	char help[RECOVERY_SHOWN];

	assert_int_equal(help_code_make(&judge, &made, help), 0);
	assert_int_equal(status_of(REQUEST_HELP, help), REPLY_PROVEN);
}

static void
a_help_desk_code_opens_the_dialog_where_it_is_typed(void **state)
{
	(void)state;
	redeem_help_code();
	assert_true(facts().open);
	assert_int_equal(replace_mail(), REPLY_PROVEN);
	assert_string_equal(address(), other);
}

/* A program that runs as the user waits for the hour in which somebody signs in with such a code. */
static void
a_help_desk_code_that_was_typed_elsewhere_opens_nothing_in_manage(void **state)
{
	static const struct {
		int op;
		const char *fields[2];
	} rows[] = {
		{ REQUEST_SEND, { "email", other } },
		{ REQUEST_SEED, { "app" } },
		{ REQUEST_REMOVE, { "app" } },
		{ REQUEST_SLOT, { "questions" } },
	};

	(void)state;
	open_dialog();
	redeem_help_code();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_dialog_for(PURPOSE_MANAGE, 0);
		assert_false(facts().open);
		assert_int_equal(
			vask(rows[i].op, rows[i].fields, rows[i].fields[1] ? 2 : 1, NULL, 0),
			JUDGED_VIOLATION);
	}
	assert_int_equal(messages, 0);
	open_dialog();
	assert_true(facts().open);
}

static void
a_first_registration_is_made_in_a_login_only(void **state)
{
	static const struct {
		int op;
		const char *method, *more;
	} rows[] = {
		{ REQUEST_SEED, "app", NULL },
		{ REQUEST_SEND, "email", other },
		{ REQUEST_SLOT, "questions", NULL },
		{ REQUEST_REMOVE, "email", NULL },
	};

	(void)state;
	store_method_remove(judge.store, stored().id, METHOD_APP);
	store_method_remove(judge.store, stored().id, METHOD_EMAIL);
	fill_in(METHOD_EMAIL, mail);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *fields[] = { rows[i].method, rows[i].more };

		open_dialog_for(PURPOSE_MANAGE, 0);
		redeem_help_code();
		assert_true(facts().open);
		assert_int_equal(vask(rows[i].op, fields, rows[i].more ? 2 : 1, NULL, 0),
				 JUDGED_VIOLATION);
	}
	open_dialog_for(PURPOSE_MANAGE, 0);
	redeem_help_code();
	assert_int_equal(ask(REQUEST_SEND, "email", ""), JUDGED_VIOLATION);
	assert_int_equal(messages, 0);
}

static void
a_login_that_owes_nothing_more_adds_only_after_a_proof(void **state)
{
	static const unsigned char hash[32] = "x";

	(void)state;
	open_dialog_for(PURPOSE_ENROLL, 200 * 24 * 3600);
	assert_int_equal(facts().state, STATE_RECONFIRM);
	assert_int_equal(ask(REQUEST_SLOT, "questions"), JUDGED_VIOLATION);
	open_dialog_for(PURPOSE_ENROLL, 200 * 24 * 3600);
	prove_app();
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	assert_int_equal(ask_hash(hash, 32, REQUEST_TRY, "questions", "First thing you broke?"),
			 JUDGED_REPLY);
	assert_int_equal(got.op, REPLY_MORE);
}

static void
a_login_changes_nothing_that_is_registered(void **state)
{
	(void)state;
	open_dialog_for(PURPOSE_ENROLL, 200 * 24 * 3600);
	prove_app();
	assert_int_equal(ask(REQUEST_SEND, "email", other), JUDGED_VIOLATION);
	open_dialog_for(PURPOSE_ENROLL, 200 * 24 * 3600 + STEP);
	prove_app();
	assert_int_equal(ask(REQUEST_REMOVE, "email"), JUDGED_VIOLATION);
	assert_string_equal(address(), mail);
}

/* The address is what an administrator filled in. */
static void
open_filled_in(void)
{
	store_method_remove(judge.store, stored().id, METHOD_EMAIL);
	fill_in(METHOD_EMAIL, mail);
	open_dialog();
}

static void
what_was_filled_in_is_shown_masked_and_confirmed_by_a_code(void **state)
{
	struct method_fact fact;

	(void)state;
	open_filled_in();
	fact = fact_of(METHOD_EMAIL);
	assert_int_equal(fact.state, METHOD_FILLED_IN);
	assert_string_equal(fact.masked, "a****@m***.example");
	assert_string_equal(fact.filled_by, "root");
	assert_false(registered(METHOD_EMAIL));
	prove_mail();
	assert_string_equal(sent_to, mail);
	assert_true(registered(METHOD_EMAIL));
	assert_string_equal(fact_of(METHOD_EMAIL).filled_by, "root");
	assert_int_equal(audited(AUDIT_METHOD_ADDED), 3);
}

static void
what_was_filled_in_can_be_corrected(void **state)
{
	(void)state;
	open_filled_in();
	assert_int_equal(replace_mail(), REPLY_PROVEN);
	assert_string_equal(address(), other);
	assert_string_equal(fact_of(METHOD_EMAIL).filled_by, "");
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 0);
}

static void
what_was_filled_in_can_be_thrown_away(void **state)
{
	(void)state;
	open_filled_in();
	assert_int_equal(status_of(REQUEST_REMOVE, "email"), REPLY_OK);
	assert_int_equal(fact_of(METHOD_EMAIL).state, METHOD_MISSING);
	assert_int_equal(audited(AUDIT_METHOD_REMOVED), 1);
	assert_int_equal(untold(), 0);
}

static void
what_was_filled_in_must_be_permitted_like_what_is_typed(void **state)
{
	(void)state;
	store_method_remove(judge.store, stored().id, METHOD_EMAIL);
	fill_in(METHOD_EMAIL, "alice@corp.example");
	open_dialog();
	assert_int_equal(status_of(REQUEST_SEND, "email", ""), REPLY_REFUSED);
	assert_string_equal(text(0), "domain-forbidden");
}

static void
every_change_in_manage_waits_to_be_told_and_takes_the_stamp_away(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice", ALICE_UID, NOW + 60, NOW);
	prove_app();
	assert_true(stamped());
	assert_int_equal(replace_mail(), REPLY_PROVEN);
	assert_false(stamped());
	assert_int_equal(status_of(REQUEST_REMOVE, "app"), REPLY_OK);
	assert_int_equal(untold(), 2);
}

/* Another dialog of hers reaches the limit. */
static void
block_elsewhere(void)
{
	const struct throttle_config *t = &config->throttle;
	const struct limit_rule rule = { t->failures, t->window, t->block };
	limit_key failures;
	int64_t until;

	limit_user_key(judge.vault, LIMIT_FAILURES, stored().id, failures);
	for (int i = 0; i < t->failures; i++)
		assert_int_equal(limit_fail(judge.store, failures, &rule, dialog.now, &until),
				 LIMIT_PERMITTED);
	assert_int_not_equal(until, 0);
}

static void
unblock(void)
{
	limit_key failures;

	limit_user_key(judge.vault, LIMIT_FAILURES, stored().id, failures);
	assert_int_equal(limit_clear(judge.store, failures), 0);
}

static void
assert_closed(int judged)
{
	assert_int_equal(judged, JUDGED_REPLY);
	assert_int_equal(got.op, REPLY_OVER);
	assert_string_equal(text(0), "blocked");
	assert_int_equal(dialog.state, DIALOG_OVER);
}

static void
while_blocked_manage_is_closed_from_its_first_request(void **state)
{
	(void)state;
	block_elsewhere();
	begin_dialog_for(PURPOSE_MANAGE, 0);
	assert_closed(ask(REQUEST_FACTS));
	begin_dialog_for(PURPOSE_MANAGE, config->throttle.block);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
}

static void
whatever_was_proven_before_a_block_changes_nothing_in_it(void **state)
{
	static const struct {
		int op;
		const char *fields[2];
	} rows[] = {
		{ REQUEST_SEND, { "email", other } }, { REQUEST_TRY, { "email", sent_code } },
		{ REQUEST_REMOVE, { "email" } },      { REQUEST_SLOT, { "questions" } },
		{ REQUEST_FACTS, { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t count = rows[i].fields[1] ? 2 : rows[i].fields[0] ? 1 : 0;

		open_dialog_for(PURPOSE_MANAGE, (int64_t)i * STEP);
		prove_app();
		if (rows[i].op == REQUEST_TRY)
			assert_int_equal(status_of(REQUEST_SEND, "email", other), REPLY_SENT);
		block_elsewhere();
		assert_closed(vask(rows[i].op, rows[i].fields, count, NULL, 0));
		assert_string_equal(address(), mail);
		assert_false(registered(METHOD_QUESTIONS));
		unblock();
	}
}

static void
answers_that_were_hashed_when_the_block_began_are_not_kept(void **state)
{
	static const unsigned char hash[32] = "x";

	(void)state;
	prove_app();
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
	block_elsewhere();
	assert_closed(ask_hash(hash, 32, REQUEST_TRY, "questions", "First thing you broke?"));
	assert_int_equal(dialog.answer_count, 0);
	assert_true(slot_take(&slots, &(struct slot_wait){ 0 }));
}

static void
a_help_desk_code_opens_no_manage_that_is_blocked(void **state)
{
	struct help_code help = { stored().id, 60, "root", NOW };
	char shown[RECOVERY_SHOWN];

	(void)state;
	assert_int_equal(help_code_make(&judge, &help, shown), 0);
	block_elsewhere();
	assert_closed(ask(REQUEST_HELP, shown));
	assert_int_equal(stored().code_open_until, 0);
	unblock();
	open_dialog_for(PURPOSE_MANAGE, 0);
	assert_int_equal(status_of(REQUEST_HELP, shown), REPLY_PROVEN);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_managing, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_a_proof_nothing_is_changed),
		TEST(a_proof_by_the_method_itself_does_not_change_it),
		TEST(a_proof_by_another_method_replaces_it_once_the_new_one_is_proven),
		TEST(a_proof_of_an_earlier_dialog_opens_nothing),
		TEST(a_code_for_a_new_address_changes_nothing_in_a_dialog_that_did_not_ask_for_it),
		TEST(a_wrong_code_for_a_new_address_is_no_failure_of_the_user),
		TEST(the_address_that_stands_is_no_new_one),
		TEST(a_new_app_is_proven_by_its_own_code_and_the_old_one_by_none_of_them),
		TEST(a_change_that_was_left_is_forgotten_with_the_facts),
		TEST(new_answers_replace_the_set_when_all_are_given),
		TEST(adding_takes_a_proof_of_any),
		TEST(a_removed_method_is_gone_and_its_user_due_at_once),
		TEST(what_is_not_there_can_be_removed_without_harm),
		TEST(a_help_desk_code_opens_the_dialog_where_it_is_typed),
		TEST(a_help_desk_code_that_was_typed_elsewhere_opens_nothing_in_manage),
		TEST(a_first_registration_is_made_in_a_login_only),
		TEST(a_login_that_owes_nothing_more_adds_only_after_a_proof),
		TEST(a_login_changes_nothing_that_is_registered),
		TEST(what_was_filled_in_is_shown_masked_and_confirmed_by_a_code),
		TEST(what_was_filled_in_can_be_corrected),
		TEST(what_was_filled_in_can_be_thrown_away),
		TEST(what_was_filled_in_must_be_permitted_like_what_is_typed),
		TEST(every_change_in_manage_waits_to_be_told_and_takes_the_stamp_away),
		TEST(while_blocked_manage_is_closed_from_its_first_request),
		TEST(whatever_was_proven_before_a_block_changes_nothing_in_it),
		TEST(answers_that_were_hashed_when_the_block_began_are_not_kept),
		TEST(a_help_desk_code_opens_no_manage_that_is_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
