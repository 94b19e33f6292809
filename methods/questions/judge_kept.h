/*
 * The answers on record, taken apart, and which of the questions is to be answered now: picked by
 * a keyed hash, not by chance, so that it stays until it was answered.
 */
#ifndef SSPR_METHODS_QUESTIONS_JUDGE_KEPT_H
#define SSPR_METHODS_QUESTIONS_JUDGE_KEPT_H

#include <stddef.h>

#include "protocol/request.h"
#include "ssprd/core/store.h"

struct dialog;

#define RECORD_VERSION 1

/* What is sealed: the version, and these fields of each answer. */
enum { QUESTION, SALT, MEMORY, PASSES, HASH, ANSWER_FIELDS };

/* The answers on record, and the one that is asked for. Declare it empty. */
struct kept_answer {
	struct store_method row;
	struct message record; /* all of them; fields points into it */
	struct fields fields;
	size_t first; /* of the ANSWER_FIELDS of the one */
	const struct field *field;
};

void kept_done(struct kept_answer *k); /* wipes */

/*
 * Read the record, and find the question that is asked now. STORE_DONE; STORE_NONE: there is none, or
 * it cannot be used; -errno. kept_done in every case.
 */
int kept_find(struct dialog *d, struct kept_answer *k);

/* So many are asked at a reset ([questions] reset); fewer where fewer are registered. */
int kept_asked(const struct dialog *d, const struct kept_answer *k);

#endif
