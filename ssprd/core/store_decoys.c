/*
 * Decoys: rows that are always there and mean nothing. What is done to a code is done to them in the same way.
 */
#include <errno.h>

#include "ssprd/core/store_sql.h"
#include "text/log.h"

static void
start(struct query *q, struct store *store, enum sql sql, int64_t row)
{
	query_start(q, store, sql);
	query_number(q, 1, row);
}

static int
must_be_there(struct store *store, int r)
{
	if (r != STORE_NONE)
		return r;
	log_error("store: %s: the database is damaged: a decoy is not there", store->path);
	return -EUCLEAN;
}

int
store_decoy_touch(struct store *store, int64_t row)
{
	struct query q;

	start(&q, store, SQL_DECOY_TOUCH, row);
	return must_be_there(store, query_change(&q));
}

int
store_decoy_get(struct store *store, int64_t row, struct store_code *c)
{
	struct store_code found = { 0 };
	struct query q;
	int r;

	start(&q, store, SQL_DECOY_GET, row);
	r = query_row(&q);
	if (r == STORE_DONE)
		r = query_get_exact(&q, 0, found.hash, sizeof(found.hash));
	if (r == STORE_DONE) {
		found.expires = query_get_number(&q, 1);
		found.tries_used = (int)query_get_number(&q, 2);
		*c = found;
	}
	query_done(&q);
	return must_be_there(store, r);
}

int
store_decoy_put(struct store *store, int64_t row, const struct store_code *c)
{
	struct query q;

	start(&q, store, SQL_DECOY_PUT, row);
	query_bytes(&q, 2, c->hash, sizeof(c->hash));
	query_number(&q, 3, c->expires);
	query_number(&q, 4, c->tries_used);
	store->wipe =
		true; /* as a code's does: emptying the -wal file takes time that could be measured */
	return must_be_there(store, query_change(&q));
}

int
store_decoy_count(struct store *store, int64_t row)
{
	int64_t tries;
	struct query q;

	start(&q, store, SQL_DECOY_COUNT, row);
	return must_be_there(store, query_change_returning(&q, &tries));
}
