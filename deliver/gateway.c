/*
 * The mail server as sspr.conf names it. The rule: whatever is wrong is found here, before a
 * message is read and before anything is connected.
 */
#include "deliver/gateway.h"

#include <string.h>

#include "deliver/line.h"
#include "deliver/source.h"
#include "text/log.h"

static bool
set(const char *value)
{
	return value && *value;
}

static enum delivery
read_sender(struct gateway *g, const struct email_config *email)
{
	if (!set(email->from) ||
	    address_parse(email->from, strlen(email->from), g->from) != ADDRESS_FINE ||
	    !line_is_address(g->from)) {
		log_error("[email] from is not an e-mail address");
		return DELIVERY_MISCONFIGURED;
	}
	if (!set(email->user))
		return DELIVERY_SENT;
	if (strlen(email->user) > GATEWAY_USER_MAX || !line_is_plain(email->user)) {
		log_error("[email] user is too long or has a control character");
		return DELIVERY_MISCONFIGURED;
	}
	memcpy(g->user, email->user, strlen(email->user) + 1);
	if (!set(email->password_file)) {
		log_error("[email] user is set, but password_file is not");
		return DELIVERY_MISCONFIGURED;
	}
	return DELIVERY_SENT;
}

static enum delivery
read_password(struct gateway *g, const char *path)
{
	return g->user[0] ? source_secret(path, GATEWAY_PASSWORD_MAX, &g->password) : DELIVERY_SENT;
}

static enum delivery
read_certificates(struct gateway *g, const char *path)
{
	if (g->tls == TLS_NONE && strcmp(g->scheme, "smtp") == 0)
		return DELIVERY_SENT;
	return source_certificates(set(path) ? path : SOURCE_CA_SYSTEM, &g->ca);
}

enum delivery
gateway_read(struct gateway *g, const char *file)
{
	struct config *config = NULL;
	enum delivery d;

	d = source_config(file, &config);
	if (d != DELIVERY_SENT)
		return d;
	if (!set(config->email.url)) {
		log_error("[email] url is not set: there is no mail server");
		d = DELIVERY_MISCONFIGURED;
		goto out;
	}
	g->tls = config->email.tls;
	g->timeout = config->email.timeout;
	d = gateway_url(g, config->email.url);
	if (d == DELIVERY_SENT)
		d = read_sender(g, &config->email);
	if (d == DELIVERY_SENT)
		d = read_password(g, config->email.password_file);
	if (d == DELIVERY_SENT)
		d = read_certificates(g, config->email.ca_file);
out:
	config_free(config);
	return d;
}

void
gateway_done(struct gateway *g)
{
	secret_done(&g->password);
	secret_done(&g->ca);
}
