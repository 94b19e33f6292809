/* Registration at login: the opening, as many methods as are missing, the review. */
#ifndef SSPR_SESSION_ENROL_H
#define SSPR_SESSION_ENROL_H

#include "session/outcome.h"

struct session;

/* From the facts to the last answer. Always ENDED: the session's ending says how. */
enum outcome enrol(struct session *s);

/*
 * From where all that was stale is confirmed: what is missing by now is registered (the last recovery
 * code was used up by its proof), to the last answer. Always ENDED.
 */
enum outcome enrol_missing(struct session *s);

#endif
