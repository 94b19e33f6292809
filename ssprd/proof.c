/* Proofs of what is registered: count, compare (the method's), take back. */
#include "ssprd/proof.h"

#include <stdio.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/record.h"
#include "text/log.h"

struct limit_rule
proof_rule(const struct dialog *d)
{
	const struct throttle_config *t = &d->judge->config->throttle;

	return (struct limit_rule){ t->failures, t->window, t->block };
}

static void
key_of(const struct dialog *d, limit_key key)
{
	limit_user_key(d->judge->vault, LIMIT_FAILURES, d->user.stored.id, key);
}

static int
blocked(struct message *reply, int64_t until)
{
	int r = judge_answer_number(reply, REPLY_BLOCKED, until);

	return r < 0 ? r : PROOF_ANSWERED;
}

int
proof_blocked_until(struct dialog *d, int64_t *until)
{
	limit_key key;

	key_of(d, key);
	return limit_blocked(d->judge->store, key, d->judge->config->throttle.block, d->now, until);
}

int
proof_blocked(struct dialog *d, struct message *reply)
{
	int64_t until;
	int r = proof_blocked_until(d, &until);

	if (r < 0)
		return r;
	return until ? blocked(reply, until) : PROOF_GO;
}

int
proof_count(struct dialog *d, int64_t *until, struct message *reply)
{
	struct limit_rule rule = proof_rule(d);
	limit_key key;
	int r;

	key_of(d, key);
	r = limit_fail(d->judge->store, key, &rule, d->now, until);
	if (r < 0)
		return r;
	d->counted_at = d->now;
	return r == LIMIT_REACHED ? blocked(reply, *until) : PROOF_GO;
}

/* In one transaction: the failure, and the block that it began. */
static int
write_down(struct dialog *d, enum method method, int64_t until, const char *result)
{
	struct store *store = d->judge->store;
	char when[32];
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	snprintf(when, sizeof(when), "%lld", (long long)until);
	r = dialog_audit(d, AUDIT_METHOD_FAILED, method_word(method), result, NULL);
	if (r == 0 && until)
		r = dialog_change(d, AUDIT_BLOCKED, METHOD_COUNT, NULL, "blocked", when);
	return store_leave(store, own, r);
}

static int
failures_left(struct dialog *d, int *left)
{
	struct limit_rule rule = proof_rule(d);
	limit_key key;
	int count = 0, r;

	key_of(d, key);
	r = store_event_count(d->judge->store, key, d->now - rule.window + 1, &count);
	*left = rule.count > count ? rule.count - count : 0;
	return r < 0 ? r : 0;
}

int
proof_wrong(struct dialog *d, enum method method, int64_t until, int tries_left,
	    int64_t spent_until, struct message *reply)
{
	int left = 0;
	int r = write_down(d, method, until, "wrong");

	if (r < 0)
		return r;
	if (until)
		return judge_answer_number(reply, REPLY_BLOCKED, until);
	if (tries_left == 0)
		return judge_answer_number(reply, REPLY_SPENT, spent_until);
	r = failures_left(d, &left);
	if (tries_left > 0 && tries_left < left)
		left = tries_left;
	return r < 0 ? r : judge_answer_number(reply, REPLY_WRONG, left);
}

void
proof_given_up(struct dialog *d, enum method method, int64_t until)
{
	if (write_down(d, method, until, "given up") < 0)
		log_error("dialog %lld: a proof that was given up could not be audited",
			  (long long)d->number);
}

/* The failure that this proof was counted as; most often they are all cleared already. */
static int
take_back(struct dialog *d, int64_t until)
{
	limit_key key;

	key_of(d, key);
	return limit_take_back(d->judge->store, key, d->counted_at, until);
}

/* What is used up, and the success: together, or neither. STORE_DONE, STORE_NONE, -errno. */
static int
succeed(struct dialog *d, enum method method, int64_t until,
	int (*use)(struct dialog *d, const void *arg), const void *arg)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r == 0 && use)
		r = use(d, arg);
	if (r == STORE_DONE)
		r = record_confirm(d, method);
	if (r == STORE_DONE)
		r = take_back(d, until);
	if (r == STORE_DONE)
		r = store_commit(store);
	store_rollback(store);
	return r;
}

int
proof_right(struct dialog *d, enum method method, int64_t until,
	    int (*use)(struct dialog *d, const void *arg), const void *arg, struct message *reply)
{
	int r = succeed(d, method, until, use, arg);

	if (r < 0)
		return r;
	if (r == STORE_DONE) {
		d->proven |= dialog_bit(method);
		return judge_answer(reply, REPLY_PROVEN);
	}
	r = write_down(d, method, until, "used");
	if (r < 0)
		return r;
	return until ? judge_answer_number(reply, REPLY_BLOCKED, until)
		     : judge_answer(reply, REPLY_USED);
}
