/*
 * What may stand in a line of SMTP or of a header: lists of what is taken, never of what is not.
 */
#include "deliver/line.h"

#include <string.h>

#include "text/address.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"
#define ID_MAX  64

static bool
made_of(const char *text, const char *characters, size_t max)
{
	size_t len = strlen(text);

	return len > 0 && len <= max && strspn(text, characters) == len;
}

bool
line_is_address(const char *text)
{
	const char *at = strchr(text, '@');

	/* RFC 5322's atoms, which is all that text/address.h lets through. */
	return made_of(text, LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~.@", ADDRESS_MAX) && at &&
	       at != text && strchr(at + 1, '@') == NULL && line_is_host(at + 1);
}

bool
line_is_host(const char *text)
{
	size_t len = strlen(text);

	return made_of(text, LETTERS DIGITS ".-_", DOMAIN_MAX) && strchr(".-_", text[0]) == NULL &&
	       strchr(".-_", text[len - 1]) == NULL && strstr(text, "..") == NULL;
}

bool
line_is_id(const char *text)
{
	size_t len = strlen(text);

	return made_of(text, LETTERS DIGITS ".-_", ID_MAX) && text[0] != '.' &&
	       text[len - 1] != '.' && strstr(text, "..") == NULL;
}

bool
line_is_plain(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p; p++) {
		if (*p < ' ' || *p == 0x7f)
			return false;
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			return false;
	}
	return true;
}
