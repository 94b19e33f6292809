/*
 * The way to phones: [sms] and [voice], any gateway that speaks HTTP.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/answer.h"
#include "deliver/http.h"
#include "deliver/http_request.h"
#include "deliver/keyring.h"
#include "deliver/letter.h"
#include "deliver/lookup.h"
#include "deliver/preset.h"
#include "deliver/recipe.h"
#include "deliver/short_message.h"
#include "deliver/source.h"
#include "deliver/spoken.h"
#include "deliver/way.h"
#include "ssprd/core/config_url.h"
#include "text/log.h"

struct phone_way {
	const char *section;
	enum gateway_kind kind;
	struct config *config;
	struct preset preset;
	struct recipe recipe;
	struct keyring keys;
	struct secret ca; /* empty for plain http */
	struct url url;
	struct lookup_answer address;
	struct http *http;
};

static const struct gateway_config *
own_keys(const struct phone_way *w)
{
	return w->kind == GATEWAY_SMS ? &w->config->sms : &w->config->voice;
}

static enum delivery
read_certificates(struct phone_way *w)
{
	if (strcmp(w->url.scheme, "http") == 0)
		return DELIVERY_SENT;
	return source_certificates(SOURCE_CA_SYSTEM, &w->ca);
}

/* Secrets stand in a folder beside sspr.conf: /etc/sspr/secrets. */
static enum delivery
read_secrets(struct phone_way *w, const struct errand *errand)
{
	struct keyring_folders folders = { .credentials = errand->credentials };
	const char *slash = strrchr(errand->file, '/');
	char secrets[PATH_MAX];
	int n;

	n = snprintf(secrets, sizeof(secrets), "%.*ssecrets",
		     slash ? (int)(slash + 1 - errand->file) : 0, errand->file);
	if (n < 0 || (size_t)n >= sizeof(secrets)) {
		log_error("the path of %s is too long", errand->section);
		return DELIVERY_MISCONFIGURED;
	}
	folders.secrets = secrets;
	return recipe_secrets(&w->recipe, &w->keys, &folders);
}

/* The section, its preset, and what they mean. */
static enum delivery
read_recipe(struct phone_way *w)
{
	const struct gateway_config *own = own_keys(w);
	enum delivery d;

	if (own->program[0]) {
		log_error("[%s] program is set: it is run in place of this one", w->section);
		return DELIVERY_MISCONFIGURED;
	}
	d = preset_merge(&w->preset, own, w->kind, PRESET_FOLDER);
	if (d == DELIVERY_SENT)
		d = recipe_read(&w->recipe, w->section, &w->preset.gateway);
	if (d == DELIVERY_SENT && url_parse(w->preset.gateway.url, &w->url) != URL_FINE)
		d = DELIVERY_MISCONFIGURED;
	return d;
}

static enum delivery
phone_read(const struct errand *errand, void **state, int *timeout)
{
	struct phone_way *w = calloc(1, sizeof(*w));
	enum delivery d;

	*state = w;
	if (!w) {
		log_error("out of memory");
		return DELIVERY_LATER;
	}
	w->section = errand->section;
	w->kind = strcmp(errand->section, "sms") == 0 ? GATEWAY_SMS : GATEWAY_VOICE;
	d = source_config(errand->file, &w->config);
	if (d == DELIVERY_SENT)
		d = read_recipe(w);
	if (d == DELIVERY_SENT)
		d = read_secrets(w, errand);
	if (d == DELIVERY_SENT)
		d = read_certificates(w);
	*timeout = w->config ? own_keys(w)->timeout : 0;
	return d;
}

static enum delivery
phone_resolve(void *state)
{
	struct phone_way *w = state;
	bool clear = strcmp(w->url.scheme, "http") == 0;
	char port[8];
	enum lookup l;

	snprintf(port, sizeof(port), "%d", w->url.port ? w->url.port : clear ? 80 : 443);
	l = lookup_host(w->url.host, port, &w->address);
	if (l != LOOKUP_FOUND) {
		log_error("the gateway %s is not known: %s", w->url.host, w->address.why);
		return l == LOOKUP_UNKNOWN ? DELIVERY_MISCONFIGURED : DELIVERY_LATER;
	}
	/*
	 * Judged by where it leads: a name that once meant this host may not send codes over a
	 * network.
	 */
	if (!clear || w->address.here)
		return DELIVERY_SENT;
	log_error("[%s] url is http, but %s is not this host: use https", w->section, w->url.host);
	return DELIVERY_MISCONFIGURED;
}

static enum delivery
phone_start(void *state)
{
	struct phone_way *w = state;

	letter_start();
	w->http = http_new(w->url.host, w->address.line, &w->ca);
	if (w->http)
		return DELIVERY_SENT;
	log_error("libcurl cannot be started");
	return DELIVERY_LATER;
}

