/*
 * An auth line with `reset`, in a stack that libpam runs, against a scripted daemon on a real bus: who is asked for the
 * password, what opens the dialog, and what the module after it is given. pam_exec stands for the modules that
 * check the password: it takes PAM_AUTHTOK, asks by itself where that is not set, and writes what it has to a file.
 */
/* link: tests/unit/fakebus.c */
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/words.h"
#include "tests/unit/module_fixture.h"

#define STRANGER   "sspr-no-such-user"
#define ANSWERS    8
#define END        ((const char *)1) /* an answer that is none: the end of input */
#define HINT       "*Forgot it? Enter ? instead.\nPassword: \n"
#define ASKS_AGAIN "*Password: \n" /* pam_exec, by itself */
#define LATER      "Please try again"

/* The module must answer PAM_IGNORE, or the stack fails. */
#define STACK                                                                                      \
	"%sauth [ignore=ignore default=die] %s %s %s\n"                                            \
	"auth required pam_exec.so quiet expose_authtok /bin/dd status=none of=%s\n"               \
	"auth required pam_permit.so\n"

struct login {
	const char *user;    /* NULL: SOMEBODY */
	const char *service; /* NULL: sshd */
	const char *before;  /* lines before the module's */
	const char *args;    /* NULL: `reset` alone */
	const char *bus;     /* NULL: the test's own */
	const char *lang;    /* LANG of PAM's environment */
	int flags;
	bool no_echo_on, text_fails;  /* the host's function cannot show such */
	const char *answers[ANSWERS]; /* in turn, whatever is asked */
};

static const struct step no_dialog[] = {
	{ .type = '?', .text = "Proof: " },
	{ .what = HEAR },
	{ .type = 'i', .text = "Told." },
	{ .type = '.', .text = "not-verified" },
	{ 0 },
};

static char given[TEXT_MAX]; /* to the module after it */

/* What is shown goes into shown, its style before it: '?' echo-on, '*' echo-off, 'i', 'e'. */
static int
converse(int count, const struct pam_message **messages, struct pam_response **response, void *arg)
{
	static const char styles[] = { [PAM_PROMPT_ECHO_OFF] = '*',
				       [PAM_PROMPT_ECHO_ON] = '?',
				       [PAM_ERROR_MSG] = 'e',
				       [PAM_TEXT_INFO] = 'i' };
	struct login *l = arg;
	const int style = messages[0]->msg_style;
	const size_t len = strlen(shown);
	const char *answer = END;

	assert_int_equal(count, 1);
	*response = NULL;
	if (style == PAM_PROMPT_ECHO_ON && l->no_echo_on)
		return PAM_CONV_ERR;
	snprintf(shown + len, sizeof(shown) - len, "%c%s\n", styles[style], messages[0]->msg);
	if (style != PAM_PROMPT_ECHO_ON && style != PAM_PROMPT_ECHO_OFF)
		return l->text_fails ? PAM_CONV_ERR : PAM_SUCCESS;
	for (size_t i = 0; i < ANSWERS && answer == END; i++) {
		if (l->answers[i] == NULL)
			continue;
		answer = l->answers[i];
		l->answers[i] = NULL;
		break;
	}
	*response = calloc(1, sizeof(**response));
	(*response)->resp = answer == END ? NULL : strdup(answer);
	return PAM_SUCCESS;
}

static void
read_given(void)
{
	FILE *file = fopen(inside("given"), "re");
	size_t n = 0;

	if (file != NULL) {
		n = fread(given, 1, sizeof(given) - 1, file);
		fclose(file);
		unlink(inside("given"));
	}
	given[n] = '\0';
}

static void
write_stack(const struct login *l, const char *name)
{
	char stack[3 * PATH_MAX];

	snprintf(stack, sizeof(stack), STACK, l->before != NULL ? l->before : "", module_path,
		 l->args != NULL ? l->args : "reset", l->bus != NULL ? l->bus : bus_argument,
		 inside("given"));
	assert_int_equal(write_file(inside(name), stack), 0);
}

