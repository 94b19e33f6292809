/*
 * Security questions. The session hashes (Argon2id, with the salt that comes with its slot);
 * answers never come here. To register, the hashes are taken one by one and saved when there are
 * enough; to prove, one question of those on record is picked, and its hash compared. A reset asks
 * for more of them, in turn, and tells nothing before the last: who knows one answer, or guesses at
 * one, does not learn that it was right.
 */
#include <errno.h>
#include <string.h>

#include "methods/judges.h"
#include "methods/questions/judge_kept.h"
#include "ssprd/catalogue.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/reset.h"

/* What a record that cannot be used leads to: a clear end, in the log. */
static int
useless(int r)
{
	return r == STORE_NONE ? -EBADMSG : r;
}

/*
 * At a reset they are the weakest proof: only behind another one, or alone where that is permitted;
 * never of the privileged.
 */
static bool
may_prove(const struct dialog *d)
{
	if (d->purpose != PURPOSE_RESET)
		return true;
	if (d->plan.privileged || d->reset.decoy)
		return false;
	return (d->proven & ~dialog_bit(METHOD_QUESTIONS)) != 0 || reset_alone(d);
}

static int
recall(struct dialog *d, const struct fields *request, struct message *reply)
{
	struct kept_answer k = { 0 };
	int r = PROOF_GO;

	(void)request;
	if (!may_prove(d))
		return JUDGE_VIOLATION;
	if (d->reset.questions_asked == 0) /* a set that was begun is counted already */
		r = proof_blocked(d, reply);
	if (r != PROOF_GO)
		return r < 0 ? r : 0;
	r = useless(kept_find(d, &k));
	if (r == STORE_DONE) {
		message_start(reply, REPLY_OK);
		r = message_put(reply, k.field[QUESTION].data, k.field[QUESTION].len);
	}
	kept_done(&k);
	return r;
}

static int
answer_slot(struct message *reply, const void *salt, int64_t memory, int64_t passes)
{
	int r;

	message_start(reply, REPLY_OK);
	r = message_put(reply, salt, DIALOG_SALT_SIZE);
	if (r == 0)
		r = message_put_number(reply, memory);
	if (r == 0)
		r = message_put_number(reply, passes);
	return r;
}

/* For the answer that is to be compared: as it was hashed when it was registered. */
static int
slot_again(struct dialog *d, struct message *reply)
{
	struct kept_answer k = { 0 };
	int64_t memory = 0, passes = 0;
	int r = useless(kept_find(d, &k));

	if (r == STORE_DONE && (!field_number(&k.fields, k.first + MEMORY, &memory) ||
				!field_number(&k.fields, k.first + PASSES, &passes)))
		r = -EBADMSG;
	if (r == STORE_DONE)
		r = answer_slot(reply, k.field[SALT].data, memory, passes);
	d->salted = r == 0;
	kept_done(&k);
	return r;
}

static int
slot(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct questions_config *q = &d->judge->config->questions;
	struct taken_answer *next;

	(void)request;
	if (d->slot_proves)
		return may_prove(d) ? slot_again(d, reply) : JUDGE_VIOLATION;
	if (d->answer_count == DIALOG_ANSWERS_MAX)
		return JUDGE_VIOLATION;
	next = &d->answers[d->answer_count];
	next->memory = q->hash_memory;
	next->passes = q->hash_passes;
	vault_random(d->salt, sizeof(d->salt));
	d->salted = true;
	return answer_slot(reply, d->salt, next->memory, next->passes);
}

/* REASON_COUNT: it may be taken. */
static enum reason
refusal(const struct dialog *d, const char *question)
{
	const struct judge *j = d->judge;

	for (int i = 0; i < d->answer_count; i++)
		if (strcmp(d->answers[i].question, question) == 0)
			return REASON_SAME;
	if (j->catalogues && catalogue_has(j->catalogues, question))
		return REASON_COUNT;
	if (j->config->questions.custom && question_fits(question, strlen(question)))
		return REASON_COUNT;
	return REASON_SYNTAX;
}

static int
save(struct dialog *d)
{
	struct message record;
	int r = 0;

	message_start(&record, RECORD_VERSION);
	for (int i = 0; r == 0 && i < d->answer_count; i++) {
		const struct taken_answer *a = &d->answers[i];

		r = message_put_text(&record, a->question);
		if (r == 0)
			r = message_put(&record, a->salt, sizeof(a->salt));
		if (r == 0)
			r = message_put_number(&record, a->memory);
		if (r == 0)
			r = message_put_number(&record, a->passes);
		if (r == 0)
			r = message_put(&record, a->hash.data, a->hash.len);
	}
	if (r == 0)
		r = record_save(d, METHOD_QUESTIONS, record.data, record.len, 0);
	message_done(&record);
	if (r == 0)
		dialog_forget_answers(d);
	return r;
}

static int
take(struct dialog *d, const char *question, const struct field *hash)
{
	struct taken_answer *a = &d->answers[d->answer_count];
	int r = secret_set(&a->hash, hash->data, hash->len);

	if (r < 0)
		return r;
	memcpy(a->question, question, strlen(question) + 1);
	memcpy(a->salt, d->salt, sizeof(a->salt));
	d->answer_count++;
	return 0;
}

