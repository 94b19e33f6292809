/*
 * The words about a reset and an unlock, in both languages: what, when, on which host, where from,
 * and what to do if it was not you; complete, and within what a text message holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ssprd/words_change.h"
#include "tests/unit/scratch.h"
#include "text/language.h"

/* link: ssprd/words_change.c ssprd/words.c */

#define CODE "F-2345-6789-ABCD-EFGH"

static struct scratch scratch;
static struct secret text;

typedef int wording(struct secret *out, const struct words_change *change);

/* The Dutch of the tree, as it is installed. */
static int
add_dutch(void)
{
	char command[PATH_MAX + 64];

	if (mkdir(scratch_path(&scratch, "nl"), 0700) < 0 ||
	    mkdir(scratch_path(&scratch, "nl/LC_MESSAGES"), 0700) < 0)
		return -1;
	snprintf(command, sizeof(command), "msgfmt --check -o %s po/nl.po",
		 scratch_path(&scratch, "nl/LC_MESSAGES/sspr.mo"));
	return system(command) == 0 ? 0 : -1;
}

static int
set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	if (scratch_make(&scratch) < 0 || add_dutch() < 0)
		return -1;
	language_start("");
	return bindtextdomain("sspr", scratch.folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(scratch_path(&scratch, "nl/LC_MESSAGES/sspr.mo"));
	rmdir(scratch_path(&scratch, "nl/LC_MESSAGES"));
	rmdir(scratch_path(&scratch, "nl"));
	scratch_remove(&scratch);
	return 0;
}

static int
forget(void **state)
{
	(void)state;
	secret_done(&text);
	return 0;
}

static struct words_change
change_of(enum audit_event event, const char *lang)
{
	return (struct words_change){ .lang = lang,
				      .event = event,
				      .method = METHOD_COUNT,
				      .user = "alice",
				      .host = "desk",
				      .service = "sshd",
				      .rhost = "192.0.2.7",
				      .time = 1800000000,
				      .freeze = CODE,
				      .contact = "the help desk" };
}

static void
word(wording *make, struct words_change change)
{
	secret_done(&text);
	assert_int_equal(make(&text, &change), 0);
}

static void
assert_is(const char *wanted)
{
	assert_string_equal(secret_text(&text), wanted);
}

static void
assert_says(const char *part)
{
	if (!strstr(secret_text(&text), part))
		fail_msg("no \"%s\" in:\n%s", part, secret_text(&text));
}

static void
a_mail_about_a_reset_says_all_of_it(void **state)
{
	(void)state;
	word(words_change_mail, change_of(AUDIT_RESET_CHANGED, ""));
	assert_is("A change of your account alice on desk\n"
		  "\n"
		  "What: your password was reset\n"
		  "When: 2027-01-15 08:00 UTC\n"
		  "Where: on desk, from 192.0.2.7 (sshd)\n"
		  "\n"
		  "If that was you, or you know of it, there is nothing to do.\n"
		  "\n"
		  "If not, somebody else may be able to log in as you: tell the help desk\n"
		  "at once. Also stop all further password resets of your account; anybody\n"
		  "on desk can type this:\n"
		  "\n"
		  "    ssprctl freeze " CODE "\n"
		  "\n"
		  "Or, without logging in: where a password reset can be begun at the\n"
		  "password prompt, begin one, and type this code at its first question.\n"
		  "The code works once.\n");
}

static void
a_mail_about_a_reset_says_all_of_it_in_dutch(void **state)
{
	(void)state;
	word(words_change_mail, change_of(AUDIT_RESET_CHANGED, "nl"));
	assert_says("uw wachtwoord is opnieuw ingesteld\n");
	assert_says("2027-01-15 08:00 UTC\n");
	assert_says("op desk, vanaf 192.0.2.7 (sshd)\n");
	assert_says("waarschuw meteen\nthe help desk.");
	assert_says("iedereen op desk kan dit typen:\n\n    ssprctl freeze " CODE "\n\n");
	assert_says("typ deze code bij de eerste vraag ervan.\nDe code werkt één keer.\n");
}

