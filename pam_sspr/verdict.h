/*
 * The table of verdicts: how a dialog ended, and what the account phase, and the way into a reset, make of it.
 */
#ifndef SSPR_PAM_VERDICT_H
#define SSPR_PAM_VERDICT_H

#include <stdbool.h>

#include "protocol/words.h"

enum answer {
	ANSWER_ONERR, /* something failed: what onerr= says; after a reset PAM_IGNORE, and a line that tells */
	ANSWER_IGNORE, /* PAM_IGNORE: the login goes on */
	ANSWER_DENY,   /* PAM_PERM_DENIED: sspr holds this login back */
};

/*
 * Of a dialog for this purpose, PURPOSE_RESET or PURPOSE_ENROLL; ANSWER_ONERR for a verdict that it does not
 * have. Never ANSWER_DENY after a reset.
 */
enum answer verdict_answer(enum purpose purpose, enum verdict verdict);

/* The PAM code of an answer; never PAM_SUCCESS: sspr can hold a login back, not let one in. */
int answer_code(enum answer answer, bool onerr_fail);

#endif
