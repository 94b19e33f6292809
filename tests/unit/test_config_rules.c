/*
 * What must hold between keys of the configuration, what can be offered by it, and what it asks for too early.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/config_text.h"

#define MAIL "[email]\nurl = smtp://mail.example.org\nfrom = a@example.org\n"

static void
no_more_methods_are_required_than_can_be_offered(void **state)
{
	(void)state;
	assert_wrong("[registration]\nmethods_required = 4\n",
		     "2: methods_required is 4, but this policy can offer 3: "
		     "app questions recovery-codes");
	assert_wrong("[registration]\nmethods = questions\n",
		     "2: methods_required is 2, but this policy can offer 1: questions");
	assert_wrong("[registration]\nmethods = app phone office-phone\n",
		     "2: methods_required is 2, but this policy can offer 1: app");
	assert_wrong("[registration]\nmethods = phone office-phone\n[sms]\npreset = kannel\n",
		     "2: methods_required is 2, but this policy can offer 1: phone");
	assert_wrong("[registration]\nmethods = phone\nmethods_required = 1\n",
		     "3: methods_required is 1, but this policy can offer 0");
	config_free(good("[registration]\nmethods_required = 4\n" MAIL));
	config_free(
		good("[registration]\nmethods_required = 6\n" MAIL "[voice]\npreset = kannel\n"));
	config_free(good("[registration]\nmethods_required = 1\nmethods = app\n"));
}

static void
no_more_methods_reset_than_are_required(void **state)
{
	(void)state;
	assert_wrong("[registration]\nmethods_required = 1\nmethods_to_reset = 2\n",
		     "3: methods_to_reset is 2, more than methods_required, which is 1");
	config_free(good("[registration]\nmethods_to_reset = 2\n"));
}

static void
no_more_questions_are_asked_than_were_answered(void **state)
{
	(void)state;
	assert_wrong("[questions]\nreset = 4\n", "2: reset is 4, more than register, which is 3");
	config_free(good("[questions]\nreset = 4\nregister = 4\n"));
}

static void
a_mail_server_needs_a_sender(void **state)
{
	(void)state;
	assert_wrong("[email]\nurl = smtp://localhost\n",
		     "2: [email] url needs from: the address that codes are sent from");
	config_free(good(MAIL));
	config_free(good("[email]\nfrom = a@example.org\n"));
}

static void
mail_in_the_clear_stays_on_this_host(void **state)
{
	static const char refused[] =
		"2: tls = none sends codes in the clear: it is for this host only";

	(void)state;
	assert_wrong("[email]\ntls = none\nurl = smtp://mail.example.org\nfrom = a@b.org\n",
		     refused);
	assert_wrong("[email]\ntls = none\nurl = smtp://127.0.0.1.example\nfrom = a@b.org\n",
		     refused);
	assert_wrong("[email]\ntls = none\nurl = smtp://[::2]\nfrom = a@b.org\n", refused);
	assert_wrong("[email]\ntls = none\nurl = smtps://localhost\nfrom = a@b.org\n",
		     "2: tls = none contradicts smtps://");
	config_free(good("[email]\ntls = none\nurl = smtp://127.0.0.1:2525\nfrom = a@b.org\n"));
	config_free(good("[email]\ntls = none\nurl = smtp://LocalHost\nfrom = a@b.org\n"));
	config_free(good("[email]\ntls = none\nurl = smtp://[::1]:25\nfrom = a@b.org\n"));
	config_free(good("[email]\ntls = none\n"));
}

static void
a_mail_login_is_whole(void **state)
{
	(void)state;
	assert_wrong(MAIL "user = sspr\n",
		     "4: user and password_file belong together: set both or none");
	assert_wrong(MAIL "password_file = /etc/sspr/p\n",
		     "4: user and password_file belong together: set both or none");
}

static void
a_key_that_is_wrong_already_breaks_no_rule_as_well(void **state)
{
	(void)state;
	assert_wrong("[registration]\nmethods_required = 4\n[email]\nurl = mail\nfrom = a@b.org\n",
		     "4: url: it is not a URL like smtp://mail.example.org:587 or "
		     "smtps://mail.example.org");
}

static void
several_rules_are_told_together(void **state)
{
	(void)state;
	assert_wrong("[questions]\nreset = 5\n[registration]\nmethods_required = 6\n",
		     "4: methods_required is 6, but this policy can offer 3: "
		     "app questions recovery-codes\n"
		     "2: reset is 5, more than register, which is 3");
}

static void
what_is_deliverable_follows_the_gateways(void **state)
{
	struct config *c = good("");

	(void)state;
	assert_true(config_deliverable(c, METHOD_APP));
	assert_true(config_deliverable(c, METHOD_QUESTIONS));
	assert_true(config_deliverable(c, METHOD_RECOVERY_CODES));
	assert_false(config_deliverable(c, METHOD_EMAIL));
	assert_false(config_deliverable(c, METHOD_PHONE));
	assert_false(config_deliverable(c, METHOD_OFFICE_PHONE));
	config_free(c);
	c = good(MAIL "[sms]\npreset = kannel\n");
	assert_true(config_deliverable(c, METHOD_EMAIL));
	assert_true(config_deliverable(c, METHOD_PHONE));
	assert_false(config_deliverable(c, METHOD_OFFICE_PHONE));
	config_free(c);
	c = good("[voice]\nprogram = /usr/bin/true\n");
	assert_true(config_deliverable(c, METHOD_PHONE));
	assert_true(config_deliverable(c, METHOD_OFFICE_PHONE));
	config_free(c);
}

static void
what_is_listed_and_deliverable_is_offered_in_the_policys_order(void **state)
{
	enum method offered[METHOD_COUNT];
	struct config *c = good("[registration]\nmethods = questions phone email app\n" MAIL
				"[sms]\nurl = https://sms.example.org\n");

	(void)state;
	assert_int_equal(config_offered(c, offered), 4);
	assert_int_equal(offered[0], METHOD_QUESTIONS);
	assert_int_equal(offered[1], METHOD_PHONE);
	assert_int_equal(offered[2], METHOD_EMAIL);
	assert_int_equal(offered[3], METHOD_APP);
	config_free(c);
}

static void
a_list_has_a_user_by_name_or_by_group(void **state)
{
	struct config *c = good("[registration]\nexclude = alice @staff\n");
	static const char *const groups[] = { "users", "staff" };
	const struct name_list *list = &c->registration.exclude;

	(void)state;
	assert_true(name_list_has(list, "alice", NULL, 0));
	assert_true(name_list_has(list, "bob", groups, 2));
	assert_false(name_list_has(list, "bob", groups, 1));
	assert_false(name_list_has(list, "staff", NULL, 0));
	assert_false(name_list_has(list, "@staff", NULL, 0));
	assert_false(name_list_has(list, "Alice", NULL, 0));
	config_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_more_methods_are_required_than_can_be_offered),
		cmocka_unit_test(no_more_methods_reset_than_are_required),
		cmocka_unit_test(no_more_questions_are_asked_than_were_answered),
		cmocka_unit_test(a_mail_server_needs_a_sender),
		cmocka_unit_test(mail_in_the_clear_stays_on_this_host),
		cmocka_unit_test(a_mail_login_is_whole),
		cmocka_unit_test(a_key_that_is_wrong_already_breaks_no_rule_as_well),
		cmocka_unit_test(several_rules_are_told_together),
		cmocka_unit_test(what_is_deliverable_follows_the_gateways),
		cmocka_unit_test(what_is_listed_and_deliverable_is_offered_in_the_policys_order),
		cmocka_unit_test(a_list_has_a_user_by_name_or_by_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
