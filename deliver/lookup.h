/*
 * The addresses of a server's name. Looking up opens files and sockets of every kind, so it happens
 * before the sandbox, and libcurl gets addresses.
 */
#ifndef SSPR_DELIVER_LOOKUP_H
#define SSPR_DELIVER_LOOKUP_H

#include <stdbool.h>

#define LOOKUP_ADDRESSES_MAX 8 /* of one name that are tried */
#define LOOKUP_LINE_SIZE     1024

enum lookup {
	LOOKUP_FOUND,
	LOOKUP_UNKNOWN, /* there is no such name */
	LOOKUP_LATER,   /* nobody could say */
};

struct lookup_answer {
	char line[LOOKUP_LINE_SIZE]; /* "HOST:PORT:ADDRESS,..." for CURLOPT_RESOLVE; "" where host
					is an address */
	bool here;                   /* all of them lead to this host, whatever the name */
	const char *why;             /* of LOOKUP_UNKNOWN and LOOKUP_LATER */
};

/* Is the host an IP address, without brackets? */
bool lookup_is_address(const char *host);

/* It may wait as long as the resolver likes: the caller holds a clock. host has no brackets. */
enum lookup lookup_host(const char *host, const char *port, struct lookup_answer *answer);

#endif
