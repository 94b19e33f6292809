/* Codes at a reset: for everybody the same work. */
#include "ssprd/code_claim.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/record.h"
#include "ssprd/reset_subject.h"

#define NOBODY "nobody@example.org"

typedef char wire_form[CODE_TO_MAX + 1];

static void
fold(wire_form wire)
{
	for (; *wire; wire++)
		if (*wire >= 'A' && *wire <= 'Z')
			*wire += 'a' - 'A';
}

bool
code_claim_fits(const struct code_kind *kind, const struct field *typed,
		const struct secret *record)
{
	const struct field example = { (const unsigned char *)kind->example,
				       strlen(kind->example) };
	wire_form wire = "", right = "", spare = "";
	bool good = kind->parse(typed, wire), same;

	if (!good) /* junk, which stands for what somebody typed, takes as long */
		kind->parse(&example, spare);
	if (record)
		snprintf(right, sizeof(right), "%s", secret_text(record));
	fold(wire);
	fold(right);
	same = vault_equal(wire, right, sizeof(right));
	explicit_bzero(wire, sizeof(wire));
	explicit_bzero(right, sizeof(right));
	return same && good && record;
}

/* The row that the code comes into, as it stands. STORE_DONE, STORE_NONE, -errno. */
static int
standing_code(struct dialog *d, const struct code_kind *kind, struct store_code *code)
{
	if (!kind)
		return store_decoy_get(d->judge->store, d->reset.row, code);
	return store_code_get(d->judge->store, d->user.stored.id, kind->method, code);
}

static void
decoy_key(const struct dialog *d, const char *what, limit_key key)
{
	vault_hash(d->judge->vault, what, &d->reset.row, sizeof(d->reset.row), key);
}

/* What a message is counted under: its user and where it goes; of a decoy never that of anybody. */
static void
message_keys(const struct dialog *d, const struct code_kind *kind, const char *to,
	     limit_key keys[2])
{
	if (kind) {
		code_limit_keys(kind, d, to, keys);
		return;
	}
	decoy_key(d, "decoy-send", keys[0]);
	decoy_key(d, "decoy-to", keys[1]);
}

/* An enum limit_result or -errno. */
static int
count_message(struct dialog *d, const struct code_kind *kind, const char *to)
{
	const struct throttle_config *t = &d->judge->config->throttle;
	const struct limit_rule rule = { t->sends, t->send_window, t->block };
	limit_key keys[2];
	int64_t until;
	int r, idle = 0;

	message_keys(d, kind, to, keys);
	r = limit_take(d->judge->store, (const limit_key *)keys, 2, &rule, d->now, &until);
	for (int i = 0; r == LIMIT_REACHED && idle == 0 && i < 2; i++)
		idle = reset_idle(d);
	return idle < 0 ? idle : r;
}

/* May it be sent to at all, by the policy of today? */
static bool
permitted(const struct dialog *d, const struct code_kind *kind, const char *to, enum way *way)
{
	*way = kind->way(d, "");
	return *way != WAY_COUNT && way_open(d->judge->config, *way) &&
	       (!kind->forbids || kind->forbids(d, to, *way) == REASON_COUNT);
}

/* What a code that stands has used of its tries. */
static int
used_of(const struct dialog *d, const struct store_code *code)
{
	return code_stands(d, code) ? code->tries_used : 0;
}

/* Hashed and sealed, for its own row or the decoy's. */
static int
fill_in(struct dialog *d, const struct code_kind *kind, const char *to, const char *digits,
	struct store_code *code)
{
	enum method method = kind ? kind->method : METHOD_EMAIL;
	struct vault_place place = code_place(d, method);
	int r = code_hash(d, method, to, digits, code->hash);

	code->expires = d->now + d->judge->config->codes.lifetime;
	if (r == 0)
		r = vault_seal(d->judge->vault, &place, to, strlen(to), &code->sealed,
			       &code->sealed_len);
	return r;
}

/*
 * So many decoy rows, each on another page than the name's own, which is written in any case: for the pages of somebody's code and of
 * its index. A page more or less could be measured.
 */
static int
touch_far(struct dialog *d, int pages)
{
	int r = 0;

	for (int i = 1; r == 0 && i <= pages; i++) {
		int64_t row = 1 + (d->reset.row - 1 + i * STORE_DECOYS / 3) % STORE_DECOYS;

		r = store_decoy_touch(d->judge->store, row);
	}
	return r;
}

