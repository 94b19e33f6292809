/*
 * How a dialog ends: the verdict of each reason, what is counted, when a stamp is written, when
 * one line may be shown.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/judge_fixture.h"

/* link: @judge */

static const char remind[] = POLICY "[registration]\nenforce = remind\n";
static const char free_period[] = POLICY "[registration]\npostpone_until = 2030-01-01\n";
static const char refuse[] =
	POLICY "[registration]\nkeyed_logins = refuse\npostpone_until = 2020-01-01\n";

/* The verdict's word, as the session gets it. */
static const char *
finish(const char *reason)
{
	assert_int_equal(status_of(REQUEST_FINISH, reason), REPLY_OK);
	return text(0);
}

/* May the terminal be told one line? Asked after finish(). */
static bool
tells(void)
{
	return strcmp(text(1), "1") == 0;
}

static bool
stamped_until(int64_t until)
{
	char line[64];

	snprintf(line, sizeof(line), "sspr1 alice %lld\n", (long long)until);
	return scratch_holds(alice_stamp(), line, strlen(line));
}

static bool
stamped(void)
{
	return scratch_size(alice_stamp()) >= 0;
}

static void
register_methods(void)
{
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, "a@b.example", 11, 0), 0);
	assert_int_equal(record_save(&dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
}

static void
done_with_nothing_owed_is_registered_and_stamped(void **state)
{
	(void)state;
	open_dialog();
	register_methods();
	assert_string_equal(finish("done"), "registered");
	assert_true(stamped_until(NOW + STAMP_AHEAD_MAX));
	assert_int_equal(audited(AUDIT_REGISTRATION_FINISHED), 1);
}

static void
saying_done_does_not_make_it_so(void **state)
{
	(void)state;
	open_dialog();
	assert_string_equal(finish("done"), "postponed");
	assert_int_equal(stored().postpones_used, 1);
}

static void
nothing_owed_is_registered_however_it_ended(void **state)
{
	static const char *const reasons[] = { "not-now", "timed-out", "too-much-input",
					       "no-dialog" };

	(void)state;
	open_dialog();
	register_methods();
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		begin_dialog();
		assert_string_equal(finish(reasons[i]), "registered");
	}
}

static void
not_now_is_counted_holds_12_hours_and_is_stamped(void **state)
{
	(void)state;
	open_dialog();
	assert_string_equal(finish("not-now"), "postponed");
	assert_int_equal(stored().postpones_used, 1);
	assert_int_equal(stored().postponed_until, NOW + 12 * 3600);
	assert_true(stamped_until(NOW + 12 * 3600));
	assert_int_equal(audited(AUDIT_REGISTRATION_POSTPONED), 1);
}

static void
windows_opened_at_a_time_count_once(void **state)
{
	static struct dialog other;

	(void)state;
	open_dialog();
	other = dialog; /* the second window */
	memset(&dialog, 0, sizeof(dialog));
	open_dialog();
	assert_string_equal(finish("not-now"), "postponed");
	dialog_done(&dialog);
	dialog = other;
	assert_string_equal(finish("not-now"), "postponed");
	assert_int_equal(stored().postpones_used, 1);
}

static void
after_the_last_postpone_it_is_declined_without_a_stamp(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		open_dialog();
		dialog.now = NOW + i * 13 * 3600;
		assert_string_equal(finish("not-now"), "postponed");
	}
	assert_int_equal(stored().postpones_used, 3);
	unlink(alice_stamp());
	open_dialog();
	dialog.now = NOW + 3 * 13 * 3600;
	assert_string_equal(finish("not-now"), "declined");
	assert_int_equal(stored().postpones_used, 3);
	assert_false(stamped());
	assert_int_equal(audited(AUDIT_REGISTRATION_DECLINED), 1);
}

static void
under_remind_not_now_is_free_and_stamped(void **state)
{
	(void)state;
	use_policy(remind);
	open_dialog();
	assert_string_equal(finish("not-now"), "postponed");
	assert_int_equal(stored().postpones_used, 0);
	assert_true(stamped_until(NOW + 12 * 3600));
}

static void
before_postpone_until_not_now_is_free(void **state)
{
	(void)state;
	use_policy(free_period);
	open_dialog();
	assert_string_equal(finish("not-now"), "postponed");
	assert_int_equal(stored().postpones_used, 0);
}

static void
a_dialog_that_ran_out_of_time_is_refused_and_counts_nothing(void **state)
{
	(void)state;
	open_dialog();
	assert_string_equal(finish("timed-out"), "timed-out");
	assert_int_equal(stored().postpones_used, 0);
	assert_false(stamped());
	open_dialog();
	assert_string_equal(finish("too-much-input"), "too-much-input");
	use_policy(remind);
	open_dialog();
	assert_string_equal(finish("timed-out"), "postponed");
	assert_false(stamped());
	open_dialog();
	assert_string_equal(finish("too-much-input"), "postponed");
}

