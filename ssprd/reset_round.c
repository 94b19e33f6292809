/*
 * The rounds of a reset: what a failure costs and when, how a round ends, and CHECK. What is typed is counted, then compared with
 * everything that it could be (reset_claim.c), then written; of a decoy in the same way with what nothing equals. The order of these
 * three, and what each of them touches, depends on nothing but whether something was typed.
 */
#include <errno.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code_claim.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/remote_hosts.h"
#include "ssprd/reset.h"
#include "ssprd/reset_private.h"
#include "ssprd/reset_subject.h"

_Static_assert(sizeof(((struct reset_round *)0)->key) == sizeof(limit_key), "a key");
_Static_assert(sizeof(((struct claim *)0)->hash) == STORE_HASH_SIZE, "a hash");

int
reset_count_failure(struct dialog *d)
{
	const struct limit_rule rule = proof_rule(d);
	struct reset_round *round = &d->reset.round;
	int r, idle;

	if (round->tried)
		return 0;
	if (remote_host_throttled(d->judge->hosts, d->rhost, d->now))
		d->reset.decoy = true;
	reset_failure_key(d, round->key);
	r = limit_fail(d->judge->store, round->key, &rule, d->now, &round->until);
	if (r < 0)
		return r;
	if (r != LIMIT_PERMITTED && (idle = reset_idle(d)) < 0)
		return idle;
	round->tried = true;
	round->counted = r == LIMIT_PERMITTED;
	round->counted_at = d->now;
	round->real = round->counted && !d->reset.decoy;
	return 0;
}

void
reset_count_host(struct dialog *d)
{
	struct reset_round *round = &d->reset.round;

	if (round->host_counted || remote_host_throttled(d->judge->hosts, d->rhost, d->now))
		return;
	remote_host_fail(d->judge->hosts, d->rhost, d->now);
	round->host_counted = true;
}

void
reset_uncount_host(struct dialog *d)
{
	if (d->reset.round.host_counted)
		remote_host_take_back(d->judge->hosts, d->rhost);
	d->reset.round.host_counted = false;
}

int
reset_take_failure_back(struct dialog *d)
{
	struct reset_round *round = &d->reset.round;

	if (!round->counted)
		return reset_idle(d);
	return limit_take_back(d->judge->store, round->key, round->counted_at, round->until);
}

/* Within a transaction: what is used up by the proof, the proof, the failures taken back. STORE_DONE, STORE_NONE, -errno. */
static int
prove(struct dialog *d, enum method method)
{
	const struct method_judge *row = method_judge(method);
	int r = STORE_DONE;

	if (method == d->reset.round.right && row->claimed)
		r = row->claimed(d, &d->reset.round.claim);
	if (r == STORE_DONE)
		r = record_confirm(d, method);
	if (r == STORE_DONE)
		r = reset_take_failure_back(d);
	if (r == STORE_DONE)
		r = dialog_audit(d, AUDIT_RESET_VERIFIED, method_word(method), "proven", NULL);
	if (r == STORE_DONE)
		r = reset_touch(d);
	return r == -ESTALE ? STORE_NONE : r; /* removed meanwhile */
}

/* As prove, on disk. */
static int
succeed(struct dialog *d, enum method method)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r == 0)
		r = prove(d, method);
	if (r == STORE_DONE)
		r = store_commit(store);
	store_rollback(store);
	if (r != STORE_DONE)
		return r;
	d->proven |= dialog_bit(method);
	reset_uncount_host(d);
	return STORE_DONE;
}

/*
 * It stands, unless the full address was typed and nothing wrong after it. On disk. That of the host stands: the messages that one host
 * has sent are so bounded, and who tries the addresses of others does not see by it, in a reset of their own, which were right.
 */
static int
fail(struct dialog *d, bool typed)
{
	struct reset_round *round = &d->reset.round;
	bool back = round->sent != METHOD_COUNT && !typed;
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r == 0)
		r = back ? reset_take_failure_back(d) : reset_idle(d);
	if (r == 0)
		r = dialog_audit(d, AUDIT_METHOD_FAILED, method_word(round->sent),
				 back ? "unfinished" : "wrong", NULL);
	if (r == 0)
		r = reset_touch(d);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	if (r < 0)
		return r;
	if (!back && round->until && round->real)
		d->reset.block_until = round->until;
	return 0;
}

/* The round is over. by_code: proven by the code that was typed at CHECK; METHOD_COUNT: not. STORE_DONE: proven. */
static int
end_round(struct dialog *d, enum method by_code, bool typed)
{
	enum method method = d->reset.round.right;
	int r = STORE_NONE;

	if (method == METHOD_COUNT || d->reset.decoy)
		method = by_code;
	if (method != METHOD_COUNT)
		r = succeed(d, method);
	if (r == STORE_NONE) {
		r = fail(d, typed);
		r = r < 0 ? r : STORE_NONE;
	}
	explicit_bzero(&d->reset.round, sizeof(d->reset.round));
	return r;
}

/* The try, and the failure unless the round has one. Leaves *a empty where nothing may fit. */
static int
check_count(struct dialog *d, struct code_attempt *a)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r == 0)
		r = reset_count_failure(d);
	if (r == 0 &&
	    (!d->reset.round.real || d->reset.decoy || d->reset.round.right != METHOD_COUNT)) {
		code_attempt_done(a);
		*a = (struct code_attempt){ 0 };
	}
	if (r == 0)
		r = code_claim_count(d, a);
	if (r == 0)
		r = reset_touch(d);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	if (r == 0)
		reset_count_host(d);
	return r;
}

/* STORE_DONE: proven; STORE_NONE; -errno. */
static int
check_typed(struct dialog *d, const struct field *typed)
{
	struct code_attempt a = { 0 };
	int r = code_claim_waiting(d, d->reset.sent, &a);

	if (r >= 0)
		r = check_count(d, &a);
	if (r >= 0)
		r = code_claim_equal(d, &a, typed);
	if (r >= 0)
		r = end_round(d, r == 1 && a.kind ? a.kind->method : METHOD_COUNT, true);
	code_attempt_done(&a);
	return r;
}

int
reset_check(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct field *typed = &request->field[0];
	bool looks = typed->len > 0 || d->reset.round.tried;
	int r = STORE_NONE;

	if (d->reset.frozen) {
		explicit_bzero(&d->reset.round, sizeof(d->reset.round));
		d->reset.rounds_left = 0;
		d->state = DIALOG_CLAIMING;
		return judge_answer(reply, REPLY_OK);
	}
	if (looks && (r = reset_look_again(d)) < 0)
		return r;
	if (looks)
		r = typed->len > 0 ? check_typed(d, typed) : end_round(d, METHOD_COUNT, false);
	if (r < 0)
		return r;
	d->reset.rounds_left--;
	d->state = r == STORE_DONE ? DIALOG_OPEN : DIALOG_CLAIMING;
	if (r == STORE_DONE)
		return judge_answer(reply, REPLY_PROVEN);
	return judge_answer_number(reply, REPLY_WRONG, d->reset.rounds_left);
}

int
reset_round_close(struct dialog *d)
{
	if (!d->reset.round.tried || d->reset.frozen)
		return 0;
	return fail(d, false);
}
