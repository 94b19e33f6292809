/*
 * Text from outside, fit for a terminal.
 */
#include "ssprctl/safe.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPED_SIZE 4 /* \xNN */

/* The bytes of the valid character at the start (RFC 3629), or 0; *c is the character. */
static size_t
character(const unsigned char *p, size_t len, uint32_t *c)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0 },
		      { 0xe0, 0xc0, 0x80 },
		      { 0xf0, 0xe0, 0x800 },
		      { 0xf8, 0xf0, 0x10000 } };
	size_t n, i;

	for (n = 0; n < 4 && (p[0] & forms[n].mask) != forms[n].lead; n++)
		;
	if (n == 4 || n >= len)
		return 0;
	*c = p[0] & (unsigned char)~forms[n].mask;
	for (i = 1; i <= n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < forms[n].least || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n + 1;
}

/* Does it steer a terminal, or make a text read as another one? */
static bool
steers(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0x61c, 0x61c },   { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

static char *
copy_safe(const char *text, size_t len, bool controls_too)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t i, n, bytes, at = 0;
	uint32_t c = 0;
	char *out;

	if (len > SIZE_MAX / ESCAPED_SIZE - 1)
		return NULL;
	out = malloc(len * ESCAPED_SIZE + 1);
	for (i = 0; out && i < len; i += bytes) {
		n = character(p + i, len - i, &c);
		bytes = n ? n : 1;
		if (n > 0 && c != 0 && !(controls_too && steers(c))) {
			memcpy(out + at, p + i, n);
			at += n;
			continue;
		}
		for (n = 0; n < bytes; n++)
			at += (size_t)snprintf(out + at, ESCAPED_SIZE + 1, "\\x%02x", p[i + n]);
	}
	if (out)
		out[at] = '\0';
	return out;
}

char *
safe_utf8(const char *text, size_t len)
{
	return copy_safe(text, len, false);
}

char *
safe_text(const char *text, size_t len)
{
	return copy_safe(text, len, true);
}

void
safe_print(FILE *out, const char *text)
{
	char *safe = safe_text(text, strlen(text));

	fputs(safe ? safe : "?", out);
	free(safe);
}