/* A question and a hash, right behind their slot. */
static bool
is_answer(struct dialog *d, const struct fields *request, char question[METHOD_VALUE_MAX + 1])
{
	bool salted = d->salted;

	d->salted = false;
	return salted && request->count == 3 && request->field[2].len == DIALOG_HASH_SIZE &&
	       field_text(request, 1, question, METHOD_VALUE_MAX + 1);
}

static int
try(struct dialog *d, const struct fields *request, struct message *reply)
{
	char question[METHOD_VALUE_MAX + 1];
	enum reason why;
	int left, r;

	if (!is_answer(d, request, question))
		return JUDGE_VIOLATION;
	why = refusal(d, question);
	if (why != REASON_COUNT)
		return judge_answer_reason(reply, REPLY_REFUSED, why);
	r = take(d, question, &request->field[2]);
	if (r < 0)
		return r;
	left = d->judge->config->questions.ask_register - d->answer_count;
	if (left > 0)
		return judge_answer_number(reply, REPLY_MORE, left);
	r = save(d);
	return r < 0 ? r : judge_answer(reply, REPLY_PROVEN);
}

static bool
is_the_question(const struct kept_answer *k, const char *question)
{
	return k->field[QUESTION].len == strlen(question) &&
	       memcmp(k->field[QUESTION].data, question, k->field[QUESTION].len) == 0;
}

/* The set begins anew. */
static void
forget_set(struct dialog *d)
{
	d->reset.questions_asked = 0;
	d->reset.questions_wrong = false;
	d->reset.questions_until = 0;
	d->reset.questions_lot = 0;
}

/* One failure for the whole set, on disk before its first comparison. An enum proof, -errno. */
static int
begin_set(struct dialog *d, const struct kept_answer *k, struct message *reply)
{
	int r;

	if (d->reset.questions_asked > 0)
		return PROOF_GO;
	forget_set(d);
	r = proof_count(d, &d->reset.questions_until, reply);
	if (r == PROOF_GO)
		d->reset.questions_lot = k->row.proven_at;
	return r;
}

/* Alone they are the first proof: within its transaction. */
static int
verified(struct dialog *d, const void *arg)
{
	(void)arg;
	return dialog_audit(d, AUDIT_RESET_VERIFIED, method_word(METHOD_QUESTIONS), "proven", NULL);
}

/* One of several answers: what it was is told with the others, after the last. */
static int
prove_in_turn(struct dialog *d, const struct kept_answer *k, const struct field *hash,
	      struct message *reply)
{
	int count = kept_asked(d, k), r = begin_set(d, k, reply);
	int64_t until;
	bool wrong;

	if (r != PROOF_GO)
		return r < 0 ? r : 0;
	d->reset.questions_wrong |= !vault_equal(k->field[HASH].data, hash->data, DIALOG_HASH_SIZE);
	if (++d->reset.questions_asked < count)
		return judge_answer_number(reply, REPLY_MORE, count - d->reset.questions_asked);
	until = d->reset.questions_until;
	wrong = d->reset.questions_wrong;
	forget_set(d);
	return wrong ? proof_wrong(d, METHOD_QUESTIONS, until, -1, 0, reply)
		     : proof_right(d, METHOD_QUESTIONS, until, d->proven ? NULL : verified, NULL,
				   reply);
}

/* What was begun stays a failure; nobody is to be blocked without being told. */
static void
closed(struct dialog *d)
{
	if (d->reset.questions_asked > 0)
		proof_given_up(d, METHOD_QUESTIONS, d->reset.questions_until);
	forget_set(d);
}

/* One answer, to the question that was picked. */
static int
prove(struct dialog *d, const struct fields *request, struct message *reply)
{
	char question[METHOD_VALUE_MAX + 1];
	struct kept_answer k = { 0 };
	int64_t until = 0;
	int r;

	if (!is_answer(d, request, question))
		return JUDGE_VIOLATION;
	r = useless(kept_find(d, &k));
	if (r == STORE_DONE && !is_the_question(&k, question))
		r = JUDGE_VIOLATION;
	if (r != STORE_DONE)
		goto out;
	if (d->purpose == PURPOSE_RESET) {
		r = prove_in_turn(d, &k, &request->field[2], reply);
		goto out;
	}
	r = proof_count(d, &until, reply);
	if (r != PROOF_GO) {
		r = r < 0 ? r : 0;
		goto out;
	}
	if (vault_equal(k.field[HASH].data, request->field[2].data, DIALOG_HASH_SIZE))
		r = proof_right(d, METHOD_QUESTIONS, until, NULL, NULL, reply);
	else
		r = proof_wrong(d, METHOD_QUESTIONS, until, -1, 0, reply);
out:
	kept_done(&k);
	return r;
}

const struct method_judge questions_judge = {
	.method = METHOD_QUESTIONS,
	.recall = recall,
	.slot = slot,
	.try = try,
	.prove = prove,
	.closed = closed,
};
