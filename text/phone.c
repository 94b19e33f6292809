/*
 * Phone numbers: a list of what is taken, so that nothing else reaches a gateway.
 */
#include "text/phone.h"

#include <stdio.h>
#include <string.h>

#define DIGITS    "0123456789"
#define BETWEEN   " -."
#define SEPARATOR " ,\t"

/* Country codes of two digits; +1 and +7 have one, all others three (ITU-T E.164). */
static const char two_digits[] =
	"20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 "
	"58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";

struct typed {
	const char *at, *end;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
skip_between(struct typed *t)
{
	while (t->at < t->end && *t->at && strchr(BETWEEN, *t->at))
		t->at++;
}

/* Digits with what may stand between them, at most max of them into out; how many there are. */
static size_t
take_digits(struct typed *t, char *out, size_t max)
{
	size_t n = 0;

	for (skip_between(t); t->at < t->end && is_digit(*t->at); skip_between(t)) {
		if (n < max)
			out[n] = *t->at;
		t->at++;
		n++;
	}
	out[n < max ? n : max] = '\0';
	return n;
}

/* What keeps the number from being one. */
static enum phone
take_number(struct typed *t, char *out)
{
	size_t n;

	while (t->at < t->end && (*t->at == ' ' || *t->at == '\t'))
		t->at++;
	if (t->at == t->end || *t->at != '+')
		return t->at < t->end && (is_digit(*t->at) || *t->at == '(') ? PHONE_NO_COUNTRY
									     : PHONE_SYNTAX;
	*out++ = *t->at++;
	n = take_digits(t, out, PHONE_DIGITS_MAX);
	if (n > 0 && out[0] == '0')
		return PHONE_NO_COUNTRY;
	if (t->at < t->end && (*t->at == '(' || *t->at == ')'))
		return PHONE_BRACKETS;
	if (t->at < t->end && *t->at != 'x' && *t->at != 'X')
		return PHONE_SYNTAX;
	if (n < PHONE_DIGITS_MIN)
		return PHONE_SHORT;
	return n > PHONE_DIGITS_MAX ? PHONE_LONG : PHONE_FINE;
}

static enum phone
take_extension(struct typed *t, bool permitted, char *out)
{
	size_t n;

	if (t->at == t->end)
		return PHONE_FINE;
	if (!permitted)
		return PHONE_NO_EXTENSION;
	*out++ = 'x';
	t->at++;
	n = take_digits(t, out, PHONE_EXTENSION_MAX);
	if (n == 0 || t->at < t->end)
		return PHONE_SYNTAX;
	return n > PHONE_EXTENSION_MAX ? PHONE_LONG : PHONE_FINE;
}

enum phone
phone_parse(const char *typed, size_t len, bool extension, char wire[PHONE_SIZE])
{
	struct typed t = { typed, typed + len };
	char number[PHONE_SIZE] = "";
	enum phone result;

	wire[0] = '\0';
	while (t.end > t.at && (t.end[-1] == ' ' || t.end[-1] == '\t'))
		t.end--;
	result = take_number(&t, number);
	if (result == PHONE_FINE)
		result = take_extension(&t, extension, number + strlen(number));
	if (result == PHONE_FINE)
		memcpy(wire, number, sizeof(number));
	return result;
}

bool
phone_same(const char *wire, const char *other)
{
	size_t n = strcspn(wire, "x");

	return strcspn(other, "x") == n && memcmp(wire, other, n) == 0;
}

static size_t
country_length(const char *wire)
{
	const char *p;

	if (wire[1] == '1' || wire[1] == '7')
		return 1;
	for (p = two_digits; p; p = strchr(p, ' ')) {
		p += *p == ' ';
		if (strncmp(p, wire + 1, 2) == 0)
			return 2;
	}
	return 3;
}

void
phone_mask(const char *wire, char *out, size_t size)
{
	size_t number = strcspn(wire, "x"), shown = 1 + country_length(wire), i;

	snprintf(out, size, "%s", wire);
	for (i = shown; i < strlen(wire) && i + 1 < size; i++)
		if ((i + 2 < number || i > number) && is_digit(out[i]))
			out[i] = '*';
}

/* The next word of a list: its length, 0 at the end. */
static size_t
next_word(const char **list)
{
	*list += strspn(*list, SEPARATOR);
	return strcspn(*list, SEPARATOR);
}

static bool
prefix_good(const char *word, size_t len)
{
	return len >= 2 && len <= 1 + PHONE_DIGITS_MAX && word[0] == '+' && word[1] != '0' &&
	       strspn(word + 1, DIGITS) >= len - 1;
}

bool
phone_prefixes_good(const char *list)
{
	size_t n;

	for (; (n = next_word(&list)) > 0; list += n)
		if (!prefix_good(list, n))
			return false;
	return true;
}

/* The length of the longest prefix that fits, 0 for none. */
static size_t
longest(const char *wire, const char *list)
{
	size_t n, best = 0;

	for (; (n = next_word(&list)) > 0; list += n)
		if (n > best && strncmp(wire, list, n) == 0)
			best = n;
	return best;
}

enum phone_prefix
phone_permitted(const char *wire, const char *allow, const char *deny)
{
	size_t allowed, denied;

	if (!phone_prefixes_good(allow) || !phone_prefixes_good(deny))
		return PHONE_BAD_LIST;
	allowed = longest(wire, allow);
	denied = longest(wire, deny);
	if (denied > 0)
		return allowed > denied ? PHONE_PERMITTED : PHONE_DENIED;
	return allowed > 0 || next_word(&allow) == 0 ? PHONE_PERMITTED : PHONE_DENIED;
}
