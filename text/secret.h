/*
 * A secret: answers, keys, codes, passwords. One owner, who calls secret_done on every path.
 * Declare it empty ({ 0 }); the memory is wiped before it is freed or grown. Core dumps are each
 * program's to switch off, at its start.
 */
#ifndef SSPR_TEXT_SECRET_H
#define SSPR_TEXT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
	unsigned char *data; /* NULL when empty; a NUL stands behind the last byte */
	size_t len;
};

/* Replace the content by a copy. 0 or -ENOMEM (then it is empty). */
int secret_set(struct secret *s, const void *data, size_t len);
/* Make room for len zero bytes, replacing the content. 0 or -ENOMEM. */
int secret_room(struct secret *s, size_t len);
/* Equal, in time that depends on the lengths alone. */
bool secret_equal(const struct secret *a, const struct secret *b);
/* Wipe and free; empty afterwards. */
void secret_done(struct secret *s);

/* The content as text ("" when empty). */
static inline const char *
secret_text(const struct secret *s)
{
	return s->data ? (const char *)s->data : "";
}

#endif
