/*
 * Every statement of the store, and how a statement is run. What belongs to a user is reached only through an
 * active record: a dialog that outlived its record finds and writes nothing.
 */
#include "ssprd/core/store_sql.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "text/log.h"

#define ACTIVE " AND EXISTS (SELECT 1 FROM user WHERE id = ?1 AND set_aside_at = 0)"
#define USER_COLUMNS                                                                               \
	"id, name, uid, local_password, last_login, groups, told_at, postpones_used,"              \
	" postponed_until, reminded_at"
#define METHOD_COLUMNS "method, registered_at, proven_at, last_step"
#define AUDIT_COLUMNS                                                                              \
	"id, time, event, user, uid, actor, method, result, reason, service, rhost, session, "     \
	"chain"

static const char *const texts[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_PROBE] = "INSERT INTO probe (content) VALUES (zeroblob(65536))",
	[SQL_USER_GET] = "SELECT " USER_COLUMNS " FROM user WHERE name = ?1 AND set_aside_at = 0",
	[SQL_USER_INSERT] = "INSERT INTO user (name, uid, local_password, last_login, groups,"
			    " told_at, postpones_used, postponed_until, reminded_at)"
			    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_USER_UPDATE] = "UPDATE user SET uid = ?2, local_password = ?3, last_login = ?4,"
			    " groups = ?5, told_at = ?6, postpones_used = ?7,"
			    " postponed_until = ?8, reminded_at = ?9"
			    " WHERE id = ?1 AND set_aside_at = 0",
	[SQL_USER_SET_ASIDE] = "UPDATE user SET set_aside_at = max(?2, 1)"
			       " WHERE id = ?1 AND set_aside_at = 0",
	[SQL_USERS] = "SELECT " USER_COLUMNS " FROM user WHERE set_aside_at = 0 ORDER BY name",
	[SQL_METHOD_GET] = "SELECT " METHOD_COLUMNS ", iif(?3, sealed, x'')"
			   " FROM method WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_METHOD_PUT] = "INSERT INTO method (user, " METHOD_COLUMNS ", sealed)"
			   " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM user"
			   " WHERE id = ?1 AND set_aside_at = 0"
			   " ON CONFLICT (user, method) DO UPDATE SET"
			   " registered_at = excluded.registered_at,"
			   " proven_at = excluded.proven_at, last_step = excluded.last_step,"
			   " sealed = excluded.sealed",
	[SQL_METHOD_REMOVE] = "DELETE FROM method WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_METHODS] = "SELECT " METHOD_COLUMNS " FROM method WHERE user = ?1" ACTIVE,
	[SQL_METHOD_STEP] = "UPDATE method SET last_step = ?3"
			    " WHERE user = ?1 AND method = ?2 AND last_step < ?3" ACTIVE,
	[SQL_CODE_GET] = "SELECT hash, expires, tries_used, sealed"
			 " FROM code WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_CODE_PUT] = "INSERT INTO code (user, method, hash, expires, tries_used, sealed)"
			 " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM user"
			 " WHERE id = ?1 AND set_aside_at = 0"
			 " ON CONFLICT (user, method) DO UPDATE SET hash = excluded.hash,"
			 " expires = excluded.expires, tries_used = excluded.tries_used,"
			 " sealed = excluded.sealed",
	[SQL_CODE_COUNT] = "UPDATE code SET tries_used = tries_used + 1"
			   " WHERE user = ?1 AND method = ?2" ACTIVE " RETURNING tries_used",
	[SQL_CODE_REMOVE] = "DELETE FROM code WHERE user = ?1 AND method = ?2" ACTIVE,
	[SQL_EVENT_ADD] = "INSERT INTO event (key, time) VALUES (?1, ?2)",
	[SQL_EVENT_COUNT] = "SELECT count(*) FROM event WHERE key = ?1 AND time >= ?2",
	[SQL_BLOCK_GET] = "SELECT until FROM block WHERE key = ?1",
	[SQL_BLOCK_PUT] = "INSERT INTO block (key, until) VALUES (?1, ?2)"
			  " ON CONFLICT (key) DO UPDATE SET until = excluded.until",
	[SQL_FORGET_EVENTS] = "DELETE FROM event WHERE time < ?1",
	[SQL_FORGET_BLOCKS] = "DELETE FROM block WHERE until < ?1",
	[SQL_FORGET_CODES] = "DELETE FROM code WHERE expires < ?1",
	[SQL_AUDIT_ADD] = "INSERT INTO audit (" AUDIT_COLUMNS ")"
			  " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
			  " ?10, ?11, ?12 FROM audit",
	[SQL_AUDIT_HEAD] = "SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1",
	[SQL_AUDIT_EACH] = "SELECT " AUDIT_COLUMNS " FROM audit WHERE id >= ?1 ORDER BY id",
};

