/* What several dialogs do and say about a proof. */
#ifndef SSPR_SESSION_PROOF_H
#define SSPR_SESSION_PROOF_H

#include "session/outcome.h"
#include "text/recovery.h"

struct method_ask;
struct round;
struct session;
struct told;

/*
 * What follows from a proof that was tried by a method chosen in this round, o being how it went. ANSWERED: go on; where it was
 * PROVEN (round->done), s->proven and the facts say so. ENDED, also when too many proofs were wrong.
 */
enum outcome
proof_follows(struct session *s, const struct method_ask *ask, struct round *round, enum outcome o);
/* The same of a proof that is asked for here, and a gap behind it. */
enum outcome proof_by(struct session *s, const struct method_ask *ask, struct round *round);

/* WRONG: how many tries are left. */
void proof_wrong(struct session *s, const struct told *told);
/* BLOCKED: until when nothing that is registered can be proven. */
void proof_blocked(struct session *s, const struct told *told);
/* A code from paper that holds a slip: nothing was asked of the judge, and nothing counted. Not for RECOVERY_FORM. */
void proof_slip(struct session *s, enum recovery_typed typed);

#endif
