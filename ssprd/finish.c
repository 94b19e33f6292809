/* Verdicts: a row a reason. */
#include "ssprd/finish.h"

#include <stddef.h>

#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/reset_subject.h"
#include "ssprd/stamps.h"

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

/* A login's dialog owes something as long as this user could be asked for it now. */
static bool
is_owed(const struct dialog *d)
{
	return d->plan.state == STATE_REGISTER || d->plan.state == STATE_RECONFIRM;
}

/* Nothing is owed any more, however the dialog ended. */
static enum verdict
word_of(const struct dialog *d)
{
	if (!d->plan.enabled)
		return VERDICT_NOT_ENABLED;
	if (d->why == STATE_NOTICE)
		return VERDICT_NOTICED;
	if (!d->plan.registered || d->plan.stale_count > 0)
		return VERDICT_POSTPONED; /* a "not now" runs, of another dialog; or a block */
	return d->why == STATE_RECONFIRM ? VERDICT_CONFIRMED : VERDICT_REGISTERED;
}

static int
nothing_owed(struct dialog *d, enum verdict *verdict)
{
	stamp(d, d->plan.quiet_until);
	*verdict = word_of(d);
	return 0;
}

/* Why it was postponed or declined, where that is not the registration. */
static const char *
about(const struct dialog *d)
{
	return d->plan.state == STATE_REGISTER ? NULL : state_word(d->plan.state);
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
				 verdict_word(VERDICT_POSTPONED), about(d));
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	return r;
}

static int
not_now(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	struct store_user *user = &d->user.stored;
	int r;

	(void)reason;
	(void)tell;
	if (d->plan.postpones_left == 0) {
		*verdict = VERDICT_DECLINED;
		return dialog_audit(d, AUDIT_REGISTRATION_DECLINED, NULL, verdict_word(*verdict),
				    about(d));
	}
	if (d->plan.postpones_left > 0)
		user->postpones_used++;
	user->postponed_until = d->now + NOT_NOW_SECONDS;
	r = save_not_now(d);
	if (r < 0)
		return r;
	stamp(d, d->plan.notice ? 0 : user->postponed_until);
	*verdict = VERDICT_POSTPONED;
	return 0;
}

static int
cut_short(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	enum verdict word = reason == FINISH_TIMED_OUT ? VERDICT_TIMED_OUT : VERDICT_TOO_MUCH_INPUT;

	(void)tell;
	*verdict = finish_ended(d, word);
	return dialog_audit(
		d, *verdict == word ? AUDIT_REGISTRATION_DECLINED : AUDIT_REGISTRATION_POSTPONED,
		NULL, verdict_word(*verdict), finish_word(reason));
}

/* A login that could not hold the dialog: no stamp, it stays due. */
static int
no_dialog(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	int r = user_remind(&d->user, d->judge->store, d->now, tell);

	if (r < 0)
		return r;
	*verdict = VERDICT_NO_DIALOG;
	if (!plan_refuses_keyed(&d->plan, d->judge->config, d->now))
		return 0;
	*verdict = VERDICT_DECLINED;
	return dialog_audit(d, AUDIT_REGISTRATION_DECLINED, NULL, verdict_word(*verdict),
			    finish_word(reason));
}

/*
 * The login goes on, nothing is counted, and it stays due. What is missing can be registered
 * without a proof: that is a "not now".
 */
static int
cannot_prove(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	struct store *store = d->judge->store;
	int r;

	if (d->plan.state != STATE_RECONFIRM)
		return not_now(d, reason, verdict, tell);
	*verdict = VERDICT_POSTPONED;
	r = store_begin(store);
	if (r < 0)
		return r;
	r = dialog_change(d, AUDIT_CANNOT_PROVE, METHOD_COUNT, NULL, verdict_word(*verdict), NULL);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	return r;
}

static int
notice_told(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	(void)reason;
	(void)tell;
	return nothing_owed(d, verdict);
}

static const struct ending {
	enum finish reason;
	bool told; /* the user answered: what stood in the opening was read */
	/* How it ends while something is owed, while a change is untold, and in manage and a reset. */
	int (*owed)(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell);
	int (*untold)(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell);
	enum verdict managed;
} endings[] = {
	{ FINISH_DONE, true, not_now, notice_told, VERDICT_REGISTERED },
	{ FINISH_NOT_NOW, true, not_now, notice_told, VERDICT_REGISTERED },
	{ FINISH_CANNOT_PROVE, true, cannot_prove, notice_told, VERDICT_REGISTERED },
	{ FINISH_TOO_MUCH_INPUT, true, cut_short, cut_short, VERDICT_TOO_MUCH_INPUT },
	{ FINISH_TIMED_OUT, false, cut_short, cut_short, VERDICT_TIMED_OUT },
	{ FINISH_NO_DIALOG, false, no_dialog, no_dialog, VERDICT_NO_DIALOG },
};

