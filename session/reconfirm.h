/* Confirmation at login: what is stale is proven again, one after another; what is fresh is left alone. */
#ifndef SSPR_SESSION_RECONFIRM_H
#define SSPR_SESSION_RECONFIRM_H

#include <stdbool.h>

#include "session/outcome.h"

struct session;

/* The whole dialog. Always ENDED. */
enum outcome reconfirm(struct session *s);

/*
 * From where the user has agreed to start, to the last stale method. listed: what is stale was shown already. ANSWERED: none
 * is stale any more. ENDED.
 */
enum outcome reconfirm_all(struct session *s, bool listed);

#endif
