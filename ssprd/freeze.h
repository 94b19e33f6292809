/*
 * Freeze codes: each message about a change holds one. Whoever has it, and nobody else, can stop the resets of that account until an
 * administrator lifts it: also a stranger to the host, so that a freeze needs no login.
 */
#ifndef SSPRD_FREEZE_H
#define SSPRD_FREEZE_H

#include <stddef.h>
#include <stdint.h>

#include "text/recovery.h"

struct judge;

#define FREEZE_LIFETIME (30 * 24 * 3600) /* seconds */
#define FREEZE_TRIES    10               /* of one caller within FREEZE_WINDOW seconds */
#define FREEZE_WINDOW   600

/* Make one for this user (id in the store), in the caller's transaction. shown is the caller's to wipe. 0 or -errno. */
int freeze_make(struct judge *judge, int64_t user, int64_t now, char shown[RECOVERY_SHOWN]);

enum freeze_result {
	FREEZE_DONE = 0,     /* frozen, audited, told, on disk */
	FREEZE_FORM = 1,     /* not such a code, or typed wrongly: nothing was counted */
	FREEZE_WRONG = 2,    /* nobody's, or used, or too old: counted and audited */
	FREEZE_TOO_MANY = 3, /* tries of this caller */
};

/*
 * Use what was typed. caller tells apart whose tries are counted together ("uid 1001"); actor, service, rhost go into the audit and
 * the messages. An enum freeze_result, or -errno: nothing was done.
 */
struct freeze_try {
	const char *typed;
	const char *caller;
	const char *actor, *service, *rhost;
	int64_t now;
};
int freeze_use(struct judge *judge, const struct freeze_try *attempt);

/*
 * The same in the caller's transaction, and nothing is counted or audited of what is no right one: the caller did. Hashed and looked
 * for whatever was typed (len bytes). STORE_DONE: frozen, audited, told; *user is whose, for freeze_done; STORE_NONE; -errno.
 */
int freeze_claim(struct judge *judge, const struct freeze_try *attempt, size_t len, int64_t *user);

/*
 * That transaction is on disk: the resets of this user that run, and in which something was proven, are over, also with a grant in
 * hand. (The others succeed in nothing any more, and are not to be told apart.)
 */
void freeze_done(struct judge *judge, int64_t user);

#endif
