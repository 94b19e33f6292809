/*
 * The way into a reset. Until the dialog is over nothing here depends on whether the user exists, but for root:
 * the prompt, the calls and the texts are the same, and so are the lookups (protocol/host.h).
 */
#include "pam_sspr/reset.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#include "pam_sspr/ask.h"
#include "pam_sspr/locale.h"
#include "pam_sspr/login.h"
#include "protocol/account.h"

/* What a dialog that was not held to a good end is called in the log, and what is shown. */
static const struct failure {
	const char *what;
	enum text text; /* TEXT_COUNT: nothing */
} failures[] = {
	[HELD_TOO_MANY] = { "too many dialogs", TEXT_RESET_TOO_MANY },
	[HELD_NOT_BEGUN] = { "ssprd does not start a reset", TEXT_RESET_NOT_STARTED },
	[HELD_FAILED] = { "the reset failed", TEXT_COUNT },
	[HELD_BROKE] = { "the reset failed", TEXT_RESET_BROKE },
};

static void
hold_dialog(const struct login *l)
{
	char problem[CLIENT_PROBLEM_MAX];
	struct ask a = { 0 };
	enum held held = HELD_NOT_BEGUN;
	enum answer answer;

	if (ask_start(&a, l, PURPOSE_RESET, problem))
		held = login_converse(l, &a, &answer, problem);
	ask_done(&a);
	if (held == HELD)
		return;
	pam_syslog(l->pamh, LOG_ERR, "%s: %s; this login asks for the password",
		   failures[held].what, problem);
	if (failures[held].text != TEXT_COUNT)
		login_tell(l, PAM_ERROR_MSG, failures[held].text);
}

/* uid 0 by any name. A lookup that fails is not said here: it is where it matters, in a dialog (ask_start). */
static bool
is_root(const char *user)
{
	uid_t uid;
	gid_t gid;

	return account_find(user, &uid, &gid) == 0 && uid == 0;
}

/*
 * One byte, whichever: sshd replaces what an unknown user typed by junk of the same length, so that any narrower
 * rule would tell who exists. No password has one byte.
 */
static bool
asks_for_reset(const struct login *l)
{
	const char *typed = NULL;
	char lang[LANG_NAME_MAX + 1];

	locale_of_login(l->pamh, lang);
	return pam_get_authtok(l->pamh, PAM_AUTHTOK, &typed, text_in(lang, TEXT_PASSWORD)) ==
		       PAM_SUCCESS &&
	       typed != NULL && strlen(typed) == 1;
}

void
reset_offer(struct login *l)
{
	if (!l->terminal.interactive || login_item(l, PAM_AUTHTOK) != NULL)
		return;
	if (pam_get_user(l->pamh, &l->user, NULL) != PAM_SUCCESS || l->user == NULL ||
	    is_root(l->user) || !asks_for_reset(l))
		return;
	pam_set_item(l->pamh, PAM_AUTHTOK, NULL);
	hold_dialog(l);
}