static int
keep(struct dialog *d, const struct code_kind *kind, const struct store_code *code, bool stood)
{
	int r;

	if (!kind)
		r = store_decoy_put(d->judge->store, d->reset.row, code);
	else
		r = store_code_put(d->judge->store, d->user.stored.id, kind->method, code);
	if (r == 0)
		r = touch_far(d, kind ? stood : 2);
	return r;
}

int
code_claim_make(struct dialog *d, const struct code_kind *kind, const char *to, enum way *way,
		char digits[CODE_DIGITS_MAX + 1])
{
	struct store_code standing = { 0 }, code = { 0 };
	bool stood;
	int r;

	if (kind && !permitted(d, kind, to, way))
		kind = NULL;
	r = standing_code(d, kind, &standing);
	stood = r == STORE_DONE;
	code.tries_used = stood ? used_of(d, &standing) : 0;
	if (kind && code.tries_used >= d->judge->config->codes.tries)
		kind = NULL;
	if (r >= 0)
		r = count_message(d, kind, to);
	if (r == LIMIT_REACHED)
		kind = NULL;
	if (!kind)
		to = NOBODY;
	vault_digits(digits, d->judge->config->codes.digits);
	if (r >= 0)
		r = fill_in(d, kind, to, digits, &code);
	if (r == 0)
		r = keep(d, kind, &code, stood);
	store_code_done(&standing);
	store_code_done(&code);
	return r < 0 ? r : kind != NULL;
}

/* It can be tried, and proves what is registered. */
static bool
waits(const struct dialog *d, const struct code_attempt *a)
{
	return a->proves && a->code.tries_used < d->judge->config->codes.tries &&
	       dialog_offers(d, a->kind->method);
}

static bool
is_better(const struct code_attempt *a, const struct code_attempt *best, enum method sent)
{
	if (!best->kind || a->kind->method == sent)
		return true;
	return best->kind->method != sent && a->code.expires > best->code.expires;
}

/* As much as a waiting code takes to be opened and compared with what is on record. STORE_NONE, -errno. */
static int
look_in_vain(struct dialog *d, enum method method)
{
	struct standing standing = { 0 };
	int r;

	record_open_nothing(d, method);
	r = code_look(d, method, &standing);
	if (r == 0 && !standing.to.len)
		record_open_nothing(d, method);
	secret_done(&standing.to);
	return r < 0 ? r : STORE_NONE;
}

int
code_claim_waiting(struct dialog *d, enum method sent, struct code_attempt *best)
{
	int r = 0;

	*best = (struct code_attempt){ 0 };
	for (int m = 0; r >= 0 && m < METHOD_COUNT; m++) {
		const struct method_judge *row = method_judge(m);
		struct code_attempt a = { .kind = row ? row->code : NULL };

		if (!a.kind)
			continue;
		r = code_attempt_begin(&a, d);
		if (r == STORE_NONE)
			r = look_in_vain(d, a.kind->method);
		if (r == STORE_DONE && waits(d, &a) && is_better(&a, best, sent)) {
			code_attempt_done(best);
			*best = a;
		} else {
			code_attempt_done(&a);
		}
	}
	if (r < 0)
		code_attempt_done(best);
	return r < 0 ? r : best->kind ? STORE_DONE : STORE_NONE;
}

int
code_claim_count(struct dialog *d, const struct code_attempt *a)
{
	int used;
	int r;

	if (!a->kind) {
		r = store_decoy_count(d->judge->store, d->reset.row);
		return r == 0 ? touch_far(d, 1) : r;
	}
	r = store_code_count(d->judge->store, d->user.stored.id, a->kind->method, &used);
	return r == STORE_NONE ? -ESTALE : r;
}

/* As code_attempt_compare, with the row of the decoy. */
static int
decoy_equal(struct dialog *d, const struct secret *typed)
{
	unsigned char hash[VAULT_HASH_SIZE];
	struct store_code code = { 0 };
	int r = store_decoy_get(d->judge->store, d->reset.row, &code);

	if (r == 0)
		r = code_hash(d, METHOD_EMAIL, NOBODY, secret_text(typed), hash);
	if (r == 0)
		(void)vault_equal(hash, code.hash, sizeof(hash));
	return r;
}

int
code_claim_equal(struct dialog *d, const struct code_attempt *a, const struct field *typed)
{
	struct secret code = { 0 };
	int r = code_typed(typed, &code);

	if (r == 0)
		r = a->kind ? code_attempt_compare(a, d, &code) : decoy_equal(d, &code);
	secret_done(&code);
	return r;
}