static const struct ending *
ending_of(enum finish reason)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (endings[i].reason == reason)
			return &endings[i];
	return NULL;
}

/*
 * The changes that the session was given stood in front of the first prompt: told, once that was
 * answered. Never in manage: a program that runs as the user could hide there what it did.
 */
static int
mark_told(struct dialog *d, const struct ending *ending)
{
	int r;

	if (!ending->told || !d->changes_shown || d->purpose != PURPOSE_ENROLL)
		return 0;
	r = store_notices_told(d->judge->store, d->user.stored.id, d->changes_shown);
	return r < 0 ? r : 0;
}

/* A help desk code has served when nothing is owed after what it was redeemed for. */
static int
close_code(struct dialog *d, const struct ending *ending)
{
	if (!ending->told || !d->plan.code_open || !d->plan.settled)
		return 0;
	return store_user_mark(d->judge->store, d->user.stored.id, MARK_CODE_OPEN_UNTIL, 0);
}

/* Nothing is postponed or declined in manage: what it left owing is asked for at the next login. */
static int
managed(struct dialog *d, const struct ending *ending, enum verdict *verdict)
{
	int64_t blocked = 0;
	int r = proof_blocked_until(d, &blocked);

	*verdict = ending->managed;
	if (*verdict == VERDICT_REGISTERED && !d->plan.registered)
		*verdict = VERDICT_POSTPONED;
	if (*verdict == VERDICT_REGISTERED && blocked)
		*verdict = VERDICT_BLOCKED;
	return r;
}

static int
decide(struct dialog *d, const struct ending *ending, enum verdict *verdict, bool *tell)
{
	if (d->purpose == PURPOSE_MANAGE)
		return managed(d, ending, verdict);
	if (is_owed(d))
		return ending->owed(d, ending->reason, verdict, tell);
	if (d->plan.state == STATE_NOTICE)
		return ending->untold(d, ending->reason, verdict, tell);
	return nothing_owed(d, verdict);
}

/* Why nothing could be reset, where that may be told. */
static enum verdict
told_case(const struct dialog *d)
{
	static const enum verdict words[CASE_COUNT] = {
		[CASE_NONE] = VERDICT_NOT_VERIFIED,
		[CASE_CONTACT] = VERDICT_CONTACT_ADMINISTRATOR,
		[CASE_NOT_ENABLED] = VERDICT_NOT_ENABLED,
		[CASE_NOT_REGISTERED] = VERDICT_NOT_VERIFIED,
		[CASE_BLOCKED] = VERDICT_BLOCKED,
		[CASE_FROZEN] = VERDICT_FROZEN,
	};

	return words[d->reset.why_not];
}

/*
 * How a reset ends: by what sspr-passwd reported, not by what the session says. Before the first proof, where nothing may be told,
 * the word is the same for everybody.
 */
static enum verdict
reset_word(const struct dialog *d, const struct ending *ending)
{
	const struct reset *reset = &d->reset;

	if (reset->outcome != VERDICT_COUNT)
		return reset->outcome;
	if (reset->frozen)
		return VERDICT_FROZEN;
	if (reset->assisted)
		return VERDICT_ASKED_ADMINISTRATOR;
	if (ending->managed != VERDICT_REGISTERED) /* it was cut short */
		return ending->managed;
	if (d->proven)
		return reset->why_not == CASE_NONE ? VERDICT_DECLINED : told_case(d);
	return reset->told ? told_case(d) : VERDICT_NOT_VERIFIED;
}

static int
finish_reset(struct dialog *d, const struct ending *ending, enum verdict *verdict)
{
	int r = 0;

	*verdict = reset_word(d, ending);
	if (d->reset.outcome != VERDICT_COUNT || d->reset.refused)
		return 0;
	r = dialog_audit(d, AUDIT_RESET_REFUSED, NULL, verdict_word(*verdict),
			 reset_case_code(d->reset.why_not));
	d->reset.refused = r == 0;
	return r;
}

int
finish_dialog(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell)
{
	const struct ending *ending = ending_of(reason);
	int r;

	*tell = false;
	*verdict = VERDICT_FAILED;
	if (!ending) /* broken */
		return 0;
	if (d->purpose == PURPOSE_RESET) {
		r = finish_reset(d, ending, verdict);
		goto out;
	}
	r = mark_told(d, ending);
	if (r == 0)
		r = dialog_look_again(d);
	if (r == 0)
		r = close_code(d, ending);
	if (r == 0)
		r = decide(d, ending, verdict, tell);
out:
	if (r < 0)
		*verdict = VERDICT_FAILED;
	return r;
}

enum verdict
finish_ended(const struct dialog *d, enum verdict verdict)
{
	if (d->purpose != PURPOSE_ENROLL || verdict == VERDICT_FAILED)
		return verdict;
	return only_reminds(d) ? VERDICT_POSTPONED : verdict;
}