/* One login's auth phase; the answer of the whole stack. */
static int
authenticate(const struct login *as)
{
	const char *name = as->service != NULL ? as->service : "sshd";
	const int before = open_descriptors();
	struct login l = *as;
	struct pam_conv conv = { converse, &l };
	pam_handle_t *pamh = NULL;
	char lang[64];
	int r;

	write_stack(&l, name);
	assert_int_equal(
		pam_start_confdir(name, l.user != NULL ? l.user : SOMEBODY, &conv, folder, &pamh),
		PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_RHOST, "far.example"), PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_TTY, "ssh"), PAM_SUCCESS);
	snprintf(lang, sizeof(lang), "LANG=%s", l.lang != NULL ? l.lang : "de_DE.UTF-8");
	assert_int_equal(pam_putenv(pamh, lang), PAM_SUCCESS);
	shown[0] = logged[0] = '\0';
	log_lines = 0;
	r = pam_authenticate(pamh, l.flags);
	assert_int_equal(pam_end(pamh, r), PAM_SUCCESS);
	assert_int_equal(open_descriptors(), before);
	read_given();
	return r;
}

/* The stack lets it go on, and the module after ours has this password. */
static void
gives(const struct login *l, const char *password)
{
	assert_int_equal(authenticate(l), PAM_SUCCESS);
	assert_string_equal(given, password);
}

/* Neither a word nor a call: with no bus to be found anything else would be logged. */
static void
is_left_alone(struct login l)
{
	l.bus = NO_BUS;
	l.answers[0] = "?";
	gives(&l, "?");
	assert_string_equal(shown, ASKS_AGAIN);
	assert_string_equal(logged, "");
}

static int
set_up(void **state)
{
	(void)state;
	return module_set_up();
}

static int
tear_down(void **state)
{
	(void)state;
	return module_tear_down();
}

static void
who_is_not_asked_here_meets_the_stack_as_it_was(void **state)
{
	(void)state;
	is_left_alone((struct login){ .service = "su" });
	is_left_alone((struct login){ .service = "cron" });
	is_left_alone((struct login){ .args = "reset services=login" });
	is_left_alone((struct login){ .user = "root" });
	is_left_alone((struct login){ .flags = PAM_SILENT });
}

static void
a_password_that_was_asked_for_already_is_not_asked_for_again(void **state)
{
	const struct login l = { .before = "auth required pam_exec.so quiet expose_authtok "
					   "/bin/true\n",
				 .bus = NO_BUS,
				 .answers = { "?" } };

	(void)state;
	gives(&l, "?");
	assert_string_equal(shown, ASKS_AGAIN);
	assert_string_equal(logged, "");
}

static void
a_host_without_a_conversation_is_left_alone(void **state)
{
	const struct pam_conv cron = { .conv = NULL };
	pam_handle_t *pamh = NULL;
	char stack[PATH_MAX + 256];

	(void)state;
	snprintf(stack, sizeof(stack),
		 "auth [ignore=ignore default=die] %s reset " NO_BUS "\n"
		 "auth required pam_permit.so\n",
		 module_path);
	assert_int_equal(write_file(inside("sshd"), stack), 0);
	assert_int_equal(pam_start_confdir("sshd", SOMEBODY, &cron, folder, &pamh), PAM_SUCCESS);
	shown[0] = logged[0] = '\0';
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_string_equal(logged, "");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

static void
a_password_is_handed_on_untouched_and_asked_for_once(void **state)
{
	static char longest[512];
	const char *const passwords[] = { "Tulip-1-garden", "\xc3\xa9", "",     " ?", "??",
					  "\x7f\b",         "\xff\xfe", longest };

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++) {
		gives(&(struct login){ .bus = NO_BUS, .answers = { passwords[i] } }, passwords[i]);
		assert_string_equal(shown, HINT);
		assert_string_equal(logged, "");
	}
}

