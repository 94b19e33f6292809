/*
 * CLAIM: what was typed at the first prompt of a round is compared with everything that it could be, always with all of it: app and
 * recovery codes, addresses and numbers, freeze codes. A code is made for everybody, and sent to whom typed its full destination.
 */
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code_claim.h"
#include "ssprd/core/store.h"
#include "ssprd/dialog.h"
#include "ssprd/freeze.h"
#include "ssprd/record.h"
#include "ssprd/reset.h"
#include "ssprd/reset_private.h"
#include "ssprd/reset_subject.h"
#include "ssprd/sending.h"

static int
claim_count(struct dialog *d)
{
	struct store *store = d->judge->store;
	int r = reset_look_again(d);

	if (r == 0)
		r = store_begin(store);
	if (r < 0)
		return r;
	r = reset_count_failure(d);
	if (r == 0)
		r = reset_touch(d);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	if (r == 0)
		reset_count_host(d);
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
	if (r == STORE_NONE)
		record_open_nothing(d, row->method);
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
freeze(struct dialog *d, const struct field *typed, int64_t *user)
{
	const struct freeze_try attempt = { .typed = (const char *)typed->data,
					    .actor = d->reset.known ? d->user.stored.name : NULL,
					    .service = d->service,
					    .rhost = d->rhost,
					    .now = d->now };
	int r = freeze_claim(d->judge, &attempt, typed->len, user);

	if (r == STORE_DONE)
		r = reset_take_failure_back(d);
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
	int64_t frozen = 0;

	if (r == 0)
		r = freeze(d, typed, &frozen);
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
	if (d->reset.frozen)
		freeze_done(d->judge, frozen);
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
		reset_uncount_host(d);
	return r < 0 ? r : judge_answer(reply, REPLY_OK);
}
