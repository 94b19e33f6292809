/*
 * The store: users, methods, codes, untold changes, waiting messages, counters, audit rows. It speaks of these and names no SQLite type, so
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
	STORE_FULL = 3,  /* store_outbox_add: too many wait already */
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
 * The same for several changes that may stand in their caller's transaction: store_join begins one unless one runs
 * (*own then), 0 or -errno; store_leave ends what store_join began, by commit when r is >= 0, and answers r or the commit's -errno.
 */
int store_join(struct store *store, bool *own);
int store_leave(struct store *store, bool own, int r);
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
	/*
	 * Read by store_user_get, written by store_user_mark alone: somebody who holds an old copy of the record (a dialog)
	 * must not take back what an administrator did meanwhile. Times, 0 never; what they mean: struct plan_user (plan.h).
	 */
	int64_t required_at, required_by;
	int64_t dormant_seen;
	int64_t registered_at;
	int64_t code_open_until;
	int64_t frozen_at;
};

void store_user_done(struct store_user *user);
/* Find the active record of a name. STORE_DONE (user filled in), STORE_NONE. */
int store_user_get(struct store *store, const char *name, struct store_user *user);
/*
 * Insert (id 0, which is then filled in) or update by id (all but the name and the marks below; a new record has none of
 * them). -ESTALE: that record was set aside.
 */
int store_user_put(struct store *store, struct store_user *user);

enum store_mark {
	MARK_REQUIRED_AT,
	MARK_REQUIRED_BY,
	MARK_DORMANT_SEEN,
	MARK_REGISTERED_AT,
	MARK_CODE_OPEN_UNTIL,
	MARK_FROZEN_AT,
	MARK_COUNT
};

/* Set one mark of a record (0 takes it away). 0, -ESTALE: that record was set aside. */
int store_user_mark(struct store *store, int64_t id, enum store_mark mark, int64_t time);
/* The name (USER_NAME_MAX + 1 bytes) of an active record. STORE_DONE, STORE_NONE. */
int store_user_name(struct store *store, int64_t id, char name[USER_NAME_MAX + 1]);
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

/*
 * A method of a user: one row each. Registered: registered_at is not 0. A row with registered_at 0 is a value that an
 * administrator filled in (filled_at) and that its user has not proven: it counts for nothing.
 */
struct store_method {
	enum method method;
	int64_t registered_at;
	int64_t proven_at;
	int64_t filled_at;                 /* 0: no administrator filled it in */
	char filled_by[USER_NAME_MAX + 1]; /* who did; "" */
	int64_t last_step;     /* app: the last TOTP time step that was accepted; 0 none */
	unsigned char *sealed; /* sealed_len bytes, malloc'd, or NULL; owned by the struct */
	size_t sealed_len;
};

void store_method_done(struct store_method *m);
/* with_sealed false leaves sealed NULL. STORE_DONE (also for what is filled in only: look at registered_at) or STORE_NONE. */
int store_method_get(struct store *store, int64_t user, enum method method, bool with_sealed,
		     struct store_method *m);
/* Insert or replace, all of the row. -ESTALE: there is no active record of this user. store_code_put likewise. */
int store_method_put(struct store *store, int64_t user, const struct store_method *m);
int store_method_remove(struct store *store, int64_t user,
			enum method method); /* STORE_DONE, STORE_NONE */
/*
 * Which methods are registered or filled in: fills in all METHOD_COUNT entries (registered_at and filled_at 0: neither),
 * without sealed.
 */
int store_methods(struct store *store, int64_t user, struct store_method methods[METHOD_COUNT]);
/* A registered method was proven again at now. STORE_DONE; STORE_NONE: it is not registered. */
int store_method_proven(struct store *store, int64_t user, enum method method, int64_t now);
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
 * Recovery codes of a user, as keyed hashes. The method's own row (store_method_put, nothing sealed) says that they are
 * registered; these say which ones.
 */
#define STORE_RECOVERY_COUNT 10

