/*
 * Help desk codes: counted before they are compared, good once, for registering where a code is
 * needed and for replacing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/help.h"
#include "ssprd/help_code.h"
#include "tests/unit/judge_fixture.h"

/* link: @judge ssprd/help_code.c */

#define NEEDS   "[registration]\nmethods = app email questions\nfirst_proof = code\n"
#define DORMANT "[registration]\nmethods = app email questions\ndormant_days = 90\n"
#define REST                                                                                       \
	"[email]\nurl = smtp://127.0.0.1:25\nfrom = a@b.example\ntls = none\n"                     \
	"[questions]\nhash_memory = 8\nhash_passes = 1\n"
#define DAY (24 * 3600)

static const char mail[] = "alice@mail.example", other[] = "alice@other.example";
static char help[RECOVERY_SHOWN];

static void
make_code_at(int64_t moment, int minutes)
{
	struct help_code code = { stored().id, minutes, "root", moment };

	assert_int_equal(help_code_make(&judge, &code, help), 0);
}

static void
make_code(int minutes)
{
	make_code_at(NOW, minutes);
}

static int
redeem(const char *typed)
{
	return status_of(REQUEST_HELP, typed);
}

/* A code of the right form that is not hers. */
static const char *
wrong_code(void)
{
	unsigned char random[RECOVERY_RANDOM] = { 1 };
	static char wrong[RECOVERY_SHOWN];

	recovery_make(RECOVERY_HELP, random, wrong);
	return wrong;
}

static void
where_a_code_is_needed_nothing_is_registered_before_it(void **state)
{
	static const struct {
		int op;
		const char *fields[2];
	} rows[] = {
		{ REQUEST_SEED, { "app" } },
		{ REQUEST_SEND, { "email", mail } },
		{ REQUEST_SEND, { "email", "" } },
		{ REQUEST_SLOT, { "questions" } },
		{ REQUEST_TRY, { "email", "123456" } },
		{ REQUEST_REMOVE, { "email" } },
	};

	(void)state;
	use_policy(NEEDS REST);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_dialog();
		assert_true(facts().needs_code);
		assert_int_equal(
			vask(rows[i].op, rows[i].fields, rows[i].fields[1] ? 2 : 1, NULL, 0),
			JUDGED_VIOLATION);
	}
	assert_int_equal(messages, 0);
}

static void
the_code_opens_it(void **state)
{
	struct facts f;

	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	assert_int_equal(redeem(help), REPLY_PROVEN);
	f = facts();
	assert_false(f.needs_code);
	assert_true(f.open);
	assert_int_equal(status_of(REQUEST_SEND, "email", mail), REPLY_SENT);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_PROVEN);
	assert_int_equal(audited(AUDIT_HELP_CODE_USED), 1);
}

static void
it_is_read_as_people_type_it(void **state)
{
	char typed[RECOVERY_SHOWN + 4];

	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	for (char *c = help; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c |= 0x20;
	snprintf(typed, sizeof(typed), " %.5s-%s", help, help + 5);
	assert_int_equal(redeem(typed), REPLY_PROVEN);
}

static void
it_is_good_once(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	assert_int_equal(redeem(help), REPLY_PROVEN);
	assert_int_equal(redeem(help), REPLY_EXPIRED);
	assert_int_equal(audited(AUDIT_HELP_CODE_USED), 1);
}

static void
it_ends_after_its_time(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(10);
	dialog.now = NOW + 600;
	assert_int_equal(redeem(help), REPLY_EXPIRED);
	dialog.now = NOW + 599;
	assert_int_equal(redeem(help), REPLY_PROVEN);
}

static void
one_that_was_made_under_a_clock_far_ahead_is_not_valid_for_years(void **state)
{
	static const int64_t ahead[] = { 10LL * 365 * DAY, 30LL * DAY, DAY, 7 * 3600 + 1 };

	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		make_code_at(NOW + ahead[i], 60);
		assert_int_equal(redeem(help), REPLY_EXPIRED);
		assert_int_equal(redeem(wrong_code()), REPLY_EXPIRED);
	}
	assert_int_equal(audited(AUDIT_HELP_CODE_WRONG), 0);
	assert_true(facts().needs_code);
}

