/* Dialogs: their beginning, their end, and what every method does with them. */
#include "ssprd/dialog.h"

#include <errno.h>
#include <string.h>

#include "ssprd/context.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/sending.h"

int
dialog_init(struct dialog *d, struct judge *judge, enum purpose purpose, struct user *user,
	    const struct context *context, int64_t number, int64_t now)
{
	int r;

	*d = (struct dialog){ .judge = judge,
			      .purpose = purpose,
			      .state = DIALOG_NEW,
			      .number = number,
			      .now = now,
			      .interactive = context->interactive };
	d->user = *user;
	*user = (struct user){ 0 };
	memcpy(d->service, context->service, sizeof(d->service));
	memcpy(d->tty, context->tty, sizeof(d->tty));
	memcpy(d->rhost, context->rhost, sizeof(d->rhost));
	memcpy(d->lang, context->lang, sizeof(d->lang));
	r = dialog_plan(d);
	if (r < 0)
		dialog_done(d);
	return r;
}

void
dialog_close(struct dialog *d)
{
	d->state = DIALOG_OVER;
	dialog_slot_release(d);
	dialog_forget_answers(d);
	sending_let_go(d);
	secret_done(&d->seed);
}

void
dialog_done(struct dialog *d)
{
	dialog_close(d);
	user_done(&d->user);
	explicit_bzero(d, sizeof(*d));
}

int
dialog_plan(struct dialog *d)
{
	return user_plan(d->judge, &d->user, d->now, &d->plan);
}

bool
dialog_offers(const struct dialog *d, enum method method)
{
	for (int i = 0; i < d->plan.offered_count; i++)
		if (d->plan.offered[i] == method)
			return true;
	return false;
}

int
dialog_has(const struct dialog *d, enum method method)
{
	struct store_method stands = { 0 };
	int r = store_method_get(d->judge->store, d->user.stored.id, method, false, &stands);

	store_method_done(&stands);
	return r < 0 ? r : r == STORE_DONE;
}

int
dialog_audit(struct dialog *d, enum audit_event event, const char *method, const char *result,
	     const char *reason)
{
	struct audit_entry entry = { .event = event,
				     .user = d->user.stored.name,
				     .actor = d->user.stored.name,
				     .method = method,
				     .result = result,
				     .reason = reason,
				     .service = d->service,
				     .rhost = d->rhost,
				     .uid = d->user.stored.uid,
				     .session = d->number,
				     .now = d->now };

	return audit_write(d->judge->store, d->judge->vault, &entry);
}

/* Within a transaction. */
static int
save_rows(struct dialog *d, enum method method, const struct store_method *row)
{
	struct store *store = d->judge->store;
	int64_t user = d->user.stored.id;
	int r = dialog_has(d, method);

	if (r != 0)
		return r < 0 ? r : -EEXIST;
	r = store_code_remove(store, user, method); /* STORE_NONE: it was proven without one */
	if (r >= 0)
		r = store_method_put(store, user, row);
	if (r == 0)
		r = dialog_audit(d, AUDIT_METHOD_ADDED, method_word(method), "proven", NULL);
	return r;
}

int
dialog_save(struct dialog *d, enum method method, const void *record, size_t len, int64_t once_step)
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
		r = save_rows(d, method, &row);
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	store_method_done(&row);
	return r < 0 ? r : 0;
}

void
dialog_slot_release(struct dialog *d)
{
	slot_release(&d->slot);
	explicit_bzero(d->salt, sizeof(d->salt));
	d->salted = false;
}

void
dialog_forget_answers(struct dialog *d)
{
	for (int i = 0; i < DIALOG_ANSWERS_MAX; i++)
		secret_done(&d->answers[i].hash);
	explicit_bzero(d->answers, sizeof(d->answers));
	d->answer_count = 0;
}
