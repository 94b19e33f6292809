/*
 * Limits in a sliding window, exact and on disk: so many events of a key in `window` seconds; the event that
 * reaches the limit blocks the key for `block` seconds after it. A key is a keyed hash (vault_hash), so that
 * the counters do not say whose number or address it is.
 */
#ifndef SSPR_CORE_LIMIT_H
#define SSPR_CORE_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "ssprd/core/store.h"

struct vault;

struct limit_rule {
	int count;  /* events */
	int window; /* seconds */
	int block;  /* seconds */
};

/* What lies further ahead than it could, by so many seconds, was written under a wrong clock. */
#define LIMIT_CLOCK_SLACK (24 * 3600)

typedef unsigned char limit_key[STORE_HASH_SIZE];

enum limit_result {
	LIMIT_PERMITTED = 0,
	LIMIT_REACHED = 1, /* *until: when the next event may happen */
};

/*
 * May one more event happen for all of these keys together? LIMIT_PERMITTED: it is counted for each, on disk.
 * LIMIT_REACHED: nothing was counted, *until is the latest end of a block. -errno: the store failed. In one
 * transaction of its own, or inside the caller's.
 */
int limit_take(struct store *store, const limit_key *keys, size_t key_count,
	       const struct limit_rule *rule, int64_t now, int64_t *until);

/*
 * Count a failure of this key before anything is compared: it stands on disk whatever happens afterwards, and the success
 * takes it back (limit_clear).
 * LIMIT_PERMITTED: counted, now compare. *until: where this one reached the limit, the end of the block that it began (tell
 * and audit it when the comparison fails); 0: not reached.
 * LIMIT_REACHED: a block stands until *until; nothing was counted, nothing extended, and nothing may be compared.
 * -errno: the store failed: nothing may be compared. In one transaction of its own, or inside the caller's.
 */
int limit_fail(struct store *store, const limit_key key, const struct limit_rule *rule, int64_t now,
	       int64_t *until);

/*
 * Take one failure back that was counted at that time, and the block that it began (until; 0: none). Nothing where it is gone
 * already. 0 or -errno. In one transaction of its own, or inside the caller's.
 */
int limit_take_back(struct store *store, const limit_key key, int64_t time, int64_t until);

/*
 * Count nothing, and write as many pages as a count, or as taking one back: for where nobody may measure which it was. key must be
 * one that nothing is counted under. 0 or -errno, inside the caller's transaction.
 */
int limit_idle(struct store *store, const limit_key key, int64_t now);

/*
 * Forget all failures of this key and its block: inside the commit of a success, or by an administrator. 0 or -errno.
 */
int limit_clear(struct store *store, const limit_key key);

/*
 * The end of the block of this key that stands at now; 0: none. block: how long one lasts by the policy; one that
 * would last longer was made under a wrong clock and is not believed. 0 or -errno.
 */
int limit_blocked(struct store *store, const limit_key key, int block, int64_t now, int64_t *until);

/* What is counted of a user, over all methods. */
enum limit_of_user {
	LIMIT_SENDS,    /* [throttle] sends: messages with a code */
	LIMIT_FAILURES, /* [throttle] failures: wrong proofs of what is registered */
};

/* The key of a user (id in the store) for one of them. */
void limit_user_key(struct vault *vault, enum limit_of_user what, int64_t user, limit_key key);

#endif
