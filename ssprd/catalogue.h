/*
 * The question catalogues: LANG.txt files in the folder of [questions] catalogue, one question a
 * line, # for comments. A line that is no question is left out with a warning.
 */
#ifndef SSPRD_CATALOGUE_H
#define SSPRD_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/limits.h"

#define CATALOGUES_MAX     64    /* languages */
#define CATALOGUE_FILE_MAX 65536 /* bytes of a file */
#define QUESTION_LEAST     3     /* characters */
#define QUESTION_MOST      200
#define QUESTION_BYTES_MAX METHOD_VALUE_MAX

struct catalogues;

/* 0: *out is the caller's. An absent folder has no questions, with a warning. -ENOMEM. */
int catalogues_read(struct catalogues **out, const char *folder);
void catalogues_free(struct catalogues *c); /* NULL is fine */

/*
 * Question index (from 0) in this language, else in its first part (nl of nl_BE), else English;
 * NULL past the last.
 */
const char *catalogue_question(const struct catalogues *c, const char *lang, size_t index);

/* Are there so many to choose from, in any language? NULL: none are there. */
bool catalogue_has_enough(const struct catalogues *c, size_t count);

/* Is it one of them, in any language? */
bool catalogue_has(const struct catalogues *c, const char *question);

/* Is this text (len bytes) fit to be a question: 3-200 characters, no control characters? */
bool question_fits(const char *text, size_t len);

#endif