static void
a_login_without_a_dialog_is_told_once_a_day_and_never_stamped(void **state)
{
	(void)state;
	begin_dialog();
	assert_string_equal(finish("no-dialog"), "no-dialog");
	assert_true(tells());
	assert_false(stamped());
	begin_dialog();
	dialog.now = NOW + 24 * 3600 - 1;
	assert_string_equal(finish("no-dialog"), "no-dialog");
	assert_false(tells());
	begin_dialog();
	dialog.now = NOW + 24 * 3600;
	finish("no-dialog");
	assert_true(tells());
	assert_int_equal(stored().postpones_used, 0);
}

static void
where_such_logins_are_refused_it_is_declined(void **state)
{
	(void)state;
	use_policy(refuse);
	begin_dialog();
	assert_string_equal(finish("no-dialog"), "declined");
	assert_true(tells());
	assert_int_equal(audited(AUDIT_REGISTRATION_DECLINED), 1);
}

static void
a_broken_session_has_failed_and_changes_nothing(void **state)
{
	(void)state;
	open_dialog();
	assert_string_equal(finish("broken"), "failed");
	assert_int_equal(stored().postpones_used, 0);
	assert_false(stamped());
}

static void
who_is_no_longer_enabled_is_let_by(void **state)
{
	(void)state;
	open_dialog();
	use_policy(POLICY "[registration]\nexclude = alice\n");
	assert_string_equal(finish("not-now"), "not-enabled");
	assert_int_equal(stored().postpones_used, 0);
}

#define LATER (200 * 24 * 3600) /* all is stale by then */

static void
open_stale(void)
{
	open_dialog();
	register_methods();
	open_dialog_for(PURPOSE_ENROLL, LATER);
}

static void
prove(enum method method)
{
	assert_int_equal(store_method_proven(judge.store, stored().id, method, dialog.now),
			 STORE_DONE);
}

static void
block(void)
{
	for (int i = 0; i < 5; i++)
		ask(REQUEST_TRY, "app", "no code");
	assert_int_equal(got.op, REPLY_BLOCKED);
}

static void
add_notice(void)
{
	struct store_notice n = {
		.time = NOW, .kind = "method-removed", .method = "email", .from = "192.0.2.7"
	};

	assert_int_equal(store_notice_add(judge.store, stored().id, &n), 0);
}

static void
what_was_stale_and_is_proven_is_confirmed_and_stamped(void **state)
{
	(void)state;
	open_stale();
	prove(METHOD_APP);
	prove(METHOD_EMAIL);
	assert_string_equal(finish("done"), "confirmed");
	assert_true(stamped_until(NOW + LATER + STAMP_AHEAD_MAX));
}

static void
reconfirming_is_postponed_by_the_same_rules(void **state)
{
	(void)state;
	open_stale();
	prove(METHOD_APP);
	assert_string_equal(finish("done"), "postponed");
	assert_int_equal(stored().postpones_used, 1);
	assert_true(stamped_until(NOW + LATER + 12 * 3600));
	for (int i = 1; i < 3; i++) {
		open_dialog_for(PURPOSE_ENROLL, LATER + i * 13 * 3600);
		assert_string_equal(finish("not-now"), "postponed");
	}
	open_dialog_for(PURPOSE_ENROLL, LATER + 40 * 3600);
	assert_string_equal(finish("not-now"), "declined");
	assert_int_equal(stored().postpones_used, 3);
	open_dialog_for(PURPOSE_ENROLL, LATER + 40 * 3600);
	assert_string_equal(finish("timed-out"), "timed-out");
}

static void
who_cannot_prove_anything_is_let_by_uncounted_and_audited(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		if (i == 0)
			open_stale();
		else
			open_dialog_for(PURPOSE_ENROLL, LATER);
		assert_string_equal(finish("cannot-prove"), "postponed");
	}
	assert_int_equal(stored().postpones_used, 0);
	assert_false(stamped());
	assert_int_equal(audited(AUDIT_CANNOT_PROVE), 5);
	assert_int_equal(audited(AUDIT_REGISTRATION_POSTPONED), 0);
}

static void
what_is_missing_needs_no_proof_so_that_cannot_prove_is_a_not_now(void **state)
{
	(void)state;
	open_dialog();
	assert_string_equal(finish("cannot-prove"), "postponed");
	assert_int_equal(stored().postpones_used, 1);
	assert_int_equal(audited(AUDIT_CANNOT_PROVE), 0);
}

