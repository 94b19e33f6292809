/*
 * What Check answers from a plan, and what it says: the line of a login without a dialog, the
 * reason for administrators, the mail.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "protocol/facts.h"
#include "ssprd/check.h"
#include "ssprd/core/plan.h"
#include "ssprd/user.h"
#include "ssprd/words.h"
#include "tests/unit/config_text.h"
#include "text/normal.h"

/* link: ssprd/check.c ssprd/words.c */

#define NOW   1800000000
#define TODAY "2027-01-15" /* of NOW, UTC */

static struct config *config;
static struct user alice;

static int
set_up(void **state)
{
	(void)state;
	alice = (struct user){
		.stored = { .id = 1, .name = "alice", .uid = 1001, .local_password = true }
	};
	config = good("");
	return setenv("TZ", "UTC", 1);
}

static int
tear_down(void **state)
{
	(void)state;
	config_free(config);
	return 0;
}

static void
use_policy(const char *text)
{
	config_free(config);
	config = good(text);
}

/* As plan_make does under the policy of now. */
static struct plan
due(int postpones_left)
{
	int64_t deadline = config->registration.postpone_until;

	return (struct plan){ .state = STATE_REGISTER,
			      .enabled = true,
			      .required = 2,
			      .done = 1,
			      .postpones_left = postpones_left,
			      .deadline = deadline,
			      .keyed_from = deadline,
			      .due_at = deadline > NOW ? deadline : NOW };
}

static struct plan
stale(void)
{
	struct plan plan = due(2);

	plan.state = STATE_RECONFIRM;
	plan.registered = true;
	plan.done = 2;
	plan.stale_count = 1;
	return plan;
}

static enum state
answer(const struct plan *plan, bool interactive)
{
	return check_state(plan, config, interactive, NOW);
}

static const char refuse[] = "[registration]\nkeyed_logins = refuse\npostpone_until = 2027-01-01\n";
static const char will_refuse[] =
	"[registration]\nkeyed_logins = refuse\npostpone_until = 2027-02-01\n";

static void
what_is_due_opens_a_dialog_where_one_can_be_held(void **state)
{
	struct plan plan = due(3);

	(void)state;
	assert_int_equal(answer(&plan, true), STATE_REGISTER);
	assert_int_equal(answer(&plan, false), STATE_REMIND);
	use_policy(refuse);
	plan = due(3);
	assert_int_equal(answer(&plan, false), STATE_REGISTER);
	use_policy(will_refuse);
	plan = due(3);
	assert_int_equal(answer(&plan, false), STATE_REMIND);
}

static void
what_is_stale_is_held_back_like_what_is_missing(void **state)
{
	struct plan plan = stale();

	(void)state;
	assert_int_equal(answer(&plan, true), STATE_RECONFIRM);
	assert_int_equal(answer(&plan, false), STATE_REMIND);
	use_policy(refuse);
	plan = stale();
	assert_int_equal(answer(&plan, false), STATE_RECONFIRM);
}

static void
a_change_is_told_in_a_dialog_and_refuses_no_login_without_one(void **state)
{
	struct plan plan = { .state = STATE_NOTICE, .enabled = true, .registered = true };

	(void)state;
	assert_int_equal(answer(&plan, true), STATE_NOTICE);
	use_policy(refuse);
	plan.keyed_from = config->registration.postpone_until;
	assert_int_equal(answer(&plan, false), STATE_REMIND);
}

static void
few_codes_are_a_line_with_and_without_a_dialog(void **state)
{
	struct plan plan = { .state = STATE_REMIND, .enabled = true, .registered = true };

	(void)state;
	assert_int_equal(answer(&plan, true), STATE_REMIND);
	assert_int_equal(answer(&plan, false), STATE_REMIND);
}

static void
who_owes_nothing_is_left_alone_with_and_without_a_dialog(void **state)
{
	struct plan ok = { .state = STATE_OK }, not_enabled = { .state = STATE_NOT_ENABLED };

	(void)state;
	use_policy(refuse);
	assert_int_equal(answer(&ok, true), STATE_OK);
	assert_int_equal(answer(&ok, false), STATE_OK);
	assert_int_equal(answer(&not_enabled, false), STATE_NOT_ENABLED);
}

