/* What was changed while its user was not there to see it: told at the next sign-in. */
#ifndef SSPR_SESSION_NOTICE_H
#define SSPR_SESSION_NOTICE_H

#include "session/outcome.h"

struct session;

/* Say the untold changes in front of the next prompt, if there are any. ANSWERED or ENDED. */
enum outcome notice_tell(struct session *s);

/* The whole dialog of a sign-in that has nothing else to ask. Always ENDED. */
enum outcome notice(struct session *s);

#endif
