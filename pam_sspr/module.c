/*
 * pam_sspr: at the login's account phase, see to it that a user who has not registered ways to reset
 * the password is asked to; in the auth phase, with `reset`, offer a reset to who forgot it. It never
 * says PAM_SUCCESS: it can hold a login back, not let one in.
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

#include "pam_sspr/ask.h"
#include "pam_sspr/login.h"
#include "pam_sspr/reset.h"
#include "pam_sspr/stamp.h"
#include "protocol/account.h"

static enum answer
failed(const struct login *l, const char *what, const char *why)
{
	pam_syslog(l->pamh, LOG_ERR, "%s: %s; %s", what, why,
		   l->options.fail ? "this login is refused (onerr=fail)" : "this login goes on");
	if (l->options.fail)
		login_tell(l, PAM_ERROR_MSG, TEXT_NOT_CHECKED);
	return ANSWER_ONERR;
}

static enum answer
too_many(const struct login *l, const char *why)
{
	pam_syslog(l->pamh, LOG_ERR, "too many dialogs: %s", why);
	login_tell(l, PAM_ERROR_MSG, l->options.fail ? TEXT_TOO_MANY_REFUSED : TEXT_TOO_MANY_LATER);
	return ANSWER_ONERR;
}

/* Hold the dialog that is due. */
static enum answer
converse(const struct login *l, struct ask *a)
{
	char problem[CLIENT_PROBLEM_MAX];
	enum answer answer = ANSWER_ONERR;

	switch (login_converse(l, a, &answer, problem)) {
	case HELD:
		return answer;
	case HELD_TOO_MANY:
		return too_many(l, problem);
	case HELD_NOT_BEGUN:
		return failed(l, "ssprd does not start a dialog", problem);
	default:
		return failed(l, "the dialog failed", problem);
	}
}

/* Ask the daemon what is due, and do it. */
static enum answer
ask(const struct login *l, struct ask *a)
{
	char problem[CLIENT_PROBLEM_MAX];
	struct client_state state;
	int r;

	if (!ask_start(a, l, PURPOSE_ENROLL, problem))
		return failed(l, "ssprd cannot be asked", problem);
	r = ask_check(a, &state, problem);
	if (r == CLIENT_TOO_MANY)
		return too_many(l, problem);
	if (r != CLIENT_OK)
		return failed(l, "ssprd cannot be asked", problem);
	login_debug(l, "ssprd says", state_word(state.state));
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
judge(const struct login *l)
{
	struct ask a = { 0 };
	const char *doubt;
	enum answer answer;
	uid_t uid;
	gid_t gid;
	int r;

	r = account_find(l->user, &uid, &gid);
	if (r == -ENOENT || (r == 0 && uid == 0))
		return ANSWER_IGNORE;
	if (r < 0)
		return failed(l, "the user cannot be looked up", strerrordesc_np(-r));
	doubt = stamp_doubt(l->options.stamps, uid, l->user, SSPR_CONF, time(NULL));
	if (doubt == NULL)
		return ANSWER_IGNORE;
	login_debug(l, "stamp", doubt);
	answer = ask(l, &a);
	ask_done(&a);
	return answer;
}

int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct login l = { .pamh = pamh };

	options_read(pamh, PHASE_ACCOUNT, argc, argv, &l.options);
	if (!login_begin(&l, flags))
		return PAM_IGNORE;
	l.user = login_item(&l, PAM_USER);
	return l.user == NULL ? PAM_IGNORE : answer_code(judge(&l), l.options.fail);
}

/* Whatever happens here, the modules that check the password decide. */
int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct login l = { .pamh = pamh };

	options_read(pamh, PHASE_AUTH, argc, argv, &l.options);
	if (!l.options.reset)
		pam_syslog(
			pamh, LOG_ERR,
			"an auth line without \"reset\" does nothing: write "
			"\"auth optional pam_sspr.so reset\" or \"account required pam_sspr.so\"");
	else if (login_begin(&l, flags))
		reset_offer(&l);
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
