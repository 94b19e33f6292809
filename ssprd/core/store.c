/*
 * The store's file, its transactions, and what must happen around them. Nothing is acknowledged before it is on disk
 * (WAL, synchronous=FULL); nobody else has the file open (exclusive locking); what was removed does not linger
 * (secure_delete, and the -wal file is emptied after it).
 */
#include "ssprd/core/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ssprd/core/durable.h"
#include "ssprd/core/schema.h"
#include "ssprd/core/store_sql.h"
#include "text/log.h"

#define BUSY_MS 2000 /* at start the daemon before this one may still be closing the file */

/* In this order: nothing in the file is touched before its version is known to be ours. */
static const char prepare_connection[] = "PRAGMA locking_mode = EXCLUSIVE;"
					 "PRAGMA trusted_schema = OFF;"
					 "PRAGMA cell_size_check = ON;"
					 "PRAGMA foreign_keys = ON;"
					 "PRAGMA temp_store = MEMORY;"
					 "PRAGMA cache_size = -256;" /* KiB */
					 "PRAGMA secure_delete = ON;"
					 "PRAGMA synchronous = FULL;";

/* What SQLite may do for a schema that somebody else wrote: nothing. */
static const struct {
	int option;
	int on;
} connection_options[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },        { SQLITE_DBCONFIG_DQS_DML, 0 },
};

bool
store_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

/* The file's fd is closed again before SQLite opens it: closing it later would drop SQLite's locks. */
static int
make_file(const char *path)
{
	struct stat st;
	int fd, r = 0;

	if (path[0] != '/')
		return -EINVAL;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else if ((st.st_mode & 07777) != 0600 && fchmod(fd, 0600) < 0)
		r = -errno;
	else if (st.st_size == 0 && fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r < 0 || st.st_size > 0 ? r : durable_folder_of(path);
}

static int
connect_file(struct store *store)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
		    SQLITE_OPEN_EXRESCODE;
	int code;

	errno = 0;
	code = sqlite3_open_v2(store->path, &store->db, flags, NULL);
	if (code != SQLITE_OK)
		return store_failed(store, code);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	for (size_t i = 0; i < sizeof(connection_options) / sizeof(connection_options[0]); i++) {
		code = sqlite3_db_config(store->db, connection_options[i].option,
					 connection_options[i].on, NULL);
		if (code != SQLITE_OK)
			return store_failed(store, code);
	}
	return store_run(store, prepare_connection);
}

/* SQLite answers with the mode that is in force now. */
static int
note_mode(void *wal, int columns, char **values, char **names)
{
	(void)names;
	*(bool *)wal = columns == 1 && values[0] && strcmp(values[0], "wal") == 0;
	return 0;
}

static int
use_wal(struct store *store)
{
	bool wal = false;
	int code = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", note_mode, &wal, NULL);

	if (code != SQLITE_OK)
		return store_failed(store, code);
	if (wal)
		return 0;
	log_error("store: %s: this file system cannot hold a write-ahead log", store->path);
	return -EOPNOTSUPP;
}

int
store_open(struct store **out, const char *path)
{
	struct store *store = calloc(1, sizeof(*store));
	int r = -ENOMEM;

	if (store)
		store->path = strdup(path);
	if (!store || !store->path) {
		log_error("store: %s: out of memory", path);
		goto out;
	}
	r = make_file(path);
	if (r < 0) {
		log_error("store: %s: cannot be opened (%s)", path, strerror(-r));
		goto out;
	}
	r = connect_file(store);
	if (r == 0)
		r = store_check_version(store, schema_version);
	if (r == STORE_DONE)
		r = use_wal(store);
	if (r == 0)
		r = store_migrate(store, schema_migrations, schema_version);
	if (r == 0)
		r = store_prepare(store);
	if (r == 0) {
		*out = store;
		store = NULL;
	}
out:
	store_close(store);
	return r;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	store_drop_lines(store);
	free(store->path);
	free(store);
}
