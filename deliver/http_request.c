/*
 * One HTTP request. Every byte that comes from a message passes through an encoding of its place.
 */
#include "deliver/http_request.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "deliver/escape.h"
#include "text/log.h"

#define HEADER "header."
#define FIELD  "field."

/* How fields are written one after the other. */
enum field_form { AS_QUERY, AS_FORM, AS_JSON };

struct builder {
	struct http_request *request;
	const struct recipe *recipe;
	const struct template_values *values;
};

static enum delivery
no_memory(void)
{
	log_error("out of memory");
	return DELIVERY_LATER;
}

/* Room of max bytes to write into; finish() says how many it were. */
static enum delivery
start(struct draft *d, struct secret *out, size_t max)
{
	if (secret_room(out, max) < 0)
		return no_memory();
	*d = (struct draft){ .data = out->data, .size = max };
	return DELIVERY_SENT;
}

static enum delivery
finish(const struct builder *b, const char *key, const struct draft *d, struct secret *out)
{
	if (d->full) {
		log_error("[%s] %s: it is too long once filled in", b->recipe->section, key);
		return DELIVERY_MISCONFIGURED;
	}
	out->len = d->len;
	out->data[d->len] = '\0';
	return DELIVERY_SENT;
}

static enum delivery
fill(const struct builder *b, const struct recipe_template *t, struct draft *d)
{
	char why[TEMPLATE_WHY_SIZE];

	if (template_fill(d, t->text, t->place, b->values, why) == 0)
		return DELIVERY_SENT;
	log_error("[%s] %s: %s", b->recipe->section, t->key, why);
	return DELIVERY_MISCONFIGURED;
}

/* One template as it comes out, into *out. */
static enum delivery
fill_into(const struct builder *b, const struct recipe_template *t, const char *before,
	  struct secret *out, size_t max)
{
	enum delivery e;
	struct draft d;

	e = start(&d, out, max);
	if (e != DELIVERY_SENT)
		return e;
	draft_text(&d, before);
	e = fill(b, t, &d);
	return e == DELIVERY_SENT ? finish(b, t->key, &d, out) : e;
}

static bool
without_extension(const struct builder *b, const struct recipe_template *t)
{
	const char *extension = b->values->values[TEMPLATE_EXTENSION];

	return (!extension || !*extension) &&
	       template_mentions(t->text, t->place, TEMPLATE_EXTENSION);
}

/* The next place for a header, with what every header has in front of its value. */
static enum delivery
add_header(struct builder *b, const char *name, const struct recipe_template *t)
{
	struct http_request *h = b->request;
	char before[CONFIG_LINE_MAX];
	enum delivery e;
	size_t len;

	if (h->header_count == HTTP_HEADERS_MAX || strlen(name) + 3 > sizeof(before)) {
		log_error("[%s] there are too many headers", b->recipe->section);
		return DELIVERY_MISCONFIGURED;
	}
	len = strlen(name);
	memcpy(before, name, len);
	memcpy(before + len, ": ", 3);
	e = fill_into(b, t, before, &h->headers[h->header_count], HTTP_HEADER_MAX);
	if (e == DELIVERY_SENT && h->headers[h->header_count].len == len + 2)
		secret_done(&h->headers[h->header_count]);
	else
		h->header_count++;
	return e;
}

static bool
has_header(const struct builder *b, const char *name)
{
	const struct gateway_config *g = b->recipe->gateway;
	size_t i;

	for (i = 0; i < g->pair_count; i++)
		if (strncmp(g->pairs[i].key, HEADER, strlen(HEADER)) == 0 &&
		    strcasecmp(g->pairs[i].key + strlen(HEADER), name) == 0)
			return true;
	return false;
}

static enum delivery
build_headers(struct builder *b)
{
	static const char *const types[] = {
		[RECIPE_NO_BODY] = NULL,
		[RECIPE_FORM] = "application/x-www-form-urlencoded",
		[RECIPE_JSON] = "application/json",
		[RECIPE_JSON_FIELDS] = "application/json",
		[RECIPE_TEXT] = "text/plain; charset=UTF-8",
	};
	struct recipe_template t = { "body", types[b->recipe->body], TEMPLATE_IN_HEADER };
	enum delivery e = DELIVERY_SENT;
	size_t i;

	if (t.text && !has_header(b, "Content-Type"))
		e = add_header(b, "Content-Type", &t);
	for (i = 0; e == DELIVERY_SENT && recipe_template(b->recipe, i, &t); i++)
		if (strncmp(t.key, HEADER, strlen(HEADER)) == 0 && !without_extension(b, &t))
			e = add_header(b, t.key + strlen(HEADER), &t);
	return e;
}

static enum delivery
build_auth(struct builder *b)
{
	const struct recipe *r = b->recipe;
	const struct recipe_template user = { "auth", r->user, TEMPLATE_IN_FIELD };
	const struct recipe_template password = { "auth", r->password, TEMPLATE_IN_FIELD };
	const struct recipe_template header = { "auth", r->authorization, TEMPLATE_IN_HEADER };
	struct http_request *h = b->request;
	enum delivery e;

	if (r->authorization[0])
		return add_header(b, "Authorization", &header);
	if (!r->user[0])
		return DELIVERY_SENT;
	e = fill_into(b, &user, "", &h->user, HTTP_HEADER_MAX);
	if (e == DELIVERY_SENT)
		e = fill_into(b, &password, "", &h->password, HTTP_HEADER_MAX);
	if (e != DELIVERY_SENT || !strchr(secret_text(&h->user), ':'))
		return e;
	log_error("[%s] auth: a name with a colon cannot log in this way", r->section);
	return DELIVERY_MISCONFIGURED;
}

