/*
 * Where the mail server is: its url taken apart, its name looked up. Looking up opens files and
 * sockets of every kind, so it happens before the sandbox, and libcurl gets addresses.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "deliver/gateway.h"
#include "deliver/line.h"
#include "ssprd/core/config_url.h"
#include "text/log.h"

_Static_assert(URL_HOST_MAX <= DOMAIN_MAX, "a host of a url fits");

enum delivery
gateway_url(struct gateway *g, const char *url)
{
	struct in6_addr six;
	struct in_addr four;
	struct url u;
	bool tls;

	if (url_parse(url, &u) != URL_FINE || (u.rest[0] && strcmp(u.rest, "/") != 0))
		goto bad;
	tls = strcmp(u.scheme, "smtps") == 0;
	if (!tls && strcmp(u.scheme, "smtp") != 0)
		goto bad;
	g->literal =
		inet_pton(AF_INET6, u.host, &six) == 1 || inet_pton(AF_INET, u.host, &four) == 1;
	if (!g->literal && !line_is_host(u.host))
		goto bad;
	memcpy(g->scheme, u.scheme, sizeof(g->scheme));
	memcpy(g->host, u.host, strlen(u.host) + 1);
	snprintf(g->port, sizeof(g->port), "%d", u.port ? u.port : tls ? 465 : 25);
	return DELIVERY_SENT;
bad:
	log_error("[email] url is not smtp://HOST[:PORT] or smtps://HOST[:PORT]");
	return DELIVERY_MISCONFIGURED;
}

static bool
loopback(const struct addrinfo *a)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (a->ai_family == AF_INET) {
		memcpy(&v4, a->ai_addr, sizeof(v4));
		return ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	memcpy(&v6, a->ai_addr, sizeof(v6));
	return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* Append one address to the line for CURLOPT_RESOLVE; what does not fit is left out. */
static void
add_address(struct gateway *g, const struct addrinfo *a)
{
	size_t len = strlen(g->resolve);
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	bool six = a->ai_family == AF_INET6;
	const void *address;

	if (six) {
		memcpy(&v6, a->ai_addr, sizeof(v6));
		address = &v6.sin6_addr;
	} else {
		memcpy(&v4, a->ai_addr, sizeof(v4));
		address = &v4.sin_addr;
	}
	if (!inet_ntop(a->ai_family, address, text, sizeof(text)))
		return;
	if (sizeof(g->resolve) - len < sizeof(text) + 4)
		return;
	snprintf(g->resolve + len, sizeof(g->resolve) - len, "%s%s%s%s",
		 g->resolve[len - 1] == ':' ? "" : ",", six ? "[" : "", text, six ? "]" : "");
}

static enum delivery
take_addresses(struct gateway *g, const struct addrinfo *list)
{
	const struct addrinfo *a;
	int count = 0;

	snprintf(g->resolve, sizeof(g->resolve), "%s:%s:", g->host, g->port);
	for (a = list; a && count < GATEWAY_ADDRESSES_MAX; a = a->ai_next) {
		if (a->ai_family != AF_INET && a->ai_family != AF_INET6)
			continue;
		/*
		 * Judged by where it leads: a name that once meant this host may not send the login
		 * over a network.
		 */
		if (g->tls == TLS_NONE && !loopback(a)) {
			log_error("[email] tls = none, but %s is not this host", g->host);
			return DELIVERY_MISCONFIGURED;
		}
		add_address(g, a);
		count++;
	}
	if (g->literal)
		g->resolve[0] = '\0';
	return DELIVERY_SENT;
}

enum delivery
gateway_resolve(struct gateway *g)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	enum delivery d;
	int r;

	r = getaddrinfo(g->host, g->port, &hints, &list);
	if (r != 0) {
		log_error("the mail server %s is not known: %s", g->host, gai_strerror(r));
		return r == EAI_NONAME ? DELIVERY_MISCONFIGURED : DELIVERY_LATER;
	}
	d = take_addresses(g, list);
	freeaddrinfo(list);
	return d;
}
