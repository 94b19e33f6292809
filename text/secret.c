/*
 * Secrets: plain heap memory that never goes back unwiped. realloc is not used: it would leave a
 * copy behind. libsodium is not: programs that only log or read the policy need none of it.
 */
#include "text/secret.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int
secret_room(struct secret *s, size_t len)
{
	secret_done(s);
	if (len == 0)
		return 0;
	if (len >= PTRDIFF_MAX)
		return -ENOMEM;
	s->data = calloc(len + 1, 1);
	if (!s->data)
		return -ENOMEM;
	s->len = len;
	return 0;
}

int
secret_set(struct secret *s, const void *data, size_t len)
{
	struct secret fresh = { 0 };
	int r;

	/* The copy is made before the wipe: data may be a part of s itself. */
	r = secret_room(&fresh, len);
	if (r == 0 && len > 0)
		memcpy(fresh.data, data, len);
	secret_done(s);
	*s = fresh;
	return r;
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	volatile unsigned char differ = 0;
	size_t i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++)
		differ |= a->data[i] ^ b->data[i];
	return differ == 0;
}

void
secret_done(struct secret *s)
{
	if (s->data) {
		explicit_bzero(s->data, s->len);
		free(s->data);
	}
	s->data = NULL;
	s->len = 0;
}
