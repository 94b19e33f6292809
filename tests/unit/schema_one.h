/*
 * The schema of the first release, kept as it was: what a file of version 1 was made with. It never changes.
 */
#ifndef SSPR_TESTS_UNIT_SCHEMA_ONE_H
#define SSPR_TESTS_UNIT_SCHEMA_ONE_H

/* clang-format off */
#define VERSION_ONE                                                                              \
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
/* clang-format on */

#endif
