/*
 * Where the mail server is: its url taken apart, its name looked up.
 */
#include <stdio.h>
#include <string.h>

#include "deliver/gateway.h"
#include "deliver/line.h"
#include "ssprd/core/config_url.h"
#include "text/log.h"

_Static_assert(URL_HOST_MAX <= DOMAIN_MAX, "a host of a url fits");

enum delivery
gateway_url(struct gateway *g, const char *url)
{
	struct url u;
	bool tls;

	if (url_parse(url, &u) != URL_FINE || (u.rest[0] && strcmp(u.rest, "/") != 0))
		goto bad;
	tls = strcmp(u.scheme, "smtps") == 0;
	if (!tls && strcmp(u.scheme, "smtp") != 0)
		goto bad;
	if (!lookup_is_address(u.host) && !line_is_host(u.host))
		goto bad;
	memcpy(g->scheme, u.scheme, sizeof(g->scheme));
	memcpy(g->host, u.host, strlen(u.host) + 1);
	snprintf(g->port, sizeof(g->port), "%d", u.port ? u.port : tls ? 465 : 25);
	return DELIVERY_SENT;
bad:
	log_error("[email] url is not smtp://HOST[:PORT] or smtps://HOST[:PORT]");
	return DELIVERY_MISCONFIGURED;
}

enum delivery
gateway_resolve(struct gateway *g)
{
	enum lookup l = lookup_host(g->host, g->port, &g->address);

	if (l != LOOKUP_FOUND) {
		log_error("the mail server %s is not known: %s", g->host, g->address.why);
		return l == LOOKUP_UNKNOWN ? DELIVERY_MISCONFIGURED : DELIVERY_LATER;
	}
	/*
	 * Judged by where it leads: a name that once meant this host may not send the login over a
	 * network.
	 */
	if (g->tls != TLS_NONE || g->address.here)
		return DELIVERY_SENT;
	log_error("[email] tls = none, but %s is not this host", g->host);
	return DELIVERY_MISCONFIGURED;
}