/* Put new ones in the place of all that were there. 0, -ESTALE. In a transaction of its own, or inside the caller's. */
int store_recovery_put(struct store *store, int64_t user,
		       const unsigned char hashes[][STORE_HASH_SIZE], size_t count);
/* Is this one of them? STORE_DONE: *used_at, 0 when it is unused. STORE_NONE. */
int store_recovery_find(struct store *store, int64_t user,
			const unsigned char hash[STORE_HASH_SIZE], int64_t *used_at);
/*
 * Use one. STORE_DONE once for each code, however many try at the same time, and on disk before it is answered (inside a
 * transaction: with its commit). STORE_NONE: there is no such code, or it was used.
 */
int store_recovery_use(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE],
		       int64_t now);
/* How many are unused. 0 or -errno. */
int store_recovery_left(struct store *store, int64_t user, int *left);
/* Remove all, used and unused. STORE_DONE, STORE_NONE. */
int store_recovery_remove(struct store *store, int64_t user);

/* A help desk code: one a user, a new one replaces the old one. */
struct store_help_code {
	unsigned char hash[STORE_HASH_SIZE]; /* keyed */
	int64_t expires;
	int tries_used;
	char made_by[USER_NAME_MAX + 1];
};

int store_help_get(struct store *store, int64_t user,
		   struct store_help_code *c); /* STORE_DONE, STORE_NONE */
int
store_help_put(struct store *store, int64_t user, const struct store_help_code *c); /* 0, -ESTALE */
/* Count one try, on disk before anything is compared. tries_used: the new count. STORE_NONE: no code. */
int store_help_count(struct store *store, int64_t user, int *tries_used);
/* Use it up, or take it away. STORE_DONE once, STORE_NONE. */
int store_help_remove(struct store *store, int64_t user);

/*
 * Freeze codes, as keyed hashes: each message about a change holds one. The newest STORE_FREEZE_MAX of a user stand.
 */
#define STORE_FREEZE_MAX 50

int store_freeze_put(struct store *store, int64_t user, const unsigned char hash[STORE_HASH_SIZE],
		     int64_t now, int64_t expires); /* 0, -ESTALE */
/*
 * Use one: STORE_DONE once for each, *user is whose it is. STORE_NONE: unknown, used, expired (expires <= now), or its
 * user's record was set aside. It does not freeze: that is store_user_mark's, in the same transaction.
 */
int store_freeze_use(struct store *store, const unsigned char hash[STORE_HASH_SIZE], int64_t now,
		     int64_t *user);

/* A change that its user has not been told of. The newest STORE_NOTICES_MAX of a user are kept. */
#define STORE_NOTICES_MAX 15 /* so many fit into one reply, with four fields each */
#define STORE_WORD_MAX    32

struct store_notice {
	int64_t id; /* counts up, never used again; filled in by store_notices */
	int64_t time;
	char kind[STORE_WORD_MAX + 1];   /* audit_word() of what happened */
	char method[STORE_WORD_MAX + 1]; /* method_word(), or "" */
	/* The remote host; "" this one, and for an administrator's change; CHANGE_FROM_UNKNOWN. */
	char from[HOST_NAME_MAX_BYTES + 1];
};

int
store_notice_add(struct store *store, int64_t user, const struct store_notice *n); /* 0, -ESTALE */
/* The untold ones, oldest first. 0 or -errno. */
int store_notices(struct store *store, int64_t user, struct store_notice list[STORE_NOTICES_MAX],
		  int *count);
/* They were told, up to this id: they are forgotten. STORE_DONE, STORE_NONE. */
int store_notices_told(struct store *store, int64_t user, int64_t last_id);

/*
 * The outbox: messages that must arrive, kept until they were sent. What a message is and whom it goes to is sealed.
 * At most STORE_OUTBOX_MAX of one user wait.
 */
#define STORE_OUTBOX_MAX 100

struct store_message {
	int64_t id;                    /* filled in by store_outbox_add */
	int64_t user;                  /* whom it is about: the owner of what is sealed */
	char kind[STORE_WORD_MAX + 1]; /* email, sms, voice */
	int64_t made_at;
	int64_t next_try;
	int tries;             /* that failed */
	unsigned char *sealed; /* sealed_len bytes, malloc'd, owned by the struct */
	size_t sealed_len;
};

