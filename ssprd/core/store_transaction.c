/*
 * Transactions, and what waits for their end: log lines that must not say what did not happen, and the -wal file,
 * which holds removed content until it is emptied.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/store_sql.h"
#include "text/log.h"

bool
store_in_transaction(const struct store *store)
{
	return !sqlite3_get_autocommit(store->db);
}

void
store_settle(struct store *store)
{
	int code;

	if (!store->wipe || store_in_transaction(store))
		return;
	errno = 0;
	code = sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (code == SQLITE_OK)
		store->wipe = false;
	else if ((code & 0xff) !=
		 SQLITE_LOCKED) /* locked: a list is being read; the next change does it */
		store_failed(store, code);
}

void
store_drop_lines(struct store *store)
{
	for (int i = 0; i < store->line_count; i++)
		free(store->lines[i]);
	store->line_count = 0;
}

int
store_log_committed(struct store *store, const char *line)
{
	char *copy;

	if (!store_in_transaction(store)) {
		log_info("%s", line);
		return 0;
	}
	if (store->line_count == STORE_LINES_MAX)
		return -EOVERFLOW;
	copy = strdup(line);
	if (!copy)
		return -ENOMEM;
	store->lines[store->line_count++] = copy;
	return 0;
}

static int
run(struct store *store, enum sql sql)
{
	struct query q;
	int r;

	query_start(&q, store, sql);
	r = query_row(&q);
	query_done(&q);
	return r < 0 ? r : 0;
}

int
store_begin(struct store *store)
{
	if (!store_in_transaction(store))
		store_drop_lines(store); /* of one that SQLite itself undid */
	return run(store, SQL_BEGIN);
}

int
store_commit(struct store *store)
{
	int r = run(store, SQL_COMMIT);

	if (r < 0)
		return r;
	for (int i = 0; i < store->line_count; i++)
		log_info("%s", store->lines[i]);
	store_drop_lines(store);
	store_settle(store);
	return 0;
}

void
store_rollback(struct store *store)
{
	store_drop_lines(store);
	if (store_in_transaction(store))
		run(store, SQL_ROLLBACK);
}

int
store_writable(struct store *store)
{
	struct query q;
	int code, r = store_begin(store);

	if (r < 0)
		return r;
	query_start(&q, store, SQL_PROBE);
	r = query_row(&q);
	query_done(&q);
	if (r >= 0) {
		errno = 0;
		code = sqlite3_db_cacheflush(store->db);
		r = code == SQLITE_OK ? 0 : store_failed(store, code);
	}
	store_rollback(store);
	return r;
}
