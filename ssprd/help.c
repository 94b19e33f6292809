/* Help desk codes, redeemed. */
#include "ssprd/help.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/help_code.h"
#include "text/recovery.h"

_Static_assert(STORE_HASH_SIZE == VAULT_HASH_SIZE, "one size of hash");

void
help_hash(struct vault *vault, int64_t user, const char *plain, unsigned char hash[STORE_HASH_SIZE])
{
	char text[32 + RECOVERY_PLAIN];
	int len = snprintf(text, sizeof(text), "%" PRId64 "|%s", user, plain);

	vault_hash(vault, "help", text, (size_t)len, hash);
	explicit_bzero(text, sizeof(text));
}

/* What is no code at all equals none. */
static bool
is_right(const struct dialog *d, const struct field *typed, const struct store_help_code *code)
{
	unsigned char hash[STORE_HASH_SIZE];
	char plain[RECOVERY_PLAIN];
	bool good = recovery_read(RECOVERY_HELP, typed->data, typed->len, plain) == RECOVERY_FINE;

	help_hash(d->judge->vault, d->user.stored.id, plain, hash);
	good = vault_equal(hash, code->hash, sizeof(hash)) && good;
	explicit_bzero(plain, sizeof(plain));
	explicit_bzero(hash, sizeof(hash));
	return good;
}

/* One that would end later than any that is made now was made under a wrong clock: it must not be good for years. */
static bool
is_valid(const struct store_help_code *code, int64_t now)
{
	return code->expires > now && code->expires <= now + HELP_CODE_MINUTES_MAX * (int64_t)60;
}

/* Within a transaction. STORE_DONE once for each code. */
static int
use_up(struct dialog *d, const struct store_help_code *code)
{
	struct store *store = d->judge->store;
	int64_t user = d->user.stored.id;
	int r = store_help_remove(store, user);

	if (r == STORE_DONE)
		r = store_user_mark(store, user, MARK_CODE_OPEN_UNTIL, d->now + HELP_OPEN_SECONDS);
	if (r == STORE_DONE)
		r = dialog_change(d, AUDIT_HELP_CODE_USED, METHOD_COUNT, NULL, "proven",
				  code->made_by);
	return r;
}

static int
right(struct dialog *d, const struct store_help_code *code, struct message *reply)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r == STORE_DONE)
		r = use_up(d, code);
	if (r == STORE_DONE)
		r = store_commit(store);
	store_rollback(store);
	if (r == STORE_NONE)
		return judge_answer(reply, REPLY_EXPIRED);
	if (r == STORE_DONE) {
		d->redeemed = true;
		r = dialog_look_again(d);
	}
	return r < 0 ? r : judge_answer(reply, REPLY_PROVEN);
}

static int
wrong(struct dialog *d, const struct store_help_code *code, int used, struct message *reply)
{
	int tries = d->judge->config->codes.tries;
	int r = dialog_audit(d, AUDIT_HELP_CODE_WRONG, NULL, "wrong", NULL);

	if (r < 0)
		return r;
	if (used < tries)
		return judge_answer_number(reply, REPLY_WRONG, tries - used);
	return judge_answer_number(reply, REPLY_SPENT, code->expires);
}

int
help_redeem(struct dialog *d, const struct fields *request, struct message *reply)
{
	struct store_help_code code = { 0 };
	int used = 0;
	int r;

	if (d->purpose == PURPOSE_RESET) /* an open code would be all that a stranger needs */
		return JUDGE_VIOLATION;
	r = store_help_get(d->judge->store, d->user.stored.id, &code);
	if (r < 0)
		return r;
	if (r == STORE_NONE || !is_valid(&code, d->now))
		return judge_answer(reply, REPLY_EXPIRED);
	if (code.tries_used >= d->judge->config->codes.tries)
		return judge_answer_number(reply, REPLY_SPENT, code.expires);
	r = store_help_count(d->judge->store, d->user.stored.id, &used);
	if (r == STORE_NONE)
		return judge_answer(reply, REPLY_EXPIRED);
	if (r < 0)
		return r;
	return is_right(d, &request->field[0], &code) ? right(d, &code, reply)
						      : wrong(d, &code, used, reply);
}
