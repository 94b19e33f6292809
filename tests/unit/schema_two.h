/*
 * The step to version 2 of the schema, as it was when files of that version were made. Never changed: a file that such a
 * program left behind looks like this, whatever the tree says today.
 */
#ifndef SSPR_TESTS_UNIT_SCHEMA_TWO_H
#define SSPR_TESTS_UNIT_SCHEMA_TWO_H

#define VERSION_TWO                                                                                \
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

#endif
