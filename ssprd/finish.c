/* Verdicts: a row a reason. */
#include "ssprd/finish.h"

#include "protocol/facts.h"
#include "ssprd/core/config.h"
#include "ssprd/dialog.h"
#include "ssprd/stamps.h"
#include "text/log.h"

static bool
only_reminds(const struct dialog *d)
{
	return d->judge->config->registration.enforce != ENFORCE_REQUIRED;
}

static void
stamp(struct dialog *d, int64_t until)
{
	stamps_write(d->judge->stamps, d->user.stored.name, (uint64_t)d->user.stored.uid, until,
		     d->now);
}

/* Nothing is owed any more, however the dialog ended. */
static int
nothing_owed(struct dialog *d, enum verdict *verdict)
{
	int r;

	stamp(d, d->plan.quiet_until);
	*verdict = VERDICT_NOT_ENABLED;
	if (!d->plan.enabled)
		return 0;
	*verdict = d->plan.registered ? VERDICT_REGISTERED : VERDICT_POSTPONED;
	if (!d->plan.registered) /* a "not now" runs, said in another dialog */
		return 0;
	r = dialog_audit(d, AUDIT_REGISTRATION_FINISHED, NULL, verdict_word(*verdict), NULL);
	return r;
}

/* In one transaction: the count, the hours of quiet, the audit. */
static int
save_not_now(struct dialog *d)
{
	struct judge *j = d->judge;
	int r = store_begin(j->store);

	if (r < 0)
		return r;
	r = store_user_put(j->store, &d->user.stored);
	if (r == 0)
		r = dialog_audit(d, AUDIT_REGISTRATION_POSTPONED, NULL,
				 verdict_word(VERDICT_POSTPONED), NULL);
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	return r;
}

static int
not_now(struct dialog *d, enum verdict *verdict)
{
	struct store_user *user = &d->user.stored;
	int r;

	if (d->plan.postpones_left == 0) {
		*verdict = VERDICT_DECLINED;
		return dialog_audit(d, AUDIT_REGISTRATION_DECLINED, NULL, verdict_word(*verdict),
				    NULL);
	}
	if (d->plan.postpones_left > 0)
		user->postpones_used++;
	user->postponed_until = d->now + NOT_NOW_SECONDS;
	r = save_not_now(d);
	if (r < 0)
		return r;
	stamp(d, user->postponed_until);
	*verdict = VERDICT_POSTPONED;
	return 0;
}

static int
cut_short(struct dialog *d, enum finish reason, enum verdict *verdict)
{
	enum verdict word = reason == FINISH_TIMED_OUT ? VERDICT_TIMED_OUT : VERDICT_TOO_MUCH_INPUT;

	*verdict = finish_ended(d, word);
	return dialog_audit(
		d, *verdict == word ? AUDIT_REGISTRATION_DECLINED : AUDIT_REGISTRATION_POSTPONED,
		NULL, verdict_word(*verdict), finish_word(reason));
}

/* A login that could not hold the dialog: no stamp, it stays due. */
static int
no_dialog(struct dialog *d, enum verdict *verdict, bool *tell)
{
	int r = user_remind(&d->user, d->judge->store, d->now, tell);

	if (r < 0)
		return r;
	*verdict = VERDICT_NO_DIALOG;
	if (!plan_refuses_keyed(&d->plan, d->judge->config, d->now))
		return 0;
	*verdict = VERDICT_DECLINED;
	return dialog_audit(d, AUDIT_REGISTRATION_DECLINED, NULL, verdict_word(*verdict),
			    finish_word(FINISH_NO_DIALOG));
}

/*
 * What another dialog of this user stored since this one began counts: the postpones, the line of
 * the day.
 */
static int
look_again(struct dialog *d)
{
	struct store_user now = { 0 };
	int r = store_user_get(d->judge->store, d->user.stored.name, &now);

	if (r < 0)
		return r;
	if (r == STORE_DONE && now.id == d->user.stored.id) {
		d->user.stored.postpones_used = now.postpones_used;
		d->user.stored.postponed_until = now.postponed_until;
		d->user.stored.reminded_at = now.reminded_at;
	}
	store_user_done(&now);
	return dialog_plan(d);
}

int
finish_dialog(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	int r = 0;

	*tell = false;
	*verdict = VERDICT_FAILED;
	if (reason == FINISH_BROKEN)
		return 0;
	r = look_again(d);
	if (r < 0)
		return r;
	if (d->plan.state != STATE_REGISTER)
		r = nothing_owed(d, verdict);
	else if (reason == FINISH_NO_DIALOG)
		r = no_dialog(d, verdict, tell);
	else if (reason == FINISH_TIMED_OUT || reason == FINISH_TOO_MUCH_INPUT)
		r = cut_short(d, reason, verdict);
	else
		r = not_now(d, verdict);
	if (r < 0)
		*verdict = VERDICT_FAILED;
	return r;
}

enum verdict
finish_ended(const struct dialog *d, enum verdict verdict)
{
	return only_reminds(d) && verdict != VERDICT_FAILED ? VERDICT_POSTPONED : verdict;
}