static void
the_prompt_is_in_the_language_of_the_login(void **state)
{
	(void)state;
	gives(&(struct login){ .lang = "nl_NL.UTF-8", .answers = { "tulp" } }, "tulp");
	assert_string_equal(shown, "*Vergeten? Typ dan alleen een ?\nWachtwoord: \n");
}

static void
any_one_byte_opens_the_dialog_and_then_the_stack_asks(void **state)
{
	static const char called[] = "Converse aysa{sv}\nuser=" SOMEBODY "\npurpose=reset\n";
	static const char *const bytes[] = { "?", "x", "\b", "\n", "\x7f", "\xff", " " };
	const char *seen;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		serve(&(struct script){ .steps = no_dialog });
		gives(&(struct login){ .answers = { bytes[i], "a proof", "new password" } },
		      "new password");
		assert_string_equal(shown, HINT "?Proof: \niTold.\n" ASKS_AGAIN);
		assert_string_equal(logged, "");
		seen = fakeservice_wait(&service);
		assert_int_equal(strncmp(seen, called, strlen(called)), 0);
		assert_null(strstr(seen, "Check"));
		assert_non_null(strstr(seen, "heard =a proof\n"));
	}
}

/* The transcript of the daemon from behind the user's name on. */
static const char *
behind_the_name(const char *seen)
{
	const char *at = strstr(seen, "\npurpose=");

	assert_non_null(at);
	return at;
}

static void
an_unknown_user_gets_the_same_prompts_calls_and_texts(void **state)
{
	static const char *const names[] = { STRANGER, "\xff\xfe", "a b\nc" };
	static char shown_to_somebody[TEXT_MAX];
	const char *seen;

	(void)state;
	serve(&(struct script){ .steps = no_dialog });
	gives(&(struct login){ .answers = { "?", "a proof", "new" } }, "new");
	memcpy(shown_to_somebody, shown, sizeof(shown));
	seen = behind_the_name(fakeservice_wait(&service));
	/* what root's side says is said of both, but for the uid and the groups */
	assert_int_equal(strstr(seen, "\nuid:t=1\n") != NULL, geteuid() == 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		serve(&(struct script){ .steps = no_dialog });
		gives(&(struct login){ .user = names[i], .answers = { "?", "a proof", "new" } },
		      "new");
		assert_string_equal(shown, shown_to_somebody);
		assert_string_equal(logged, "");
		seen = fakeservice_wait(&service);
		assert_non_null(strstr(seen, names[i]));
		seen = behind_the_name(seen);
		assert_non_null(strstr(seen, "purpose=reset\nservice:ay=sshd\ntty:ay=ssh\n"
					     "rhost:ay=far.example\nlang:ay=de_DE.UTF-8\n"));
		assert_null(strstr(seen, "uid:"));
		assert_int_equal(strstr(seen, "\ngroups:aay=\nlocal_password:b=false\n") != NULL,
				 geteuid() == 0);
		assert_non_null(strstr(seen, "heard =a proof\n"));
	}
	/* and where nothing works */
	gives(&(struct login){ .bus = NO_BUS, .answers = { "?", "new" } }, "new");
	memcpy(shown_to_somebody, shown, sizeof(shown));
	gives(&(struct login){ .user = STRANGER, .bus = NO_BUS, .answers = { "?", "new" } }, "new");
	assert_string_equal(shown, shown_to_somebody);
}

