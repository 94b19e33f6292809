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

#endif
