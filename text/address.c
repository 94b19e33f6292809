/*
 * E-mail addresses. The rule: what comes out is made of characters that were named here one by one. The
 * check stands before libidn2 (which drops some characters silently) and again after it (its mapping turns a
 * full-width sign into the ASCII one).
 */
#include "text/address.h"

#include <ctype.h>
#include <idn2.h>
#include <string.h>
#include <strings.h>

#include "text/normal.h"

#define LOCAL_MAX   64 /* RFC 5321, 4.5.3.1.1 */
#define LABEL_MAX   63
#define DIGITS      "0123456789"
#define LETTERS     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOCAL_CHARS LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~."
#define BLANKS      " \t"

/* Letters, digits and hyphens; a hyphen neither first nor last. */
static bool
label_fine(const char *label, size_t len)
{
	return len >= 1 && len <= LABEL_MAX && strspn(label, LETTERS DIGITS "-") >= len &&
	       label[0] != '-' && label[len - 1] != '-';
}

/* The last label is not a number: 192.0.2.1 is no domain. */
static bool
domain_fine(const char *domain)
{
	const char *label = domain;
	size_t len;

	for (;;) {
		len = strcspn(label, ".");
		if (!label_fine(label, len))
			return false;
		if (label[len] == '\0')
			return strspn(label, DIGITS) < len;
		label += len + 1;
	}
}

/* Letters, digits, hyphens and dots, or beyond ASCII. */
static bool
domain_typed_fine(const char *typed, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!((unsigned char)typed[i] >= 0x80 || isalnum((unsigned char)typed[i]) ||
		      typed[i] == '-' || typed[i] == '.'))
			return false;
	return len > 0 && normal_length(typed, len) > 0;
}

/* Does libidn2 have a say? Plain names are left alone: it refuses some that exist (r3---sn.example.com). */
static bool
domain_is_idn(const char *domain)
{
	const char *c;

	for (c = domain; *c; c++)
		if ((unsigned char)*c >= 0x80 ||
		    ((c == domain || c[-1] == '.') && strncasecmp(c, "xn--", 4) == 0))
			return true;
	return false;
}

static enum address
domain_by_idn(const char *typed, char *out, size_t size)
{
	enum address result = ADDRESS_SYNTAX;
	char *ascii = NULL;
	int r;

	r = idn2_lookup_u8((const uint8_t *)typed, (uint8_t **)&ascii, IDN2_NONTRANSITIONAL);
	if (r == IDN2_TOO_BIG_DOMAIN || r == IDN2_TOO_BIG_LABEL || r == IDN2_PUNYCODE_BIG_OUTPUT ||
	    (r == IDN2_OK && strlen(ascii) >= size))
		result = ADDRESS_LONG;
	else if (r == IDN2_OK)
		result = ADDRESS_FINE;
	if (result == ADDRESS_FINE)
		memcpy(out, ascii, strlen(ascii) + 1);
	idn2_free(ascii);
	return result;
}

enum address
address_domain(const char *typed, size_t len, char out[DOMAIN_MAX + 1])
{
	char copy[ADDRESS_MAX + 1], ascii[DOMAIN_MAX + 1];
	enum address result = ADDRESS_FINE;
	size_t i;

	out[0] = '\0';
	if (len > DOMAIN_MAX)
		return ADDRESS_LONG;
	if (!domain_typed_fine(typed, len))
		return ADDRESS_SYNTAX;
	memcpy(copy, typed, len);
	copy[len] = '\0';
	if (domain_is_idn(copy))
		result = domain_by_idn(copy, ascii, sizeof(ascii));
	else
		memcpy(ascii, copy, len + 1);
	if (result != ADDRESS_FINE)
		return result;
	if (!domain_fine(ascii))
		return ADDRESS_SYNTAX;
	for (i = 0; ascii[i]; i++)
		out[i] = (char)tolower((unsigned char)ascii[i]);
	out[i] = '\0';
	return ADDRESS_FINE;
}

