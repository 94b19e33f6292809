/* Dialogs: their beginning, their end, and what every method does with them. */
#include "ssprd/dialog.h"

#include <errno.h>
#include <string.h>

#include "ssprd/changes.h"
#include "ssprd/context.h"
#include "ssprd/core/store.h"
#include "ssprd/reset.h"
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
			      .interactive = context->interactive,
			      .reset.outcome = VERDICT_COUNT,
			      .reset.known = context->has_uid || user->stored.id != 0,
			      .reset.sent = METHOD_COUNT,
			      .passing = -1 };
	d->user = *user;
	*user = (struct user){ 0 };
	memcpy(d->service, context->service, sizeof(d->service));
	memcpy(d->tty, context->tty, sizeof(d->tty));
	memcpy(d->rhost, context->rhost, sizeof(d->rhost));
	memcpy(d->lang, context->lang, sizeof(d->lang));
	r = user_plan(d->judge, &d->user, d->now, &d->plan);
	if (r < 0)
		dialog_done(d);
	else
		d->why = d->plan.state;
	return r;
}

int
dialog_begins(struct dialog *d)
{
	enum state why = d->plan.state;
	int r = user_keep_dormant(&d->user, d->judge->store, &d->plan, d->now);

	if (r < 0 || d->purpose != PURPOSE_ENROLL || why == STATE_NOTICE)
		return r;
	return dialog_audit(d, AUDIT_REGISTRATION_STARTED, NULL, "started",
			    why == STATE_REGISTER ? NULL : state_word(why));
}

/* What was begun of a method's proof, and goes no further. */
static void
close_methods(struct dialog *d)
{
	for (int m = 0; m < METHOD_COUNT; m++) {
		const struct method_judge *row = method_judge((enum method)m);

		if (row && row->closed)
			row->closed(d);
	}
}

void
dialog_close(struct dialog *d)
{
	reset_close(d);
	if (d->judge) /* it began */
		close_methods(d);
	d->state = DIALOG_OVER;
	dialog_slot_release(d);
	dialog_forget_answers(d);
	sending_let_go(d);
	grant_drop(d);
	secret_done(&d->seed);
	explicit_bzero(d->recovery, sizeof(d->recovery));
	d->recovery_made = false;
}

void
dialog_done(struct dialog *d)
{
	dialog_close(d);
	user_done(&d->user);
	explicit_bzero(d, sizeof(*d));
}

int
dialog_look_again(struct dialog *d)
{
	int r = user_again(&d->user, d->judge->store);

	return r < 0 ? r : user_plan(d->judge, &d->user, d->now, &d->plan);
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
dialog_has(struct dialog *d, enum method method)
{
	const struct method_judge *row = method_judge(method);
	struct store_method m = { 0 };
	int left = 1;
	int r = store_method_get(d->judge->store, d->user.stored.id, method, false, &m);

	if (r == STORE_DONE && m.registered_at && row && row->left)
		r = row->left(d, &left);
	store_method_done(&m);
	return r < 0 ? r : r == STORE_DONE && m.registered_at && left > 0;
}

bool
dialog_code_open(const struct dialog *d)
{
	return d->plan.code_open && (d->purpose == PURPOSE_ENROLL || d->redeemed);
}

bool
dialog_may_add(const struct dialog *d)
{
	bool shown = d->proven || dialog_code_open(d);

	if (d->purpose == PURPOSE_RESET)
		return false;
	if (d->purpose == PURPOSE_MANAGE)
		return shown && d->plan.done > 0;
	return d->purpose == PURPOSE_ENROLL && !d->plan.needs_code &&
	       (!d->plan.registered || shown);
}

bool
dialog_may_change(const struct dialog *d, enum method method)
{
	if (d->purpose == PURPOSE_RESET)
		return false;
	if (dialog_code_open(d))
		return true;
	return d->purpose == PURPOSE_MANAGE && (d->proven & ~dialog_bit(method)) != 0;
}

int
dialog_audit(struct dialog *d, enum audit_event event, const char *method, const char *result,
	     const char *reason)
{
	bool unknown = d->purpose == PURPOSE_RESET && !d->reset.known;
	const char *name = unknown ? NULL : d->user.stored.name; /* people type passwords there */
	struct audit_entry entry = { .event = event,
				     .user = name,
				     .actor = name,
				     .method = method,
				     .result = result,
				     .reason = reason,
				     .service = d->service,
				     .rhost = d->rhost,
				     .uid = unknown ? -1 : d->user.stored.uid,
				     .session = d->number,
				     .now = d->now };

	return audit_write(d->judge->store, d->judge->vault, &entry);
}

int
dialog_change(struct dialog *d, enum audit_event event, enum method method, const char *old,
	      const char *result, const char *reason)
{
	struct change change = { .event = event,
				 .user = &d->user,
				 .plan = &d->plan,
				 .method = method,
				 .old = old,
				 .in_login = d->purpose == PURPOSE_ENROLL,
				 .first = d->user.stored.registered_at == 0,
				 .actor = d->user.stored.name,
				 .result = result,
				 .reason = reason,
				 .service = d->service,
				 .rhost = d->rhost,
				 .lang = d->lang,
				 .session = d->number,
				 .now = d->now };

	return change_record(d->judge, &change);
}

void
dialog_begin_anew(struct dialog *d)
{
	d->changing = 0;
	dialog_forget_answers(d);
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
