/*
 * One login as a hook sees it: what PAM says of it, its terminal, and a dialog held on that. Nothing is kept
 * from one hook to the next.
 */
#ifndef SSPR_PAM_LOGIN_H
#define SSPR_PAM_LOGIN_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "pam_sspr/options.h"
#include "pam_sspr/terminal.h"
#include "pam_sspr/text.h"
#include "pam_sspr/verdict.h"
#include "protocol/client.h"

struct ask;

struct login {
	pam_handle_t *pamh;
	struct options options;
	struct terminal terminal;
	const char *
		user; /* PAM's; typed by strangers in the auth phase: never logged above LOG_DEBUG */
};

/* An item of PAM's, or NULL. */
const void *login_item(const struct login *l, int type);

/*
 * Could anybody be asked in this login? Sets the terminal. A service that is not listed pays for nothing
 * but this; a host without a conversation function (cron) ends here too.
 */
bool login_begin(struct login *l, int flags);

/* Show one of the module's own lines, in the login's language. */
void login_tell(const struct login *l, int style, enum text text);

/* A line at level debug where the line in pam.d says `debug`. */
void login_debug(const struct login *l, const char *what, const char *why);

/* How holding a dialog ended. */
enum held {
	HELD,          /* with a verdict that is no failure: *answer is set */
	HELD_TOO_MANY, /* not begun; problem says why, as in the others */
	HELD_NOT_BEGUN,
	HELD_FAILED, /* the session says so, and has told the user what holds now */
	HELD_BROKE,
};

/* Start the dialog that a was made for, and hold it to its end. */
enum held login_converse(const struct login *l, struct ask *a, enum answer *answer,
			 char problem[CLIENT_PROBLEM_MAX]);

#endif
