/* Why an account's password cannot be reset here: told on the console, with a code that the help desk knows. */
#ifndef SSPR_SESSION_RESET_CASE_H
#define SSPR_SESSION_RESET_CASE_H

#include "protocol/facts.h"
#include "session/outcome.h"

struct session;

/* What the case is, what it means, and what to do. */
void reset_case_tell(struct session *s, enum reset_case which);

/*
 * The dialog of somebody for whom nothing can be reset: the case, and what is on offer: help of the administrator, a freeze code
 * where failures are what blocks. Always ENDED.
 */
enum outcome reset_case_hold(struct session *s);

#endif
