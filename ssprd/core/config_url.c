/*
 * URLs, strictly: a host is made of letters, digits, dots, hyphens and underscores, or an IPv6 address in
 * brackets. What is doubtful is refused, because libcurl's reading of it might be another one.
 */
#include "ssprd/core/config_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* The scheme, up to "://"; what follows, or NULL. */
static const char *
take_scheme(const char *at, struct url *u)
{
	size_t i, n = strspn(at, LETTERS);

	if (n == 0 || n >= sizeof(u->scheme) || strncmp(at + n, "://", 3) != 0)
		return NULL;
	for (i = 0; i < n; i++)
		u->scheme[i] = (char)tolower((unsigned char)at[i]);
	u->scheme[n] = '\0';
	return at + n + 3;
}

static const char *
take_host(const char *at, struct url *u)
{
	struct in6_addr six;
	bool bracket = *at == '[';
	size_t n;

	if (bracket)
		at++;
	n = bracket ? strcspn(at, "]") : strspn(at, LETTERS DIGITS ".-_");
	if (n == 0 || n > URL_HOST_MAX || (bracket && at[n] != ']'))
		return NULL;
	memcpy(u->host, at, n);
	u->host[n] = '\0';
	if (bracket && inet_pton(AF_INET6, u->host, &six) != 1)
		return NULL;
	return at + n + (bracket ? 1 : 0);
}

static const char *
take_port(const char *at, struct url *u)
{
	size_t i, n;

	if (*at != ':')
		return at;
	at++;
	n = strspn(at, DIGITS);
	if (n == 0 || n > 5)
		return NULL;
	for (i = 0; i < n; i++)
		u->port = u->port * 10 + (at[i] - '0');
	return u->port >= 1 && u->port <= 65535 ? at + n : NULL;
}

enum url_result
url_parse(const char *text, struct url *u)
{
	struct url got = { 0 };
	const char *at;

	at = take_scheme(text, &got);
	if (!at)
		return URL_SYNTAX;
	if (memchr(at, '@', strcspn(at, "/?#")))
		return URL_LOGIN;
	at = take_host(at, &got);
	if (at)
		at = take_port(at, &got);
	if (!at || (*at != '\0' && *at != '/' && *at != '?'))
		return URL_SYNTAX;
	got.rest = at;
	*u = got;
	return URL_FINE;
}

bool
url_is_loopback(const struct url *u)
{
	struct in_addr four;
	struct in6_addr six;

	if (strcasecmp(u->host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, u->host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, u->host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}
