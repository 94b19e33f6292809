/*
 * A strict UTF-8 reader: no over-long forms, no surrogates, nothing above U+10FFFF.
 */
#include "pam_sspr/plain.h"

#include <stdint.h>

static const struct form {
	unsigned char mask, lead; /* a first byte of this form: byte & mask == lead */
	int more;                 /* bytes that follow */
	uint32_t least;           /* a smaller character would have a shorter form */
} forms[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static bool
character_is_plain(uint32_t c)
{
	if (c == '\n' || c == '\t')
		return true;
	return c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && !(c >= 0xd800 && c <= 0xdfff) &&
	       c <= 0x10ffff;
}

/* Bytes of the character at p, 0: it is none, or not a plain one. */
static size_t
read_character(const unsigned char *p, size_t left)
{
	const struct form *form = forms;
	uint32_t c;
	int i;

	while ((*p & form->mask) != form->lead)
		if (++form == forms + sizeof(forms) / sizeof(forms[0]))
			return 0;
	if (left <= (size_t)form->more)
		return 0;
	c = *p & (unsigned char)~form->mask;
	for (i = 1; i <= form->more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c >= form->least && character_is_plain(c) ? (size_t)form->more + 1 : 0;
}

bool
text_is_plain(const char *text, size_t len)
{
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = read_character((const unsigned char *)text, len);
		if (n == 0)
			return false;
	}
	return true;
}
