/*
 * pam_chauthtok, as often as the host's rules may refuse a password. Before each answer reaches PAM the account is looked at again:
 * somebody may have locked it while the user was thinking.
 */
#include "passwd/change.h"

#include <security/pam_appl.h>
#include <stddef.h>

#include "passwd/talk.h"
#include "protocol/grant.h"
#include "text/log.h"

struct watch {
	const struct change *c;
	enum change_said said;
};

static bool
may_go_on(void *arg)
{
	struct watch *w = arg;
	struct entry now = { 0 };
	const char *why;

	if (account_look(w->c->rules, w->c->user, &now, &why) != ACCOUNT_FINE) {
		log_warning("grant of %s: the account has become one that is not changed here: %s",
			    w->c->user, why);
		w->said = CHANGE_REFUSED;
	} else if (!secret_equal(&now.hash, w->c->before)) {
		w->said = CHANGE_OVERTAKEN;
	}
	entry_done(&now);
	return w->said == CHANGE_DONE;
}

/* The host's rules have refused a password: PAM has told why, and says so with one of these. */
static bool
is_refusal(int code, const struct talk *t)
{
	return t->told &&
	       (code == PAM_AUTHTOK_ERR || code == PAM_MAXTRIES || code == PAM_TRY_AGAIN);
}

/*
 * A stack may save a password and refuse it then. That is a change and the end: at the next answer it would look like somebody else's,
 * and nobody would be told of it.
 */
static bool
is_saved(const struct watch *w)
{
	struct entry now = { 0 };
	bool saved;

	saved = entry_read(w->c->rules->root, w->c->user, &now) == ENTRY_FOUND &&
		!secret_equal(&now.hash, w->c->before);
	entry_done(&now);
	return saved;
}

static enum change_said
ended(const struct talk *t, const struct watch *w)
{
	switch (t->end) {
	case TALK_DECLINED:
	case TALK_GAVE_UP:
		return CHANGE_DECLINED;
	case TALK_STOPPED:
		return w->said;
	case TALK_OUT_OF_TURN:
		log_warning("grant of %s: its holder spoke out of turn", w->c->user);
		return CHANGE_GONE;
	case TALK_GONE:
		return CHANGE_GONE;
	case TALK_GOES_ON:
		break;
	}
	return CHANGE_FAILED;
}

static enum change_said
attempts(pam_handle_t *pam, struct talk *t, const struct watch *w)
{
	int code;

	do {
		talk_begin(t);
		code = pam_chauthtok(pam, 0);
		if (code == PAM_SUCCESS)
			return CHANGE_DONE;
	} while (t->end == TALK_GOES_ON && is_refusal(code, t) && !is_saved(w) && talk_refused(t));
	if (t->end == TALK_GOES_ON)
		log_error("grant of %s: PAM could not set the password: %s", w->c->user,
			  pam_strerror(pam, code));
	return ended(t, w);
}

enum change_said
change_run(const struct change *c)
{
	struct watch w = { .c = c, .said = CHANGE_DONE };
	struct talk t = {
		.fd = c->fd,
		.turn = c->turn,
		.wait_ms = c->wait_ms,
		.may_go_on = may_go_on,
		.arg = &w,
	};
	const struct pam_conv conv = { .conv = talk_converse, .appdata_ptr = &t };
	pam_handle_t *pam = NULL;
	enum change_said said;

	if (pam_start(CHANGE_SERVICE, c->user, &conv, &pam) != PAM_SUCCESS) {
		log_error("grant of %s: PAM does not start", c->user);
		return CHANGE_FAILED;
	}
	said = attempts(pam, &t, &w);
	(void)pam_end(pam, PAM_SUCCESS);
	return said;
}
