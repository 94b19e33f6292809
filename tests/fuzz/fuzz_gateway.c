/*
 * A whole request: any keys of [sms] and any message make a request without a line end in its URL or headers, and with a body
 * that is what it says, or none at all. The input: the message's JSON, a NUL, the keys.
 */
/* link: deliver/recipe.c deliver/http_request.c deliver/template.c deliver/escape.c deliver/encode.c deliver/answer.c */
/* link: deliver/keyring.c deliver/source.c deliver/file.c deliver/line.c deliver/message_json.c deliver/short_message.c */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/http_request.h"
#include "deliver/recipe.h"
#include "deliver/short_message.h"
#include "text/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
no_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)text;
	(void)arg;
}

static void
check_line(const struct secret *line)
{
	const char *text = secret_text(line);

	if (strlen(text) != line->len || strpbrk(text, "\r\n"))
		abort();
}

static void
check_request(const struct http_request *h, const struct recipe *r)
{
	json_t *root;
	size_t i;

	check_line(&h->url);
	if (strpbrk(secret_text(&h->url), " \t"))
		abort();
	for (i = 0; i < h->header_count; i++) {
		check_line(&h->headers[i]);
		if (!strstr(secret_text(&h->headers[i]), ": "))
			abort();
	}
	if (r->body != RECIPE_JSON && r->body != RECIPE_JSON_FIELDS)
		return;
	root = json_loadb(secret_text(&h->body), h->body.len, 0, NULL);
	if (!root)
		abort();
	json_decref(root);
}

static void
send_message(const struct gateway_config *g, const struct short_message *m)
{
	struct keyring keys = { 0 };
	struct template_values values = { .secrets = &keys };
	struct http_request h = { 0 };
	struct recipe r;
	int i;

	if (recipe_read(&r, "sms", g) != DELIVERY_SENT)
		return;
	for (i = 0; i < TEMPLATE_VALUES; i++)
		values.values[i] = secret_text(&m->text);
	values.values[TEMPLATE_TO] = m->to;
	values.values[TEMPLATE_EXTENSION] = m->extension;
	values.values[TEMPLATE_USER] = m->user;
	if (http_request_build(&h, &r, &values) == DELIVERY_SENT)
		check_request(&h, &r);
	http_request_done(&h);
	keyring_done(&keys);
}

/* The keys, as those of [sms]. NULL: they are none. */
static struct config *
read_keys(const uint8_t *keys, size_t len)
{
	struct config_errors errors = { 0 };
	struct config *config = NULL;
	char *text = malloc(len + 8);
	int n;

	if (!text)
		return NULL;
	n = snprintf(text, 8, "[sms]\n");
	memcpy(text + n, keys, len);
	if (config_parse("fuzz", text, (size_t)n + len, &config, &errors) != CONFIG_GOOD)
		config = NULL;
	config_errors_done(&errors);
	free(text);
	return config;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	struct short_message m = { 0 };
	struct secret json = { 0 };
	struct config *config;

	log_to(no_line, NULL);
	if (!nul || secret_set(&json, data, (size_t)(nul - data)) < 0)
		return 0;
	if (short_message_parse(&m, &json, true) == DELIVERY_SENT) {
		config = read_keys(nul + 1, size - (size_t)(nul + 1 - data));
		if (config)
			send_message(&config->sms, &m);
		config_free(config);
	}
	short_message_done(&m);
	secret_done(&json);
	return 0;
}
