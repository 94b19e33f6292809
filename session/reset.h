/* A forgotten password: who it is, what shall be done, and the new password. */
#ifndef SSPR_SESSION_RESET_H
#define SSPR_SESSION_RESET_H

#include "session/outcome.h"

struct secret;
struct session;

/* The whole dialog. Always ENDED. */
enum outcome reset(struct session *s);

/*
 * One CLAIM and its CHECK. PROVEN; ANSWERED: a freeze code was right; WRONG: nothing fitted, s->facts.rounds are left.
 * ENDED.
 */
enum outcome
reset_try(struct session *s, const struct secret *claimed, const struct secret *checked);

/*
 * After the first proof (session/reset_proof.c): ask for what the facts say is still missing, by other methods. ANSWERED: it is all
 * there. ENDED.
 */
enum outcome reset_prove_more(struct session *s);

#endif