/* What SQLite's answers mean to the rest of the program and to an administrator. */
static const struct failure {
	int code;
	int error;
	const char *text;
} failures[] = {
	{ SQLITE_FULL, ENOSPC, "no space is left for the database" },
	{ SQLITE_IOERR, EIO, "the disk failed" },
	{ SQLITE_CORRUPT, EUCLEAN, "the database is damaged: restore it from a backup" },
	{ SQLITE_NOTADB, EUCLEAN, "this is not a database, or it is damaged" },
	{ SQLITE_READONLY, EROFS, "the database cannot be written" },
	{ SQLITE_CANTOPEN, EIO, "the database cannot be opened" },
	{ SQLITE_BUSY, EBUSY, "another program uses the database" },
	{ SQLITE_LOCKED, EBUSY, "the database is in use" },
	{ SQLITE_NOMEM, ENOMEM, "out of memory" },
	{ SQLITE_PERM, EACCES, "the database may not be opened" },
	{ SQLITE_CONSTRAINT, EINVAL, "the database refuses the value" },
	{ SQLITE_TOOBIG, EMSGSIZE, "the value is too long" },
};

static const struct failure *
find_failure(int code)
{
	static const struct failure other = { SQLITE_ERROR, EIO, "the database failed" };

	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].code == (code & 0xff))
			return &failures[i];
	return &other;
}

/* The kernel's reason behind an answer about files: a quota or a file size limit is a full disk too. */
static int
error_of(const struct failure *failure, int code, int system)
{
	if (code == SQLITE_IOERR_NOMEM)
		return ENOMEM;
	if (failure->code != SQLITE_IOERR && failure->code != SQLITE_CANTOPEN)
		return failure->error;
	if (system == ENOSPC || system == EDQUOT || system == EFBIG)
		return ENOSPC;
	if (system == EROFS)
		return EROFS;
	if (failure->code == SQLITE_CANTOPEN && system > 0)
		return system;
	return failure->error;
}

/* SQLite keeps neither errno nor a message for every failure: errno is read here, a message only if it is of this one. */
int
store_failed(struct store *store, int code)
{
	const struct failure *failure = find_failure(code);
	int error = error_of(failure, code, errno);
	bool told = store->db && sqlite3_extended_errcode(store->db) == code;

	log_error("store: %s: %s (%s; %s)", store->path, failure->text,
		  told ? sqlite3_errmsg(store->db) : sqlite3_errstr(code), strerror(error));
	return -error;
}

int
store_prepare(struct store *store)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		int code = sqlite3_prepare_v3(store->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
					      &store->statements[i], NULL);

		if (code != SQLITE_OK)
			return store_failed(store, code);
	}
	return 0;
}

