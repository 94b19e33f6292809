/*
 * Normalising: the normal form is UTF-8 without outer or double spaces, and normalising it changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/normal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_normal(const struct secret *s)
{
	struct secret again = { 0 };

	if (normal_length(s->data, s->len) < 0 || memmem(secret_text(s), s->len, "  ", 2))
		abort();
	if (s->len > 0 && (s->data[0] == ' ' || s->data[s->len - 1] == ' '))
		abort();
	if (normal_answer(&again, s->data, s->len) != 0 || !secret_equal(s, &again))
		abort();
	secret_done(&again);
}

/* The bytes up to the first newline are the answer, the rest is its question, and the user's and host's name. */
static void
check_weakness(const struct secret *s, const char *rest)
{
	if (answer_weakness(s, rest, rest, rest) == WEAK_NOT && normal_length(s->data, s->len) < 3)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - data) : size;
	char *rest = strndup((const char *)data + len, size - len);
	enum typed typed = typed_check(data, len);
	struct secret s = { 0 };

	if (normal_answer(&s, data, len) == 0) {
		if (typed == TYPED_NOT_UTF8)
			abort();
		check_normal(&s);
		if (rest)
			check_weakness(&s, rest);
	} else if (typed == TYPED_FINE) {
		abort();
	}
	secret_done(&s);
	free(rest);
	return 0;
}
