/*
 * The module itself, loaded by libpam, against a scripted daemon on a real bus: what each login gets
 * to see, what it is answered, and what the log says. PAM_SUCCESS is never an answer.
 */
/* link: tests/unit/fakebus.c */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/words.h"
#include "tests/unit/module_fixture.h"

#define SOMEBODYS_UID 1
#define ARGS_MAX      16

static const struct step nothing_said[] = { { .what = CLOSE }, { 0 } };

static char stamps_argument[192];

static int
converse(int count, const struct pam_message **messages, struct pam_response **response, void *arg)
{
	const int style = messages[0]->msg_style;
	const size_t len = strlen(shown);

	(void)arg;
	assert_int_equal(count, 1);
	snprintf(shown + len, sizeof(shown) - len, "%s\n", messages[0]->msg);
	*response = NULL;
	if (style != PAM_PROMPT_ECHO_ON && style != PAM_PROMPT_ECHO_OFF)
		return PAM_SUCCESS;
	*response = calloc(1, sizeof(**response));
	(*response)->resp = strdup("typed");
	return PAM_SUCCESS;
}

static const struct pam_conv host = { .conv = converse };
static const struct pam_conv cron = { .conv = NULL };

static int
set_up(void **state)
{
	(void)state;
	if (module_set_up() < 0 || mkdir(inside("stamps"), 0750) < 0)
		return -1;
	snprintf(stamps_argument, sizeof(stamps_argument), "stamps=%s", inside("stamps"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(inside("stamps/1"));
	rmdir(inside("stamps"));
	return module_tear_down();
}

/* A login: who, where, how, and the line's arguments. */
struct login {
	const char *user;            /* NULL: SOMEBODY */
	const char *service;         /* NULL: sshd */
	const struct pam_conv *conv; /* NULL: one that answers "typed" */
	int flags;
	const char *lang; /* LANG of PAM's environment */
	const char
		*args[ARGS_MAX]; /* beyond stamps=; the first bus= is added where none is given */
};

static pam_handle_t *
start(const struct login *l)
{
	const char *name = l->service != NULL ? l->service : "sshd";
	pam_handle_t *pamh = NULL;
	char lang[64];

	if (access(inside(name), F_OK) < 0)
		assert_int_equal(write_file(inside(name), "account required pam_permit.so\n"), 0);
	assert_int_equal(pam_start_confdir(name, l->user != NULL ? l->user : SOMEBODY,
					   l->conv != NULL ? l->conv : &host, folder, &pamh),
			 PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_RHOST, "far.example"), PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_TTY, "ssh"), PAM_SUCCESS);
	snprintf(lang, sizeof(lang), "LANG=%s", l->lang != NULL ? l->lang : "de_DE.UTF-8");
	assert_int_equal(pam_putenv(pamh, lang), PAM_SUCCESS);
	shown[0] = logged[0] = '\0';
	log_lines = 0;
	return pamh;
}

static int
call_hook(const char *hook, pam_handle_t *pamh, const struct login *l)
{
	int (*function)(pam_handle_t *, int, int, const char **);
	const char *argv[ARGS_MAX + 2] = { stamps_argument };
	bool bus_given = false;
	int argc = strcmp(hook, "pam_sm_authenticate") != 0; /* which knows no stamps */

	for (int i = 0; i < ARGS_MAX && l->args[i] != NULL; i++) {
		bus_given = bus_given || strncmp(l->args[i], "bus=", 4) == 0;
		argv[argc++] = l->args[i];
	}
	if (!bus_given)
		argv[argc++] = bus_argument;
	*(void **)&function = dlsym(module, hook);
	assert_non_null(function);
	return function(pamh, l->flags, argc, argv);
}

static int
account(const struct login *l)
{
	const int before = open_descriptors();
	pam_handle_t *pamh = start(l);
	int r = call_hook("pam_sm_acct_mgmt", pamh, l);

	assert_int_not_equal(r, PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, r), PAM_SUCCESS);
	assert_int_equal(open_descriptors(), before);
	return r;
}

/* Nobody is asked and nothing is looked at: with onerr=fail and no bus anything else is refused. */
static void
is_left_alone(const struct login *l)
{
	assert_int_equal(account(l), PAM_IGNORE);
	assert_string_equal(shown, "");
	assert_string_equal(logged, "");
}

