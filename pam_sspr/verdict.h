/*
 * The table of verdicts: how a dialog ended, and what the account phase answers to it.
 */
#ifndef SSPR_PAM_VERDICT_H
#define SSPR_PAM_VERDICT_H

#include <stdbool.h>

#include "protocol/words.h"

enum answer {
	ANSWER_IGNORE, /* PAM_IGNORE: the login goes on */
	ANSWER_DENY,   /* PAM_PERM_DENIED: sspr holds this login back */
	ANSWER_ONERR,  /* something failed: what onerr= says */
};

/* ANSWER_ONERR for a verdict that an enrolment does not have. */
enum answer verdict_answer(enum verdict verdict);

/* The PAM code of an answer; never PAM_SUCCESS: sspr can hold a login back, not let one in. */
int answer_code(enum answer answer, bool onerr_fail);

#endif