static void
the_user_is_asked_for_where_the_host_did_not(void **state)
{
	struct login l = { .answers = { SOMEBODY, "tulip" } };
	struct pam_conv conv = { converse, &l };
	pam_handle_t *pamh = NULL;

	(void)state;
	write_stack(&l, "login");
	shown[0] = logged[0] = '\0';
	assert_int_equal(pam_start_confdir("login", NULL, &conv, folder, &pamh), PAM_SUCCESS);
	assert_int_equal(pam_putenv(pamh, "LANG=en_GB"), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	assert_int_equal(strncmp(shown, "?login:", strlen("?login:")), 0);
	assert_string_equal(strchr(shown, '\n') + 1, HINT);
	read_given();
	assert_string_equal(given, "tulip");
}

static void
the_end_of_input_is_no_answer(void **state)
{
	(void)state;
	gives(&(struct login){ .bus = NO_BUS, .answers = { END, END } }, "");
	assert_string_equal(shown, HINT ASKS_AGAIN);
	assert_null(strstr(logged, "ssprd"));
}

/* sshd's password method answers echo-off prompts with the password, refuses the others. */
static void
a_host_that_cannot_prompt_shows_nothing(void **state)
{
	static const struct step steps[] = { { .type = '?', .text = "Proof: " },
					     { .what = HEAR },
					     { .type = '.', .text = "no-dialog" },
					     { 0 } };

	(void)state;
	gives(&(struct login){ .no_echo_on = true, .bus = NO_BUS, .answers = { "tulip" } },
	      "tulip");
	assert_string_equal(logged, "");
	serve(&(struct script){ .steps = steps });
	gives(&(struct login){ .no_echo_on = true, .answers = { "x", "x" } }, "x");
	assert_string_equal(shown, HINT ASKS_AGAIN);
	assert_string_equal(logged, "");
	assert_non_null(strstr(fakeservice_wait(&service), "heard !conversation\n"));
}

/* A reset that could not be held: told in one text and one line, and the stack asks. */
static void
fails_with(const char *text, const char *line)
{
	gives(&(struct login){ .answers = { "?", "old password" } }, "old password");
	assert_non_null(strstr(shown, text));
	assert_int_equal(strncmp(shown, HINT "e", strlen(HINT) + 1), 0);
	assert_null(strstr(strstr(shown, text) + 1, text));
	assert_int_equal(log_lines, 1);
	assert_non_null(strstr(logged, line));
	assert_non_null(strstr(logged, "this login asks for the password"));
	assert_null(strstr(logged, SOMEBODY));
}

static void
a_daemon_that_cannot_be_asked_is_told(void **state)
{
	(void)state;
	fails_with("Passwords cannot be reset", "ServiceUnknown");
	serve(&(struct script){ .converse_error = "Unavailable" });
	fails_with("Passwords cannot be reset", "Unavailable");
	serve(&(struct script){ .converse_error = "NotAllowed" });
	fails_with("Passwords cannot be reset", "NotAllowed");
	serve(&(struct script){ .converse_form = FORM_STREAM });
	fails_with("Passwords cannot be reset", "not a packet socket");
	serve(&(struct script){ .converse_error = "TooManySessions" });
	fails_with("Too many passwords are being reset", "too many dialogs");
	gives(&(struct login){ .lang = "nl_NL", .answers = { "?", "oud" } }, "oud");
	assert_non_null(strstr(shown, "te veel wachtwoorden"));
}

static void
a_text_that_cannot_be_shown_changes_nothing(void **state)
{
	(void)state;
	gives(&(struct login){ .text_fails = true, .bus = NO_BUS, .answers = { "?", "old" } },
	      "old");
}

static void
a_session_that_breaks_is_told(void **state)
{
	static const struct step closed[] = { { .what = CLOSE }, { 0 } };
	static const struct step unknown[] = { { .type = '.', .text = "sure" }, { 0 } };
	static const struct step nothing[] = { { .type = '.', .text = "" }, { 0 } };
	static const struct step nonsense[] = { { .type = 'i', .text = "\xff" }, { 0 } };
	static const struct step *const all[] = { closed, unknown, nothing, nonsense };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		serve(&(struct script){ .steps = all[i] });
		fails_with("broke off", "the reset failed: ");
	}
}

