/*
 * Whom a reset is for, and where it is held: what may be told, what cannot be reset and why. Knows nothing of rounds
 * (ssprd/reset_round.c).
 */
#ifndef SSPRD_RESET_SUBJECT_H
#define SSPRD_RESET_SUBJECT_H

#include <stdbool.h>

#include "protocol/facts.h"
#include "ssprd/core/limit.h"

struct dialog;

/*
 * Is this the console, where whoever sits there may be told? No remote host; the terminal tty1 to tty63, ttyS*, hvc*, console (with or
 * without /dev/), or the display :N of a greeter's service. Never a pts, never su and sudo: there anybody can be.
 */
bool reset_on_console(const char *service, const char *tty, const char *rhost);

/*
 * Why nothing can be reset, by what is known now; CASE_NONE: it can. The first that applies: not a password of this host's users (kept
 * elsewhere, root's, a system account's), not enabled, frozen, blocked, not enough methods. *until: of a block, else 0.
 */
enum reset_case reset_case_of(const struct dialog *d, int64_t *until);

/* "SSPR-BLOCKED"; "" for CASE_NONE. */
const char *reset_case_code(enum reset_case);

/*
 * Look again at the user: where nothing can be reset any more the dialog is a decoy from here on. A block is not looked at: who
 * counts meets it, and the proofs that were begun before it stand. Call it before the rounds and before a grant. 0 or -errno.
 */
int reset_look_again(struct dialog *d);

/*
 * Between two rounds, where it may be told: a block that stands by now is this dialog's case. (Within a round it may be of the failure
 * that is counted in advance.)
 */
void reset_look_for_block(struct dialog *d);

/* What failures are counted under: the user's key, or of a decoy that of its row. */
void reset_failure_key(const struct dialog *d, limit_key key);

/* A row of this dialog within a transaction that writes whatever else it does. 0 or -errno. */
int reset_touch(struct dialog *d);

/* Within a transaction, where a failure is neither counted nor taken back: write as if it were (limit_idle). 0 or -errno. */
int reset_idle(struct dialog *d);

#endif
