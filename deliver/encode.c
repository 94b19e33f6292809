/*
 * Text as mail carries it.
 */
#include "deliver/encode.h"

#include <string.h>

#define LINE_MAX_CHARACTERS 76
#define WORD_BYTES          39 /* 64 characters with base64 and frame: fits behind "Subject: " */
#define HEX                 "0123456789ABCDEF"

void
draft_add(struct draft *d, const void *data, size_t len)
{
	if (d->full || len > d->size - d->len) {
		d->full = true;
		return;
	}
	memcpy(d->data + d->len, data, len);
	d->len += len;
}

void
draft_text(struct draft *d, const char *text)
{
	draft_add(d, text, strlen(text));
}

static bool
stays_plain(const char *value, size_t len, size_t name_len)
{
	size_t i;

	if (len == 0 || name_len + 2 + len > LINE_MAX_CHARACTERS)
		return false;
	for (i = 0; i < len; i++) {
		if (value[i] < ' ' || value[i] > '~')
			return false;
	}
	return value[0] != ' ' && value[len - 1] != ' ' && !memmem(value, len, "=?", 2);
}

static void
add_base64(struct draft *d, const char *data, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)data;
	unsigned long bits;
	char four[4];
	size_t i, n;

	for (i = 0; i < len; i += 3) {
		n = len - i < 3 ? len - i : 3;
		bits = (unsigned long)p[i] << 16;
		if (n > 1)
			bits |= (unsigned long)p[i + 1] << 8;
		if (n > 2)
			bits |= p[i + 2];
		four[0] = digits[bits >> 18];
		four[1] = digits[bits >> 12 & 63];
		four[2] = n > 1 ? digits[bits >> 6 & 63] : '=';
		four[3] = n > 2 ? digits[bits & 63] : '=';
		draft_add(d, four, sizeof(four));
	}
}

/* How many bytes of the rest make a word: whole characters only, as RFC 2047 asks. */
static size_t
word_length(const char *value, size_t len)
{
	size_t n = WORD_BYTES;

	if (len <= WORD_BYTES)
		return len;
	while (n > 1 && ((unsigned char)value[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void
encode_header(struct draft *d, const char *name, const char *value, size_t len)
{
	size_t n;

	draft_text(d, name);
	draft_text(d, ": ");
	if (stays_plain(value, len, strlen(name))) {
		draft_add(d, value, len);
		len = 0;
	}
	while (len > 0) {
		n = word_length(value, len);
		draft_text(d, "=?UTF-8?B?");
		add_base64(d, value, n);
		draft_text(d, "?=");
		value += n;
		len -= n;
		if (len > 0)
			draft_text(d, "\r\n ");
	}
	draft_text(d, "\r\n");
}

/* Must this byte be written as =XX? column 0: it begins a line of the mail. */
static bool
needs_hex(const char *at, size_t left, size_t column)
{
	unsigned char c = (unsigned char)*at;

	if (c == ' ' || c == '\t')
		return left == 1 || at[1] == '\n';
	if (c < '!' || c > '~' || c == '=')
		return true;
	return column == 0 && (c == '.' || (c == 'F' && left >= 5 && memcmp(at, "From ", 5) == 0));
}

static size_t
token(char out[3], const char *at, size_t left, size_t column)
{
	unsigned char c = (unsigned char)*at;

	out[0] = *at;
	if (!needs_hex(at, left, column))
		return 1;
	out[0] = '=';
	out[1] = HEX[c >> 4];
	out[2] = HEX[c & 15];
	return 3;
}

void
encode_body(struct draft *d, const char *text, size_t len)
{
	size_t i, n, column = 0;
	char out[3];

	for (i = 0; i < len; i++) {
		if (text[i] == '\n') {
			draft_text(d, "\r\n");
			column = 0;
			continue;
		}
		n = token(out, text + i, len - i, column);
		if (column + n >
		    LINE_MAX_CHARACTERS - 1) { /* the "=" of the break is the last one */
			draft_text(d, "=\r\n");
			column = 0;
			n = token(out, text + i, len - i, column);
		}
		draft_add(d, out, n);
		column += n;
	}
	if (column > 0)
		draft_text(d, "\r\n");
}
