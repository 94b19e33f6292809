/*
 * What the hooks have in common.
 */
#include "pam_sspr/login.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "pam_sspr/ask.h"
#include "pam_sspr/locale.h"

const void *
login_item(const struct login *l, int type)
{
	const void *value = NULL;

	return pam_get_item(l->pamh, type, &value) == PAM_SUCCESS ? value : NULL;
}

bool
login_begin(struct login *l, int flags)
{
	const struct pam_conv *conv;

	if (!options_has_service(&l->options, login_item(l, PAM_SERVICE)))
		return false;
	conv = login_item(l, PAM_CONV);
	if (conv == NULL || conv->conv == NULL)
		return false; /* cron gives no function */
	l->terminal.conv = conv;
	l->terminal.silence_ms = SESSION_SILENCE_MS;
	l->terminal.interactive = (flags & PAM_SILENT) == 0;
	return true;
}

void
login_tell(const struct login *l, int style, enum text text)
{
	char lang[LANG_NAME_MAX + 1];

	locale_of_login(l->pamh, lang);
	terminal_tell(&l->terminal, style, text_in(lang, text));
}

void
login_debug(const struct login *l, const char *what, const char *why)
{
	if (l->options.debug)
		pam_syslog(l->pamh, LOG_DEBUG, "%s: %s: %s", l->user, what, why);
}

enum held
login_converse(const struct login *l, struct ask *a, enum answer *answer,
	       char problem[CLIENT_PROBLEM_MAX])
{
	enum verdict verdict;
	const char *wrong;
	int fd = -1, r;

	r = ask_converse(a, &fd, problem);
	if (r != CLIENT_OK)
		return r == CLIENT_TOO_MANY ? HELD_TOO_MANY : HELD_NOT_BEGUN;
	wrong = terminal_run(&l->terminal, fd, &verdict);
	close(fd);
	if (wrong != NULL) {
		snprintf(problem, CLIENT_PROBLEM_MAX, "%s", wrong);
		return HELD_BROKE;
	}
	login_debug(l, "dialog", verdict_word(verdict));
	*answer = verdict_answer(a->purpose, verdict);
	if (*answer != ANSWER_ONERR)
		return HELD;
	snprintf(problem, CLIENT_PROBLEM_MAX, "%s", verdict_word(verdict));
	return HELD_FAILED;
}
