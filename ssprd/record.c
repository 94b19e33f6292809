/* Records: rows, and what belongs to them. */
#include "ssprd/record.h"

#include <errno.h>
#include <string.h>

#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/reset.h"
#include "ssprd/stamps.h"
#include "text/log.h"

/* What is sealed opens for its user and method alone. */
static int
unseal(struct dialog *d, enum method method, const struct store_method *row, struct secret *plain)
{
	struct vault_place place = { d->user.stored.id, method_word(method), "record" };
	int r = vault_unseal(d->judge->vault, &place, row->sealed, row->sealed_len, plain);

	if (r != VAULT_SHUT)
		return r < 0 ? r : STORE_DONE;
	log_error("a record of %s does not open", method_word(method));
	return STORE_NONE;
}

int
record_open(struct dialog *d, enum method method, struct store_method *row, struct secret *plain)
{
	int r;

	*row = (struct store_method){ 0 };
	r = store_method_get(d->judge->store, d->user.stored.id, method, true, row);
	if (r == STORE_DONE)
		r = unseal(d, method, row, plain);
	store_method_done(row);
	return r;
}

void
record_open_nothing(struct dialog *d, enum method method)
{
	static const unsigned char sealed[96] = { 1 };
	const struct vault_place place = { 0, method_word(method), "record" };
	struct store_method row = { 0 };
	struct secret plain = { 0 };

	(void)store_method_get(d->judge->store, d->user.stored.id, method, true, &row);
	(void)vault_unseal(d->judge->vault, &place, sealed, sizeof(sealed), &plain);
	store_method_done(&row);
	secret_done(&plain);
}

/*
 * All that was owed is there: what counted towards it is over, in the commit that brought it about.
 */
static int
settle(struct dialog *d)
{
	bool settled = d->plan.settled;
	int r = dialog_look_again(d);

	if (r < 0 || !d->plan.settled)
		return r;
	if (!settled)
		r = dialog_change(d, AUDIT_REGISTRATION_FINISHED, METHOD_COUNT, NULL,
				  d->user.stored.registered_at ? "confirmed" : "registered", NULL);
	return r < 0 ? r : user_settle(&d->user, d->judge->store, d->now);
}

static bool
is_value(const struct secret *was, const void *record, size_t len)
{
	return was->len > 0 && was->len == len && memcmp(was->data, record, len) == 0;
}

/* The address that goes, when the new record is another one. NULL: none does. */
static const char *
address_gone(enum method method, const struct store_method *old, const struct secret *was,
	     const void *record, size_t len)
{
	const struct method_judge *row = method_judge(method);

	if (!row || !row->address || !old->registered_at || !was->len)
		return NULL;
	return is_value(was, record, len) ? NULL : secret_text(was);
}

/* Who filled it in stays known while it is their value. */
static void
keep_filled(struct store_method *row, const struct store_method *old, const struct secret *was,
	    const void *record, size_t len)
{
	if (!old->filled_at || !is_value(was, record, len))
		return;
	row->filled_at = old->filled_at;
	memcpy(row->filled_by, old->filled_by, sizeof(row->filled_by));
}

/* Within a transaction. */
static int
save_rows(struct dialog *d, struct store_method *row, const void *record, size_t len)
{
	const struct method_judge *judge = method_judge(row->method);
	struct store *store = d->judge->store;
	int64_t user = d->user.stored.id;
	struct store_method old = { 0 };
	struct secret was = { 0 };
	int has = dialog_has(d, row->method);
	int r = has;

	if (has == 1 && !(d->changing & dialog_bit(row->method)))
		r = -EEXIST;
	else if (has >= 0)
		r = record_open(d, row->method, &old, &was);
	if (r < 0)
		goto out;
	keep_filled(row, &old, &was, record, len);
	r = store_code_remove(store, user, row->method); /* STORE_NONE: it was proven without one */
	if (r >= 0)
		r = store_method_put(store, user, row);
	if (r == 0 && judge && judge->saved)
		r = judge->saved(d);
	if (r == 0)
		r = dialog_change(d, has ? AUDIT_METHOD_REPLACED : AUDIT_METHOD_ADDED, row->method,
				  address_gone(row->method, &old, &was, record, len), "proven",
				  NULL);
	if (r == 0)
		r = settle(d);
out:
	secret_done(&was);
	return r;
}

int
record_save(struct dialog *d, enum method method, const void *record, size_t len, int64_t once_step)
{
	struct judge *j = d->judge;
	struct vault_place place = { d->user.stored.id, method_word(method), "record" };
	struct store_method row = { .method = method,
				    .registered_at = d->now,
				    .proven_at = d->now,
				    .last_step = once_step };
	int r = vault_seal(j->vault, &place, record, len, &row.sealed, &row.sealed_len);

	if (r < 0)
		return r;
	r = store_begin(j->store);
	if (r == 0)
		r = save_rows(d, &row, record, len);
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	store_method_done(&row);
	if (r < 0)
		return r;
	d->proven |= dialog_bit(method);
	d->changing &= ~dialog_bit(method);
	return 0;
}

static int
clear_failures(struct dialog *d, enum method method)
{
	limit_key key;

	if (d->purpose == PURPOSE_RESET && !reset_proof_is_last(d, method))
		return 0;
	limit_user_key(d->judge->vault, LIMIT_FAILURES, d->user.stored.id, key);
	return limit_clear(d->judge->store, key);
}

int
record_confirm(struct dialog *d, enum method method)
{
	struct store *store = d->judge->store;
	int r = store_method_proven(store, d->user.stored.id, method, d->now);

	if (r == STORE_NONE)
		return -ESTALE;
	if (r == 0)
		r = store_code_remove(store, d->user.stored.id, method);
	if (r >= 0)
		r = clear_failures(d, method);
	if (r == 0)
		r = dialog_audit(d, AUDIT_METHOD_CONFIRMED, method_word(method), "proven", NULL);
	return r < 0 ? r : settle(d);
}

/* Within a transaction. */
static int
remove_rows(struct dialog *d, enum method method)
{
	const struct method_judge *judge = method_judge(method);
	struct store *store = d->judge->store;
	struct store_method old = { 0 };
	struct secret was = { 0 };
	int r = record_open(d, method, &old, &was);

	if (r >= 0)
		r = store_method_remove(store, d->user.stored.id, method);
	if (r != STORE_DONE)
		goto out;
	r = store_code_remove(store, d->user.stored.id, method);
	if (r >= 0)
		r = judge && judge->removed ? judge->removed(d) : 0;
	if (r >= 0 && old.registered_at)
		r = dialog_change(d, AUDIT_METHOD_REMOVED, method,
				  address_gone(method, &old, &was, NULL, 0), "removed", NULL);
	else if (r >= 0)
		r = dialog_audit(d, AUDIT_METHOD_REMOVED, method_word(method), "removed",
				 "filled-in");
out:
	secret_done(&was);
	return r;
}

int
record_remove(struct dialog *d, enum method method)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = remove_rows(d, method);
	if (r == STORE_DONE)
		r = store_commit(store);
	store_rollback(store);
	if (r == STORE_DONE) {
		d->changing &= ~dialog_bit(method);
		stamps_remove(d->judge->stamps, (uint64_t)d->user.stored.uid);
	}
	return r;
}
