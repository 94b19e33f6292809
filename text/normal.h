/*
 * What was typed, as it is compared: UTF-8 checks, NFKC, case folding, white space (utf8proc).
 */
#ifndef SSPR_TEXT_NORMAL_H
#define SSPR_TEXT_NORMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "text/secret.h"

enum typed {
	TYPED_FINE = 0,
	TYPED_EMPTY, /* nothing, or only white space */
	TYPED_LONG,  /* over PACKET_ANSWER_MAX bytes */
	TYPED_NOT_UTF8,
	TYPED_CONTROL, /* a control character (C0, DEL, C1) or NUL */
};

/* What is wrong with these bytes as an answer, the first that applies, in this order: long, UTF-8, control, empty. */
enum typed typed_check(const void *data, size_t len);

/*
 * NFKC, case fold, inner white space to one space, outer removed. 0: *out is the owner's to wipe.
 * -EINVAL: not UTF-8. -ENOMEM.
 */
int normal_answer(struct secret *out, const void *data, size_t len);

/* Characters (code points) of valid UTF-8; -EINVAL otherwise. */
int normal_length(const void *data, size_t len);

/* How an answer to a security question is weak. */
enum weakness {
	WEAK_NOT = 0,
	WEAK_SHORT,    /* under 3 characters */
	WEAK_LONG,     /* over 40 */
	WEAK_USER,     /* holds the user's name */
	WEAK_HOST,     /* holds the host's name */
	WEAK_QUESTION, /* holds a word of its question (4 letters or more), or is one */
	WEAK_REPEATED, /* one character repeated */
	WEAK_COMMON,   /* one of the hundred commonest answers and passwords */
};

/*
 * All of them normalised already (normal_answer); user, host and question are plain UTF-8 and are
 * normalised here. Names of under 3 characters are not looked for.
 */
enum weakness answer_weakness(const struct secret *normalised, const char *question,
			      const char *user, const char *host);

#endif
