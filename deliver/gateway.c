/*
 * The mail server as sspr.conf names it. The rule: whatever is wrong is found here, before a
 * message is read and before anything is connected.
 */
#include "deliver/gateway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deliver/file.h"
#include "deliver/line.h"
#include "text/log.h"

#define PASSWORD_MODE 0640
#define CA_MODE       0755

static bool
set(const char *value)
{
	return value && *value;
}

/* The one line says the first mistake; `ssprctl policy check` says them all. */
static void
log_first(const char *file, const struct config_errors *errors)
{
	const struct config_error *first = errors->list;

	if (errors->count == 0)
		log_error("%s cannot be read", file);
	else
		log_error("%s:%d: %s", first->file, first->line, first->text);
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

/* One line: the line end that an editor leaves is no part of the password. */
static void
cut_line_end(struct secret *s)
{
	if (s->len > 0 && s->data[s->len - 1] == '\n')
		s->data[--s->len] = '\0';
	if (s->len > 0 && s->data[s->len - 1] == '\r')
		s->data[--s->len] = '\0';
}

static enum delivery
read_password(struct gateway *g, const char *path)
{
	int r;

	if (g->user[0] == '\0')
		return DELIVERY_SENT;
	r = file_read(path, GATEWAY_PASSWORD_MAX, PASSWORD_MODE, &g->password);
	if (r == -EACCES) {
		log_error("%s cannot be read, or more than its owner and group can (mode 0640 is "
			  "the most)",
			  path);
		return DELIVERY_MISCONFIGURED;
	}
	if (r < 0) {
		log_error("%s: %s", path, strerror(-r));
		return DELIVERY_MISCONFIGURED;
	}
	cut_line_end(&g->password);
	if (g->password.len == 0 || strlen(secret_text(&g->password)) != g->password.len ||
	    !line_is_plain(secret_text(&g->password))) {
		log_error("%s does not hold a password alone on one line", path);
		return DELIVERY_MISCONFIGURED;
	}
	return DELIVERY_SENT;
}

static enum delivery
read_certificates(struct gateway *g, const char *path)
{
	int r;

	if (g->tls == TLS_NONE && strcmp(g->scheme, "smtp") == 0)
		return DELIVERY_SENT;
	r = file_read(path, GATEWAY_CA_MAX, CA_MODE, &g->ca);
	if (r == -EACCES)
		log_error("%s cannot be read, or others than root can change it", path);
	else if (r < 0)
		log_error("%s: %s", path, strerror(-r));
	else if (!strstr(secret_text(&g->ca), "-----BEGIN "))
		log_error("%s holds no certificate", path);
	else
		return DELIVERY_SENT;
	return DELIVERY_MISCONFIGURED;
}

enum delivery
gateway_read(struct gateway *g, const char *file)
{
	struct config_errors errors = { 0 };
	struct config *config = NULL;
	enum delivery d = DELIVERY_MISCONFIGURED;

	if (config_read(file, &config, &errors) != CONFIG_GOOD) {
		log_first(file, &errors);
		goto out;
	}
	if (!set(config->email.url)) {
		log_error("[email] url is not set: there is no mail server");
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
		d = read_certificates(g, set(config->email.ca_file) ? config->email.ca_file
								    : GATEWAY_CA_SYSTEM);
out:
	config_errors_done(&errors);
	config_free(config);
	return d;
}

void
gateway_done(struct gateway *g)
{
	secret_done(&g->password);
	secret_done(&g->ca);
}
