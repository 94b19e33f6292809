/*
 * Proving what is registered. A failure of the user stands on disk before anything is compared,
 * over all methods together; the commit of the success takes all of them back. Whoever is blocked
 * compares nothing, and is told until when.
 */
#ifndef SSPRD_PROOF_H
#define SSPRD_PROOF_H

#include <stdint.h>

#include "protocol/request.h"
#include "protocol/words.h"
#include "ssprd/core/limit.h"

struct dialog;

/* [throttle] failures: how many of one user, over all methods, block. */
struct limit_rule proof_rule(const struct dialog *d);

enum proof {
	PROOF_GO = 0,
	PROOF_ANSWERED = 1, /* blocked: the reply says so */
};

/* The end of the block of this user that stands now; 0: none. 0 or -errno. */
int proof_blocked_until(struct dialog *d, int64_t *until);

/* Is this user blocked? PROOF_GO, PROOF_ANSWERED, -errno. Nothing is counted. */
int proof_blocked(struct dialog *d, struct message *reply);

/*
 * Count the failure. PROOF_GO: now compare; *until is the end of the block that this one began, 0:
 * none. PROOF_ANSWERED, -errno: nothing may be compared. In a transaction of its own, or inside the
 * caller's, who must commit before it compares.
 */
int proof_count(struct dialog *d, int64_t *until, struct message *reply);

/*
 * It was wrong: audited, a block that it began is audited and told, and the reply: WRONG and how
 * many failures are left (or tries_left of a code, where these are fewer; -1: there is no code),
 * SPENT until spent_until where tries_left is 0, or BLOCKED. 0 or -errno.
 */
int proof_wrong(struct dialog *d, enum method method, int64_t until, int tries_left,
		int64_t spent_until, struct message *reply);

/*
 * It was begun, counted, and not finished: the failure stands; audited, a block that it began is audited
 * and told. What cannot be written is logged.
 */
void proof_given_up(struct dialog *d, enum method method, int64_t until);

/*
 * It was right. use is what it uses up, within the transaction of the success: STORE_DONE;
 * STORE_NONE: it was used before, which is a failure; -errno. NULL: nothing. The reply is PROVEN,
 * USED, or BLOCKED. 0 or -errno.
 */
int
proof_right(struct dialog *d, enum method method, int64_t until,
	    int (*use)(struct dialog *d, const void *arg), const void *arg, struct message *reply);

#endif
