/*
 * Events and blocks for the limits, under keyed hashes.
 */
#include <limits.h>

#include "ssprd/core/store_sql.h"

int
store_event_add(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t now)
{
	struct query q;

	query_start(&q, store, SQL_EVENT_ADD);
	query_bytes(&q, 1, key, STORE_HASH_SIZE);
	query_number(&q, 2, now);
	return query_change(&q);
}

int
store_event_count(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t since,
		  int *count)
{
	struct query q;
	int64_t found;
	int r;

	query_start(&q, store, SQL_EVENT_COUNT);
	query_bytes(&q, 1, key, STORE_HASH_SIZE);
	query_number(&q, 2, since);
	r = query_row(&q);
	if (r == STORE_DONE) {
		found = query_get_number(&q, 0);
		*count = found < INT_MAX ? (int)found : INT_MAX;
	}
	query_done(&q);
	return r;
}

int
store_block_get(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t *until)
{
	struct query q;
	int r;

	query_start(&q, store, SQL_BLOCK_GET);
	query_bytes(&q, 1, key, STORE_HASH_SIZE);
	r = query_row(&q);
	if (r >= 0)
		*until = r == STORE_DONE ? query_get_number(&q, 0) : 0;
	query_done(&q);
	return r < 0 ? r : STORE_DONE;
}

int
store_block_put(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t until)
{
	struct query q;

	query_start(&q, store, SQL_BLOCK_PUT);
	query_bytes(&q, 1, key, STORE_HASH_SIZE);
	query_number(&q, 2, until);
	return query_change(&q);
}

static int
clear_key(struct store *store, enum sql sql, const unsigned char key[STORE_HASH_SIZE])
{
	struct query q;
	int r;

	query_start(&q, store, sql);
	query_bytes(&q, 1, key, STORE_HASH_SIZE);
	r = query_change(&q);
	return r < 0 ? r : 0;
}

int
store_events_clear(struct store *store, const unsigned char key[STORE_HASH_SIZE])
{
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	r = clear_key(store, SQL_EVENT_CLEAR, key);
	if (r == 0)
		r = clear_key(store, SQL_BLOCK_CLEAR, key);
	return store_leave(store, own, r);
}

/* Within a transaction. */
static int
take_back(struct store *store, enum sql sql, const unsigned char key[STORE_HASH_SIZE], int64_t time)
{
	struct query q;

	query_start(&q, store, sql);
	query_bytes(&q, 1, key, STORE_HASH_SIZE);
	query_number(&q, 2, time);
	return query_change(&q);
}

int
store_event_take_back(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t time,
		      int64_t until)
{
	bool own;
	int block, r = store_join(store, &own);

	if (r < 0)
		return r;
	r = take_back(store, SQL_EVENT_TAKE_BACK, key, time);
	if (r >= 0) {
		block = take_back(store, SQL_BLOCK_TAKE_BACK, key, until);
		r = block < 0 ? block : r;
	}
	return store_leave(store, own, r);
}

static int
forget(struct store *store, enum sql sql, int64_t before)
{
	struct query q;
	int r;

	query_start(&q, store, sql);
	query_number(&q, 1, before);
	r = query_change(&q);
	if (r == STORE_DONE && sql == SQL_FORGET_CODES) /* it held a destination */
		store->wipe = true;
	return r < 0 ? r : 0;
}

int
store_forget(struct store *store, int64_t before)
{
	static const enum sql all[] = { SQL_FORGET_EVENTS, SQL_FORGET_BLOCKS, SQL_FORGET_CODES,
					SQL_FORGET_HELP, SQL_FORGET_FREEZE };
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(all[0]); i++)
		r = forget(store, all[i], before);
	return store_leave(store, own, r);
}