static void
the_longest_one_is_valid_at_once(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(HELP_CODE_MINUTES_MAX);
	assert_int_equal(redeem(help), REPLY_PROVEN);
}

static void
one_that_was_made_under_a_clock_far_behind_has_ended(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code_at(NOW - 365 * DAY, HELP_CODE_MINUTES_MAX);
	assert_int_equal(redeem(help), REPLY_EXPIRED);
}

static void
at_a_reset_it_is_never_valid(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	open_dialog_for(PURPOSE_RESET, 0);
	assert_int_equal(ask(REQUEST_HELP, help), JUDGED_VIOLATION);
	open_dialog();
	assert_int_equal(redeem(help), REPLY_PROVEN);
	open_dialog_for(PURPOSE_RESET, 0);
	assert_false(facts().open);
	assert_int_equal(ask(REQUEST_SEND, "email", mail), JUDGED_VIOLATION);
}

static void
wrong_ones_are_counted_on_disk_and_spend_it(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	assert_int_equal(redeem(wrong_code()), REPLY_WRONG);
	assert_int_equal(number(0), 2);
	open_dialog();
	assert_int_equal(redeem("nothing like a code"), REPLY_WRONG);
	assert_int_equal(number(0), 1);
	assert_int_equal(redeem(""), REPLY_SPENT);
	assert_int_equal(number(0), NOW + 3600);
	assert_int_equal(redeem(help), REPLY_SPENT);
	assert_int_equal(audited(AUDIT_HELP_CODE_WRONG), 3);
	assert_true(facts().needs_code);
	make_code(60);
	assert_int_equal(redeem(help), REPLY_PROVEN);
}

static void
without_one_there_is_nothing_to_redeem(void **state)
{
	(void)state;
	open_dialog();
	assert_int_equal(redeem(wrong_code()), REPLY_EXPIRED);
	assert_int_equal(audited(AUDIT_HELP_CODE_WRONG), 0);
}

static void
the_code_of_another_user_is_wrong(void **state)
{
	char of_alice[RECOVERY_SHOWN];

	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	memcpy(of_alice, help, sizeof(of_alice));
	open_dialog_of("bob", 1002);
	assert_int_equal(
		help_code_make(&judge,
			       &(struct help_code){ dialog.user.stored.id, 60, "root", NOW }, help),
		0);
	assert_int_equal(redeem(of_alice), REPLY_WRONG);
	assert_int_equal(redeem(help), REPLY_PROVEN);
}

static void
what_it_opens_outlives_a_dropped_line_and_ends_after_an_hour(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	assert_int_equal(redeem(help), REPLY_PROVEN);
	open_dialog_for(PURPOSE_ENROLL, HELP_OPEN_SECONDS - 1);
	assert_int_equal(status_of(REQUEST_SEED, "app"), REPLY_OK);
	open_dialog_for(PURPOSE_ENROLL, HELP_OPEN_SECONDS);
	assert_true(facts().needs_code);
	assert_int_equal(ask(REQUEST_SEED, "app"), JUDGED_VIOLATION);
}

static void
register_both(void)
{
	assert_int_equal(record_save(&dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, mail, strlen(mail), 0), 0);
}

static void
it_lets_what_can_no_longer_be_proven_be_replaced_in_a_login(void **state)
{
	(void)state;
	open_dialog();
	register_both();
	make_code(60);
	open_dialog_for(PURPOSE_ENROLL, 200 * DAY);
	store_help_remove(judge.store, stored().id);
	assert_int_equal(
		help_code_make(&judge,
			       &(struct help_code){ stored().id, 60, "root", NOW + 200 * DAY },
			       help),
		0);
	assert_int_equal(redeem(help), REPLY_PROVEN);
	assert_int_equal(status_of(REQUEST_SEND, "email", other), REPLY_SENT);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_PROVEN);
	assert_int_equal(status_of(REQUEST_SEED, "app"), REPLY_OK);
	assert_int_equal(audited(AUDIT_METHOD_REPLACED), 1);
}

