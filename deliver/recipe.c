/*
 * How a gateway is spoken to. Whatever an administrator can get wrong is found here, before a
 * message waits for it.
 */
#include "deliver/recipe.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "deliver/answer.h"
#include "ssprd/core/config_url.h"
#include "text/log.h"

#define BLANKS "\t "
#define TOKEN  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~"
#define HEADER "header."
#define FIELD  "field."

/*
 * libcurl writes these itself; a second one would make two requests of one for some server on the
 * way.
 */
static const char *const own_headers[] = { "Host",       "Content-Length", "Transfer-Encoding",
					   "Connection", "Expect",         "Upgrade" };

static enum delivery
wrong(const struct recipe *r, const char *key, const char *what)
{
	log_error("[%s] %s: %s", r->section, key, what);
	return DELIVERY_MISCONFIGURED;
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool
has_fields(const struct gateway_config *g)
{
	size_t i;

	for (i = 0; i < g->pair_count; i++)
		if (begins(g->pairs[i].key, FIELD))
			return true;
	return false;
}

/*
 * What is not said follows from what is: a json text is sent as JSON, fields as a form, and what
 * has a body is posted.
 */
static enum delivery
take_body(struct recipe *r)
{
	const struct gateway_config *g = r->gateway;
	bool get = strcmp(g->method, "GET") == 0;
	bool post = strcmp(g->method, "POST") == 0;

	if (strcmp(g->body, "text") == 0)
		r->body = RECIPE_TEXT;
	else if (strcmp(g->body, "json") == 0 || (!g->body[0] && g->json[0] && !get))
		r->body = g->json[0] ? RECIPE_JSON : RECIPE_JSON_FIELDS;
	else if (strcmp(g->body, "form") == 0 || (!g->body[0] && has_fields(g) && !get))
		r->body = RECIPE_FORM;
	r->post = post || (!get && r->body != RECIPE_NO_BODY);
	if (get && r->body != RECIPE_NO_BODY)
		return wrong(r, "method", "GET has no body; set body = none");
	return DELIVERY_SENT;
}

/* The next word of a text, copied where it fits. */
static bool
take_word(const char **text, char *out, size_t size)
{
	size_t len;

	*text += strspn(*text, BLANKS);
	len = strcspn(*text, BLANKS);
	if (len == 0 || len >= size)
		return false;
	memcpy(out, *text, len);
	out[len] = '\0';
	*text += len;
	return true;
}

/* The name of a secret, the last word, as a template. */
static enum delivery
take_secret(const struct recipe *r, const char *text, const char *before, char *out, size_t size)
{
	char name[KEYRING_NAME_MAX + 1];

	if (!take_word(&text, name, sizeof(name)) || !keyring_name_good(name, strlen(name)) ||
	    text[strspn(text, BLANKS)] != '\0')
		return wrong(r, "auth", "it does not end with the name of one secret");
	snprintf(out, size, "%s{secret:%s}", before, name);
	return DELIVERY_SENT;
}

static enum delivery
take_auth(struct recipe *r)
{
	const char *text = r->gateway->auth;
	char word[8];

	if (!text[0] || strcmp(text, "none") == 0)
		return DELIVERY_SENT;
	if (!take_word(&text, word, sizeof(word)))
		word[0] = '\0';
	if (strcmp(word, "basic") == 0 && take_word(&text, r->user, sizeof(r->user)))
		return take_secret(r, text, "", r->password, sizeof(r->password));
	if (strcmp(word, "bearer") == 0)
		return take_secret(r, text, "Bearer ", r->authorization, sizeof(r->authorization));
	text += strspn(text, BLANKS);
	if (strcmp(word, "raw") != 0 || !*text || strlen(text) >= sizeof(r->authorization))
		return wrong(r, "auth",
			     "it is none of: basic USER SECRET, bearer SECRET, raw TEXT, none");
	memcpy(r->authorization, text, strlen(text) + 1);
	return DELIVERY_SENT;
}

static enum delivery
take_rules(struct recipe *r)
{
	char why[ANSWER_WHY_SIZE];

	r->ok = r->gateway->ok[0] ? r->gateway->ok : ANSWER_OK_DEFAULT;
	r->retry = r->gateway->retry[0] ? r->gateway->retry : ANSWER_RETRY_DEFAULT;
	if (answer_rule_check(r->ok, why) < 0)
		return wrong(r, "ok", why);
	if (answer_rule_check(r->retry, why) < 0)
		return wrong(r, "retry", why);
	return DELIVERY_SENT;
}

static enum delivery
check_header(const struct recipe *r, const char *key)
{
	const char *name = key + strlen(HEADER);
	size_t i;

	if (strspn(name, TOKEN) != strlen(name) || !*name)
		return wrong(r, key, "that is not the name of a header");
	for (i = 0; i < sizeof(own_headers) / sizeof(own_headers[0]); i++)
		if (strcasecmp(name, own_headers[i]) == 0)
			return wrong(r, key, "this header is not for the configuration to set");
	if ((r->user[0] || r->authorization[0]) && strcasecmp(name, "Authorization") == 0)
		return wrong(r, key, "auth sets this header already");
	return DELIVERY_SENT;
}

static enum delivery
check_pairs(const struct recipe *r)
{
	enum delivery d = DELIVERY_SENT;
	size_t i;

	for (i = 0; d == DELIVERY_SENT && i < r->gateway->pair_count; i++)
		if (begins(r->gateway->pairs[i].key, HEADER))
			d = check_header(r, r->gateway->pairs[i].key);
	return d;
}

static enum delivery
check_template(struct recipe *r, const struct recipe_template *in)
{
	char why[TEMPLATE_WHY_SIZE];
	struct template_piece piece;
	struct template t;
	int n;

	template_start(&t, in->text, in->place);
	while ((n = template_next(&t, &piece, why)) > 0) {
		if (piece.kind != TEMPLATE_VALUE)
			continue;
		if (piece.value == TEMPLATE_EXTENSION)
			r->dials_extensions = true;
		if (piece.value == TEMPLATE_TO)
			r->says_number = true;
		if (piece.value == TEMPLATE_FROM && !r->gateway->from[0])
			return wrong(r, "from", "it is not set, and the gateway needs a sender");
	}
	return n < 0 ? wrong(r, in->key, why) : DELIVERY_SENT;
}

/* No placeholder decides which server is spoken to: url_parse lets no brace into a host. */
static enum delivery
check_all(struct recipe *r)
{
	const struct gateway_config *g = r->gateway;
	enum delivery d = DELIVERY_SENT;
	struct recipe_template t;
	struct url u;
	size_t i;

	if (!g->url[0])
		return wrong(r, "url",
			     g->preset[0] ? "the preset has none for this section"
					  : "it is not set: there is no gateway");
	if (url_parse(g->url, &u) != URL_FINE)
		return wrong(r, "url", "it is not a URL like https://gateway.example.org/path");
	for (i = 0; d == DELIVERY_SENT && recipe_template(r, i, &t); i++)
		d = check_template(r, &t);
	return d;
}

enum delivery
recipe_read(struct recipe *r, const char *section, const struct gateway_config *gateway)
{
	enum delivery d;

	*r = (struct recipe){ .section = section, .gateway = gateway };
	d = take_body(r);
	if (d == DELIVERY_SENT)
		d = take_auth(r);
	if (d == DELIVERY_SENT)
		d = take_rules(r);
	if (d == DELIVERY_SENT)
		d = check_pairs(r);
	if (d == DELIVERY_SENT)
		d = check_all(r);
	return d;
}

/* Is the pair in use? A JSON text takes no fields. */
static bool
pair_in_use(const struct recipe *r, const struct gateway_pair *pair)
{
	return pair->value[0] && (r->body != RECIPE_JSON || begins(pair->key, HEADER));
}

/* Those of a fixed place, the unused ones too, with an empty text. */
static bool
fixed_template(const struct recipe *r, size_t index, struct recipe_template *t)
{
	const struct recipe_template fixed[] = {
		{ "url", r->gateway->url, TEMPLATE_IN_URL },
		{ "auth", r->user, TEMPLATE_IN_FIELD },
		{ "auth", r->password, TEMPLATE_IN_FIELD },
		{ "auth", r->authorization, TEMPLATE_IN_HEADER },
		{ "json", r->body == RECIPE_JSON ? r->gateway->json : "", TEMPLATE_IN_JSON },
	};

	if (index >= sizeof(fixed) / sizeof(fixed[0]))
		return false;
	*t = fixed[index];
	return true;
}

bool
recipe_template(const struct recipe *r, size_t index, struct recipe_template *t)
{
	const struct gateway_pair *pair;
	size_t at, seen = 0;

	for (at = 0; fixed_template(r, at, t); at++)
		if (t->text[0] && seen++ == index)
			return true;
	for (at = 0; at < r->gateway->pair_count; at++) {
		pair = &r->gateway->pairs[at];
		if (!pair_in_use(r, pair) || seen++ != index)
			continue;
		*t = (struct recipe_template){ pair->key, pair->value,
					       begins(pair->key, HEADER) ? TEMPLATE_IN_HEADER
									 : TEMPLATE_IN_FIELD };
		return true;
	}
	return false;
}

static enum delivery
template_secrets(const struct recipe_template *in, struct keyring *k,
		 const struct keyring_folders *folders)
{
	char why[TEMPLATE_WHY_SIZE];
	enum delivery d = DELIVERY_SENT;
	struct template_piece piece;
	struct template t;

	template_start(&t, in->text, in->place);
	while (d == DELIVERY_SENT && template_next(&t, &piece, why) > 0)
		if (piece.kind == TEMPLATE_SECRET)
			d = keyring_load(k, folders, piece.at, piece.len);
	return d;
}

enum delivery
recipe_secrets(const struct recipe *r, struct keyring *k, const struct keyring_folders *folders)
{
	enum delivery d = DELIVERY_SENT;
	struct recipe_template t;
	size_t i;

	for (i = 0; d == DELIVERY_SENT && recipe_template(r, i, &t); i++)
		d = template_secrets(&t, k, folders);
	return d;
}
