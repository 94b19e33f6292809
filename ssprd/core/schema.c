/*
 * The schema, version by version. Names are blobs: the bytes of a login name need not be UTF-8. User ids are never
 * used again (AUTOINCREMENT), because sealed records name their owner by it.
 */
#include "ssprd/core/schema.h"

#define FIRST_VERSION                                                                              \
	"PRAGMA application_id = 1397968978;"                                                      \
	"CREATE TABLE user ("                                                                      \
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                   \
	" name BLOB NOT NULL CHECK (length(name) BETWEEN 1 AND 255),"                              \
	" uid INTEGER NOT NULL CHECK (uid >= -1),"                                                 \
	" local_password INTEGER NOT NULL CHECK (local_password IN (0, 1)),"                       \
	" last_login INTEGER NOT NULL CHECK (last_login >= 0),"                                    \
	" groups BLOB NOT NULL,"                                                                   \
	" told_at INTEGER NOT NULL CHECK (told_at >= 0),"                                          \
	" postpones_used INTEGER NOT NULL CHECK (postpones_used >= 0),"                            \
	" postponed_until INTEGER NOT NULL CHECK (postponed_until >= 0),"                          \
	" reminded_at INTEGER NOT NULL CHECK (reminded_at >= 0),"                                  \
	" set_aside_at INTEGER NOT NULL DEFAULT 0 CHECK (set_aside_at >= 0)"                       \
	") STRICT;"                                                                                \
	"CREATE UNIQUE INDEX user_active ON user (name) WHERE set_aside_at = 0;"                   \
	"CREATE TABLE method ("                                                                    \
	" user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,"                           \
	" method TEXT NOT NULL CHECK (length(method) BETWEEN 1 AND 32),"                           \
	" registered_at INTEGER NOT NULL CHECK (registered_at >= 0),"                              \
	" proven_at INTEGER NOT NULL CHECK (proven_at >= 0),"                                      \
	" last_step INTEGER NOT NULL CHECK (last_step >= 0),"                                      \
	" sealed BLOB NOT NULL CHECK (length(sealed) <= 8192),"                                    \
	" PRIMARY KEY (user, method)"                                                              \
	") STRICT;"                                                                                \
	"CREATE TABLE code ("                                                                      \
	" user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,"                           \
	" method TEXT NOT NULL CHECK (length(method) BETWEEN 1 AND 32),"                           \
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"                                           \
	" expires INTEGER NOT NULL CHECK (expires >= 0),"                                          \
	" tries_used INTEGER NOT NULL CHECK (tries_used >= 0),"                                    \
	" sealed BLOB NOT NULL CHECK (length(sealed) <= 8192),"                                    \
	" PRIMARY KEY (user, method)"                                                              \
	") STRICT;"                                                                                \
	"CREATE TABLE event ("                                                                     \
	" key BLOB NOT NULL CHECK (length(key) = 32),"                                             \
	" time INTEGER NOT NULL"                                                                   \
	") STRICT;"                                                                                \
	"CREATE INDEX event_key ON event (key, time);"                                             \
	"CREATE INDEX event_time ON event (time);"                                                 \
	"CREATE TABLE block ("                                                                     \
	" key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),"                                 \
	" until INTEGER NOT NULL"                                                                  \
	") STRICT;"                                                                                \
	"CREATE TABLE audit ("                                                                     \
	" id INTEGER PRIMARY KEY CHECK (id > 0),"                                                  \
	" time INTEGER NOT NULL,"                                                                  \
	" event TEXT NOT NULL CHECK (length(event) > 0),"                                          \
	" user BLOB NOT NULL,"                                                                     \
	" uid INTEGER NOT NULL,"                                                                   \
	" actor BLOB NOT NULL,"                                                                    \
	" method BLOB NOT NULL,"                                                                   \
	" result BLOB NOT NULL,"                                                                   \
	" reason BLOB NOT NULL,"                                                                   \
	" service BLOB NOT NULL,"                                                                  \
	" rhost BLOB NOT NULL,"                                                                    \
	" session INTEGER NOT NULL,"                                                               \
	" chain BLOB NOT NULL CHECK (length(chain) = 32)"                                          \
	") STRICT;"                                                                                \
	"CREATE TABLE probe (" /* always empty: what a test of the disk writes is rolled back */   \
	" content BLOB NOT NULL"                                                                   \
	") STRICT;"

/*
 * The life of a registration. Who had a method in version 1 began with the password, the only way there was, and is not
 * asked for a help desk code now.
 */
