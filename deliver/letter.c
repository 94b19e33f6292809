/*
 * The one message. It comes from ssprd, but what is in it was typed by strangers.
 */
#include "deliver/letter.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/line.h"
#include "deliver/message_json.h"
#include "text/log.h"

/* jansson's memory holds the code: wiped when it is freed. The size stands before each block. */
union block {
	size_t size;
	max_align_t align;
};

static void *
wiping_malloc(size_t size)
{
	union block *b;

	b = size < LETTER_JSON_MAX * 16 ? malloc(sizeof(*b) + size) : NULL;
	if (!b)
		return NULL;
	b->size = size;
	return b + 1;
}

static void
wiping_free(void *data)
{
	union block *b = data;

	if (!b)
		return;
	b--;
	explicit_bzero(b, sizeof(*b) + b->size);
	free(b);
}

void
letter_start(void)
{
	json_set_alloc_funcs(wiping_malloc, wiping_free);
	json_object_seed(0);
}

/* One end for lines; "\r\n" in a JSON string is what some writers mean by a new line. */
static enum delivery
take_text(struct secret *out, const char *text)
{
	size_t i, len = 0;
	char c;

	if (!*text) {
		log_error("the message has no text");
		return DELIVERY_MISCONFIGURED;
	}
	if (secret_room(out, strlen(text)) < 0) {
		log_error("out of memory");
		return DELIVERY_LATER;
	}
	for (i = 0; (c = text[i]) != '\0'; i++) {
		if (c == '\r' && text[i + 1] == '\n')
			continue;
		if (((unsigned char)c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
			log_error("the text of the message has a control character");
			return DELIVERY_MISCONFIGURED;
		}
		out->data[len++] = (unsigned char)c;
	}
	out->data[len] = '\0';
	out->len = len;
	return DELIVERY_SENT;
}

/* Its first line becomes a header, so it has to be there and may not even have a tab. */
static enum delivery
check_subject(const struct secret *text)
{
	const unsigned char *end = memchr(text->data, '\n', text->len);
	size_t len = end ? (size_t)(end - text->data) : text->len;

	if (len == 0 || memchr(text->data, '\t', len)) {
		log_error("the text of the message has no first line that could be its subject");
		return DELIVERY_MISCONFIGURED;
	}
	return DELIVERY_SENT;
}

static enum delivery
take_recipient(struct letter *letter, const char *to)
{
	size_t len = strlen(to);

	/*
	 * address_parse forgives outer blanks; here nobody typed, so there is nothing to forgive.
	 */
	if (line_is_plain(to) && strcspn(to, " <>,;:\"\\()[]") == len &&
	    address_parse(to, len, letter->to) == ADDRESS_FINE && line_is_address(letter->to))
		return DELIVERY_SENT;
	log_error("the recipient is not an e-mail address");
	return DELIVERY_REFUSED;
}

static enum delivery
take_names(struct letter *letter, const char *host, const char *id)
{
	if (!line_is_host(host)) {
		log_error("the message does not name its host as a host");
		return DELIVERY_MISCONFIGURED;
	}
	memcpy(letter->host, host, strlen(host) + 1);
	if (!id)
		return DELIVERY_SENT;
	if (!line_is_id(id)) {
		log_error("the id of the message is not an id");
		return DELIVERY_MISCONFIGURED;
	}
	memcpy(letter->id, id, strlen(id) + 1);
	return DELIVERY_SENT;
}

static enum delivery
take_fields(struct letter *letter, json_t *root)
{
	const char *to = NULL, *text = NULL, *host = NULL, *id = NULL;
	enum delivery d;

	if (json_unpack(root, "{s:s, s:s, s:s, s?s}", "to", &to, "text", &text, "host", &host, "id",
			&id) < 0) {
		log_error("the message lacks to, text or host, or one of them is no string");
		return DELIVERY_MISCONFIGURED;
	}
	d = take_recipient(letter, to);
	if (d == DELIVERY_SENT)
		d = take_names(letter, host, id);
	if (d == DELIVERY_SENT)
		d = take_text(&letter->text, text);
	if (d == DELIVERY_SENT)
		d = check_subject(&letter->text);
	return d;
}

enum delivery
letter_parse(struct letter *letter, const struct secret *json)
{
	json_t *root = message_json(json);
	enum delivery d;

	if (!root)
		return DELIVERY_MISCONFIGURED;
	d = take_fields(letter, root);
	json_decref(root);
	return d;
}

void
letter_done(struct letter *letter)
{
	secret_done(&letter->text);
}
