/* Codes that were sent, tried: counted, compared, saved or confirmed. */
#include <errno.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code_private.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"

/* The message did not arrive: its code is no use, unless its row still holds a count. */
static int
undelivered(struct dialog *d, enum method method, struct message *reply)
{
	struct store_code code = { 0 };
	int r = store_code_get(d->judge->store, d->user.stored.id, method, &code);

	if (r == STORE_DONE && code.tries_used == 0)
		r = store_code_remove(d->judge->store, d->user.stored.id, method);
	store_code_done(&code);
	if (r < 0)
		return r;
	d->undelivered = false;
	return judge_answer_reason(reply, REPLY_UNDELIVERED, d->undelivered_why);
}

int
code_typed(const struct field *proof, struct secret *typed)
{
	size_t n = 0;
	int r = secret_room(typed, proof->len + 1);

	if (r < 0)
		return r;
	for (size_t i = 0; i < proof->len; i++)
		if (proof->data[i] && !strchr(" \t-", proof->data[i]))
			typed->data[n++] = proof->data[i];
	typed->data[n] = '\0';
	typed->len = n;
	return 0;
}

void
code_attempt_done(struct code_attempt *a)
{
	store_code_done(&a->code);
	secret_done(&a->to);
	secret_done(&a->standing.to);
}

int
code_attempt_begin(struct code_attempt *a, struct dialog *d)
{
	struct vault_place place = code_place(d, a->kind->method);
	enum method method = a->kind->method;
	bool same, may;
	int r = store_code_get(d->judge->store, d->user.stored.id, method, &a->code);

	if (r != STORE_DONE || !code_is_good(d, &a->code))
		return r < 0 ? r : STORE_NONE;
	r = vault_unseal(d->judge->vault, &place, a->code.sealed, a->code.sealed_len, &a->to);
	if (r == VAULT_DONE)
		r = code_look(d, method, &a->standing);
	if (r != 0)
		return r;
	same = code_on_record(&a->standing, secret_text(&a->to));
	a->proves = same && a->standing.row.registered_at;
	may = !a->standing.row.registered_at || (d->changing & dialog_bit(method));
	if (method_judge(method)->given) /* the number may have been corrected meanwhile */
		may = false;
	return same || may ? STORE_DONE : STORE_NONE;
}

/* On disk before anything is compared. PROOF_GO, PROOF_ANSWERED, -errno. */
static int
attempt_count(struct code_attempt *a, struct dialog *d, struct message *reply)
{
	struct store *store = d->judge->store;
	int used = 0;
	int r = store_begin(store);

	if (r == 0 && a->proves)
		r = proof_count(d, &a->blocked_until, reply);
	if (r == PROOF_GO) {
		r = store_code_count(store, d->user.stored.id, a->kind->method, &used);
		r = r == STORE_NONE ? -ESTALE : r;
		if (r == STORE_DONE)
			r = store_commit(store);
	}
	store_rollback(store);
	a->tries_left = d->judge->config->codes.tries - used;
	return r;
}

int
code_attempt_compare(const struct code_attempt *a, const struct dialog *d,
		     const struct secret *typed)
{
	unsigned char hash[VAULT_HASH_SIZE];
	int r = code_hash(d, a->kind->method, secret_text(&a->to), secret_text(typed), hash);

	return r < 0 ? r : vault_equal(hash, a->code.hash, sizeof(hash)) != 0;
}

/*
 * While the code was on its way an administrator may have filled in what forbids its destination:
 * the same line as the office phone.
 */
static int
refused(const struct code_attempt *a, struct dialog *d, enum reason why, struct message *reply)
{
	int r = dialog_audit(d, AUDIT_METHOD_FAILED, method_word(a->kind->method), "refused",
			     reason_word(why));

	return r < 0 ? r : judge_answer_reason(reply, REPLY_REFUSED, why);
}

static int
right(const struct code_attempt *a, struct dialog *d, struct message *reply)
{
	const struct field to = { a->to.data, a->to.len };
	char wire[CODE_TO_MAX + 1];
	enum reason why;
	int r = 0;

	if (a->proves)
		return proof_right(d, a->kind->method, a->blocked_until, NULL, NULL, reply);
	why = code_read(a->kind, d, &to, wire, &r);
	if (r < 0)
		return r;
	if (why != REASON_COUNT)
		return refused(a, d, why, reply);
	r = record_save(d, a->kind->method, a->to.data, a->to.len, 0);
	return r < 0 ? r : judge_answer(reply, REPLY_PROVEN);
}

static int
wrong(const struct code_attempt *a, struct dialog *d, struct message *reply)
{
	int r;

	if (a->proves)
		return proof_wrong(d, a->kind->method, a->blocked_until, a->tries_left,
				   a->code.expires, reply);
	r = dialog_audit(d, AUDIT_CODE_WRONG, method_word(a->kind->method), "wrong", NULL);
	if (r < 0)
		return r;
	if (a->tries_left > 0)
		return judge_answer_number(reply, REPLY_WRONG, a->tries_left);
	return judge_answer_number(reply, REPLY_SPENT, a->code.expires);
}

static int
try(const struct code_kind *kind, struct dialog *d, const struct secret *typed,
    struct message *reply)
{
	struct code_attempt a = { .kind = kind };
	int r = code_attempt_begin(&a, d);

	if (r == STORE_NONE) {
		r = judge_answer(reply, REPLY_EXPIRED);
		goto out;
	}
	if (r == 0 && a.code.tries_used >= d->judge->config->codes.tries) {
		r = judge_answer_number(reply, REPLY_SPENT, a.code.expires);
		goto out;
	}
	if (r == 0)
		r = attempt_count(&a, d, reply);
	if (r != PROOF_GO) {
		r = r < 0 ? r : 0;
		goto out;
	}
	r = code_attempt_compare(&a, d, typed);
	if (r >= 0)
		r = r ? right(&a, d, reply) : wrong(&a, d, reply);
out:
	code_attempt_done(&a);
	return r;
}

int
code_try(const struct code_kind *kind, struct dialog *d, const struct fields *request,
	 struct message *reply)
{
	struct secret typed = { 0 };
	int r;

	if (request->count != 2)
		return JUDGE_VIOLATION;
	if (d->undelivered && d->sent_method == kind->method)
		return undelivered(d, kind->method, reply);
	r = code_typed(&request->field[1], &typed);
	if (r == 0)
		r = typed.len == 0 ? judge_answer(reply, REPLY_EMPTY) : try(kind, d, &typed, reply);
	secret_done(&typed);
	return r;
}