static bool
local_fine(const char *local, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (local[i] == '\0' || !strchr(LOCAL_CHARS, local[i]) ||
		    (local[i] == '.' && (i == 0 || i + 1 == len || local[i + 1] == '.')))
			return false;
	return len > 0;
}

enum address
address_parse(const char *typed, size_t len, char wire[ADDRESS_MAX + 1])
{
	char domain[DOMAIN_MAX + 1];
	enum address result;
	const char *at;
	size_t local;

	wire[0] = '\0';
	for (; len > 0 && strchr(BLANKS, typed[len - 1]) && typed[len - 1]; len--)
		;
	for (; len > 0 && strchr(BLANKS, typed[0]) && typed[0]; len--)
		typed++;
	if (len > ADDRESS_MAX)
		return ADDRESS_LONG;
	at = len > 0 ? memchr(typed, '@', len) : NULL;
	if (!at)
		return ADDRESS_SYNTAX;
	local = (size_t)(at - typed);
	if (!local_fine(typed, local))
		return ADDRESS_SYNTAX;
	result = address_domain(at + 1, len - local - 1, domain);
	if (result != ADDRESS_FINE)
		return result;
	if (local > LOCAL_MAX || local + 1 + strlen(domain) > ADDRESS_MAX)
		return ADDRESS_LONG;
	memcpy(wire, typed, local + 1);
	memcpy(wire + local + 1, domain, strlen(domain) + 1);
	return ADDRESS_FINE;
}

/* The domain of a wire form ("" without one). */
static const char *
domain_of(const char *wire)
{
	const char *at = strrchr(wire, '@');

	return at ? at + 1 : "";
}

/* Is it this domain, or below it? */
static bool
domain_within(const char *domain, const char *above)
{
	size_t len = strlen(domain), tail = strlen(above);

	if (tail == 0 || tail > len || strcasecmp(domain + len - tail, above) != 0)
		return false;
	return tail == len || domain[len - tail - 1] == '.';
}

bool
address_in_domains(const char *wire, const char *domains)
{
	char domain[DOMAIN_MAX + 1];
	const char *word = domains;
	size_t len;

	for (word += strspn(word, BLANKS); *word; word += strspn(word, BLANKS)) {
		len = strcspn(word, BLANKS);
		if (address_domain(word, len, domain) == ADDRESS_FINE &&
		    domain_within(domain_of(wire), domain))
			return true;
		word += len;
	}
	return false;
}

bool
address_on_host(const char *wire, const char *host)
{
	const char *domain = domain_of(wire);
	size_t label = strcspn(host, ".");

	if (domain_within(domain, "localhost") || strcasecmp(domain, "localhost.localdomain") == 0)
		return true;
	if (label == 0)
		return false;
	return strcasecmp(domain, host) == 0 ||
	       (strlen(domain) == label && strncasecmp(domain, host, label) == 0);
}

/* The first letter of hidden bytes and a star for each other, at least one. What does not fit is left out. */
static size_t
mask_put(char *out, size_t size, size_t used, const char *text, size_t hidden)
{
	size_t i;

	for (i = 0; i < (hidden > 1 ? hidden : 2) && used + 1 < size; i++)
		out[used++] = (i == 0 && hidden > 0) ? text[0] : '*';
	return used;
}

void
address_mask(const char *wire, char *out, size_t size)
{
	const char *domain = domain_of(wire), *last = strrchr(domain, '.');
	size_t used = 0, local = strcspn(wire, "@");

	if (size == 0)
		return;
	if (!last)
		last = domain + strlen(domain);
	used = mask_put(out, size, used, wire, local);
	if (used + 1 < size)
		out[used++] = '@';
	used = mask_put(out, size, used, domain, (size_t)(last - domain));
	for (; *last && used + 1 < size; last++)
		out[used++] = *last;
	out[used] = '\0';
}
