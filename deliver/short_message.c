/*
 * The one message for a phone. It comes from ssprd, but what is in it was typed by strangers.
 */
#include "deliver/short_message.h"

#include <jansson.h>
#include <string.h>

#include "deliver/line.h"
#include "deliver/message_json.h"
#include "text/language.h"
#include "text/log.h"

#define CODE_SIGNS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

/* The fields as JSON has them: borrowed, NULL where they are absent. */
struct fields {
	const char *to, *text, *code, *user, *host, *lang, *id;
};

static enum delivery
no_memory(void)
{
	log_error("out of memory");
	return DELIVERY_LATER;
}

static enum delivery
take_number(struct short_message *m, const char *to, bool extension)
{
	const char *x;

	if (phone_parse(to, strlen(to), extension, m->to) != PHONE_FINE) {
		log_error("the recipient is not a phone number with its country, like +31...");
		return DELIVERY_REFUSED;
	}
	memcpy(m->number, m->to, sizeof(m->number));
	m->number[strcspn(m->to, "x")] = '\0';
	x = strchr(m->to, 'x');
	if (x)
		memcpy(m->extension, x + 1, strlen(x));
	return DELIVERY_SENT;
}

/* One end for lines; "\r\n" in a JSON string is what some writers mean by a new line. */
static enum delivery
take_text(struct short_message *m, const char *text)
{
	size_t i, len = strlen(text);
	unsigned char c;

	if (len == 0 || len > SHORT_MESSAGE_TEXT_MAX) {
		log_error("the text of the message is empty, or longer than %d bytes",
			  SHORT_MESSAGE_TEXT_MAX);
		return DELIVERY_MISCONFIGURED;
	}
	if (secret_room(&m->text, len) < 0)
		return no_memory();
	for (i = 0, m->text.len = 0; (c = (unsigned char)text[i]) != '\0'; i++) {
		if (c == '\r' && text[i + 1] == '\n')
			continue;
		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
			log_error("the text of the message has a control character");
			return DELIVERY_MISCONFIGURED;
		}
		m->text.data[m->text.len++] = c;
	}
	m->text.data[m->text.len] = '\0';
	return DELIVERY_SENT;
}

/* Its characters apart, so that a voice says them one by one. */
static enum delivery
take_code(struct short_message *m, const char *code)
{
	size_t i, len = code ? strlen(code) : 0;

	if (len == 0)
		return DELIVERY_SENT;
	if (len > SHORT_MESSAGE_CODE_MAX || strspn(code, CODE_SIGNS) != len) {
		log_error(
			"the code of the message is too long, or has more than letters and digits");
		return DELIVERY_MISCONFIGURED;
	}
	if (secret_set(&m->code, code, len) < 0 || secret_room(&m->spaced, 2 * len - 1) < 0)
		return no_memory();
	for (i = 0; i < len; i++) {
		if (i > 0)
			m->spaced.data[2 * i - 1] = ' ';
		m->spaced.data[2 * i] = (unsigned char)code[i];
	}
	return DELIVERY_SENT;
}

static bool
copy_plain(char *out, size_t size, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len >= size || (text && !line_is_plain(text)))
		return false;
	memcpy(out, text ? text : "", len + 1);
	return true;
}

static enum delivery
take_names(struct short_message *m, const struct fields *f)
{
	if (f->lang)
		(void)language_accept(f->lang, m->lang);
	if (copy_plain(m->user, sizeof(m->user), f->user) &&
	    copy_plain(m->host, sizeof(m->host), f->host) &&
	    (!f->id || !*f->id || line_is_id(f->id)) && copy_plain(m->id, sizeof(m->id), f->id))
		return DELIVERY_SENT;
	log_error("user, host or id of the message is not as agreed");
	return DELIVERY_MISCONFIGURED;
}

static enum delivery
take_fields(struct short_message *m, json_t *root, bool extension)
{
	struct fields f = { 0 };
	enum delivery d;

	if (json_unpack(root, "{s:s, s:s, s?s, s?s, s?s, s?s, s?s}", "to", &f.to, "text", &f.text,
			"code", &f.code, "user", &f.user, "host", &f.host, "lang", &f.lang, "id",
			&f.id) < 0) {
		log_error("the message lacks to or text, or a field of it is no string");
		return DELIVERY_MISCONFIGURED;
	}
	d = take_number(m, f.to, extension);
	if (d == DELIVERY_SENT)
		d = take_text(m, f.text);
	if (d == DELIVERY_SENT)
		d = take_code(m, f.code);
	if (d == DELIVERY_SENT)
		d = take_names(m, &f);
	return d;
}

enum delivery
short_message_parse(struct short_message *m, const struct secret *json, bool extension)
{
	json_t *root = message_json(json);
	enum delivery d;

	if (!root)
		return DELIVERY_MISCONFIGURED;
	d = take_fields(m, root, extension);
	json_decref(root);
	return d;
}

void
short_message_done(struct short_message *m)
{
	secret_done(&m->text);
	secret_done(&m->code);
	secret_done(&m->spaced);
}
