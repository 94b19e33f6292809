/*
 * Telling people: who is told of a change, in which words, and what the freeze code of such a message does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/changes.h"
#include "ssprd/freeze.h"
#include "tests/unit/scratch.h"
#include "text/language.h"

static struct scratch scratch;

#include "tests/unit/telling_fixture.h"

/* link: ssprd/changes.c ssprd/telling.c ssprd/freeze.c ssprd/words_change.c ssprd/outbox.c ssprd/delivery.c ssprd/child.c ssprd/loop.c ssprd/way.c ssprd/words.c ssprd/user.c ssprd/catalogue.c ssprd/stamps.c ssprd/context.c ssprd/call.c */

#define NOW 1800000000
#define NOTIFY                                                                                     \
	"[notify]\nadmins = boss@a.example second@a.example\n[support]\nemail = help@a.example\n"

static int
set_up(void **state)
{
	(void)state;
	if (scratch_make(&scratch) < 0 || judge_set_up(MAIL SMS NOTIFY) < 0)
		return -1;
	tell_alice("", NOW);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	judge_tear_down();
	scratch_remove(&scratch);
	return 0;
}

static struct change
change_of(enum audit_event event, enum method method)
{
	return (struct change){ .event = event,
				.user = &alice,
				.method = method,
				.actor = "alice",
				.service = "sshd",
				.rhost = "192.0.2.7",
				.lang = "en",
				.now = NOW };
}

static void
record(struct change change)
{
	assert_int_equal(store_begin(judge.store), 0);
	assert_int_equal(change_record(&judge, &change), 0);
	assert_int_equal(store_commit(judge.store), 0);
}

static bool
says(const struct waiting *w, const char *text)
{
	return strstr(w->text, text) != NULL;
}

static void
assert_told(struct waiting *w, const char *kind, const char *to)
{
	assert_true(take_message(w));
	assert_string_equal(w->kind, kind);
	assert_string_equal(w->to, to);
}

static void
assert_nobody_else(void)
{
	struct waiting w;

	assert_false(take_message(&w));
}

static int
notices(struct store_notice list[STORE_NOTICES_MAX])
{
	int count = -1;

	assert_int_equal(store_notices(judge.store, alice.stored.id, list, &count), 0);
	return count;
}

/* The code in a message, as it is shown. */
static const char *
code_in(const struct waiting *w)
{
	static char code[RECOVERY_SHOWN];
	const char *at = strstr(w->text, "F-");

	assert_non_null(at);
	snprintf(code, sizeof(code), "%.*s", (int)strcspn(at, " \n"), at);
	return code;
}

static int
freeze_with(const char *code, const char *caller, int64_t now)
{
	return freeze_use(&judge,
			  &(struct freeze_try){
				  .typed = code, .caller = caller, .actor = caller, .now = now });
}

static void
every_change_goes_to_the_confirmed_address_with_what_when_where_and_what_to_do(void **state)
{
	static const enum audit_event events[] = { AUDIT_METHOD_ADDED,   AUDIT_METHOD_REPLACED,
						   AUDIT_METHOD_REMOVED, AUDIT_FILLED_IN,
						   AUDIT_BLOCKED,        AUDIT_RESET_CHANGED,
						   AUDIT_UNLOCKED,       AUDIT_UNBLOCKED };
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		record(change_of(events[i], METHOD_APP));
		assert_told(&w, "email", "alice@mail.example");
		assert_true(says(&w, "A change of your account alice on desk\n"));
		assert_true(says(&w, "Authenticator app: "));
		assert_true(says(&w, "2027-01-15"));
		assert_true(says(&w, "on desk, from 192.0.2.7 (sshd)"));
		assert_true(says(&w, "ssprctl freeze F-"));
		assert_true(says(&w, "tell your administrator"));
		assert_nobody_else();
	}
}