static void
it_is_closed_by_the_dialog_that_leaves_nothing_owed(void **state)
{
	(void)state;
	use_policy(NEEDS REST);
	open_dialog();
	make_code(60);
	assert_int_equal(redeem(help), REPLY_PROVEN);
	assert_int_equal(status_of(REQUEST_FINISH, "not-now"), REPLY_OK);
	assert_int_equal(stored().code_open_until, NOW + HELP_OPEN_SECONDS);
	open_dialog();
	register_both();
	assert_int_equal(status_of(REQUEST_FINISH, "done"), REPLY_OK);
	assert_int_equal(stored().code_open_until, 0);
}

static void
who_began_without_a_code_goes_on_without_one(void **state)
{
	(void)state;
	open_dialog();
	register_both();
	use_policy("[registration]\nmethods = app email questions\nmethods_required = 3\n"
		   "first_proof = code\n" REST);
	open_dialog();
	assert_false(facts().needs_code);
	assert_int_equal(status_of(REQUEST_SLOT, "questions"), REPLY_OK);
}

static void
tell_last_login(int64_t last_login, int64_t later)
{
	struct context context = alice_context();
	struct user user = { 0 };

	dialog_done(&dialog);
	context.has_last_login = true;
	context.last_login = last_login;
	assert_int_equal(user_tell(&user, &judge, "alice", &context, NOW + later, true),
			 STORE_DONE);
	assert_int_equal(
		dialog_init(&dialog, &judge, PURPOSE_ENROLL, &user, &context, 7, NOW + later), 0);
	assert_int_equal(dialog_begins(&dialog), 0);
}

static void
who_was_seen_dormant_needs_a_code_until_registered(void **state)
{
	(void)state;
	use_policy(DORMANT "methods_required = 1\n" REST);
	tell_last_login(NOW - 90 * DAY, 0);
	assert_true(facts().needs_code);
	assert_int_equal(stored().dormant_seen, NOW);
	tell_last_login(NOW, 3600);
	assert_true(facts().needs_code);
	assert_int_equal(
		store_user_mark(judge.store, stored().id, MARK_CODE_OPEN_UNTIL, NOW + 2 * 3600), 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(status_of(REQUEST_SEND, "email", mail), REPLY_SENT);
	assert_int_equal(status_of(REQUEST_TRY, "email", sent_code), REPLY_PROVEN);
	assert_int_equal(stored().dormant_seen, 0);
	assert_int_equal(stored().registered_at, NOW + 3600);
}

static void
who_was_never_seen_or_lately_is_not_dormant(void **state)
{
	(void)state;
	use_policy(DORMANT REST);
	tell_last_login(0, 0);
	assert_false(facts().needs_code);
	tell_last_login(NOW - 89 * DAY, 0);
	assert_false(facts().needs_code);
	assert_int_equal(stored().dormant_seen, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(where_a_code_is_needed_nothing_is_registered_before_it),
		TEST(the_code_opens_it),
		TEST(it_is_read_as_people_type_it),
		TEST(it_is_good_once),
		TEST(it_ends_after_its_time),
		TEST(one_that_was_made_under_a_clock_far_ahead_is_not_valid_for_years),
		TEST(the_longest_one_is_valid_at_once),
		TEST(one_that_was_made_under_a_clock_far_behind_has_ended),
		TEST(at_a_reset_it_is_never_valid),
		TEST(wrong_ones_are_counted_on_disk_and_spend_it),
		TEST(without_one_there_is_nothing_to_redeem),
		TEST(the_code_of_another_user_is_wrong),
		TEST(what_it_opens_outlives_a_dropped_line_and_ends_after_an_hour),
		TEST(it_lets_what_can_no_longer_be_proven_be_replaced_in_a_login),
		TEST(it_is_closed_by_the_dialog_that_leaves_nothing_owed),
		TEST(who_began_without_a_code_goes_on_without_one),
		TEST(who_was_seen_dormant_needs_a_code_until_registered),
		TEST(who_was_never_seen_or_lately_is_not_dormant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