int
store_run(struct store *store, const char *text)
{
	int code;

	errno = 0;
	code = sqlite3_exec(store->db, text, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : store_failed(store, code);
}

int
store_number(struct store *store, const char *text, int64_t *number)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(store->db, text, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : store_failed(store, code);
}

void
query_start(struct query *q, struct store *store, enum sql sql)
{
	q->store = store;
	q->statement = store->statements[sql];
	q->bound = SQLITE_OK;
	if (sqlite3_stmt_busy(q->statement)) { /* a list's callback reads the same list */
		q->statement = NULL;
		q->bound = SQLITE_LOCKED;
	}
}

static void
note_binding(struct query *q, int code)
{
	if (q->bound == SQLITE_OK)
		q->bound = code;
}

void
query_number(struct query *q, int n, int64_t number)
{
	note_binding(q, sqlite3_bind_int64(q->statement, n, number));
}

void
query_bytes(struct query *q, int n, const void *data, size_t len)
{
	if (len > INT_MAX)
		note_binding(q, SQLITE_TOOBIG);
	else /* a NULL pointer would bind NULL */
		note_binding(q, sqlite3_bind_blob(q->statement, n, data ? data : "", (int)len,
						  SQLITE_STATIC));
}

void
query_name(struct query *q, int n, const char *name)
{
	query_bytes(q, n, name, strlen(name));
}

void
query_word(struct query *q, int n, const char *word)
{
	note_binding(q, sqlite3_bind_text(q->statement, n, word, -1, SQLITE_STATIC));
}

int
query_row(struct query *q)
{
	int code = q->bound;

	errno = 0;
	if (code == SQLITE_OK)
		code = sqlite3_step(q->statement);
	if (code == SQLITE_ROW)
		return STORE_DONE;
	if (code == SQLITE_DONE)
		return STORE_NONE;
	return store_failed(q->store, code);
}

bool
query_more(struct query *q, int *r)
{
	int answer = query_row(q);

	*r = answer < 0 ? answer : 0;
	return answer == STORE_DONE;
}

int64_t
query_get_number(struct query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

const char *
query_get_text(struct query *q, int column)
{
	const unsigned char *text = sqlite3_column_text(q->statement, column);

	return text ? (const char *)text : "";
}

static int
damaged(struct query *q)
{
	log_error("store: %s: the database is damaged: a value has a wrong length", q->store->path);
	return -EUCLEAN;
}

int
query_get_exact(struct query *q, int column, void *out, size_t len)
{
	const void *data = sqlite3_column_blob(q->statement, column);

	if (!data || (size_t)sqlite3_column_bytes(q->statement, column) != len)
		return damaged(q);
	memcpy(out, data, len);
	return 0;
}

int
query_get_copy(struct query *q, int column, size_t max, unsigned char **out, size_t *len)
{
	const void *data = sqlite3_column_blob(q->statement, column);
	size_t size = (size_t)sqlite3_column_bytes(q->statement, column);
	unsigned char *copy = NULL;

	if (size > max)
		return damaged(q);
	if (size > 0) {
		copy = malloc(size + 1);
		if (!copy || !data) {
			free(copy);
			return store_failed(q->store, SQLITE_NOMEM);
		}
		memcpy(copy, data, size);
		copy[size] = '\0';
	}
	*out = copy;
	*len = size;
	return 0;
}

void
query_done(struct query *q)
{
	if (!q->statement)
		return;
	sqlite3_reset(q->statement);
	sqlite3_clear_bindings(q->statement);
}

int
query_change(struct query *q)
{
	int r;

	do
		r = query_row(q);
	while (r == STORE_DONE);
	if (r == STORE_NONE)
		r = sqlite3_changes(q->store->db) > 0 ? STORE_DONE : STORE_NONE;
	query_done(q);
	store_settle(q->store);
	return r;
}

int
query_change_owned(struct query *q)
{
	int r = query_change(q);

	if (r != STORE_NONE)
		return r;
	log_error("store: %s: a change was refused: its user's record was set aside",
		  q->store->path);
	return -ESTALE;
}

int64_t
query_inserted(struct store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}