static void
the_replaced_address_is_told_too_with_a_code_of_its_own(void **state)
{
	struct change change = change_of(AUDIT_METHOD_REPLACED, METHOD_EMAIL);
	char first[RECOVERY_SHOWN];
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "new@mail.example", true);
	change.old = "old@mail.example";
	record(change);
	assert_told(&w, "email", "new@mail.example");
	snprintf(first, sizeof(first), "%s", code_in(&w));
	assert_told(&w, "email", "old@mail.example");
	assert_string_not_equal(code_in(&w), first);
	assert_nobody_else();
}

static void
who_has_no_address_is_told_by_sms_at_the_old_number_too(void **state)
{
	struct change change = change_of(AUDIT_METHOD_REPLACED, METHOD_PHONE);
	struct waiting w;

	(void)state;
	put_record(METHOD_PHONE, "+31612345678", true);
	change.old = "+31687654321";
	record(change);
	assert_told(&w, "sms", "+31612345678");
	assert_true(says(&w, "Phone: replaced") && says(&w, "ssprctl freeze F-"));
	assert_true(strlen(w.text) <= 160);
	assert_told(&w, "sms", "+31687654321");
	assert_nobody_else();
}

static void
a_number_that_text_messages_may_not_go_to_is_not_told_by_one(void **state)
{
	struct change change = change_of(AUDIT_METHOD_REPLACED, METHOD_PHONE);
	struct waiting w;

	(void)state;
	use_policy(MAIL SMS "deny_prefixes = +3161\n" NOTIFY);
	put_record(METHOD_PHONE, "+31612345678", true);
	record(change_of(AUDIT_METHOD_ADDED, METHOD_APP));
	assert_nobody_else();
	change.old = "+31687654321";
	record(change);
	assert_told(&w, "sms", "+31687654321");
	assert_nobody_else();
}

static void
who_has_an_address_gets_no_sms(void **state)
{
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	put_record(METHOD_PHONE, "+31612345678", true);
	record(change_of(AUDIT_METHOD_REMOVED, METHOD_APP));
	assert_told(&w, "email", "alice@mail.example");
	assert_nobody_else();
}

static void
the_first_address_is_told_by_sms_too(void **state)
{
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "new@mail.example", true);
	put_record(METHOD_PHONE, "+31612345678", true);
	record(change_of(AUDIT_METHOD_ADDED, METHOD_EMAIL));
	assert_told(&w, "email", "new@mail.example");
	assert_told(&w, "sms", "+31612345678");
	assert_true(says(&w, "E-mail: registered") && says(&w, "ssprctl freeze F-"));
	assert_nobody_else();
	record(change_of(AUDIT_METHOD_REPLACED, METHOD_EMAIL));
	assert_told(&w, "email", "new@mail.example");
	assert_nobody_else();
}

static void
what_was_only_filled_in_is_told_nothing(void **state)
{
	(void)state;
	put_record(METHOD_EMAIL, "typo@mail.example", false);
	put_record(METHOD_PHONE, "+31612345678", false);
	record(change_of(AUDIT_FILLED_IN, METHOD_EMAIL));
	assert_nobody_else();
}

static void
notify_user_no_tells_no_user_and_makes_no_code(void **state)
{
	(void)state;
	use_policy(MAIL "[notify]\nuser = no\n");
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	record(change_of(AUDIT_METHOD_REMOVED, METHOD_APP));
	assert_nobody_else();
	assert_int_equal(audited(AUDIT_METHOD_REMOVED, NULL), 1);
}

static void
a_message_says_which_language_its_words_are_in_and_who_did_it(void **state)
{
	struct change change = change_of(AUDIT_FILLED_IN, METHOD_PHONE);
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	change.actor = "root";
	change.rhost = change.service = NULL;
	change.lang = "nl";
	record(change);
	assert_told(&w, "email", "alice@mail.example");
	assert_string_equal(w.lang, "en"); /* no catalogue is installed here */
	assert_true(says(&w, "on desk, by an administrator"));
}

