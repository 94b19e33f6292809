/* Records of answers, and picks. */
#include "methods/questions/judge_kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/core/config.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/record.h"

void
kept_done(struct kept_answer *k)
{
	message_done(&k->record);
}

/* The record, taken apart. STORE_DONE; STORE_NONE: it cannot be used; -errno. */
static int
kept_read(struct dialog *d, struct kept_answer *k)
{
	struct secret plain = { 0 };
	int r = record_open(d, METHOD_QUESTIONS, &k->row, &plain);

	if (r == STORE_DONE && plain.len <= sizeof(k->record.data)) {
		memcpy(k->record.data, plain.data, plain.len);
		k->record.len = plain.len;
	}
	secret_done(&plain);
	if (r != STORE_DONE)
		return r;
	if (!message_parse(&k->record, &k->fields) || k->fields.op != RECORD_VERSION ||
	    k->fields.count == 0 || k->fields.count % ANSWER_FIELDS != 0)
		return STORE_NONE;
	return STORE_DONE;
}

static size_t
kept_count(const struct kept_answer *k)
{
	return k->fields.count / ANSWER_FIELDS;
}

/*
 * Which of them: by chance, but the same one until it was answered, in every dialog: nobody starts
 * dialogs until a question comes whose answer they know.
 */
static size_t
pick(const struct dialog *d, const struct kept_answer *k)
{
	char text[64];
	unsigned char hash[VAULT_HASH_SIZE];
	uint32_t number;
	int len = snprintf(text, sizeof(text), "%" PRId64 "|%" PRId64, d->user.stored.id,
			   k->row.proven_at);

	vault_hash(d->judge->vault, "pick", text, (size_t)len, hash);
	memcpy(&number, hash, sizeof(number));
	return number % kept_count(k);
}

/* The lot of one question: those with the smallest are asked at a reset, in their order. */
static uint64_t
lot(const struct dialog *d, int64_t proven_at, size_t question)
{
	char text[96];
	unsigned char hash[VAULT_HASH_SIZE];
	uint64_t number;
	int len = snprintf(text, sizeof(text), "%" PRId64 "|%" PRId64 "|%zu", d->user.stored.id,
			   proven_at, question);

	vault_hash(d->judge->vault, "lot", text, (size_t)len, hash);
	memcpy(&number, hash, sizeof(number));
	return number;
}

/*
 * The question of that turn of a reset: the same ones in the same order in every dialog, right or
 * wrong, until they are proven. A set that was begun goes on with the lots that it began with.
 */
static size_t
pick_in_turn(const struct dialog *d, const struct kept_answer *k, int turn)
{
	int64_t proven_at = turn > 0 ? d->reset.questions_lot : k->row.proven_at;
	uint64_t lots[REQUEST_FIELDS_MAX];
	size_t count = kept_count(k);

	for (size_t i = 0; i < count; i++)
		lots[i] = lot(d, proven_at, i);
	for (size_t i = 0; i < count; i++) {
		int before = 0;

		for (size_t j = 0; j < count; j++)
			before += lots[j] < lots[i] || (lots[j] == lots[i] && j < i);
		if (before == turn)
			return i;
	}
	return 0;
}

int
kept_asked(const struct dialog *d, const struct kept_answer *k)
{
	int most = (int)kept_count(k), wanted = d->judge->config->questions.ask_reset;

	return wanted < most ? wanted : most;
}

/* As kept_read, with the question that is asked. */
int
kept_find(struct dialog *d, struct kept_answer *k)
{
	int r = kept_read(d, k);

	if (r != STORE_DONE)
		return r;
	if (d->purpose == PURPOSE_RESET && d->reset.questions_asked >= kept_asked(d, k))
		return STORE_NONE; /* another record, with fewer, since the set was begun */
	k->first = (d->purpose == PURPOSE_RESET ? pick_in_turn(d, k, d->reset.questions_asked)
						: pick(d, k)) *
		   ANSWER_FIELDS;
	k->field = k->fields.field + k->first;
	if (k->field[SALT].len != DIALOG_SALT_SIZE || k->field[HASH].len != DIALOG_HASH_SIZE)
		return STORE_NONE;
	return STORE_DONE;
}
