/*
 * The addresses of a server's name.
 */
#include "deliver/lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* An address of either family, as bytes that inet_ntop takes. */
struct address {
	int family;
	struct in_addr four;
	struct in6_addr six;
};

bool
lookup_is_address(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1;
}

static bool
take_address(const struct addrinfo *a, struct address *out)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	out->family = a->ai_family;
	if (a->ai_family == AF_INET) {
		memcpy(&v4, a->ai_addr, sizeof(v4));
		out->four = v4.sin_addr;
	} else if (a->ai_family == AF_INET6) {
		memcpy(&v6, a->ai_addr, sizeof(v6));
		out->six = v6.sin6_addr;
	}
	return a->ai_family == AF_INET || a->ai_family == AF_INET6;
}

static bool
loopback(const struct address *a)
{
	if (a->family == AF_INET)
		return ntohl(a->four.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&a->six);
}

/* Append one address to the line; what does not fit is left out. */
static void
add_address(char *line, bool first, const struct address *a)
{
	bool six = a->family == AF_INET6;
	char text[INET6_ADDRSTRLEN];
	size_t len = strlen(line);

	if (!inet_ntop(a->family, six ? (const void *)&a->six : &a->four, text, sizeof(text)) ||
	    LOOKUP_LINE_SIZE - len < sizeof(text) + 4)
		return;
	snprintf(line + len, LOOKUP_LINE_SIZE - len, "%s%s%s%s", first ? "" : ",", six ? "[" : "",
		 text, six ? "]" : "");
}

static void
take_list(const char *host, const char *port, const struct addrinfo *list,
	  struct lookup_answer *answer)
{
	const struct addrinfo *a;
	struct address address;
	int count = 0;

	snprintf(answer->line, sizeof(answer->line), "%s:%s:", host, port);
	answer->here = true;
	for (a = list; a && count < LOOKUP_ADDRESSES_MAX; a = a->ai_next) {
		if (!take_address(a, &address))
			continue;
		if (!loopback(&address))
			answer->here = false;
		add_address(answer->line, count == 0, &address);
		count++;
	}
	if (count == 0)
		answer->here = false;
	if (lookup_is_address(host))
		answer->line[0] = '\0';
}

enum lookup
lookup_host(const char *host, const char *port, struct lookup_answer *answer)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int r;

	*answer = (struct lookup_answer){ 0 };
	r = getaddrinfo(host, port, &hints, &list);
	if (r != 0) {
		answer->why = gai_strerror(r);
		return r == EAI_NONAME ? LOOKUP_UNKNOWN : LOOKUP_LATER;
	}
	take_list(host, port, list, answer);
	freeaddrinfo(list);
	return LOOKUP_FOUND;
}
