/*
 * A help desk code, which an administrator made: it lets somebody register who has no other proof. The prompt is its
 * caller's, since what else can be typed there differs.
 */
#ifndef SSPR_SESSION_HELP_CODE_H
#define SSPR_SESSION_HELP_CODE_H

#include "session/outcome.h"
#include "text/secret.h"

struct session;

/*
 * Hand over what was typed. ANSWERED: it was right, and the facts are those after it. WRONG: it was not, which is said with
 * what to do. ENDED.
 */
enum outcome help_code_try(struct session *s, const struct secret *typed);

#endif
