/*
 * The facts as pairs of name and value. "method" opens a method; what stands in the table of_method
 * speaks of the method opened last.
 */
#include "protocol/facts.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define NAME_MAX_BYTES 31

enum kind { KIND_NUMBER, KIND_BOOL, KIND_TEXT, KIND_TIME };

/* All of them must be told, once. */
static const struct fact {
	const char *name;
	enum kind kind;
	size_t offset;
	int64_t least, most; /* of a number */
} scalars[] = {
	/* clang-format off */
	{ "host",             KIND_TEXT,   offsetof(struct facts, host),             0, 0 },
	{ "contact",          KIND_TEXT,   offsetof(struct facts, contact),          0, 0 },
	{ "time_left",        KIND_NUMBER, offsetof(struct facts, time_left),        0, 86400 },
	{ "required",         KIND_NUMBER, offsetof(struct facts, required),         0, METHOD_COUNT },
	{ "done",             KIND_NUMBER, offsetof(struct facts, done),             0, METHOD_COUNT },
	{ "postpones_left",   KIND_NUMBER, offsetof(struct facts, postpones_left),   POSTPONES_FREE, 100 },
	{ "questions",        KIND_NUMBER, offsetof(struct facts, questions),        0, 100 },
	{ "questions_custom", KIND_BOOL,   offsetof(struct facts, questions_custom), 0, 1 },
	{ "code_digits",      KIND_NUMBER, offsetof(struct facts, code_digits),      0, 20 },
	{ "code_minutes",     KIND_NUMBER, offsetof(struct facts, code_minutes),     0, 86400 },
	{ "needs_code",       KIND_BOOL,   offsetof(struct facts, needs_code),       0, 1 },
	{ "open",             KIND_BOOL,   offsetof(struct facts, open),             0, 1 },
	{ "sms",              KIND_BOOL,   offsetof(struct facts, sms),              0, 1 },
	{ "voice",            KIND_BOOL,   offsetof(struct facts, voice),            0, 1 },
	{ "changes",          KIND_NUMBER, offsetof(struct facts, changes),          0, CHANGES_MAX },
	{ "stale",            KIND_NUMBER, offsetof(struct facts, stale),            0, METHOD_COUNT },
	{ "told",             KIND_BOOL,   offsetof(struct facts, told),             0, 1 },
	{ "reset_case",       KIND_NUMBER, offsetof(struct facts, reset_case),       0, CASE_COUNT - 1 },
	{ "reset_until",      KIND_TIME,   offsetof(struct facts, reset_until),      0, INT64_MAX },
	{ "proofs",           KIND_NUMBER, offsetof(struct facts, proofs),           0, METHOD_COUNT },
	{ "rounds",           KIND_NUMBER, offsetof(struct facts, rounds),           0, RESET_ROUNDS },
	{ "alone",            KIND_BOOL,   offsetof(struct facts, alone),            0, 1 },
	{ "unlock",           KIND_BOOL,   offsetof(struct facts, unlock),           0, 1 },
	{ "assist",           KIND_BOOL,   offsetof(struct facts, assist),           0, 1 },
	/* clang-format on */
};

#define SCALARS (sizeof(scalars) / sizeof(scalars[0]))

_Static_assert(SCALARS < 8 * sizeof(unsigned int), "a bit each, and one for the state");

static int
put_pair(struct message *m, const char *name, const char *value)
{
	int r = message_put_text(m, name);

	return r < 0 ? r : message_put_text(m, value);
}

static int
put_number(struct message *m, const char *name, int64_t value)
{
	int r = message_put_text(m, name);

	return r < 0 ? r : message_put_number(m, value);
}

static int
put_scalar(struct message *m, const struct fact *fact, const struct facts *f)
{
	const char *place = (const char *)f + fact->offset;

	switch (fact->kind) {
	case KIND_NUMBER:
		return put_number(m, fact->name, *(const int *)(const void *)place);
	case KIND_BOOL:
		return put_number(m, fact->name, *(const bool *)(const void *)place);
	case KIND_TIME:
		return put_number(m, fact->name, *(const int64_t *)(const void *)place);
	case KIND_TEXT:
		break;
	}
	return put_pair(m, fact->name, place);
}

static int
put_method(struct message *m, const struct method_fact *fact)
{
	const char *word = method_word(fact->method);
	int r;

	if (word == NULL)
		return -EMSGSIZE;
	r = put_pair(m, "method", word);
	if (r == 0)
		r = put_number(m, "method_state", fact->state);
	if (r == 0 && fact->stale_at != 0)
		r = put_number(m, "stale_at", fact->stale_at);
	if (r == 0 && fact->left != 0)
		r = put_number(m, "left", fact->left);
	if (r == 0 && fact->masked[0] != '\0')
		r = put_pair(m, "masked", fact->masked);
	if (r == 0 && fact->filled_by[0] != '\0')
		r = put_pair(m, "filled_by", fact->filled_by);
	return r;
}

int
facts_put(struct message *m, const struct facts *f)
{
	const char *state = state_word(f->state);
	size_t i;
	int r;

	if (state == NULL || f->method_count < 0 || f->method_count > METHOD_COUNT)
		return -EMSGSIZE;
	r = put_pair(m, "state", state);
	for (i = 0; r == 0 && i < SCALARS; i++)
		r = put_scalar(m, &scalars[i], f);
	for (i = 0; r == 0 && i < (size_t)f->method_count; i++)
		r = put_method(m, &f->methods[i]);
	return r;
}

