/*
 * The mail server as sspr.conf names it, and everything that needs a file or a name service: read
 * and resolved before the sandbox closes, so that afterwards nothing has to be opened.
 */
#ifndef SSPR_DELIVER_GATEWAY_H
#define SSPR_DELIVER_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "deliver/delivery.h"
#include "deliver/lookup.h"
#include "ssprd/core/config.h"
#include "text/address.h"
#include "text/secret.h"

#define GATEWAY_PASSWORD_MAX 1024 /* bytes */
#define GATEWAY_USER_MAX     255

struct gateway {
	char scheme[8];            /* "smtp" or "smtps" */
	char host[DOMAIN_MAX + 1]; /* as in the url, without brackets */
	char port[8];
	struct lookup_answer address;
	char from[ADDRESS_MAX + 1];
	char user[GATEWAY_USER_MAX + 1]; /* "" no login */
	struct secret password;
	struct secret ca; /* PEM; empty with tls = none */
	enum mail_tls tls;
	int timeout; /* seconds, for all of it */
};

/*
 * Read [email] of this file, with the files that it names. DELIVERY_SENT, or
 * DELIVERY_MISCONFIGURED.
 */
enum delivery gateway_read(struct gateway *g, const char *file);

/* Take the url apart into scheme, host and port. DELIVERY_SENT, or DELIVERY_MISCONFIGURED. */
enum delivery gateway_url(struct gateway *g, const char *url);

/*
 * Look up the addresses of the server (which may wait as long as the resolver likes: the caller
 * holds a clock). DELIVERY_SENT, DELIVERY_LATER, or DELIVERY_MISCONFIGURED: no such name, or tls =
 * none for a server that is not on this host.
 */
enum delivery gateway_resolve(struct gateway *g);

void gateway_done(struct gateway *g);

#endif