static void
due_is_when_it_changes_or_is_held(void **state)
{
	struct plan ok = { .state = STATE_OK, .quiet_until = NOW + 7 }, plan = due(POSTPONES_FREE);

	(void)state;
	assert_int_equal(check_due(&ok), NOW + 7);
	assert_int_equal(check_due(&plan), NOW);
	use_policy(will_refuse);
	plan = due(POSTPONES_FREE);
	assert_int_equal(check_due(&plan), config->registration.postpone_until);
}

static const char *
reason(const struct plan *plan, bool interactive)
{
	static char out[REASON_TEXT_MAX];

	check_reason(out, sizeof(out), plan, config, &alice, interactive, NOW);
	return out;
}

static void
the_reason_of_what_is_due_has_the_counts(void **state)
{
	struct plan plan = due(2);

	(void)state;
	assert_string_equal(reason(&plan, true), "1 of 2 methods are registered; 2 postpones left");
	plan.postpones_left = POSTPONES_FREE;
	assert_string_equal(reason(&plan, true),
			    "1 of 2 methods are registered; postponing is free");
	assert_non_null(strstr(reason(&plan, false), "reminded once a day"));
	use_policy(refuse);
	plan = due(2);
	assert_non_null(strstr(reason(&plan, false), "is refused"));
	plan.needs_code = true;
	assert_non_null(strstr(reason(&plan, true), "a help desk code is needed first"));
	plan = stale();
	assert_string_equal(reason(&plan, true),
			    "1 registered methods must be proven again; 2 postpones left");
}

static void
the_reason_of_a_line_or_a_notice_says_which(void **state)
{
	struct plan plan = { .state = STATE_NOTICE, .enabled = true, .registered = true };

	(void)state;
	assert_string_equal(reason(&plan, true), "a change is to be told");
	plan.state = STATE_REMIND;
	plan.codes_left = 2;
	assert_string_equal(reason(&plan, true), "registered; 2 recovery codes are left");
}

static void
the_reason_of_what_is_stale_and_quiet_is_a_not_now_or_a_block(void **state)
{
	struct plan plan = stale();

	(void)state;
	plan.state = STATE_OK;
	plan.quiet_until = NOW;
	assert_string_equal(reason(&plan, true),
			    "too many failures: nothing can be proven until " TODAY " 08:00");
	alice.stored.postponed_until = NOW;
	assert_string_equal(reason(&plan, true), "a \"not now\" runs until " TODAY " 08:00");
}

static void
the_reason_of_who_is_left_alone_is_the_rule_that_does_it(void **state)
{
	struct plan plan = { .state = STATE_NOT_ENABLED };

	(void)state;
	assert_string_equal(reason(&plan, true), "not on the list of [registration] users");
	use_policy("[registration]\nexclude = alice\n");
	assert_string_equal(reason(&plan, true), "excluded by [registration] exclude");
	alice.stored.local_password = false;
	assert_string_equal(reason(&plan, true), "the password is not kept on this host");
	alice.stored.uid = 999;
	assert_string_equal(reason(&plan, true), "the uid is below [registration] min_uid");
	alice.stored.uid = 0;
	assert_string_equal(reason(&plan, true), "uid 0 is never asked");
}

static void
the_reason_of_nothing_due_says_which_of_three(void **state)
{
	struct plan plan = { .state = STATE_OK,
			     .enabled = true,
			     .registered = true,
			     .required = 2,
			     .done = 3,
			     .quiet_until = NOW };

	(void)state;
	assert_string_equal(reason(&plan, true), "registered: 3 methods, 2 required");
	plan.registered = false;
	assert_string_equal(reason(&plan, true), "a \"not now\" runs until " TODAY " 08:00");
	use_policy("[registration]\nenforce = off\n");
	assert_string_equal(reason(&plan, true), "[registration] enforce is off");
}

