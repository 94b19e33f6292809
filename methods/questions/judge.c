/*
 * Security questions. The session hashes (Argon2id, with a fresh salt that comes with its slot)
 * and this compares nothing yet: it takes the hashes one by one, and saves all of them when there
 * are enough. Answers never come here.
 */
#include <errno.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/catalogue.h"
#include "ssprd/core/config.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"

#define RECORD_VERSION 1

static int
slot(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct questions_config *q = &d->judge->config->questions;
	struct taken_answer *next;
	int r;

	(void)request;
	if (d->answer_count == DIALOG_ANSWERS_MAX)
		return JUDGE_VIOLATION;
	next = &d->answers[d->answer_count];
	next->memory = q->hash_memory;
	next->passes = q->hash_passes;
	vault_random(d->salt, sizeof(d->salt));
	d->salted = true;
	message_start(reply, REPLY_OK);
	r = message_put(reply, d->salt, sizeof(d->salt));
	if (r == 0)
		r = message_put_number(reply, next->memory);
	if (r == 0)
		r = message_put_number(reply, next->passes);
	return r;
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

/* What is sealed: the version, and five fields an answer. */
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
		r = dialog_save(d, METHOD_QUESTIONS, record.data, record.len, 0);
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

static int
try(struct dialog *d, const struct fields *request, struct message *reply)
{
	char question[METHOD_VALUE_MAX + 1];
	enum reason why;
	int left, r;

	if (!d->salted || request->count != 3 || request->field[2].len != DIALOG_HASH_SIZE ||
	    !field_text(request, 1, question, sizeof(question)))
		return JUDGE_VIOLATION;
	d->salted = false;
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

const struct method_judge questions_judge = {
	.method = METHOD_QUESTIONS,
	.slot = slot,
	.try = try,
};