/* The last look at where a message goes: what it costs is paid by the administrator. */
static enum delivery
check_number(const struct phone_way *w, const struct short_message *m)
{
	const struct gateway_config *g = &w->preset.gateway;

	if (phone_permitted(m->number, g->allow_prefixes, g->deny_prefixes) != PHONE_PERMITTED) {
		log_error("[%s] allow_prefixes and deny_prefixes do not permit this number",
			  w->section);
		return DELIVERY_REFUSED;
	}
	/* Without it a switchboard would be told the code. */
	if (m->extension[0] && !w->recipe.dials_extensions && !w->recipe.says_number) {
		log_error("[%s] this gateway cannot dial the extension of a number", w->section);
		return DELIVERY_REFUSED;
	}
	return DELIVERY_SENT;
}

static enum delivery
judge(const struct phone_way *w, const struct http_answer *got)
{
	static const struct {
		enum delivery delivery;
		const char *text;
	} verdicts[] = {
		[ANSWER_SENT] = { DELIVERY_SENT, "" },
		[ANSWER_LATER] = { DELIVERY_LATER, "asks for another try later" },
		[ANSWER_REFUSED] = { DELIVERY_REFUSED, "refused the message" },
		[ANSWER_UNKNOWN] = { DELIVERY_LATER, "gave an answer that is none of a gateway" },
		[ANSWER_STRANGER] = { DELIVERY_MISCONFIGURED, "did not take the login" },
		[ANSWER_ELSEWHERE] = { DELIVERY_MISCONFIGURED,
				       "sent us to another place, which is never followed" },
	};
	const struct answer a = { got->status, secret_text(&got->body), got->body.len };
	char seen[ANSWER_SEEN_SIZE];
	enum answer_verdict v;

	v = answer_judge(&a, w->recipe.ok, w->recipe.retry, seen);
	if (v != ANSWER_SENT)
		log_error("the gateway %s %s: HTTP %ld%s", w->url.host, verdicts[v].text,
			  got->status, seen);
	return verdicts[v].delivery;
}

static void
set_values(const struct phone_way *w, const struct short_message *m, struct spoken *spoken,
	   struct template_values *v)
{
	spoken_locale(m->lang, spoken);
	v->secrets = &w->keys;
	v->values[TEMPLATE_TO] = w->recipe.dials_extensions ? m->number : m->to;
	v->values[TEMPLATE_TO_DIGITS] = m->number + 1;
	v->values[TEMPLATE_EXTENSION] = m->extension;
	v->values[TEMPLATE_FROM] = w->preset.gateway.from;
	v->values[TEMPLATE_TEXT] = secret_text(&m->text);
	v->values[TEMPLATE_CODE] = secret_text(&m->code);
	v->values[TEMPLATE_CODE_SPACED] = secret_text(&m->spaced);
	v->values[TEMPLATE_USER] = m->user;
	v->values[TEMPLATE_HOST] = m->host;
	v->values[TEMPLATE_LANG] = m->lang;
	v->values[TEMPLATE_LOCALE] = spoken->locale;
	v->values[TEMPLATE_LOCALE_LOWER] = spoken->lower;
	v->values[TEMPLATE_ID] = m->id;
}

static enum delivery
send_message(struct phone_way *w, const struct short_message *m, int64_t left_ms)
{
	struct http_request request = { 0 };
	struct http_answer answer = { 0 };
	struct template_values values = { 0 };
	struct spoken spoken;
	enum delivery d;

	d = check_number(w, m);
	if (d != DELIVERY_SENT)
		return d;
	set_values(w, m, &spoken, &values);
	d = http_request_build(&request, &w->recipe, &values);
	if (d == DELIVERY_SENT)
		d = http_send(w->http, &request, left_ms, &answer);
	if (d == DELIVERY_SENT)
		d = judge(w, &answer);
	secret_done(&answer.body);
	http_request_done(&request);
	return d;
}

static enum delivery
phone_deliver(void *state, const struct secret *json, int64_t left_ms)
{
	struct phone_way *w = state;
	struct short_message m = { 0 };
	enum delivery d;

	d = short_message_parse(&m, json, w->kind == GATEWAY_VOICE);
	if (d == DELIVERY_SENT)
		d = send_message(w, &m, left_ms);
	short_message_done(&m);
	return d;
}

static void
phone_done(void *state)
{
	struct phone_way *w = state;

	if (!w)
		return;
	http_free(w->http);
	keyring_done(&w->keys);
	secret_done(&w->ca);
	preset_done(&w->preset);
	config_free(w->config);
	free(w);
}

const struct way way_phone = {
	.read = phone_read,
	.resolve = phone_resolve,
	.start = phone_start,
	.deliver = phone_deliver,
	.done = phone_done,
};
