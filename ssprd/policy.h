/*
 * The running policy: read at start, and again on SIGHUP. A bad file changes nothing: the policy
 * that runs goes on running.
 */
#ifndef SSPRD_POLICY_H
#define SSPRD_POLICY_H

#include <stdbool.h>

#include "ssprd/core/audit.h"

struct daemon;

/*
 * Read the configuration and the catalogues; when they are good they become the running policy,
 * else every error is logged. True: good. Audited, once the store is open.
 */
bool policy_load(struct daemon *daemon);
/* Audit that; for the first policy, which is loaded before it says where the store is. */
void policy_audit(struct daemon *daemon, enum audit_event event, const char *result);
void policy_free(struct daemon *daemon);

/*
 * ssprd -t: print every error as FILE:LINE: text on stderr, nothing when it is good. The exit
 * status, 0 or 1.
 */
int policy_test(const char *file);

#endif