void store_message_done(struct store_message *m);
/* STORE_DONE (id is filled in), STORE_FULL: nothing was added; -ESTALE. */
int store_outbox_add(struct store *store, struct store_message *m);
/*
 * The message that is to be tried first (the smallest next_try, then id), due or not: the caller looks at next_try.
 * STORE_DONE, STORE_NONE: none waits. Messages about a record that was set aside go out too.
 */
int store_outbox_first(struct store *store, struct store_message *m);
/*
 * Try it again at next_try; failed: count a failed try. Also before a try, so that a message that is under way is not found
 * meanwhile, and is tried again when nobody reports its end. STORE_DONE, STORE_NONE.
 */
int store_outbox_later(struct store *store, int64_t id, int64_t next_try, bool failed);
int store_outbox_remove(struct store *store, int64_t id); /* STORE_DONE, STORE_NONE */

/*
 * Counters for limits (core/limit.h), under a key that is a keyed hash. store_event_count: how many events
 * of this key since `since` (that moment included). A block: no further event until then (0: none stands).
 */
int store_event_add(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t now);
int store_event_count(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t since,
		      int *count);
int store_block_get(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t *until);
int store_block_put(struct store *store, const unsigned char key[STORE_HASH_SIZE], int64_t until);
/* Forget all events and the block of this key. 0 or -errno. */
int store_events_clear(struct store *store, const unsigned char key[STORE_HASH_SIZE]);
/*
 * Take one event back, which was added at that time, and the block until then, if it stands (until 0: none). STORE_DONE;
 * STORE_NONE: there is no such event any more (a success cleared them); -errno. In a transaction of its own, or inside
 * the caller's.
 */
int store_event_take_back(struct store *store, const unsigned char key[STORE_HASH_SIZE],
			  int64_t time, int64_t until);
/* Forget events before then, blocks that ended before then, and codes of all kinds that expired before then. */
int store_forget(struct store *store, int64_t before);

/*
 * Decoys: STORE_DECOYS rows (1 and up) that stand in for what unknown names and stopped resets have not, so that
 * each transaction of a reset writes as much for everybody.
 */
#define STORE_DECOYS 1024

/* Write something to this row, whatever else the transaction does. 0 or -errno; -EUCLEAN: there is no such row. All of them. */
int store_decoy_touch(struct store *store, int64_t row);
/* As store_code_get, store_code_put (what is sealed is not kept), store_code_count of a code. */
int store_decoy_get(struct store *store, int64_t row, struct store_code *c);
int store_decoy_put(struct store *store, int64_t row, const struct store_code *c);
int store_decoy_count(struct store *store, int64_t row);

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
/* The id and chain hash of the last row, or of the checkpoint when no row is left; STORE_NONE when there is neither. */
int store_audit_head(struct store *store, int64_t *id, unsigned char chain[STORE_HASH_SIZE]);
int store_audit_each(struct store *store, int64_t from_id,
		     int (*each)(const struct store_audit *row, void *arg), void *arg);
/*
 * The last row of the oldest ones: older than `before`, with none in front of it that is from `before` to `latest`. STORE_DONE, STORE_NONE.
 */
int store_audit_old(struct store *store, int64_t before, int64_t latest, int64_t *id);
/* Remove the rows up to this one. STORE_DONE, STORE_NONE. */
int store_audit_remove(struct store *store, int64_t upto);

/* What stands for the audit rows that were removed: where the chain goes on. At most one. */
struct store_checkpoint {
	int64_t row;                          /* the last one that was removed */
	unsigned char chain[STORE_HASH_SIZE]; /* its hash */
	int64_t broken; /* the first row that did not fit before it was removed; 0: all did */
	unsigned char seal[STORE_HASH_SIZE];
};

int
store_checkpoint_get(struct store *store, struct store_checkpoint *c); /* STORE_DONE, STORE_NONE */
int store_checkpoint_put(struct store *store, const struct store_checkpoint *c);

#endif
