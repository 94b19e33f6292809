/*
 * A reset, from its beginning to its first proof, and how many proofs it takes.
 *
 * 1. Until the first proof has succeeded no reply, no hash and no commit depends on what was typed or on who the user is, only on
 *    whether something was typed: an unknown name, a blocked user and a registered one cost the same.
 * 2. Each CLAIM or CHECK with something typed is two commits: the failure (at most one a round), then what came of it. Each of them
 *    writes, whatever happens: at least the decoy row of the name.
 * 3. A decoy is the same code on the same path; only nothing ever fits.
 * 4. The failure of a round is taken back in the commit of its success. The right address alone succeeds at nothing; its failure is
 *    taken back when nothing wrong was typed after it; not that of the remote host, by which others could tell.
 */
#ifndef SSPRD_RESET_H
#define SSPRD_RESET_H

#include <stdbool.h>

#include "methods/judge.h"

struct dialog;

/* So many resets at a time of all dialogs; of one user, from one remote host ("" is one) and from all. */
#define RESETS_MAX         128
#define RESETS_A_NAME_HOST 5
#define RESETS_A_NAME      32

#define ASSIST_SECONDS (24 * 3600) /* one mail a user in so long */

/*
 * Decide what this dialog is, before it is held: told or not, its case, a decoy or not (crowded: there are too many dialogs of this
 * user already), and write down that it began. 0 or -errno.
 */
int reset_begin(struct dialog *d, bool crowded);

/* REQUEST_CLAIM, REQUEST_CHECK, REQUEST_ASSIST. */
judge_handler reset_claim, reset_check, reset_assist;

/* How many more different methods must be proven before the password may be set; 0: none. Of a decoy never 0. */
int reset_proofs_left(const struct dialog *d);

/* Would none be left after a proof by this method? */
bool reset_proof_is_last(const struct dialog *d, enum method method);

/* Are security questions taken as the first proof: on the console, where the policy says so and they are registered? */
bool reset_alone(const struct dialog *d);

/* May the administrator be asked for help: where a case is told, and after the first proof; not about an unknown name. */
bool reset_may_assist(const struct dialog *d);

/* The dialog ends, however: what a round that was not finished costs is decided, and a block that it began is told. Twice is as once. */
void reset_close(struct dialog *d);

/* For reset_close (ssprd/reset_round.c): nothing more is typed in the round that was begun. 0 or -errno. */
int reset_round_close(struct dialog *d);

#endif
