/* Freeze codes: made with a message, used once. */
#include "ssprd/freeze.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/changes.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/judge.h"
#include "ssprd/user.h"

static void
hash_of(struct judge *j, const char *plain, unsigned char hash[VAULT_HASH_SIZE])
{
	vault_hash(j->vault, "freeze", plain, strlen(plain), hash);
}

int
freeze_make(struct judge *j, int64_t user, int64_t now, char shown[RECOVERY_SHOWN])
{
	unsigned char random[RECOVERY_RANDOM], hash[VAULT_HASH_SIZE];
	char plain[RECOVERY_PLAIN];
	int r = -EIO;

	vault_random(random, sizeof(random));
	recovery_make(RECOVERY_FREEZE, random, shown);
	if (recovery_read(RECOVERY_FREEZE, shown, strlen(shown), plain) == RECOVERY_FINE) {
		hash_of(j, plain, hash);
		r = store_freeze_put(j->store, user, hash, now, now + FREEZE_LIFETIME);
	}
	explicit_bzero(random, sizeof(random));
	explicit_bzero(plain, sizeof(plain));
	return r;
}

/* A try is on disk before anything is compared. An enum limit_result or -errno. */
static int
count_try(struct judge *j, const struct freeze_try *t)
{
	const struct limit_rule rule = { FREEZE_TRIES, FREEZE_WINDOW, FREEZE_WINDOW };
	limit_key key;
	int64_t until;

	vault_hash(j->vault, "freeze-try", t->caller, strlen(t->caller), key);
	return limit_take(j->store, (const limit_key *)&key, 1, &rule, t->now, &until);
}

static int
record(struct judge *j, const struct freeze_try *t, const struct user *user)
{
	const struct change change = { .event = AUDIT_FROZEN,
				       .user = user,
				       .method = METHOD_COUNT,
				       .actor = t->actor,
				       .result = "frozen",
				       .service = t->service,
				       .rhost = t->rhost,
				       .now = t->now };

	return change_record(j, &change);
}

static int
freeze(struct judge *j, const struct freeze_try *t, int64_t id)
{
	char name[USER_NAME_MAX + 1];
	struct user user = { 0 };
	int r = store_user_name(j->store, id, name);

	if (r == STORE_DONE)
		r = user_load(&user, j->store, name);
	if (r == STORE_NONE)
		r = -ESTALE;
	if (r == STORE_DONE)
		r = store_user_mark(j->store, id, MARK_FROZEN_AT, t->now);
	if (r == 0)
		r = record(j, t, &user);
	user_done(&user);
	return r;
}

static int
audit_wrong(struct judge *j, const struct freeze_try *t)
{
	const struct audit_entry entry = { .event = AUDIT_FREEZE_WRONG,
					   .actor = t->actor,
					   .result = "wrong",
					   .service = t->service,
					   .rhost = t->rhost,
					   .uid = -1,
					   .now = t->now };

	return audit_write(j->store, j->vault, &entry);
}

/* The code is used up, the account frozen, somebody told: all or nothing. */
static int
use(struct judge *j, const struct freeze_try *t, const char *plain)
{
	unsigned char hash[VAULT_HASH_SIZE];
	int64_t user = 0;
	int r = store_begin(j->store), found;

	if (r < 0)
		return r;
	hash_of(j, plain, hash);
	found = store_freeze_use(j->store, hash, t->now, &user);
	r = found == STORE_DONE ? freeze(j, t, user) : found < 0 ? found : audit_wrong(j, t);
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	if (r < 0)
		return r;
	if (found == STORE_DONE)
		freeze_done(j, user);
	return found == STORE_DONE ? FREEZE_DONE : FREEZE_WRONG;
}

void
freeze_done(struct judge *j, int64_t user)
{
	if (j->resets_stopped)
		j->resets_stopped(j->resets_arg, user);
}

int
freeze_claim(struct judge *j, const struct freeze_try *t, size_t len, int64_t *user)
{
	unsigned char hash[VAULT_HASH_SIZE];
	char plain[RECOVERY_PLAIN];
	int r;

	recovery_read(RECOVERY_FREEZE, t->typed, len, plain);
	hash_of(j, plain, hash);
	explicit_bzero(plain, sizeof(plain));
	r = store_freeze_use(j->store, hash, t->now, user);
	return r == STORE_DONE ? freeze(j, t, *user) : r;
}

int
freeze_use(struct judge *j, const struct freeze_try *t)
{
	char plain[RECOVERY_PLAIN];
	int r = FREEZE_FORM;

	if (recovery_read(RECOVERY_FREEZE, t->typed, strlen(t->typed), plain) == RECOVERY_FINE) {
		r = count_try(j, t);
		if (r == LIMIT_PERMITTED)
			r = use(j, t, plain);
		else if (r == LIMIT_REACHED)
			r = FREEZE_TOO_MANY;
	}
	explicit_bzero(plain, sizeof(plain));
	return r;
}