static void
who_is_blocked_is_let_by_uncounted_until_the_block_ends(void **state)
{
	static const char *const reasons[] = { "done", "not-now", "cannot-prove", "timed-out" };

	(void)state;
	open_stale();
	block();
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (i > 0)
			open_dialog_for(PURPOSE_ENROLL, LATER);
		assert_string_equal(finish(reasons[i]), "postponed");
	}
	assert_int_equal(stored().postpones_used, 0);
	assert_true(stamped_until(NOW + LATER + 86400));
	open_dialog_for(PURPOSE_ENROLL, LATER + 86400);
	assert_string_equal(finish("not-now"), "postponed");
	assert_int_equal(stored().postpones_used, 1);
}

static void
changes_that_were_shown_and_answered_are_told(void **state)
{
	(void)state;
	open_dialog();
	register_methods();
	add_notice();
	open_dialog();
	assert_int_equal(facts().state, STATE_NOTICE);
	assert_int_equal(facts().changes, 1);
	assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
	assert_int_equal(got.count, 4);
	assert_int_equal(number(0), NOW);
	assert_string_equal(text(1), "method-removed");
	assert_string_equal(text(2), "email");
	assert_string_equal(text(3), "192.0.2.7");
	add_notice();
	assert_string_equal(finish("done"), "noticed");
	assert_int_equal(untold(), 1);
	assert_false(stamped());
	open_dialog();
	assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
	assert_string_equal(finish("done"), "noticed");
	assert_int_equal(untold(), 0);
	assert_true(stamped());
}

static void
what_falls_due_while_a_change_is_read_is_asked_at_the_next_login(void **state)
{
	static const char *const reasons[] = { "done", "not-now" };

	(void)state;
	open_dialog();
	register_methods();
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		assert_int_equal(store_user_mark(judge.store, stored().id, MARK_REQUIRED_AT, 0), 0);
		add_notice();
		open_dialog_for(PURPOSE_ENROLL, 60);
		assert_int_equal(dialog.why, STATE_NOTICE);
		assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
		assert_int_equal(
			store_user_mark(judge.store, stored().id, MARK_REQUIRED_AT, NOW + 60), 0);
		assert_string_equal(finish(reasons[i]), "noticed");
		assert_int_equal(dialog.plan.state, STATE_RECONFIRM);
		assert_int_equal(stored().postpones_used, 0);
		assert_int_equal(untold(), 0);
		assert_false(stamped());
	}
}

static void
changes_that_nobody_answered_to_stay_untold(void **state)
{
	static const struct {
		const char *reason, *verdict;
	} rows[] = { { "no-dialog", "no-dialog" },
		     { "timed-out", "timed-out" },
		     { "broken", "failed" } };

	(void)state;
	open_dialog();
	register_methods();
	add_notice();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_dialog();
		assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
		assert_string_equal(finish(rows[i].reason), rows[i].verdict);
		assert_int_equal(untold(), 1);
		assert_false(stamped());
	}
	open_dialog();
	assert_string_equal(finish("done"), "noticed"); /* they were never asked for */
	assert_int_equal(untold(), 1);
}

static void
changes_are_told_in_portions(void **state)
{
	(void)state;
	open_dialog();
	register_methods();
	for (int i = 0; i < CHANGES_MAX + 2; i++)
		add_notice();
	open_dialog();
	assert_int_equal(facts().changes, CHANGES_MAX);
	assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
	assert_int_equal(got.count, 4 * CHANGES_MAX);
	assert_string_equal(finish("done"), "noticed");
	assert_int_equal(untold(), 2);
}

static void
a_not_now_leaves_no_stamp_while_a_change_is_untold(void **state)
{
	(void)state;
	open_dialog();
	add_notice();
	assert_string_equal(finish("not-now"), "postponed");
	assert_false(stamped());
	open_dialog();
	assert_int_equal(dialog.why, STATE_NOTICE);
	assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
	assert_string_equal(finish("done"), "noticed");
	assert_true(stamped_until(NOW + 12 * 3600));
}

static void
manage_counts_nothing_stamps_nothing_and_hides_no_change(void **state)
{
	static const struct {
		const char *reason, *verdict;
	} rows[] = { { "done", "registered" },     { "not-now", "registered" },
		     { "timed-out", "timed-out" }, { "too-much-input", "too-much-input" },
		     { "no-dialog", "no-dialog" }, { "cannot-prove", "registered" },
		     { "broken", "failed" } };

	(void)state;
	open_dialog();
	register_methods();
	add_notice();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_dialog_for(PURPOSE_MANAGE, LATER);
		assert_int_equal(status_of(REQUEST_CHANGES), REPLY_OK);
		assert_string_equal(finish(rows[i].reason), rows[i].verdict);
	}
	assert_int_equal(untold(), 1);
	assert_int_equal(stored().postpones_used, 0);
	assert_false(stamped());
	assert_int_equal(audited(AUDIT_CANNOT_PROVE), 0);
}