static void
a_name_that_would_break_a_mail_is_made_harmless(void **state)
{
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	snprintf(judge.host, sizeof(judge.host), "de\r\nBcc: x\tsk");
	record(change_of(AUDIT_METHOD_ADDED, METHOD_APP));
	assert_told(&w, "email", "alice@mail.example");
	assert_null(strchr(w.text, '\r'));
	assert_true(says(&w, "de??Bcc: x?sk\n"));
}

static void
the_first_registration_of_the_privileged_is_told_to_the_admins(void **state)
{
	struct plan plan = { .privileged = true };
	struct change change = change_of(AUDIT_REGISTRATION_FINISHED, METHOD_COUNT);
	struct waiting w;

	(void)state;
	change.first = true;
	record(change); /* not privileged, as far as is known */
	assert_nobody_else();
	change.plan = &plan;
	record(change);
	assert_told(&w, "email", "boss@a.example");
	assert_true(says(&w, "The privileged account alice on desk\n"));
	assert_false(says(&w, "F-"));
	assert_told(&w, "email", "second@a.example");
	change.first = false;
	record(change);
	assert_nobody_else();
}

static void
each_reset_and_unlock_of_the_privileged_is_told_to_the_admins(void **state)
{
	static const enum audit_event events[] = { AUDIT_RESET_CHANGED, AUDIT_UNLOCKED };
	struct plan plan = { .privileged = true };
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	for (size_t i = 0; i < 2; i++) {
		struct change change = change_of(events[i], METHOD_COUNT);

		change.plan = &plan;
		record(change);
		assert_told(&w, "email", "alice@mail.example");
		assert_true(says(&w, "ssprctl freeze F-"));
		assert_told(&w, "email", "boss@a.example");
		assert_true(
			says(&w, i == 0 ? "the password was reset" : "the account was unlocked"));
		assert_told(&w, "email", "second@a.example");
		assert_nobody_else();
	}
}

static void
who_can_prove_nothing_is_sent_to_the_support(void **state)
{
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	record(change_of(AUDIT_CANNOT_PROVE, METHOD_COUNT));
	assert_told(&w, "email", "help@a.example");
	assert_true(says(&w, "ssprctl code alice\n"));
	assert_nobody_else();
	use_policy(MAIL);
	record(change_of(AUDIT_CANNOT_PROVE, METHOD_COUNT));
	assert_nobody_else();
}

static void
a_change_outside_of_a_login_is_kept_for_the_next_one_and_takes_the_stamp(void **state)
{
	struct store_notice list[STORE_NOTICES_MAX];
	struct change change = change_of(AUDIT_METHOD_REPLACED, METHOD_APP);

	(void)state;
	scratch_write(scratch_path(&scratch, "1001"), 0, "x", 1);
	change.in_login = true;
	record(change);
	assert_int_equal(notices(list), 0);
	assert_int_equal(scratch_size(scratch_path(&scratch, "1001")), 1);
	change.in_login = false;
	record(change);
	assert_int_equal(notices(list), 1);
	assert_string_equal(list[0].kind, "method-replaced");
	assert_string_equal(list[0].method, "app");
	assert_string_equal(list[0].from, "192.0.2.7");
	assert_int_equal(scratch_size(scratch_path(&scratch, "1001")), -1);
	change.from_unknown = true;
	record(change);
	assert_int_equal(notices(list), 2);
	assert_string_equal(list[1].from, "?");
}

static void
a_requirement_takes_the_stamp_and_tells_nobody(void **state)
{
	struct store_notice list[STORE_NOTICES_MAX];

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	scratch_write(scratch_path(&scratch, "1001"), 0, "x", 1);
	record(change_of(AUDIT_REQUIRED, METHOD_COUNT));
	assert_int_equal(scratch_size(scratch_path(&scratch, "1001")), -1);
	assert_int_equal(notices(list), 0);
	assert_nobody_else();
}

