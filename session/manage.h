/* Looking at what is registered and changing it, at its user's wish (ssprctl manage). */
#ifndef SSPR_SESSION_MANAGE_H
#define SSPR_SESSION_MANAGE_H

#include <stdbool.h>

#include "protocol/words.h"
#include "session/outcome.h"

struct session;

/* The whole dialog. Always ENDED. */
enum outcome manage(struct session *s);

/*
 * The proofs that a change needs (session/manage_proof.c). manage_prove asks for one by any method but this one
 * (METHOD_COUNT: by any at all), or for a help desk code. ANSWERED: it was given. EMPTY: its user goes back, or there is no
 * method that could prove it, which is said. ENDED.
 */
enum outcome manage_prove(struct session *s, enum method but);
/* May this method be changed after what was proven in this dialog so far? */
bool manage_may_change(const struct session *s, enum method method);

#endif
