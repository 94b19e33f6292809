/*
 * The store: users, methods, codes, counters, audit rows. It speaks of these and names no SQLite type, so
 * that a server engine can stand beside it. ssprd is its only user, one connection, one thread.
 * Every change is on disk when its call (or the transaction around it) returns 0.
 */
#ifndef SSPR_CORE_STORE_H
#define SSPR_CORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/limits.h"
#include "protocol/words.h"

#define STORE_BLOB_MAX  8192 /* bytes of a sealed record */
#define STORE_HASH_SIZE 32   /* bytes of a keyed hash */

struct store;

/* Answers of store calls; negative: -errno, already logged. */
enum store_result {
	STORE_DONE = 0,
	STORE_NONE = 1,  /* there is no such row */
	STORE_NEWER = 2, /* store_open: the file was made by a newer program */
};

/*
 * Open the database, making it (0600) where it is absent and migrating it where it is older; a migration
 * is one transaction. STORE_DONE, STORE_NEWER, or -errno. path's folder must exist.
 */
int store_open(struct store **store, const char *path);
void store_close(struct store *store);
/* Does a database stand there already (before store_open)? */
bool store_exists(const char *path);
/*
 * Can the store be written now? 64 KiB are written to the disk and rolled back, so that a full disk is found
 * before somebody is asked anything. Within a transaction they are part of it until it is rolled back: call it outside.
 * 0 or -errno.
 */
int store_writable(struct store *store);

/*
 * Begin (immediately holding the write lock), commit, roll back. Calls between stand or fall together.
 * store_rollback without a transaction does nothing, so that it can stand behind `out:`.
 */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);
/*
 * Log this line (log_info) when what was done so far is on disk: now, or at the commit of the running transaction;
 * never when that is rolled back. At most 32 in a transaction (-EOVERFLOW). -ENOMEM.
 */
int store_log_committed(struct store *store, const char *line);

/* A user as last told by root, and the postpones. id is the store's, given by store_user_put. */
struct store_user {
	int64_t id; /* 0: not yet in the store */
	char name[USER_NAME_MAX + 1];
	int64_t uid;
	bool local_password;
	int64_t last_login; /* 0 unknown */
	char *groups;       /* names parted by '\n', malloc'd, or NULL; owned by the struct */
	int64_t told_at;    /* when root told */
	int postpones_used;
	int64_t postponed_until; /* 0 none */
	int64_t reminded_at;     /* when the one line of a day was shown last; 0 never */
};

void store_user_done(struct store_user *user);
/* Find the active record of a name. STORE_DONE (user filled in), STORE_NONE. */
int store_user_get(struct store *store, const char *name, struct store_user *user);
/* Insert (id 0, which is then filled in) or update by id (all but the name). -ESTALE: that record was set aside. */
int store_user_put(struct store *store, struct store_user *user);
/*
 * Set a record aside (another uid has that name now): it is no longer found, its methods neither, not even by its
 * id, so that a dialog that outlives it can read and write nothing. -ESTALE: it was set aside before.
 */
int store_user_set_aside(struct store *store, int64_t id, int64_t now);
/*
 * Call each for every active user in order of names until it answers other than 0; answers that, or 0. each may change
 * methods, but not walk again (-EBUSY).
 */
int store_users_each(struct store *store, int (*each)(const struct store_user *user, void *arg),
		     void *arg);

/* A registered method: one row a method of a user. */
struct store_method {
	enum method method;
	int64_t registered_at;
	int64_t proven_at;
	int64_t last_step;     /* app: the last TOTP time step that was accepted; 0 none */
	unsigned char *sealed; /* sealed_len bytes, malloc'd, or NULL; owned by the struct */
	size_t sealed_len;
};

void store_method_done(struct store_method *m);
/* with_sealed false leaves sealed NULL. STORE_DONE or STORE_NONE. */
int store_method_get(struct store *store, int64_t user, enum method method, bool with_sealed,
		     struct store_method *m);
/* Insert or replace. -ESTALE: there is no active record of this user. store_code_put likewise. */
int store_method_put(struct store *store, int64_t user, const struct store_method *m);
int store_method_remove(struct store *store, int64_t user,
			enum method method); /* STORE_DONE, STORE_NONE */
/* Which methods are registered: fills in all METHOD_COUNT entries (registered_at 0: not), without sealed. */
int store_methods(struct store *store, int64_t user, struct store_method methods[METHOD_COUNT]);
/* Accept a TOTP step once: STORE_DONE and saved when step is above the last one, STORE_NONE when not. */
int store_method_step(struct store *store, int64_t user, enum method method, int64_t step);

/* A code that was sent and waits: one a user and method. */
struct store_code {
	unsigned char hash[STORE_HASH_SIZE]; /* keyed */
	int64_t expires;
	int tries_used;
	unsigned char *sealed; /* sealed destination; malloc'd, owned by the struct */
	size_t sealed_len;
};

void store_code_done(struct store_code *c);
int store_code_get(struct store *store, int64_t user, enum method method, struct store_code *c);
int
store_code_put(struct store *store, int64_t user, enum method method, const struct store_code *c);
/* Count one try, on disk before anything is compared. tries_used: the new count. STORE_NONE: no code. */
int store_code_count(struct store *store, int64_t user, enum method method, int *tries_used);
int store_code_remove(struct store *store, int64_t user, enum method method);

/*
 * Counters for limits (core/limit.h), under a key that is a keyed hash. store_event_count: how many events
 * of this key since `since` (that moment included). A block: no further event until then (0: none stands).
 */
int store_event_add(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t now);
int store_event_count(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t since,
		      int *count);
int store_block_get(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t *until);
int store_block_put(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t until);
/* Forget events before then, blocks that ended before then, and codes that expired before then. */
int store_forget(struct store *store, int64_t before);

/* An audit row as it is kept. Texts may be "" but not NULL. */
struct store_audit {
	int64_t id; /* counts up by one; filled in by store_audit_add */
	int64_t time;
	const char *event, *user, *actor, *method, *result, *reason, *service, *rhost;
	int64_t uid;     /* -1 unknown */
	int64_t session; /* the dialog's number, 0 none */
	unsigned char chain[STORE_HASH_SIZE];
};

int store_audit_add(struct store *store, struct store_audit *row);
/* The id and chain hash of the last row; STORE_NONE when there is none. */
int store_audit_head(struct store *store, int64_t *id, unsigned char chain[STORE_HASH_SIZE]);
int store_audit_each(struct store *store, int64_t from_id,
		     int (*each)(const struct store_audit *row, void *arg), void *arg);

#endif
