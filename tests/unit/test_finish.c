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

/* link: ssprd/judge.c ssprd/dialog.c ssprd/user.c ssprd/finish.c ssprd/slots.c ssprd/stamps.c ssprd/catalogue.c methods/judges.c methods/app/judge.c methods/email/judge.c methods/questions/judge.c */

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

static struct store_user
stored(void)
{
	struct store_user u;

	assert_int_equal(store_user_get(judge.store, "alice", &u), STORE_DONE);
	store_user_done(&u);
	return u;
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
	assert_int_equal(dialog_save(&dialog, METHOD_EMAIL, "a@b.example", 11, 0), 0);
	assert_int_equal(dialog_save(&dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
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
		TEST(replaced_holds_nobody_back_under_remind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