static void
manage_says_when_it_is_blocked_or_leaves_something_owed(void **state)
{
	(void)state;
	open_dialog();
	register_methods();
	open_dialog_for(PURPOSE_MANAGE, 0);
	block();
	assert_string_equal(finish("done"), "blocked");
	store_method_remove(judge.store, stored().id, METHOD_EMAIL);
	begin_dialog_for(PURPOSE_MANAGE, 0);
	assert_string_equal(finish("done"), "postponed");
}

static void
few_recovery_codes_leave_no_stamp(void **state)
{
	static const unsigned char hashes[3][STORE_HASH_SIZE] = { "a", "b", "c" };

	(void)state;
	use_policy(POLICY_OF("app recovery-codes"));
	open_dialog();
	assert_int_equal(record_save(&dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
	for (int i = 0; i < RECOVERY_CODES; i++)
		dialog.recovery[i][0] = (unsigned char)i;
	assert_int_equal(record_save(&dialog, METHOD_RECOVERY_CODES, "", 0, 0), 0);
	assert_int_equal(store_recovery_put(judge.store, stored().id, hashes, 3), 0);
	assert_string_equal(finish("done"), "registered");
	assert_false(stamped());
}

static void
being_registered_for_the_first_time_is_written_once_and_in_the_same_commit(void **state)
{
	(void)state;
	open_dialog();
	assert_string_equal(finish("not-now"), "postponed");
	open_dialog();
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, "a@b.example", 11, 0), 0);
	assert_int_equal(audited(AUDIT_REGISTRATION_FINISHED), 0);
	assert_int_equal(stored().registered_at, 0);
	assert_int_equal(stored().postpones_used, 1);
	assert_int_equal(record_save(&dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
	assert_int_equal(audited(AUDIT_REGISTRATION_FINISHED), 1);
	assert_int_equal(stored().registered_at, NOW);
	assert_int_equal(stored().postpones_used, 0);
	assert_int_equal(stored().postponed_until, 0);
	assert_int_equal(untold(), 0);
}

static void
replaced_holds_nobody_back_under_remind(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(finish_ended(&dialog, VERDICT_REPLACED), VERDICT_REPLACED);
	use_policy(remind);
	assert_int_equal(finish_ended(&dialog, VERDICT_REPLACED), VERDICT_POSTPONED);
	assert_int_equal(finish_ended(&dialog, VERDICT_FAILED), VERDICT_FAILED);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(done_with_nothing_owed_is_registered_and_stamped),
		TEST(saying_done_does_not_make_it_so),
		TEST(nothing_owed_is_registered_however_it_ended),
		TEST(not_now_is_counted_holds_12_hours_and_is_stamped),
		TEST(windows_opened_at_a_time_count_once),
		TEST(after_the_last_postpone_it_is_declined_without_a_stamp),
		TEST(under_remind_not_now_is_free_and_stamped),
		TEST(before_postpone_until_not_now_is_free),
		TEST(a_dialog_that_ran_out_of_time_is_refused_and_counts_nothing),
		TEST(a_login_without_a_dialog_is_told_once_a_day_and_never_stamped),
		TEST(where_such_logins_are_refused_it_is_declined),
		TEST(a_broken_session_has_failed_and_changes_nothing),
		TEST(who_is_no_longer_enabled_is_let_by),
		TEST(what_was_stale_and_is_proven_is_confirmed_and_stamped),
		TEST(reconfirming_is_postponed_by_the_same_rules),
		TEST(who_cannot_prove_anything_is_let_by_uncounted_and_audited),
		TEST(what_is_missing_needs_no_proof_so_that_cannot_prove_is_a_not_now),
		TEST(who_is_blocked_is_let_by_uncounted_until_the_block_ends),
		TEST(changes_that_were_shown_and_answered_are_told),
		TEST(what_falls_due_while_a_change_is_read_is_asked_at_the_next_login),
		TEST(changes_that_nobody_answered_to_stay_untold),
		TEST(changes_are_told_in_portions),
		TEST(a_not_now_leaves_no_stamp_while_a_change_is_untold),
		TEST(manage_counts_nothing_stamps_nothing_and_hides_no_change),
		TEST(manage_says_when_it_is_blocked_or_leaves_something_owed),
		TEST(few_recovery_codes_leave_no_stamp),
		TEST(being_registered_for_the_first_time_is_written_once_and_in_the_same_commit),
		TEST(replaced_holds_nobody_back_under_remind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