/* A field with what stands in front of it; first: no other field does. */
static void
add_field(struct draft *d, enum field_form form, bool first, const char *name,
	  const struct secret *value)
{
	if (form == AS_JSON) {
		draft_text(d, first ? "{\"" : ",\"");
		escape_json(d, name, strlen(name));
		draft_text(d, "\":\"");
		escape_json(d, secret_text(value), value->len);
		draft_text(d, "\"");
		return;
	}
	draft_text(d, !first ? "&" : form == AS_QUERY ? "?" : "");
	escape_url(d, name, strlen(name));
	draft_text(d, "=");
	escape_url(d, secret_text(value), value->len);
}

/* All fields that are not empty. first: nothing stands in front of them that they continue. */
static enum delivery
add_fields(const struct builder *b, struct draft *d, enum field_form form, bool first)
{
	enum delivery e = DELIVERY_SENT;
	struct secret value = { 0 };
	struct recipe_template t;
	size_t i;

	for (i = 0; e == DELIVERY_SENT && recipe_template(b->recipe, i, &t); i++) {
		if (strncmp(t.key, FIELD, strlen(FIELD)) != 0 || without_extension(b, &t))
			continue;
		e = fill_into(b, &t, "", &value, HTTP_BODY_MAX);
		if (e == DELIVERY_SENT && value.len > 0) {
			add_field(d, form, first, t.key + strlen(FIELD), &value);
			first = false;
		}
		secret_done(&value);
	}
	if (form == AS_JSON)
		draft_text(d, first ? "{}" : "}");
	return e;
}

static enum delivery
build_url(struct builder *b)
{
	const struct recipe_template t = { "url", b->recipe->gateway->url, TEMPLATE_IN_URL };
	struct secret *url = &b->request->url;
	enum delivery e;
	struct draft d;

	e = start(&d, url, HTTP_URL_MAX);
	if (e == DELIVERY_SENT)
		e = fill(b, &t, &d);
	if (e == DELIVERY_SENT &&
	    (b->recipe->body == RECIPE_NO_BODY || b->recipe->body == RECIPE_TEXT))
		e = add_fields(b, &d, AS_QUERY, !strchr(t.text, '?'));
	return e == DELIVERY_SENT ? finish(b, t.key, &d, url) : e;
}

/*
 * The whole of it has to be JSON: a template that lacks a bracket would be refused by each gateway
 * in words of its own.
 */
static enum delivery
check_json(const struct builder *b)
{
	const struct secret *body = &b->request->body;
	json_t *root = json_loadb(secret_text(body), body->len, 0, NULL);

	json_decref(root);
	if (root)
		return DELIVERY_SENT;
	log_error("[%s] json: once filled in it is not JSON", b->recipe->section);
	return DELIVERY_MISCONFIGURED;
}

static enum delivery
build_fields(struct builder *b, enum field_form form)
{
	struct secret *body = &b->request->body;
	enum delivery e;
	struct draft d;

	e = start(&d, body, HTTP_BODY_MAX);
	if (e == DELIVERY_SENT)
		e = add_fields(b, &d, form, true);
	return e == DELIVERY_SENT ? finish(b, "body", &d, body) : e;
}

static enum delivery
build_body(struct builder *b)
{
	const struct recipe_template json = { "json", b->recipe->gateway->json, TEMPLATE_IN_JSON };
	const struct recipe_template text = { "body", "{text}", TEMPLATE_IN_FIELD };
	struct secret *body = &b->request->body;
	enum delivery e;

	switch (b->recipe->body) {
	case RECIPE_FORM:
		return build_fields(b, AS_FORM);
	case RECIPE_JSON_FIELDS:
		return build_fields(b, AS_JSON);
	case RECIPE_TEXT:
		return fill_into(b, &text, "", body, HTTP_BODY_MAX);
	case RECIPE_JSON:
		e = fill_into(b, &json, "", body, HTTP_BODY_MAX);
		return e == DELIVERY_SENT ? check_json(b) : e;
	default:
		return DELIVERY_SENT;
	}
}

enum delivery
http_request_build(struct http_request *h, const struct recipe *r,
		   const struct template_values *values)
{
	struct builder b = { h, r, values };
	enum delivery e;

	h->post = r->post;
	e = build_url(&b);
	if (e == DELIVERY_SENT)
		e = build_headers(&b);
	if (e == DELIVERY_SENT)
		e = build_auth(&b);
	if (e == DELIVERY_SENT)
		e = build_body(&b);
	return e;
}

void
http_request_done(struct http_request *h)
{
	secret_done(&h->url);
	while (h->header_count > 0)
		secret_done(&h->headers[--h->header_count]);
	secret_done(&h->user);
	secret_done(&h->password);
	secret_done(&h->body);
}
