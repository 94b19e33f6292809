/* Registration at login: the opening, as many methods as are missing, the review. */
#ifndef SSPR_SESSION_ENROL_H
#define SSPR_SESSION_ENROL_H

#include "session/outcome.h"

struct session;

/* From the facts to the last answer. Always ENDED: the session's ending says how. */
enum outcome enrol(struct session *s);

#endif
