/* The grant: between the terminal and sspr-passwd (protocol/grant.h). */
#ifndef SSPR_SESSION_RELAY_H
#define SSPR_SESSION_RELAY_H

#include "session/outcome.h"

struct session;

/*
 * Take the grant over, and change the password or unlock the account (s->unlocking) by it; it is closed in any case. ANSWERED: over,
 * s->granted and s->uncertain say how. EMPTY: its user thought better of it. ENDED.
 */
enum outcome relay(struct session *s, int grant);

#endif
