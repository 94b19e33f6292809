/*
 * Recovery codes: RECOVERY_CODES of them, made here, shown once, kept as keyed hashes. The one that
 * is typed back proves that they were written down, and is used up by it like by any other proof:
 * nine are left.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/stamps.h"
#include "text/recovery.h"

_Static_assert(sizeof(((struct dialog *)0)->recovery) == STORE_RECOVERY_COUNT * STORE_HASH_SIZE,
	       "as many are kept as are made");

/* Bound to its user. plain: as text/recovery.h reads it. */
static void
code_hash(const struct dialog *d, const char *plain, unsigned char hash[VAULT_HASH_SIZE])
{
	char text[32 + RECOVERY_PLAIN];
	int len = snprintf(text, sizeof(text), "%" PRId64 "|%s", d->user.stored.id, plain);

	vault_hash(d->judge->vault, "recovery", text, (size_t)len, hash);
	explicit_bzero(text, sizeof(text));
}

/* What was typed; what is no code at all has a hash that no code has. False: nothing was typed. */
static bool
typed_hash(const struct dialog *d, const struct field *typed, unsigned char hash[VAULT_HASH_SIZE])
{
	char plain[RECOVERY_PLAIN];
	bool blank = true;

	for (size_t i = 0; i < typed->len; i++)
		blank = blank && memchr(" \t-", typed->data[i], 3);
	if (blank)
		return false;
	recovery_read(RECOVERY_CODE, typed->data, typed->len, plain);
	code_hash(d, plain, hash);
	explicit_bzero(plain, sizeof(plain));
	return true;
}

static int
make_one(struct dialog *d, int i, struct message *reply)
{
	unsigned char random[RECOVERY_RANDOM];
	char shown[RECOVERY_SHOWN], plain[RECOVERY_PLAIN];
	int r;

	vault_random(random, sizeof(random));
	recovery_make(RECOVERY_CODE, random, shown);
	recovery_read(RECOVERY_CODE, shown, strlen(shown), plain);
	code_hash(d, plain, d->recovery[i]);
	r = message_put_text(reply, shown);
	explicit_bzero(random, sizeof(random));
	explicit_bzero(shown, sizeof(shown));
	explicit_bzero(plain, sizeof(plain));
	return r;
}

static int
seed(struct dialog *d, const struct fields *request, struct message *reply)
{
	int r = 0;

	(void)request;
	d->recovery_made = false;
	d->recovery_tries = 0;
	message_start(reply, REPLY_OK);
	for (int i = 0; r == 0 && i < RECOVERY_CODES; i++)
		r = make_one(d, i, reply);
	d->recovery_made = r == 0;
	return r;
}

static void
forget(struct dialog *d)
{
	explicit_bzero(d->recovery, sizeof(d->recovery));
	d->recovery_made = false;
	d->changing &= ~dialog_bit(METHOD_RECOVERY_CODES);
}

/* The new ones end the old ones, and the one that was typed back is used. */
static int
saved(struct dialog *d)
{
	struct store *store = d->judge->store;
	int r = store_recovery_put(store, d->user.stored.id, d->recovery, RECOVERY_CODES);

	if (r == 0)
		r = store_recovery_use(store, d->user.stored.id, d->recovery[d->recovery_typed],
				       d->now);
	return r;
}

static int
removed(struct dialog *d)
{
	int r = store_recovery_remove(d->judge->store, d->user.stored.id);

	return r < 0 ? r : 0;
}

static int
left(struct dialog *d, int *count)
{
	return store_recovery_left(d->judge->store, d->user.stored.id, count);
}

/* Which of those that were just made; all are compared. -1: none. */
static int
find_new(const struct dialog *d, const unsigned char hash[VAULT_HASH_SIZE])
{
	int found = -1;

	for (int i = 0; i < RECOVERY_CODES; i++)
		if (vault_equal(d->recovery[i], hash, VAULT_HASH_SIZE))
			found = i;
	return found;
}

/* A wrong one of the new; after so many of them these codes are done with. */
static int
wrong(struct dialog *d, struct message *reply)
{
	int tries = d->judge->config->codes.tries;
	int r = dialog_audit(d, AUDIT_CODE_WRONG, method_word(METHOD_RECOVERY_CODES), "wrong",
			     NULL);

	if (r < 0)
		return r;
	if (++d->recovery_tries < tries)
		return judge_answer_number(reply, REPLY_WRONG, tries - d->recovery_tries);
	forget(d);
	return judge_answer_number(reply, REPLY_SPENT, d->now);
}

static int
try(struct dialog *d, const struct fields *request, struct message *reply)
{
	unsigned char hash[VAULT_HASH_SIZE];
	int r;

	if (request->count != 2 || !d->recovery_made)
		return JUDGE_VIOLATION;
	if (!typed_hash(d, &request->field[1], hash))
		return judge_answer(reply, REPLY_EMPTY);
	d->recovery_typed = find_new(d, hash);
	explicit_bzero(hash, sizeof(hash));
	if (d->recovery_typed < 0)
		return wrong(d, reply);
	r = record_save(d, METHOD_RECOVERY_CODES, "", 0, 0);
	if (r < 0)
		return r;
	forget(d);
	return judge_answer(reply, REPLY_PROVEN);
}

/* Fewer are left: that may have to be told at the next login. */
static int
use(struct dialog *d, const void *hash)
{
	stamps_remove(d->judge->stamps, (uint64_t)d->user.stored.uid);
	return store_recovery_use(d->judge->store, d->user.stored.id, hash, d->now);
}

/* One of those on record: each once. */
static int
prove(struct dialog *d, const struct fields *request, struct message *reply)
{
	unsigned char hash[VAULT_HASH_SIZE];
	int64_t until = 0, used_at = 0;
	int r;

	if (request->count != 2)
		return JUDGE_VIOLATION;
	if (!typed_hash(d, &request->field[1], hash))
		return judge_answer(reply, REPLY_EMPTY);
	r = proof_count(d, &until, reply);
	if (r != PROOF_GO)
		return r < 0 ? r : 0;
	r = store_recovery_find(d->judge->store, d->user.stored.id, hash, &used_at);
	if (r == STORE_DONE)
		r = proof_right(d, METHOD_RECOVERY_CODES, until, use, hash, reply);
	else if (r == STORE_NONE)
		r = proof_wrong(d, METHOD_RECOVERY_CODES, until, -1, 0, reply);
	explicit_bzero(hash, sizeof(hash));
	return r;
}

/* Looked for whatever it is; one that was used fits no more. */
static int
claim(struct dialog *d, const struct field *typed, const struct secret *record, struct claim *c)
{
	char plain[RECOVERY_PLAIN];
	int64_t used_at = 0;
	int r;

	recovery_read(RECOVERY_CODE, typed->data, typed->len, plain);
	code_hash(d, plain, c->hash);
	explicit_bzero(plain, sizeof(plain));
	r = store_recovery_find(d->judge->store, d->user.stored.id, c->hash, &used_at);
	c->fits = r == STORE_DONE && used_at == 0 && record;
	return r < 0 ? r : 0;
}

static int
claimed(struct dialog *d, const struct claim *c)
{
	return use(d, c->hash);
}

const struct method_judge recovery_codes_judge = {
	.method = METHOD_RECOVERY_CODES,
	.seed = seed,
	.try = try,
	.prove = prove,
	.saved = saved,
	.removed = removed,
	.left = left,
	.claim = claim,
	.claimed = claimed,
};