static void
the_line_of_a_login_without_a_dialog_fits_a_terminal(void **state)
{
	char line[WORDS_LINE_MAX];
	struct plan plan = due(3);

	(void)state;
	words_reminder(line, sizeof(line), "", &plan, config, NOW);
	assert_non_null(strstr(line, "1 of 2 done"));
	assert_true(strlen(line) <= 80);
	assert_null(strchr(line, '\n'));
	use_policy(will_refuse);
	plan = due(3);
	words_reminder(line, sizeof(line), "", &plan, config, NOW);
	assert_non_null(strstr(line, "2027-02-01"));
	use_policy(refuse);
	plan = due(3);
	words_reminder(line, sizeof(line), "", &plan, config, NOW);
	assert_non_null(strstr(line, "first"));
	words_reminder(line, 10, "", &plan, config, NOW);
	assert_int_equal(strlen(line), 9);
}

static void
each_state_that_is_told_has_its_line(void **state)
{
	static const struct {
		enum state state;
		int codes_left;
		const char *text;
	} rows[] = {
		{ STATE_RECONFIRM, -1, "must be confirmed again: log in" },
		{ STATE_NOTICE, -1, "was changed: log in with your password to see what" },
		{ STATE_REMIND, 3, "You have 3 recovery codes left." },
		{ STATE_REMIND, 1, "You have 1 recovery code left." },
		{ STATE_REMIND, 0, "You have no recovery codes left." },
	};
	char line[WORDS_LINE_MAX];

	(void)state;
	use_policy(will_refuse);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan plan = { .state = rows[i].state, .codes_left = rows[i].codes_left };

		words_reminder(line, sizeof(line), "", &plan, config, NOW);
		assert_non_null(strstr(line, rows[i].text));
		assert_true(strlen(line) <= 80);
	}
	use_policy(refuse);
	words_reminder(line, sizeof(line), "",
		       &(struct plan){ .state = STATE_RECONFIRM,
				       .keyed_from = config->registration.postpone_until },
		       config, NOW);
	assert_non_null(strstr(line, "first"));
	words_reminder(line, sizeof(line), "", &(struct plan){ .state = STATE_OK }, config, NOW);
	assert_string_equal(line, "");
}

static void
a_text_message_is_short_and_begins_with_the_code(void **state)
{
	struct secret sms = { 0 };

	(void)state;
	assert_int_equal(words_code(&sms, WAY_SMS, PURPOSE_ENROLL, "", "alice", "desk", "123456",
				    10, "your administrator"),
			 0);
	assert_memory_equal(sms.data, "123456 is your code for alice on desk.", 38);
	assert_true(sms.len <= 160);
	assert_null(strchr(secret_text(&sms), '\n'));
	secret_done(&sms);
}

static void
a_call_says_the_digits_apart_and_twice(void **state)
{
	struct secret call = { 0 };

	(void)state;
	assert_int_equal(words_code(&call, WAY_VOICE, PURPOSE_ENROLL, "", "alice", "desk", "123456",
				    10, "x"),
			 0);
	assert_string_equal(secret_text(&call), "Hello. Your code for desk is: 1, 2, 3, 4, 5, 6. "
						"Once more: 1, 2, 3, 4, 5, 6. Goodbye.");
	secret_done(&call);
	assert_int_equal(words_code(&call, WAY_VOICE, PURPOSE_ENROLL, "", "alice", "desk",
				    "0123456789", 10, "x"),
			 0);
	assert_non_null(strstr(secret_text(&call), ": 0, 1, 2, 3, 4, 5, 6, 7, 8, 9. Goodbye"));
	secret_done(&call);
}

static void
the_mail_has_the_code_in_its_body_alone(void **state)
{
	struct secret mail = { 0 };

	(void)state;
	assert_int_equal(words_code(&mail, WAY_EMAIL, PURPOSE_ENROLL, "", "alice", "desk", "123456",
				    10, "the help desk"),
			 0);
	assert_string_equal(strndupa(secret_text(&mail), strcspn(secret_text(&mail), "\n")),
			    "Your code for desk");
	assert_non_null(strstr(secret_text(&mail), "\n123456\n"));
	assert_non_null(strstr(secret_text(&mail), "alice on desk"));
	assert_non_null(strstr(secret_text(&mail), "10 minutes"));
	assert_non_null(strstr(secret_text(&mail), "the help desk"));
	secret_done(&mail);
}