#define SECOND_VERSION                                                                             \
	"ALTER TABLE user ADD COLUMN"                                                              \
	" required_at INTEGER NOT NULL DEFAULT 0 CHECK (required_at >= 0);"                        \
	"ALTER TABLE user ADD COLUMN"                                                              \
	" required_by INTEGER NOT NULL DEFAULT 0 CHECK (required_by >= 0);"                        \
	"ALTER TABLE user ADD COLUMN"                                                              \
	" dormant_seen INTEGER NOT NULL DEFAULT 0 CHECK (dormant_seen >= 0);"                      \
	"ALTER TABLE user ADD COLUMN"                                                              \
	" registered_at INTEGER NOT NULL DEFAULT 0 CHECK (registered_at >= 0);"                    \
	"ALTER TABLE user ADD COLUMN"                                                              \
	" code_open_until INTEGER NOT NULL DEFAULT 0 CHECK (code_open_until >= 0);"                \
	"ALTER TABLE user ADD COLUMN"                                                              \
	" frozen_at INTEGER NOT NULL DEFAULT 0 CHECK (frozen_at >= 0);"                            \
	"UPDATE user SET registered_at ="                                                          \
	" (SELECT coalesce(max(registered_at), 0) FROM method WHERE user = user.id);"              \
	"ALTER TABLE method ADD COLUMN"                                                            \
	" filled_at INTEGER NOT NULL DEFAULT 0 CHECK (filled_at >= 0);"                            \
	"ALTER TABLE method ADD COLUMN"                                                            \
	" filled_by BLOB NOT NULL DEFAULT x'' CHECK (length(filled_by) <= 255);"                   \
	"CREATE TABLE recovery ("                                                                  \
	" user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,"                           \
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"                                           \
	" used_at INTEGER NOT NULL DEFAULT 0 CHECK (used_at >= 0),"                                \
	" PRIMARY KEY (user, hash)"                                                                \
	") STRICT;"                                                                                \
	"CREATE TABLE help_code ("                                                                 \
	" user INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,"                        \
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"                                           \
	" expires INTEGER NOT NULL CHECK (expires >= 0),"                                          \
	" tries_used INTEGER NOT NULL CHECK (tries_used >= 0),"                                    \
	" made_by BLOB NOT NULL CHECK (length(made_by) <= 255)"                                    \
	") STRICT;"                                                                                \
	"CREATE TABLE freeze_code ("                                                               \
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                   \
	" user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,"                           \
	" hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),"                                    \
	" made_at INTEGER NOT NULL CHECK (made_at >= 0),"                                          \
	" expires INTEGER NOT NULL CHECK (expires >= 0)"                                           \
	") STRICT;"                                                                                \
	"CREATE INDEX freeze_code_user ON freeze_code (user);"                                     \
	"CREATE TABLE notice ("                                                                    \
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                   \
	" user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,"                           \
	" time INTEGER NOT NULL CHECK (time >= 0),"                                                \
	" kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),"                               \
	" method TEXT NOT NULL CHECK (length(method) <= 32),"                                      \
	" origin BLOB NOT NULL CHECK (length(origin) <= 255)"                                      \
	") STRICT;"                                                                                \
	"CREATE INDEX notice_user ON notice (user);"                                               \
	"CREATE TABLE outbox ("                                                                    \
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                   \
	" user INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,"                           \
	" kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),"                               \
	" made_at INTEGER NOT NULL CHECK (made_at >= 0),"                                          \
	" next_try INTEGER NOT NULL CHECK (next_try >= 0),"                                        \
	" tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),"                                    \
	" sealed BLOB NOT NULL CHECK (length(sealed) <= 8192)"                                     \
	") STRICT;"                                                                                \
	"CREATE INDEX outbox_user ON outbox (user);"                                               \
	"CREATE INDEX outbox_next ON outbox (next_try);"

/* What unknown names are counted in, so that a reset writes the same for everybody: fixed rows, STORE_DECOYS of them. */
#define THIRD_VERSION                                                                              \
	"CREATE TABLE decoy ("                                                                     \
	" id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 1024),"                                   \
	" touched INTEGER NOT NULL DEFAULT 0,"                                                     \
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"                                           \
	" expires INTEGER NOT NULL DEFAULT 0,"                                                     \
	" tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0)"                                     \
	") STRICT;"                                                                                \
	"INSERT INTO decoy (id, hash) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"                  \
	" SELECT i + 1 FROM n WHERE i < 1024) SELECT i, zeroblob(32) FROM n;"

const char *const schema_migrations[] = {
	FIRST_VERSION,
	SECOND_VERSION,
	THIRD_VERSION,
};

const int schema_version = sizeof(schema_migrations) / sizeof(schema_migrations[0]);
