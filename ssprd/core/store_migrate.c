/*
 * Bringing a file to this program's version. A step and its new version number are one transaction: a migration
 * that was interrupted changed nothing and is done again.
 */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

#include "ssprd/core/schema.h"
#include "ssprd/core/store_sql.h"
#include "text/log.h"

/* An empty file is ours to fill; a file with a version says whose it is. */
static int
check_application(struct store *store, int64_t version)
{
	int64_t application = 0, tables = 0;
	int r = store_number(store, "PRAGMA application_id", &application);

	if (r == 0)
		r = store_number(store, "SELECT count(*) FROM sqlite_schema", &tables);
	if (r < 0)
		return r;
	if (version > 0 ? application == SCHEMA_APPLICATION : tables == 0)
		return 0;
	log_error("store: %s: this database belongs to another program", store->path);
	return -EINVAL;
}

int
store_check_version(struct store *store, int version)
{
	int64_t found = 0;
	int r = store_number(store, "PRAGMA user_version", &found);

	if (r == 0)
		r = check_application(store, found);
	if (r < 0)
		return r;
	if (found >= 0 && found <= version)
		return STORE_DONE;
	log_error("store: %s: version %" PRId64
		  " was made by a newer program; this one knows versions up to %d",
		  store->path, found, version);
	return STORE_NEWER;
}

static int
migrate_one(struct store *store, const char *migration, int version)
{
	char text[64];
	int r;

	snprintf(text, sizeof(text), "PRAGMA user_version = %d", version);
	r = store_run(store, "BEGIN IMMEDIATE");
	if (r == 0)
		r = store_run(store, migration);
	if (r == 0)
		r = store_run(store, text);
	if (r == 0)
		r = store_run(store, "COMMIT");
	if (r == 0)
		return 0;
	if (!sqlite3_get_autocommit(store->db))
		store_run(store, "ROLLBACK");
	log_error("store: %s: the step to version %d failed and was undone", store->path, version);
	return r;
}

int
store_migrate(struct store *store, const char *const *migrations, int count)
{
	int64_t version = 0;
	int r = store_number(store, "PRAGMA user_version", &version);

	for (int i = (int)version; r == 0 && i < count; i++)
		r = migrate_one(store, migrations[i], i + 1);
	return r;
}