static void
a_freeze_code_freezes_once_is_audited_and_told(void **state)
{
	char code[RECOVERY_SHOWN];
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	record(change_of(AUDIT_METHOD_ADDED, METHOD_APP));
	assert_told(&w, "email", "alice@mail.example");
	snprintf(code, sizeof(code), "%s", code_in(&w));

	assert_int_equal(freeze_with(code, "uid 2", NOW + 60), FREEZE_DONE);
	tell_alice("", NOW + 60);
	assert_int_equal(alice.stored.frozen_at, NOW + 60);
	assert_int_equal(audited(AUDIT_FROZEN, NULL), 1);
	assert_told(&w, "email", "alice@mail.example");
	assert_false(says(&w, "F-"));
	assert_int_equal(freeze_with(code, "uid 2", NOW + 61), FREEZE_WRONG);
	assert_int_equal(audited(AUDIT_FREEZE_WRONG, NULL), 1);
}

static void
a_freeze_code_is_taken_in_small_letters_and_expires(void **state)
{
	char code[RECOVERY_SHOWN];
	struct waiting w;

	(void)state;
	put_record(METHOD_EMAIL, "alice@mail.example", true);
	record(change_of(AUDIT_METHOD_ADDED, METHOD_APP));
	assert_true(take_message(&w));
	snprintf(code, sizeof(code), "%s", code_in(&w));
	for (char *c = code; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	assert_int_equal(freeze_with(code, "uid 2", NOW + FREEZE_LIFETIME), FREEZE_WRONG);
	assert_int_equal(freeze_with(code, "uid 2", NOW + FREEZE_LIFETIME - 1), FREEZE_DONE);
}

static void
what_is_no_freeze_code_is_told_so_and_counts_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * FREEZE_TRIES; i++)
		assert_int_equal(
			freeze_with(i % 2 ? "hello" : "F-2222-2222-2222-2223", "uid 2", NOW),
			FREEZE_FORM);
	assert_int_equal(audited(AUDIT_FREEZE_WRONG, NULL), 0);
}

static void
wrong_freeze_codes_are_limited_for_each_caller(void **state)
{
	unsigned char random[RECOVERY_RANDOM] = { 0 };
	char wrong[RECOVERY_SHOWN];

	(void)state;
	recovery_make(RECOVERY_FREEZE, random, wrong);
	for (int i = 0; i < FREEZE_TRIES; i++)
		assert_int_equal(freeze_with(wrong, "uid 2", NOW), FREEZE_WRONG);
	assert_int_equal(freeze_with(wrong, "uid 2", NOW), FREEZE_TOO_MANY);
	assert_int_equal(freeze_with(wrong, "uid 3", NOW), FREEZE_WRONG);
	assert_int_equal(freeze_with(wrong, "uid 2", NOW + FREEZE_WINDOW), FREEZE_WRONG);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_change_goes_to_the_confirmed_address_with_what_when_where_and_what_to_do),
		TEST(the_replaced_address_is_told_too_with_a_code_of_its_own),
		TEST(who_has_no_address_is_told_by_sms_at_the_old_number_too),
		TEST(a_number_that_text_messages_may_not_go_to_is_not_told_by_one),
		TEST(who_has_an_address_gets_no_sms),
		TEST(the_first_address_is_told_by_sms_too),
		TEST(what_was_only_filled_in_is_told_nothing),
		TEST(notify_user_no_tells_no_user_and_makes_no_code),
		TEST(a_message_says_which_language_its_words_are_in_and_who_did_it),
		TEST(a_name_that_would_break_a_mail_is_made_harmless),
		TEST(the_first_registration_of_the_privileged_is_told_to_the_admins),
		TEST(each_reset_and_unlock_of_the_privileged_is_told_to_the_admins),
		TEST(who_can_prove_nothing_is_sent_to_the_support),
		TEST(a_change_outside_of_a_login_is_kept_for_the_next_one_and_takes_the_stamp),
		TEST(a_requirement_takes_the_stamp_and_tells_nobody),
		TEST(a_freeze_code_freezes_once_is_audited_and_told),
		TEST(a_freeze_code_is_taken_in_small_letters_and_expires),
		TEST(what_is_no_freeze_code_is_told_so_and_counts_nothing),
		TEST(wrong_freeze_codes_are_limited_for_each_caller),
	};

	language_start("");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
