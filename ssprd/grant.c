/* Grants: asked for, come, dropped, used. */
#include "ssprd/grant.h"

#include <errno.h>
#include <unistd.h>

#include "methods/judges.h"
#include "ssprd/changes.h"
#include "ssprd/core/store.h"
#include "ssprd/dialog.h"
#include "ssprd/reset.h"
#include "text/log.h"

static int
refuse(struct dialog *d, const char *reason, struct message *reply)
{
	int r = dialog_audit(d, AUDIT_RESET_REFUSED, NULL, "refused", reason);

	d->state = DIALOG_OPEN;
	return r < 0 ? r : judge_answer_reason(reply, REPLY_REFUSED, REASON_LATER);
}

/*
 * The name still belongs to whoever proved, and nobody stopped its resets since: that may have been
 * done to end this very dialog. 1 yes, 0 no, -errno.
 */
static int
still_open(struct dialog *d)
{
	struct store_user now = { 0 };
	int r = store_user_get(d->judge->store, d->user.stored.name, &now);

	if (r == STORE_DONE && now.id == d->user.stored.id && now.frozen_at)
		d->reset.why_not = CASE_FROZEN;
	if (r >= 0)
		r = r == STORE_DONE && now.id == d->user.stored.id && !now.frozen_at;
	store_user_done(&now);
	return r;
}

static int
ask(struct dialog *d)
{
	struct grants *grants = d->judge->grants;
	int r;

	if (!grants)
		return -ENOTCONN;
	r = grants->ask(grants, &d->grant, d->user.stored.name);
	if (r == 0)
		d->grant.grants = grants;
	return r;
}

int
grant_request(struct dialog *d, const struct fields *request, struct message *reply)
{
	int r;

	(void)request;
	if (d->purpose != PURPOSE_RESET || reset_proofs_left(d) != 0)
		return JUDGED_VIOLATION;
	if (d->grant.asked >= GRANT_ASKS_MAX)
		return judge_answer_reason(reply, REPLY_REFUSED, REASON_LATER);
	r = still_open(d);
	if (r <= 0)
		return r < 0 ? r : refuse(d, "stopped", reply);
	d->grant.asked++;
	if (ask(d) < 0)
		return refuse(d, "unreachable", reply);
	d->state = DIALOG_GRANTING;
	return JUDGED_LATER;
}

int
grant_came(struct dialog *d, int fd, struct message *reply)
{
	d->grant.grants = NULL;
	d->grant.call = NULL;
	if (fd < 0)
		return refuse(d, fd == -ETIMEDOUT ? "late" : "no grant", reply);
	d->passing = fd;
	d->grant.passed = true;
	d->state = DIALOG_GRANTED;
	message_start(reply, REPLY_OK);
	return 0;
}

void
grant_drop(struct dialog *d)
{
	if (!d->judge) /* it never began: 0 is nobody's descriptor here */
		return;
	if (d->grant.grants)
		d->grant.grants->cancel(d->grant.grants, &d->grant);
	d->grant.grants = NULL;
	d->grant.call = NULL;
	if (d->passing >= 0)
		close(d->passing);
	d->passing = -1;
}

static enum audit_event
event_of(enum verdict what)
{
	return what == VERDICT_UNLOCKED ? AUDIT_UNLOCKED : AUDIT_RESET_CHANGED;
}

/* Within a transaction: no dialog is left that knows more. */
static int
change_alone(struct judge *j, const struct user *user, enum verdict what, int64_t now)
{
	struct plan plan;
	struct change change = { .event = event_of(what),
				 .user = user,
				 .plan = &plan,
				 .method = METHOD_COUNT,
				 .from_unknown = true,
				 .actor = user->stored.name,
				 .result = verdict_word(what),
				 .reason = "without its dialog",
				 .now = now };
	int r = user_plan(j, user, now, &plan);

	return r < 0 ? r : change_record(j, &change);
}

/* Within a transaction. */
static int
change_of_dialog(struct dialog *d, enum verdict what, int64_t now)
{
	int r;

	d->now = now;
	r = dialog_look_again(d); /* who is privileged now */
	if (r < 0)
		return r;
	return dialog_change(d, event_of(what), METHOD_COUNT, NULL, verdict_word(what), NULL);
}

int
grant_outcome(struct judge *j, struct dialog *d, const struct user *user, enum verdict what,
	      int64_t now)
{
	int r;

	if (d && d->reset.outcome != VERDICT_COUNT)
		return 0;
	r = store_begin(j->store);
	if (r == 0)
		r = d ? change_of_dialog(d, what, now) : change_alone(j, user, what, now);
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	if (r < 0)
		log_error("that sspr-passwd did this could not be written down: %s",
			  verdict_word(what));
	else if (d)
		d->reset.outcome = what;
	return r;
}