static bool
get_number(const struct fields *fields, size_t i, int64_t least, int64_t most, int64_t *number)
{
	return field_number(fields, i, number) && *number >= least && *number <= most;
}

static bool
get_scalar(const struct fields *fields, size_t i, const struct fact *fact, struct facts *f)
{
	void *place = (char *)f + fact->offset;
	int64_t number;

	if (fact->kind == KIND_TEXT)
		return field_text(fields, i, place, FACTS_TEXT_MAX + 1);
	if (!get_number(fields, i, fact->least, fact->most, &number))
		return false;
	if (fact->kind == KIND_BOOL)
		*(bool *)place = number != 0;
	else if (fact->kind == KIND_TIME)
		*(int64_t *)place = number;
	else
		*(int *)place = (int)number;
	return true;
}

static bool
get_state(const struct fields *fields, size_t i, struct facts *f)
{
	char word[NAME_MAX_BYTES + 1];

	if (!field_text(fields, i, word, sizeof(word)))
		return false;
	f->state = state_from_word(word);
	return f->state != STATE_COUNT;
}

/* Open the next method: a known one, and each only once. */
static bool
get_method(const struct fields *fields, size_t i, struct facts *f)
{
	char word[NAME_MAX_BYTES + 1];
	enum method method;
	int k;

	if (!field_text(fields, i, word, sizeof(word)) || f->method_count == METHOD_COUNT)
		return false;
	method = method_from_word(word);
	for (k = 0; k < f->method_count; k++)
		if (f->methods[k].method == method)
			return false;
	if (method == METHOD_COUNT)
		return false;
	f->methods[f->method_count++].method = method;
	return true;
}

static bool
get_method_state(const struct fields *fields, size_t i, struct method_fact *fact)
{
	int64_t number;

	if (!get_number(fields, i, METHOD_MISSING, METHOD_STALE, &number))
		return false;
	fact->state = (enum method_state)number;
	return true;
}

static bool
get_method_masked(const struct fields *fields, size_t i, struct method_fact *fact)
{
	return field_text(fields, i, fact->masked, sizeof(fact->masked));
}

static bool
get_method_filled_by(const struct fields *fields, size_t i, struct method_fact *fact)
{
	return field_text(fields, i, fact->filled_by, sizeof(fact->filled_by));
}

static bool
get_method_left(const struct fields *fields, size_t i, struct method_fact *fact)
{
	int64_t number;

	if (!get_number(fields, i, 0, RECOVERY_CODES, &number))
		return false;
	fact->left = (int)number;
	return true;
}

static bool
get_method_stale_at(const struct fields *fields, size_t i, struct method_fact *fact)
{
	return get_number(fields, i, 0, INT64_MAX, &fact->stale_at);
}

static const struct method_pair {
	const char *name;
	bool (*get)(const struct fields *fields, size_t i, struct method_fact *fact);
} of_method[] = {
	{ "method_state", get_method_state },  { "masked", get_method_masked },
	{ "filled_by", get_method_filled_by }, { "left", get_method_left },
	{ "stale_at", get_method_stale_at },
};

/* A pair of the method opened last; a name that nobody knows is ignored. */
static bool
get_of_method(const struct fields *fields, size_t i, const char *name, struct facts *f)
{
	size_t k;

	for (k = 0; k < sizeof(of_method) / sizeof(of_method[0]); k++)
		if (strcmp(name, of_method[k].name) == 0)
			return f->method_count > 0 &&
			       of_method[k].get(fields, i, &f->methods[f->method_count - 1]);
	return true;
}

/* Take the pair at i. seen: a bit for each scalar, and one more for the state. */
static bool
get_pair(const struct fields *fields, size_t i, struct facts *f, unsigned int *seen)
{
	char name[NAME_MAX_BYTES + 1];
	unsigned int bit = 0;
	bool good = true;
	size_t k;

	if (!field_text(fields, i, name, sizeof(name)))
		return false;
	for (k = 0; k < SCALARS && strcmp(name, scalars[k].name) != 0; k++)
		;
	if (k < SCALARS) {
		bit = 1u << k;
		good = get_scalar(fields, i + 1, &scalars[k], f);
	} else if (strcmp(name, "state") == 0) {
		bit = 1u << SCALARS;
		good = get_state(fields, i + 1, f);
	} else if (strcmp(name, "method") == 0) {
		good = get_method(fields, i + 1, f);
	} else {
		good = get_of_method(fields, i + 1, name, f);
	}
	good = good && (*seen & bit) == 0;
	*seen |= bit;
	return good;
}

bool
facts_get(const struct fields *fields, struct facts *f)
{
	const unsigned int all = (1u << (SCALARS + 1)) - 1;
	unsigned int seen = 0;
	size_t i;

	memset(f, 0, sizeof(*f));
	if (fields->op != REPLY_OK || fields->count % 2 != 0)
		return false;
	for (i = 0; i < fields->count; i += 2)
		if (!get_pair(fields, i, f, &seen))
			return false;
	return seen == all;
}