static void
an_unlock_is_told_in_both_languages(void **state)
{
	(void)state;
	word(words_change_mail, change_of(AUDIT_UNLOCKED, ""));
	assert_says("What: your account was unlocked\n");
	assert_says("tell the help desk\nat once.");
	word(words_change_mail, change_of(AUDIT_UNLOCKED, "nl"));
	assert_says("uw account is ontgrendeld\n");
	assert_says("waarschuw meteen\nthe help desk.");
}

static void
a_text_message_says_it_in_one(void **state)
{
	(void)state;
	word(words_change_sms, change_of(AUDIT_RESET_CHANGED, ""));
	assert_is("Your account alice on desk: your password was reset, 2027-01-15 08:00 UTC, "
		  "from 192.0.2.7. Not you? ssprctl freeze " CODE);
	assert_true(text.len <= 160);
	word(words_change_sms, change_of(AUDIT_UNLOCKED, "nl"));
	assert_says("uw account is ontgrendeld, 2027-01-15 08:00 UTC, vanaf 192.0.2.7. ");
	assert_says("ssprctl freeze " CODE);
	assert_true(text.len <= 160);
}

static void
a_long_host_name_does_not_fill_a_text_message(void **state)
{
	struct words_change change = change_of(AUDIT_RESET_CHANGED, "");
	char rhost[256];

	(void)state;
	memset(rhost, 'x', sizeof(rhost) - 1);
	rhost[sizeof(rhost) - 1] = '\0';
	change.rhost = rhost;
	word(words_change_sms, change);
	assert_true(text.len <= 200);
	assert_says("ssprctl freeze " CODE);
}

static void
without_a_freeze_code_it_says_whom_to_tell(void **state)
{
	struct words_change change = change_of(AUDIT_RESET_CHANGED, "");

	(void)state;
	change.freeze = NULL;
	word(words_change_mail, change);
	assert_says("If not, tell the help desk at once.\n");
	assert_null(strstr(secret_text(&text), "freeze"));
}

static void
where_it_came_from_is_this_host_only_when_that_is_known(void **state)
{
	struct words_change change = change_of(AUDIT_RESET_CHANGED, "");

	(void)state;
	change.rhost = change.service = "";
	word(words_change_mail, change);
	assert_says("Where: on desk itself\n");
	change.from_unknown = true;
	word(words_change_mail, change);
	assert_says("Where: on desk; where from is not known\n");
	change.lang = "nl";
	word(words_change_mail, change);
	assert_says("op desk; waarvandaan is niet bekend\n");
}

static void
administrators_are_told_of_somebody_elses_password(void **state)
{
	(void)state;
	word(words_change_admins, change_of(AUDIT_RESET_CHANGED, ""));
	assert_says("The privileged account alice on desk\n");
	assert_says("What: the password was reset\n");
	assert_says("Where: on desk, from 192.0.2.7 (sshd)\n");
	assert_null(strstr(secret_text(&text), "freeze"));
	word(words_change_admins, change_of(AUDIT_UNLOCKED, ""));
	assert_says("What: the account was unlocked\n");
}

static void
other_changes_are_told_to_stop_resets_first(void **state)
{
	struct words_change change = change_of(AUDIT_METHOD_REMOVED, "");

	(void)state;
	change.method = METHOD_APP;
	word(words_change_mail, change);
	assert_says("What: Authenticator app: removed\n");
	assert_says("If not, somebody may be trying to take your account. Stop all\n");
	assert_says("The code works once. Then tell the help desk.\n");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, forget)
	const struct CMUnitTest tests[] = {
		TEST(a_mail_about_a_reset_says_all_of_it),
		TEST(a_mail_about_a_reset_says_all_of_it_in_dutch),
		TEST(an_unlock_is_told_in_both_languages),
		TEST(a_text_message_says_it_in_one),
		TEST(a_long_host_name_does_not_fill_a_text_message),
		TEST(without_a_freeze_code_it_says_whom_to_tell),
		TEST(where_it_came_from_is_this_host_only_when_that_is_known),
		TEST(administrators_are_told_of_somebody_elses_password),
		TEST(other_changes_are_told_to_stop_resets_first),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