static void
every_verdict_lets_the_stack_go_on(void **state)
{
	(void)state;
	for (int v = 0; v < VERDICT_COUNT; v++) {
		const struct step steps[] = {
			{ .type = '.', .text = verdict_word((enum verdict)v) }, { 0 }
		};

		serve(&(struct script){ .steps = steps });
		gives(&(struct login){ .answers = { "?", "password" } }, "password");
		assert_string_equal(shown, HINT ASKS_AGAIN);
		/* the session has said in its own words that something failed, and what holds now */
		assert_int_equal(log_lines, v == VERDICT_FAILED);
		assert_int_equal(strstr(logged, "the reset failed: failed") != NULL,
				 v == VERDICT_FAILED);
	}
}

static void
a_frozen_bus_or_daemon_costs_the_timeout_and_no_more(void **state)
{
	const struct login l = { .args = "reset timeout=1", .answers = { "?", "old" } };
	int64_t began = milliseconds();

	(void)state;
	serve(&(struct script){ .converse_form = FORM_SILENT });
	gives(&l, "old");
	assert_in_range(milliseconds() - began, 900, 2500);
	assert_int_equal(log_lines, 1);
	assert_non_null(strstr(shown, LATER));
	assert_int_equal(kill(bus.pid, SIGSTOP), 0);
	began = milliseconds();
	gives(&l, "old");
	assert_in_range(milliseconds() - began, 900, 2500);
	assert_int_equal(log_lines, 1);
	/* who types the password does not wait */
	gives(&(struct login){ .args = "reset timeout=60", .answers = { "tulip" } }, "tulip");
	assert_string_equal(logged, "");
}

static void
arguments_of_the_other_phase_are_mistakes(void **state)
{
	(void)state;
	gives(&(struct login){ .args = "reset onerr=fail stamps=/x reset=now timeout=0 x",
			       .answers = { "tulip" } },
	      "tulip");
	assert_int_equal(log_lines, 5);
	assert_non_null(strstr(logged, "bad argument \"onerr=fail\""));
	assert_string_equal(shown, HINT);
}

static void
a_name_is_logged_at_level_debug_alone(void **state)
{
	(void)state;
	serve(&(struct script){ .steps = no_dialog });
	gives(&(struct login){ .user = STRANGER,
			       .args = "reset debug",
			       .answers = { "?", "a proof", "new" } },
	      "new");
	assert_int_equal(log_lines, 0);
	assert_non_null(strstr(logged, STRANGER ": dialog: not-verified"));
	gives(&(struct login){ .user = STRANGER, .bus = NO_BUS, .answers = { "?", "new" } }, "new");
	assert_int_equal(log_lines, 1);
	assert_null(strstr(logged, STRANGER));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_not_asked_here_meets_the_stack_as_it_was),
		TEST(a_password_that_was_asked_for_already_is_not_asked_for_again),
		TEST(a_host_without_a_conversation_is_left_alone),
		TEST(a_password_is_handed_on_untouched_and_asked_for_once),
		TEST(the_prompt_is_in_the_language_of_the_login),
		TEST(any_one_byte_opens_the_dialog_and_then_the_stack_asks),
		TEST(an_unknown_user_gets_the_same_prompts_calls_and_texts),
		TEST(the_user_is_asked_for_where_the_host_did_not),
		TEST(the_end_of_input_is_no_answer),
		TEST(a_host_that_cannot_prompt_shows_nothing),
		TEST(a_daemon_that_cannot_be_asked_is_told),
		TEST(a_text_that_cannot_be_shown_changes_nothing),
		TEST(a_session_that_breaks_is_told),
		TEST(every_verdict_lets_the_stack_go_on),
		TEST(a_frozen_bus_or_daemon_costs_the_timeout_and_no_more),
		TEST(arguments_of_the_other_phase_are_mistakes),
		TEST(a_name_is_logged_at_level_debug_alone),
	};

	return cmocka_run_group_tests(tests, module_load, module_unload);
}