#define IDLE                                                                                       \
	{                                                                                          \
		"onerr=fail", NO_BUS                                                               \
	}

static void
a_service_that_is_not_listed_is_left_alone(void **state)
{
	(void)state;
	is_left_alone(&(struct login){ .service = "su", .args = IDLE });
	is_left_alone(&(struct login){ .service = "cron", .args = IDLE });
	is_left_alone(&(struct login){ .service = "login",
				       .args = { "services=sshd", "onerr=fail", NO_BUS } });
	is_left_alone(
		&(struct login){ .args = { "services=ssh,sshd2,login", "onerr=fail", NO_BUS } });
}

static void
a_service_that_is_listed_is_asked(void **state)
{
	(void)state;
	assert_int_equal(account(&(struct login){ .args = IDLE }), PAM_PERM_DENIED);
	assert_int_equal(account(&(struct login){ .service = "login", .args = IDLE }),
			 PAM_PERM_DENIED);
	assert_int_equal(
		account(&(struct login){ .service = "su",
					 .args = { "services=cron,su", "onerr=fail", NO_BUS } }),
		PAM_PERM_DENIED);
}

static void
root_and_unknown_users_are_left_alone(void **state)
{
	(void)state;
	is_left_alone(&(struct login){ .user = "root", .args = IDLE });
	is_left_alone(&(struct login){ .user = "sspr-no-such-user", .args = IDLE });
	is_left_alone(&(struct login){ .user = "\xff\xfe", .args = IDLE });
}

static void
a_host_without_a_conversation_is_left_alone(void **state)
{
	(void)state;
	is_left_alone(&(struct login){ .conv = &cron, .args = IDLE });
}

static void
write_stamp(const char *name, time_t until)
{
	char line[128];

	snprintf(line, sizeof(line), "sspr1 %s %lld\n", name, (long long)until);
	assert_int_equal(write_file(inside("stamps/1"), line), 0);
	assert_int_equal(chmod(inside("stamps/1"), 0640), 0);
}

static void
a_valid_stamp_asks_nobody(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip(); /* a stamp belongs to root or sspr */
	write_stamp(SOMEBODY, time(NULL) + 3600);
	is_left_alone(&(struct login){ .args = IDLE });
	write_stamp(SOMEBODY, time(NULL) - 1);
	assert_int_equal(account(&(struct login){ .args = IDLE }), PAM_PERM_DENIED);
	write_stamp("bin", time(NULL) + 3600);
	assert_int_equal(account(&(struct login){ .args = IDLE }), PAM_PERM_DENIED);
}

static void
nothing_due_is_ignored_without_a_word(void **state)
{
	(void)state;
	serve(&(struct script){ .state = "ok", .message = "not to be shown" });
	is_left_alone(&(struct login){ .args = { "onerr=fail" } });
	serve(&(struct script){ .state = "not-enabled" });
	is_left_alone(&(struct login){ .args = { "onerr=fail" } });
}

static void
the_daemon_is_told_who_logs_in_where_and_how(void **state)
{
	const char *seen;

	(void)state;
	serve(&(struct script){ .state = "ok" });
	is_left_alone(&(struct login){ .lang = "nl_NL.UTF-8" });
	seen = fakeservice_finish(&service);
	assert_non_null(strstr(seen, "Check aya{sv}\nuser=" SOMEBODY "\n"));
	assert_non_null(strstr(seen, "service:ay=sshd\ntty:ay=ssh\nrhost:ay=far.example\n"));
	assert_non_null(strstr(seen, "lang:ay=nl_NL.UTF-8\n"));
	assert_non_null(strstr(seen, "interactive:b=true\n"));
	/* what only root can know is told by root alone */
	assert_int_equal(strstr(seen, "uid:t=1\n") != NULL, geteuid() == 0);
	assert_int_equal(strstr(seen, "local_password:b=false\n") != NULL, geteuid() == 0);
	serve(&(struct script){ .state = "ok" });
	is_left_alone(&(struct login){ .lang = "../../x", .flags = PAM_SILENT });
	seen = fakeservice_finish(&service);
	assert_null(strstr(seen, "../x"));
	assert_non_null(strstr(seen, "interactive:b=false\n"));
}

