/*
 * Inside the store: the statements, and the one way to run them. Only store*.c and its tests include this.
 * A query is started, bound, stepped and done; query_done resets it and clears its bindings on every exit.
 */
#ifndef SSPR_CORE_STORE_SQL_H
#define SSPR_CORE_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ssprd/core/store.h"

struct sqlite3;
struct sqlite3_stmt;

#define STORE_LINES_MAX 32 /* log lines that one transaction may hold back */

enum sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_PROBE,
	SQL_USER_GET,
	SQL_USER_INSERT,
	SQL_USER_UPDATE,
	SQL_USER_SET_ASIDE,
	SQL_USER_MARK,
	SQL_USER_NAME,
	SQL_USERS,
	SQL_METHOD_GET,
	SQL_METHOD_PUT,
	SQL_METHOD_PROVEN,
	SQL_METHOD_REMOVE,
	SQL_METHODS,
	SQL_METHOD_STEP,
	SQL_CODE_GET,
	SQL_CODE_PUT,
	SQL_CODE_COUNT,
	SQL_CODE_REMOVE,
	SQL_RECOVERY_ADD,
	SQL_RECOVERY_FIND,
	SQL_RECOVERY_USE,
	SQL_RECOVERY_LEFT,
	SQL_RECOVERY_REMOVE,
	SQL_HELP_GET,
	SQL_HELP_PUT,
	SQL_HELP_COUNT,
	SQL_HELP_REMOVE,
	SQL_FREEZE_ADD,
	SQL_FREEZE_TRIM,
	SQL_FREEZE_USE,
	SQL_NOTICE_ADD,
	SQL_NOTICE_TRIM,
	SQL_NOTICES,
	SQL_NOTICES_TOLD,
	SQL_OUTBOX_COUNT,
	SQL_OUTBOX_ADD,
	SQL_OUTBOX_FIRST,
	SQL_OUTBOX_LATER,
	SQL_OUTBOX_REMOVE,
	SQL_EVENT_ADD,
	SQL_EVENT_COUNT,
	SQL_EVENT_CLEAR,
	SQL_BLOCK_CLEAR,
	SQL_BLOCK_GET,
	SQL_BLOCK_PUT,
	SQL_EVENT_TAKE_BACK,
	SQL_BLOCK_TAKE_BACK,
	SQL_DECOY_TOUCH,
	SQL_DECOY_GET,
	SQL_DECOY_PUT,
	SQL_DECOY_COUNT,
	SQL_FORGET_EVENTS,
	SQL_FORGET_BLOCKS,
	SQL_FORGET_CODES,
	SQL_FORGET_HELP,
	SQL_FORGET_FREEZE,
	SQL_AUDIT_ADD,
	SQL_AUDIT_HEAD,
	SQL_AUDIT_EACH,
	SQL_COUNT
};

/* The text of each (store_statements.c). */
extern const char *const store_statements[SQL_COUNT];

struct store {
	struct sqlite3 *db;
	char *path;
	struct sqlite3_stmt *statements[SQL_COUNT];
	bool wipe; /* something was removed that must not stay in the -wal file */
	char *lines[STORE_LINES_MAX]; /* held back until the commit */
	int line_count;
};

/* Log that SQLite answered code (once, here), and the -errno for it. errno is still as SQLite left it. */
int store_failed(struct store *store, int code);
/* Prepare all statements. 0 or -errno. */
int store_prepare(struct store *store);
/* Run text that answers nothing. 0 or -errno. */
int store_run(struct store *store, const char *text);
/* Run text that answers one number. 0 or -errno. */
int store_number(struct store *store, const char *text, int64_t *number);
/*
 * May this program, which knows `version` versions, work on the file? Nothing is changed. STORE_DONE, STORE_NEWER,
 * -EINVAL: it is another program's database (both logged). Other -errno.
 */
int store_check_version(struct store *store, int version);
/*
 * Run the migrations (count in all) that the file has not seen, one transaction each. 0, or -errno: the file stands
 * at the version that it had reached.
 */
int store_migrate(struct store *store, const char *const *migrations, int count);
/* Outside of a transaction: empty the -wal file when something was removed. A failure waits for the next time. */
void store_settle(struct store *store);
/* Forget the log lines that were held back. */
void store_drop_lines(struct store *store);

/* One run of a statement; a binding that failed is told by the next step. */
struct query {
	struct store *store;
	struct sqlite3_stmt *statement;
	int bound; /* the first binding's failure, as an SQLite code */
};

void query_start(struct query *q, struct store *store, enum sql sql);
/* Parameters, numbered from 1. What is bound is not copied: it must live until query_done. */
void query_number(struct query *q, int n, int64_t number);
void query_bytes(struct query *q, int n, const void *data, size_t len);
void query_name(struct query *q, int n, const char *name); /* the bytes of a string */
void query_word(struct query *q, int n, const char *word); /* one of the program's own words */
/* The next row: STORE_DONE, STORE_NONE, or -errno (logged). */
int query_row(struct query *q);
/* Is there another row? False at the end (*r is 0) and when it failed (*r is -errno, logged). */
bool query_more(struct query *q, int *r);
/* Columns of the row, numbered from 0. */
int64_t query_get_number(struct query *q, int column);
const char *query_get_text(struct query *q, int column);
/* Exactly len bytes. 0, or -EUCLEAN: another length (logged). */
int query_get_exact(struct query *q, int column, void *out, size_t len);
/* The bytes of a name or word, NUL behind them. 0, or -EUCLEAN: they do not fit (logged). */
int query_get_name(struct query *q, int column, char *out, size_t size);
/* A copy, NUL behind it; NULL when empty. 0, -ENOMEM, or -EUCLEAN: longer than max (logged). */
int query_get_copy(struct query *q, int column, size_t max, unsigned char **out, size_t *len);
void query_done(struct query *q);
/*
 * Run a change to its end, and query_done. STORE_DONE: it changed a row. STORE_NONE: it changed none. -errno.
 */
int query_change(struct query *q);
/* The same for a change of at most one row that answers with one number; only its end commits it. *number on STORE_DONE. */
int query_change_returning(struct query *q, int64_t *number);
/* query_change where the owner must be an active record. 0, or -ESTALE: it is not (logged). */
int query_change_owned(struct query *q);
/* The id of the row that was inserted last. */
int64_t query_inserted(struct store *store);

#endif