static void
the_code_of_a_reset_says_that_it_is_one(void **state)
{
	static const struct {
		enum way way;
		const char *has[3];
	} ways[] = {
		{ WAY_EMAIL,
		  { "Password reset on desk: your code\n\n123456\n",
		    "Whoever has it can set a new password for alice on desk", "the help desk" } },
		{ WAY_SMS,
		  { "123456 resets the password of alice on desk.", "Tell it to nobody",
		    "the help desk" } },
		{ WAY_VOICE,
		  { "Your code to reset the password on desk is: 1, 2, 3, 4, 5, 6.",
		    "Once more: 1, 2, 3, 4, 5, 6.", "Tell it to nobody" } },
	};
	struct secret text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		assert_int_equal(words_code(&text, ways[i].way, PURPOSE_RESET, "", "alice", "desk",
					    "123456", 10, "the help desk"),
				 0);
		for (size_t j = 0; j < 3; j++)
			assert_non_null(strstr(secret_text(&text), ways[i].has[j]));
		assert_null(strstr(secret_text(&text), "logging in"));
		assert_true(ways[i].way != WAY_SMS || text.len <= 160);
		secret_done(&text);
	}
}

static void
a_strange_name_can_add_no_line_to_the_mail(void **state)
{
	struct secret mail = { 0 };
	char contact[WORDS_MESSAGE_MAX];

	(void)state;
	assert_int_equal(words_code(&mail, WAY_EMAIL, PURPOSE_ENROLL, "", "al\r\nice\xff", "de\nsk",
				    "123456", 10, "x"),
			 0);
	assert_non_null(strstr(secret_text(&mail), "al??ice? on de?sk"));
	assert_true(normal_length(mail.data, mail.len) > 0);
	secret_done(&mail);
	memset(contact, 'x', sizeof(contact));
	contact[sizeof(contact) - 1] = '\0';
	assert_int_equal(
		words_code(&mail, WAY_EMAIL, PURPOSE_ENROLL, "", "a", "b", "1", 1, contact),
		-EMSGSIZE);
	assert_null(mail.data);
}

static void
what_is_no_utf8_is_shown_as_question_marks(void **state)
{
	char out[16];

	(void)state;
	words_printable("caf\xc3\xa9", out, sizeof(out));
	assert_string_equal(out, "caf\xc3\xa9");
	words_printable("caf\xe9\x7f\x1b", out, sizeof(out));
	assert_string_equal(out, "caf???");
	words_printable("0123456789abcd\xc3\xa9", out, sizeof(out));
	assert_string_equal(out, "0123456789abcd?");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_due_opens_a_dialog_where_one_can_be_held),
		TEST(who_owes_nothing_is_left_alone_with_and_without_a_dialog),
		TEST(what_is_stale_is_held_back_like_what_is_missing),
		TEST(a_change_is_told_in_a_dialog_and_refuses_no_login_without_one),
		TEST(few_codes_are_a_line_with_and_without_a_dialog),
		TEST(due_is_when_it_changes_or_is_held),
		TEST(the_reason_of_what_is_due_has_the_counts),
		TEST(the_reason_of_a_line_or_a_notice_says_which),
		TEST(the_reason_of_what_is_stale_and_quiet_is_a_not_now_or_a_block),
		TEST(the_reason_of_who_is_left_alone_is_the_rule_that_does_it),
		TEST(the_reason_of_nothing_due_says_which_of_three),
		TEST(the_line_of_a_login_without_a_dialog_fits_a_terminal),
		TEST(each_state_that_is_told_has_its_line),
		TEST(a_text_message_is_short_and_begins_with_the_code),
		TEST(a_call_says_the_digits_apart_and_twice),
		TEST(the_mail_has_the_code_in_its_body_alone),
		TEST(the_code_of_a_reset_says_that_it_is_one),
		TEST(a_strange_name_can_add_no_line_to_the_mail),
		TEST(what_is_no_utf8_is_shown_as_question_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
