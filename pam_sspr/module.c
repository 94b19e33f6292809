/*
 * pam_sspr: at the login's account phase, see to it that a user who has not registered ways to reset
 * the password is asked to. It never says PAM_SUCCESS: it can hold a login back, not let one in.
 *
 * In somebody else's process: no state between calls, no threads, no signals, no getenv, every wait
 * has a limit, and whatever fails is answered as onerr= says, with one line in the log.
 */
#include <errno.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "pam_sspr/ask.h"
#include "pam_sspr/options.h"
#include "pam_sspr/stamp.h"
#include "pam_sspr/terminal.h"
#include "pam_sspr/verdict.h"
#include "protocol/account.h"

/* The texts are English whatever the login's language: gettext asks the host's environment and locale. */
#define TEXT_FAILED                                                                                \
	"Whether you are registered to reset your password could not be checked,\n"                \
	"so this login ends here. Please try again in a few minutes, or ask your administrator."
#define TEXT_TOO_MANY "Too many registrations are running at this moment; "

/* One login: what PAM and NSS say of it. */
struct login {
	pam_handle_t *pamh;
	struct options options;
	struct terminal terminal;
	const char *user;
	uid_t uid;
};

static const void *
item(pam_handle_t *pamh, int type)
{
	const void *value = NULL;

	return pam_get_item(pamh, type, &value) == PAM_SUCCESS ? value : NULL;
}

static void
debug(const struct login *l, const char *what, const char *why)
{
	if (l->options.debug)
		pam_syslog(l->pamh, LOG_DEBUG, "%s: %s: %s", l->user, what, why);
}

static enum answer
failed(const struct login *l, const char *what, const char *why)
{
	pam_syslog(l->pamh, LOG_ERR, "%s: %s; %s", what, why,
		   l->options.fail ? "this login is refused (onerr=fail)" : "this login goes on");
	if (l->options.fail)
		terminal_tell(&l->terminal, PAM_ERROR_MSG, TEXT_FAILED);
	return ANSWER_ONERR;
}

static enum answer
too_many(const struct login *l, const char *why)
{
	pam_syslog(l->pamh, LOG_ERR, "too many dialogs: %s", why);
	terminal_tell(&l->terminal, PAM_ERROR_MSG,
		      l->options.fail ? TEXT_TOO_MANY "please\nlog in again in a few minutes."
				      : TEXT_TOO_MANY "you will\nbe asked at a later login.");
	return ANSWER_ONERR;
}

/* Could this login be asked at all? A service that is not listed pays for nothing but this. */
static bool
may_be_asked(struct login *l, int flags)
{
	const struct pam_conv *conv;

	if (!options_has_service(&l->options, item(l->pamh, PAM_SERVICE)))
		return false;
	conv = item(l->pamh, PAM_CONV);
	l->user = item(l->pamh, PAM_USER);
	if (conv == NULL || conv->conv == NULL || l->user == NULL)
		return false; /* cron gives no function */
	l->terminal.conv = conv;
	l->terminal.silence_ms = SESSION_SILENCE_MS;
	l->terminal.interactive = (flags & PAM_SILENT) == 0;
	return true;
}

/* Hold the dialog that is due. */
static enum answer
converse(const struct login *l, struct ask *a)
{
	char problem[CLIENT_PROBLEM_MAX];
	enum verdict verdict;
	const char *wrong;
	int fd = -1, r;

	r = ask_converse(a, &fd, problem);
	if (r == CLIENT_TOO_MANY)
		return too_many(l, problem);
	if (r != CLIENT_OK)
		return failed(l, "ssprd does not start a dialog", problem);
	wrong = terminal_run(&l->terminal, fd, &verdict);
	close(fd);
	if (wrong == NULL && verdict_answer(verdict) == ANSWER_ONERR)
		wrong = verdict_word(verdict);
	if (wrong != NULL)
		return failed(l, "the dialog failed", wrong);
	debug(l, "dialog", verdict_word(verdict));
	return verdict_answer(verdict);
}

/* Ask the daemon what is due, and do it. */
static enum answer
ask(const struct login *l, struct ask *a)
{
	char problem[CLIENT_PROBLEM_MAX];
	struct client_state state;
	int r;

	if (!ask_start(a, l->pamh, &l->options, l->user, l->terminal.interactive, problem))
		return failed(l, "ssprd cannot be asked", problem);
	r = ask_check(a, &state, problem);
	if (r == CLIENT_TOO_MANY)
		return too_many(l, problem);
	if (r != CLIENT_OK)
		return failed(l, "ssprd cannot be asked", problem);
	debug(l, "ssprd says", state_word(state.state));
	switch (state.state) {
	case STATE_OK:
	case STATE_NOT_ENABLED:
		return ANSWER_IGNORE;
	case STATE_REMIND:
		terminal_tell(&l->terminal, PAM_TEXT_INFO, state.message);
		return ANSWER_IGNORE;
	default:
		return converse(l, a);
	}
}

/* The account of a user who may be asked: root never is, and a name without an account is not ours. */
static enum answer
judge(struct login *l)
{
	struct ask a = { 0 };
	const char *doubt;
	enum answer answer;
	gid_t gid;
	int r;

	r = account_find(l->user, &l->uid, &gid);
	if (r == -ENOENT || (r == 0 && l->uid == 0))
		return ANSWER_IGNORE;
	if (r < 0)
		return failed(l, "the user cannot be looked up", strerrordesc_np(-r));
	doubt = stamp_doubt(l->options.stamps, l->uid, l->user, SSPR_CONF, time(NULL));
	if (doubt == NULL)
		return ANSWER_IGNORE;
	debug(l, "stamp", doubt);
	answer = ask(l, &a);
	ask_done(&a);
	return answer;
}

int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct login l = { .pamh = pamh };

	options_read(pamh, argc, argv, &l.options);
	if (!may_be_asked(&l, flags))
		return PAM_IGNORE;
	return answer_code(judge(&l), l.options.fail);
}

/* Ways into a password's stack are not offered here: an answer to a mistake in pam.d. */
int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	pam_syslog(pamh, LOG_ERR,
		   "an auth line does nothing: write \"account required pam_sspr.so\"");
	return PAM_IGNORE;
}

/* A stack that has an auth line calls this too, after the login has succeeded: never an error. */
int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return pam_sm_setcred(pamh, flags, argc, argv);
}

int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return pam_sm_setcred(pamh, flags, argc, argv);
}

int
pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return pam_sm_setcred(pamh, flags, argc, argv);
}
