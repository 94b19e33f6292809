/*
 * URLs of gateways and mail servers, as the configuration has them: scheme://host[:port][/rest]. Nothing is
 * resolved; a login inside of a URL is refused, since secrets stand in files of their own.
 */
#ifndef SSPR_CORE_CONFIG_URL_H
#define SSPR_CORE_CONFIG_URL_H

#include <stdbool.h>

#define URL_HOST_MAX 253

struct url {
	char scheme[8];              /* lower case */
	char host[URL_HOST_MAX + 1]; /* an IPv6 address without its brackets */
	int port;                    /* 0 not said */
	const char *rest; /* from the / or ? on, in the text that was given; "" nothing */
};

enum url_result {
	URL_FINE = 0,
	URL_SYNTAX,
	URL_LOGIN, /* it has a USER@ or USER:PASSWORD@ */
};

/* *u is filled in only when URL_FINE, and lives as long as text. */
enum url_result url_parse(const char *text, struct url *u);

/* Is the host this machine, as a name (localhost) or an address of 127.0.0.0/8 or ::1? */
bool url_is_loopback(const struct url *u);

#endif