static void
a_reminder_is_shown_without_a_dialog(void **state)
{
	(void)state;
	serve(&(struct script){ .state = "remind", .message = "Two codes are left." });
	assert_int_equal(account(&(struct login){ .args = { "onerr=fail" } }), PAM_IGNORE);
	assert_string_equal(shown, "Two codes are left.\n");
	is_left_alone(&(struct login){ .flags = PAM_SILENT });
	serve(&(struct script){ .state = "remind" });
	is_left_alone(&(struct login){ .args = { "onerr=fail" } });
}

static void
whatever_is_due_opens_a_dialog(void **state)
{
	static const char *const states[] = { "register", "reconfirm", "notice" };
	static const struct step steps[] = {
		{ .type = '?', .text = "Address: " },
		{ .what = HEAR },
		{ .type = 'i', .text = "Thank you." },
		{ .type = '.', .text = "registered" },
		{ 0 },
	};
	const char *seen;

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		serve(&(struct script){ .state = states[i], .steps = steps });
		assert_int_equal(account(&(struct login){ .args = { "onerr=fail" } }), PAM_IGNORE);
		assert_string_equal(shown, "Address: \nThank you.\n");
		assert_string_equal(logged, "");
		seen = fakeservice_wait(&service);
		assert_non_null(strstr(seen, "purpose=enroll\n"));
		assert_non_null(strstr(seen, "heard =typed\nheard nothing (1)\n"));
	}
}

static void
a_silent_login_answers_that_it_cannot_prompt(void **state)
{
	static const struct step steps[] = {
		{ .type = '?', .text = "Address: " },
		{ .what = HEAR },
		{ .type = 'i', .text = "One line." },
		{ .type = '.', .text = "declined" },
		{ 0 },
	};

	(void)state;
	serve(&(struct script){ .state = "register", .steps = steps });
	assert_int_equal(account(&(struct login){ .flags = PAM_SILENT }), PAM_PERM_DENIED);
	assert_string_equal(shown, "");
	assert_non_null(strstr(fakeservice_wait(&service), "heard !conversation\n"));
}

enum expected { GOES_ON, REFUSED, BY_ONERR };

static const struct {
	const char *word;
	enum expected expected;
} verdicts[] = {
	{ "registered", GOES_ON }, { "confirmed", GOES_ON },
	{ "postponed", GOES_ON },  { "noticed", GOES_ON },
	{ "no-dialog", GOES_ON },  { "not-enabled", GOES_ON },
	{ "declined", REFUSED },   { "timed-out", REFUSED },
	{ "replaced", REFUSED },   { "too-much-input", REFUSED },
	{ "failed", BY_ONERR },    { "password-changed", BY_ONERR },
	{ "unlocked", BY_ONERR },  { "not-verified", BY_ONERR },
	{ "blocked", BY_ONERR },   { "contact-administrator", BY_ONERR },
	{ "frozen", BY_ONERR },    { "asked-administrator", BY_ONERR },
	{ "sure", BY_ONERR },      { "", BY_ONERR },
};

static void
login_ends(enum expected expected, bool fail)
{
	const int r = account(&(struct login){ .args = { fail ? "onerr=fail" : "onerr=ignore" } });
	const bool failed = expected == BY_ONERR;

	assert_int_equal(r, expected == REFUSED || (failed && fail) ? PAM_PERM_DENIED : PAM_IGNORE);
	assert_int_equal(log_lines, failed);
	assert_int_equal(strstr(shown, "this login ends here") != NULL, failed && fail);
}

static void
each_verdict_has_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct step steps[] = { { .type = '.', .text = verdicts[i].word }, { 0 } };

		for (int fail = 0; fail < 2; fail++) {
			serve(&(struct script){ .state = "register", .steps = steps });
			login_ends(verdicts[i].expected, fail);
		}
	}
}

static void
a_session_that_breaks_is_a_failure(void **state)
{
	static const struct step nonsense[] = { { .type = 'i', .text = "\xff" }, { 0 } };
	static const struct step unknown[] = { { .type = '=', .text = "typed" }, { 0 } };
	static const struct step nul[] = { { .what = RAW, .text = "?a\0b", .len = 4 }, { 0 } };
	static const struct step flood[] = { { .type = 'e', .text = "no", .times = 50 }, { 0 } };
	static const struct step *const all[] = { nothing_said, nonsense, unknown, nul, flood };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		for (int fail = 0; fail < 2; fail++) {
			serve(&(struct script){ .state = "register", .steps = all[i] });
			login_ends(BY_ONERR, fail);
			assert_non_null(strstr(logged, "the dialog failed: "));
		}
	}
}

