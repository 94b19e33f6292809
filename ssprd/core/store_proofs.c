/*
 * Codes that are written down: recovery codes, help desk codes, freeze codes. All are keyed hashes; each is used up by
 * the one statement that finds it, so that of many who try it at the same time one succeeds.
 */
#include <string.h>

#include "ssprd/core/store_sql.h"

static void
start(struct query *q, struct store *store, enum sql sql, int64_t user)
{
	query_start(q, store, sql);
	query_number(q, 1, user);
}

static int
add_recovery(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE])
{
	struct query q;

	start(&q, store, SQL_RECOVERY_ADD, user);
	query_bytes(&q, 2, hash, STORE_HASH_SIZE);
	return query_change_owned(&q);
}

int
store_recovery_put(struct store *store, int64_t user, const unsigned char hashes[][STORE_HASH_SIZE],
		   size_t count)
{
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	r = store_recovery_remove(store, user);
	if (r == STORE_NONE)
		r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_recovery(store, user, hashes[i]);
	return store_leave(store, own, r);
}

int
store_recovery_find(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE],
		    int64_t *used_at)
{
	struct query q;
	int r;

	start(&q, store, SQL_RECOVERY_FIND, user);
	query_bytes(&q, 2, hash, STORE_HASH_SIZE);
	r = query_row(&q);
	if (r == STORE_DONE)
		*used_at = query_get_number(&q, 0);
	query_done(&q);
	return r;
}

int
store_recovery_use(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE],
		   int64_t now)
{
	struct query q;

	start(&q, store, SQL_RECOVERY_USE, user);
	query_bytes(&q, 2, hash, STORE_HASH_SIZE);
	query_number(&q, 3, now);
	return query_change(&q);
}

int
store_recovery_left(struct store *store, int64_t user, int *left)
{
	struct query q;
	int r;

	start(&q, store, SQL_RECOVERY_LEFT, user);
	r = query_row(&q);
	if (r == STORE_DONE)
		*left = (int)query_get_number(&q, 0);
	query_done(&q);
	return r;
}

int
store_recovery_remove(struct store *store, int64_t user)
{
	struct query q;

	start(&q, store, SQL_RECOVERY_REMOVE, user);
	return query_change(&q);
}

int
store_help_get(struct store *store, int64_t user, struct store_help_code *c)
{
	struct store_help_code found;
	struct query q;
	int r;

	start(&q, store, SQL_HELP_GET, user);
	r = query_row(&q);
	if (r == STORE_DONE)
		r = query_get_exact(&q, 0, found.hash, sizeof(found.hash));
	if (r == STORE_DONE)
		r = query_get_name(&q, 3, found.made_by, sizeof(found.made_by));
	if (r == STORE_DONE) {
		found.expires = query_get_number(&q, 1);
		found.tries_used = (int)query_get_number(&q, 2);
		*c = found;
	}
	query_done(&q);
	return r;
}

int
store_help_put(struct store *store, int64_t user, const struct store_help_code *c)
{
	struct query q;

	start(&q, store, SQL_HELP_PUT, user);
	query_bytes(&q, 2, c->hash, sizeof(c->hash));
	query_number(&q, 3, c->expires);
	query_number(&q, 4, c->tries_used);
	query_bytes(&q, 5, c->made_by, strnlen(c->made_by, sizeof(c->made_by)));
	return query_change_owned(&q);
}

int
store_help_count(struct store *store, int64_t user, int *tries_used)
{
	int64_t used = 0;
	struct query q;
	int r;

	start(&q, store, SQL_HELP_COUNT, user);
	r = query_change_returning(&q, &used);
	if (r == STORE_DONE)
		*tries_used = (int)used;
	return r;
}

int
store_help_remove(struct store *store, int64_t user)
{
	struct query q;

	start(&q, store, SQL_HELP_REMOVE, user);
	return query_change(&q);
}

static int
add_freeze(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE],
	   int64_t now, int64_t expires)
{
	struct query q;

	start(&q, store, SQL_FREEZE_ADD, user);
	query_bytes(&q, 2, hash, STORE_HASH_SIZE);
	query_number(&q, 3, now);
	query_number(&q, 4, expires);
	return query_change_owned(&q);
}

int
store_freeze_put(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE],
		 int64_t now, int64_t expires)
{
	struct query q;
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	r = add_freeze(store, user, hash, now, expires);
	if (r == 0) {
		start(&q, store, SQL_FREEZE_TRIM, user);
		query_number(&q, 2, STORE_FREEZE_MAX);
		r = query_change(&q);
	}
	return store_leave(store, own, r < 0 ? r : 0);
}

int
store_freeze_use(struct store *store, const unsigned char hash[STORE_HASH_SIZE], int64_t now,
		 int64_t *user)
{
	struct query q;

	query_start(&q, store, SQL_FREEZE_USE);
	query_bytes(&q, 1, hash, STORE_HASH_SIZE);
	query_number(&q, 2, now);
	return query_change_returning(&q, user);
}
