/* What the dialogs of several methods say when a proof did not succeed. */
#ifndef SSPR_SESSION_PROOF_H
#define SSPR_SESSION_PROOF_H

#include "text/recovery.h"

struct session;
struct told;

/* WRONG: how many tries are left. */
void proof_wrong(struct session *s, const struct told *told);
/* BLOCKED: until when nothing that is registered can be proven. */
void proof_blocked(struct session *s, const struct told *told);
/* A code from paper that holds a slip: nothing was asked of the judge, and nothing counted. Not for RECOVERY_FORM. */
void proof_slip(struct session *s, enum recovery_typed typed);

#endif