static void
a_daemon_that_cannot_be_asked_is_a_failure(void **state)
{
	(void)state;
	for (int fail = 0; fail < 2; fail++) {
		fakeservice_finish(&service);
		login_ends(BY_ONERR, fail);
		assert_non_null(strstr(logged, "ServiceUnknown"));
		serve(&(struct script){ .check_error = "Unavailable" });
		login_ends(BY_ONERR, fail);
		assert_non_null(strstr(logged, "Unavailable"));
		serve(&(struct script){ .state = "soon" });
		login_ends(BY_ONERR, fail);
		serve(&(struct script){ .state = "register", .converse_error = "Unavailable" });
		login_ends(BY_ONERR, fail);
		serve(&(struct script){ .state = "register", .converse_form = FORM_STREAM });
		login_ends(BY_ONERR, fail);
		assert_non_null(strstr(logged, "not a packet socket"));
	}
}

static void
the_log_says_what_becomes_of_the_login(void **state)
{
	(void)state;
	login_ends(BY_ONERR, false);
	assert_non_null(strstr(logged, "this login goes on"));
	login_ends(BY_ONERR, true);
	assert_non_null(strstr(logged, "this login is refused"));
	assert_null(strstr(logged, SOMEBODY ":"));
}

static void
a_frozen_bus_or_daemon_costs_the_timeout_and_no_more(void **state)
{
	int64_t began = milliseconds();

	(void)state;
	serve(&(struct script){ .check_form = FORM_SILENT });
	assert_int_equal(account(&(struct login){ .args = { "timeout=1" } }), PAM_IGNORE);
	assert_in_range(milliseconds() - began, 900, 2500);
	assert_int_equal(kill(bus.pid, SIGSTOP), 0);
	began = milliseconds();
	assert_int_equal(account(&(struct login){ .args = { "timeout=1", "onerr=fail" } }),
			 PAM_PERM_DENIED);
	assert_in_range(milliseconds() - began, 900, 2500);
	assert_int_equal(log_lines, 1);
}

static void
too_many_dialogs_are_told_as_that(void **state)
{
	(void)state;
	serve(&(struct script){ .state = "register", .converse_error = "TooManySessions" });
	assert_int_equal(account(&(struct login){ .args = { "onerr=ignore" } }), PAM_IGNORE);
	assert_non_null(strstr(shown, "Too many registrations are running at this moment; "));
	assert_non_null(strstr(shown, "later login"));
	assert_int_equal(log_lines, 1);
	assert_int_equal(account(&(struct login){ .args = { "onerr=fail" } }), PAM_PERM_DENIED);
	assert_non_null(strstr(shown, "Too many registrations are running at this moment; "));
	assert_non_null(strstr(shown, "log in again"));
	assert_int_equal(log_lines, 1);
}

static void
bad_arguments_are_logged_once_each_and_left_out(void **state)
{
	const struct login l = { .args = { "onerr=maybe", "timeout=0", "timeout=61", "timeout=2s",
					   "timeout=", "services=", "bus=tcp:port=1", "stamps=here",
					   "debug=1", "reset", "nonsense", bus_argument } };

	(void)state;
	serve(&(struct script){ .state = "ok" });
	assert_int_equal(account(&l), PAM_IGNORE);
	assert_int_equal(log_lines, 11);
	assert_non_null(strstr(logged, "bad argument \"timeout=61\""));
}

static void
debug_says_why_and_is_silent_otherwise(void **state)
{
	(void)state;
	serve(&(struct script){ .state = "ok" });
	is_left_alone(&(struct login){ 0 });
	assert_int_equal(account(&(struct login){ .args = { "debug" } }), PAM_IGNORE);
	assert_int_equal(log_lines, 0);
	assert_non_null(strstr(logged, SOMEBODY ": stamp: "));
	assert_non_null(strstr(logged, "ssprd says: ok"));
}

