/*
 * The limits of core/limit.h. All keys are looked at before any is counted, in one transaction.
 */
#include "ssprd/core/limit.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "ssprd/core/vault.h"

/* The latest end of a block that stands at now; 0: none. */
static int
blocked_until(struct store *store, const limit_key *keys, size_t key_count,
	      const struct limit_rule *rule, int64_t now, int64_t *until)
{
	const int64_t latest = now + rule->block + LIMIT_CLOCK_SLACK;
	int64_t end;
	int r = 0;

	*until = 0;
	for (size_t i = 0; r == 0 && i < key_count; i++) {
		r = store_block_get(store, keys[i], &end);
		if (r == 0 && end > now && end <= latest && end > *until)
			*until = end;
	}
	return r;
}

static int
count_event(struct store *store, const limit_key key, const struct limit_rule *rule, int64_t now)
{
	int count = 0, ahead = 0;
	int r = store_event_add(store, key, now);

	if (r == 0) /* an event leaves the window when it is `window` seconds old */
		r = store_event_count(store, key, now - rule->window + 1, &count);
	if (r == 0)
		r = store_event_count(store, key, now + LIMIT_CLOCK_SLACK, &ahead);
	if (r == 0 && count - ahead >= rule->count)
		r = store_block_put(store, key, now + rule->block);
	return r;
}

static int
take(struct store *store, const limit_key *keys, size_t key_count, const struct limit_rule *rule,
     int64_t now, int64_t *until)
{
	int64_t end;
	int r = blocked_until(store, keys, key_count, rule, now, &end);

	if (r < 0)
		return r;
	if (end) {
		*until = end;
		return LIMIT_REACHED;
	}
	for (size_t i = 0; r == 0 && i < key_count; i++)
		r = count_event(store, keys[i], rule, now);
	return r < 0 ? r : LIMIT_PERMITTED;
}

int
limit_take(struct store *store, const limit_key *keys, size_t key_count,
	   const struct limit_rule *rule, int64_t now, int64_t *until)
{
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	r = take(store, keys, key_count, rule, now, until);
	return store_leave(store, own, r);
}

/* Count, and look what the count led to. */
static int
fail(struct store *store, const limit_key key, const struct limit_rule *rule, int64_t now,
     int64_t *until)
{
	int r = take(store, (const limit_key *)key, 1, rule, now, until);
	int blocked;

	if (r != LIMIT_PERMITTED)
		return r;
	blocked = limit_blocked(store, key, rule->block, now, until);
	return blocked < 0 ? blocked : LIMIT_PERMITTED;
}

int
limit_fail(struct store *store, const limit_key key, const struct limit_rule *rule, int64_t now,
	   int64_t *until)
{
	int64_t end = 0;
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	r = store_leave(store, own, fail(store, key, rule, now, &end));
	if (r >= 0)
		*until = end;
	return r;
}

int
limit_take_back(struct store *store, const limit_key key, int64_t time, int64_t until)
{
	int r = store_event_take_back(store, key, time, until);

	return r < 0 ? r : 0;
}

int
limit_idle(struct store *store, const limit_key key, int64_t now)
{
	int r = store_event_add(store, key, now);

	return r < 0 ? r : limit_take_back(store, key, now, 0);
}

int
limit_clear(struct store *store, const limit_key key)
{
	return store_events_clear(store, key);
}

int
limit_blocked(struct store *store, const limit_key key, int block, int64_t now, int64_t *until)
{
	const struct limit_rule rule = { .block = block };

	return blocked_until(store, (const limit_key *)key, 1, &rule, now, until);
}

void
limit_user_key(struct vault *vault, enum limit_of_user what, int64_t user, limit_key key)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "user|%" PRId64, user);

	vault_hash(vault, what == LIMIT_SENDS ? "send" : "failure", text, (size_t)len, key);
}
