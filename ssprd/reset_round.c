/*
 * The rounds of a reset: CLAIM and CHECK. What is typed is counted, then compared with everything that it could be, then
 * written; of a decoy in the same way with what nothing equals. The order of these three, and what each of them touches,
 * depends on nothing but whether something was typed.
 */
#include <errno.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code_claim.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/freeze.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/remote_hosts.h"
#include "ssprd/reset.h"
#include "ssprd/reset_subject.h"
#include "ssprd/sending.h"

_Static_assert(sizeof(((struct reset_round *)0)->key) == sizeof(limit_key), "a key");
_Static_assert(sizeof(((struct claim *)0)->hash) == STORE_HASH_SIZE, "a hash");

/* The failure of this round, within a transaction, once: before anything is compared. */
static int
count_failure(struct dialog *d)
{
	const struct limit_rule rule = proof_rule(d);
	struct reset_round *round = &d->reset.round;
	int r;

	if (round->tried)
		return 0;
	if (remote_host_throttled(d->judge->hosts, d->rhost, d->now))
		d->reset.decoy = true;
	reset_failure_key(d, round->key);
	r = limit_fail(d->judge->store, round->key, &rule, d->now, &round->until);
	if (r < 0)
		return r;
	round->tried = true;
	round->counted = r == LIMIT_PERMITTED;
	round->counted_at = d->now;
	round->real = round->counted && !d->reset.decoy;
	return 0;
}

/* In memory: when the count is on disk. A host that is throttled is not held for longer by that. */
static void
count_host(struct dialog *d)
{
	struct reset_round *round = &d->reset.round;

	if (round->host_counted || remote_host_throttled(d->judge->hosts, d->rhost, d->now))
		return;
	remote_host_fail(d->judge->hosts, d->rhost, d->now);
	round->host_counted = true;
}

/* No failure of this host after all. */
static void
uncount_host(struct dialog *d)
{
	if (d->reset.round.host_counted)
		remote_host_take_back(d->judge->hosts, d->rhost);
	d->reset.round.host_counted = false;
}

/* Within a transaction. */
static int
take_failure_back(struct dialog *d)
{
	struct reset_round *round = &d->reset.round;

	if (!round->counted)
		return 0;
	return limit_take_back(d->judge->store, round->key, round->counted_at, round->until);
}

static int
claim_count(struct dialog *d)
{
	struct store *store = d->judge->store;
	int r = reset_look_again(d);

	if (r == 0)
		r = store_begin(store);
	if (r < 0)
		return r;
	r = count_failure(d);
	if (r == 0)
		r = reset_touch(d);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	if (r == 0)
		count_host(d);
	return r;
}

/* Whose address it is, and as it is on record; kind NULL: nobody's. */
struct typed_address {
	const struct code_kind *kind;
	struct secret to;
};

/* Compare with one method's record, or with nobody's. */
static int
compare_one(struct dialog *d, const struct method_judge *row, const struct field *typed,
	    struct typed_address *address)
{
	struct reset_round *round = &d->reset.round;
	struct store_method stored;
	struct secret plain = { 0 };
	struct claim claim = { 0 };
	bool real;
	int r = record_open(d, row->method, &stored, &plain);

	if (r < 0)
		return r;
	real = r == STORE_DONE && stored.registered_at && round->real &&
	       dialog_offers(d, row->method);
	r = row->claim ? row->claim(d, typed, real ? &plain : NULL, &claim) : 0;
	if (r == 0 && claim.fits && round->right == METHOD_COUNT) {
		round->right = row->method;
		round->claim = claim;
	}
	if (row->code && code_claim_fits(row->code, typed, real ? &plain : NULL) &&
	    !address->kind) {
		address->kind = row->code;
		address->to = plain;
		plain = (struct secret){ 0 };
	}
	explicit_bzero(&claim, sizeof(claim));
	secret_done(&plain);
	return r;
}

static int
compare_all(struct dialog *d, const struct field *typed, struct typed_address *address)
{
	int r = 0;

	for (int m = 0; r == 0 && m < METHOD_COUNT; m++) {
		const struct method_judge *row = method_judge(m);

		if (row && (row->claim || row->code))
			r = compare_one(d, row, typed, address);
	}
	return r;
}

/* Within a transaction. Also where this user is blocked, and from a throttled host. */
static int
freeze(struct dialog *d, const struct field *typed)
{
	const struct freeze_try attempt = { .typed = (const char *)typed->data,
					    .actor = d->reset.known ? d->user.stored.name : NULL,
					    .service = d->service,
					    .rhost = d->rhost,
					    .now = d->now };
	int r = freeze_claim(d->judge, &attempt, typed->len);

	if (r == STORE_DONE)
		r = take_failure_back(d);
	else if (r == STORE_NONE)
		return 0;
	if (r == 0)
		d->reset.frozen = true;
	return r;
}

/* What came of it. 1: digits are to be sent; 0; -errno. */
static int
claim_write(struct dialog *d, const struct field *typed, const struct typed_address *address,
	    enum way *way, char digits[CODE_DIGITS_MAX + 1])
{
	struct store *store = d->judge->store;
	int r = store_begin(store), send = 0;

	if (r == 0)
		r = freeze(d, typed);
	if (r == 0)
		r = send = code_claim_make(d, d->reset.frozen ? NULL : address->kind,
					   secret_text(&address->to), way, digits);
	if (r >= 0)
		r = reset_touch(d);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	if (r < 0)
		d->reset.frozen = false;
	return r < 0 ? r : send;
}

/* The message is made now and starts after the reply. */
static int
claim_send(struct dialog *d, const struct typed_address *address, enum way way, const char *digits)
{
	enum method method = address->kind->method;

	d->reset.sent = method;
	d->undelivered = false;
	d->sent_method = method;
	return sending_make(d, method, way, secret_text(&address->to), digits);
}

static int
claim_typed(struct dialog *d, const struct field *typed)
{
	struct typed_address address = { 0 };
	char digits[CODE_DIGITS_MAX + 1] = "";
	enum way way = WAY_COUNT;
	int r = claim_count(d);

	if (r == 0)
		r = compare_all(d, typed, &address);
	if (r == 0)
		r = claim_write(d, typed, &address, &way, digits);
	if (r >= 0 && address.kind)
		d->reset.round.sent = address.kind->method;
	if (r == 1)
		r = claim_send(d, &address, way, digits);
	explicit_bzero(digits, sizeof(digits));
	secret_done(&address.to);
	return r;
}

int
reset_claim(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct field *typed = &request->field[0];
	int r = 0;

	if (d->reset.rounds_left <= 0 || d->reset.frozen)
		return JUDGE_VIOLATION;
	d->reset.round = (struct reset_round){ .right = METHOD_COUNT, .sent = METHOD_COUNT };
	d->state = DIALOG_CHECKING;
	if (typed->len > 0)
		r = claim_typed(d, typed);
	if (r >= 0 && d->reset.frozen)
		uncount_host(d);
	return r < 0 ? r : judge_answer(reply, REPLY_OK);
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
	uncount_host(d);
	return STORE_DONE;
}

/* It stands, unless the full address was typed and nothing wrong after it. On disk. */
static int
fail(struct dialog *d, bool typed)
{
	struct reset_round *round = &d->reset.round;
	bool back = round->sent != METHOD_COUNT && !typed;
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r == 0 && back)
		r = take_failure_back(d);
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
	if (back)
		uncount_host(d);
	else if (round->until && round->real)
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
		r = count_failure(d);
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
		count_host(d);
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