static void
an_auth_line_without_reset_is_a_mistake_that_harms_nobody(void **state)
{
	const struct login l = { .args = { NO_BUS } };
	pam_handle_t *pamh = start(&l);

	(void)state;
	assert_int_equal(call_hook("pam_sm_authenticate", pamh, &l), PAM_IGNORE);
	assert_int_equal(log_lines, 1);
	assert_non_null(strstr(logged, "auth optional pam_sspr.so reset"));
	assert_string_equal(shown, "");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

static void
the_other_hooks_are_never_an_error(void **state)
{
	static const char *const hooks[] = { "pam_sm_setcred", "pam_sm_open_session",
					     "pam_sm_close_session", "pam_sm_chauthtok" };
	const struct login l = { .args = IDLE };
	pam_handle_t *pamh = start(&l);

	(void)state;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		assert_int_equal(call_hook(hooks[i], pamh, &l), PAM_IGNORE);
	assert_string_equal(logged, "");
	assert_string_equal(shown, "");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

/* A stack of all phases with the module in each, as libpam runs it. */
static pam_handle_t *
start_stack(const char *line)
{
	static const char *const phases[] = { "auth", "account", "session", "password" };
	char stack[4 * (PATH_MAX + 512)] = "";
	size_t len;

	for (size_t i = 0; i < 4; i++) {
		len = strlen(stack);
		snprintf(stack + len, sizeof(stack) - len,
			 "%s required pam_permit.so\n%s %s %s %s %s\n", phases[i], phases[i], line,
			 module_path, bus_argument, stamps_argument);
	}
	assert_int_equal(write_file(inside("sshd"), stack), 0);
	return start(&(struct login){ 0 });
}

static void
in_a_whole_stack_it_changes_nothing_but_a_refusal(void **state)
{
	static const struct step declined[] = { { .type = '.', .text = "declined" }, { 0 } };
	pam_handle_t *pamh = start_stack("required");

	(void)state;
	serve(&(struct script){ .state = "ok" });
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(pamh, 0), PAM_SUCCESS);
	serve(&(struct script){ .state = "register", .steps = declined });
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_PERM_DENIED);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	/* sufficient: what comes after it is not skipped */
	pamh = start_stack("sufficient");
	serve(&(struct script){ .state = "ok" });
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

static void
an_account_that_another_module_refuses_stays_refused(void **state)
{
	char stack[PATH_MAX + 512];
	pam_handle_t *pamh;

	(void)state;
	snprintf(stack, sizeof(stack),
		 "account required pam_deny.so\naccount sufficient %s %s %s\n", module_path,
		 bus_argument, stamps_argument);
	assert_int_equal(write_file(inside("sshd"), stack), 0);
	serve(&(struct script){ .state = "ok" });
	pamh = start(&(struct login){ 0 });
	assert_int_not_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_service_that_is_not_listed_is_left_alone),
		TEST(a_service_that_is_listed_is_asked),
		TEST(root_and_unknown_users_are_left_alone),
		TEST(a_host_without_a_conversation_is_left_alone),
		TEST(a_valid_stamp_asks_nobody),
		TEST(nothing_due_is_ignored_without_a_word),
		TEST(the_daemon_is_told_who_logs_in_where_and_how),
		TEST(a_reminder_is_shown_without_a_dialog),
		TEST(whatever_is_due_opens_a_dialog),
		TEST(a_silent_login_answers_that_it_cannot_prompt),
		TEST(each_verdict_has_its_answer),
		TEST(a_session_that_breaks_is_a_failure),
		TEST(a_daemon_that_cannot_be_asked_is_a_failure),
		TEST(the_log_says_what_becomes_of_the_login),
		TEST(a_frozen_bus_or_daemon_costs_the_timeout_and_no_more),
		TEST(too_many_dialogs_are_told_as_that),
		TEST(bad_arguments_are_logged_once_each_and_left_out),
		TEST(debug_says_why_and_is_silent_otherwise),
		TEST(an_auth_line_without_reset_is_a_mistake_that_harms_nobody),
		TEST(the_other_hooks_are_never_an_error),
		TEST(in_a_whole_stack_it_changes_nothing_but_a_refusal),
		TEST(an_account_that_another_module_refuses_stays_refused),
	};

	return cmocka_run_group_tests(tests, module_load, module_unload);
}
