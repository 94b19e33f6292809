/*
 * Texts with placeholders. The rule: a placeholder that is not known is an error before anything is
 * sent, never a text that is sent as it stands.
 */
#include "deliver/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deliver/escape.h"

#define SECRET "secret:"
#define SHOWN  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/"

/* As they stand between the braces. */
static const char *const words[TEMPLATE_VALUES] = {
	[TEMPLATE_TO] = "to",
	[TEMPLATE_TO_DIGITS] = "to_digits",
	[TEMPLATE_EXTENSION] = "extension",
	[TEMPLATE_FROM] = "from",
	[TEMPLATE_TEXT] = "text",
	[TEMPLATE_CODE] = "code",
	[TEMPLATE_CODE_SPACED] = "code_spaced",
	[TEMPLATE_USER] = "user",
	[TEMPLATE_HOST] = "host",
	[TEMPLATE_LANG] = "lang",
	[TEMPLATE_LOCALE] = "locale",
	[TEMPLATE_LOCALE_LOWER] = "locale_lower",
	[TEMPLATE_ID] = "id",
};

void
template_start(struct template *t, const char *text, enum template_place place)
{
	*t = (struct template){ .rest = text, .place = place };
	t->xml = place == TEMPLATE_IN_FIELD && text[0] == '<';
}

static int
wrong(char *why, const char *what)
{
	snprintf(why, TEMPLATE_WHY_SIZE, "%s", what);
	return -EINVAL;
}

/* A name is shown only where it looks like one: what stands there may be anything. */
static int
unknown(char *why, const char *name, size_t len)
{
	if (len == 0 || len > 40 || strspn(name, SHOWN) < len)
		return wrong(why, "a { begins no placeholder that there is ({{ is a brace)");
	snprintf(why, TEMPLATE_WHY_SIZE, "{%.*s} is no placeholder that there is", (int)len, name);
	return -EINVAL;
}

static int
take_placeholder(struct template *t, struct template_piece *piece, char *why)
{
	const char *name = t->rest + 1, *end = strchr(name, '}');
	size_t len = end ? (size_t)(end - name) : 0, i;

	if (!end)
		return wrong(why, "a { has no }");
	if (t->place == TEMPLATE_IN_JSON && !t->in_string)
		return wrong(why, "a placeholder stands outside of the quotes");
	t->rest = end + 1;
	piece->xml = t->xml;
	piece->kind = TEMPLATE_VALUE;
	for (i = 0; i < TEMPLATE_VALUES; i++) {
		piece->value = (enum template_value)i;
		if (strlen(words[i]) == len && memcmp(words[i], name, len) == 0)
			return 1;
	}
	if (len <= strlen(SECRET) || memcmp(name, SECRET, strlen(SECRET)) != 0)
		return unknown(why, name, len);
	piece->kind = TEMPLATE_SECRET;
	piece->at = name + strlen(SECRET);
	piece->len = len - strlen(SECRET);
	return keyring_name_good(piece->at, piece->len) ? 1 : unknown(why, name, len);
}

/* Step over one byte of a JSON document that is no placeholder. */
static void
step_json(struct template *t)
{
	if (t->in_string && t->rest[0] == '\\' && t->rest[1] != '\0') {
		t->rest += 2;
		return;
	}
	if (t->rest[0] == '"') {
		t->in_string = !t->in_string;
		t->xml = t->in_string && t->rest[1] == '<';
	}
	t->rest++;
}

static bool
at_placeholder(const struct template *t)
{
	if (t->rest[0] != '{')
		return false;
	if (t->place != TEMPLATE_IN_JSON || t->in_string)
		return true;
	return t->rest[1] >= 'a' && t->rest[1] <= 'z';
}

static int
take_plain(struct template *t, struct template_piece *piece, char *why)
{
	piece->kind = TEMPLATE_PLAIN;
	piece->at = t->rest;
	while (t->rest[0] != '\0' && !at_placeholder(t)) {
		if (t->place == TEMPLATE_IN_URL && (t->rest[0] <= ' ' || t->rest[0] > '~'))
			return wrong(why, "a blank or a sign that is not ASCII stands in it");
		if (t->place == TEMPLATE_IN_JSON)
			step_json(t);
		else
			t->rest++;
	}
	piece->len = (size_t)(t->rest - piece->at);
	return 1;
}

int
template_next(struct template *t, struct template_piece *piece, char *why)
{
	*piece = (struct template_piece){ 0 };
	if (t->rest[0] == '\0')
		return 0;
	if (!at_placeholder(t))
		return take_plain(t, piece, why);
	if (t->rest[1] != '{')
		return take_placeholder(t, piece, why);
	piece->kind = TEMPLATE_PLAIN;
	piece->at = t->rest;
	piece->len = 1;
	t->rest += 2;
	return 1;
}

bool
template_mentions(const char *text, enum template_place place, enum template_value value)
{
	char why[TEMPLATE_WHY_SIZE];
	struct template_piece piece;
	struct template t;

	template_start(&t, text, place);
	while (template_next(&t, &piece, why) > 0)
		if (piece.kind == TEMPLATE_VALUE && piece.value == value)
			return true;
	return false;
}

/* XML inside of JSON is encoded twice, in pieces, so that no room for it is needed. */
static void
add_xml_in_json(struct draft *out, const char *text, size_t len)
{
	char room[8];
	struct draft one = { .data = (unsigned char *)room, .size = sizeof(room) };
	size_t i;

	for (i = 0; i < len; i++) {
		one.len = 0;
		escape_xml(&one, text + i, 1);
		escape_json(out, room, one.len);
	}
	explicit_bzero(room, sizeof(room));
}

static void
add_encoded(struct draft *out, enum template_place place, bool xml, const char *text, size_t len)
{
	if (place == TEMPLATE_IN_URL)
		escape_url(out, text, len);
	else if (place == TEMPLATE_IN_HEADER)
		escape_header(out, text, len);
	else if (place == TEMPLATE_IN_JSON && xml)
		add_xml_in_json(out, text, len);
	else if (place == TEMPLATE_IN_JSON)
		escape_json(out, text, len);
	else if (xml)
		escape_xml(out, text, len);
	else
		draft_add(out, text, len);
}

static int
add_piece(struct draft *out, enum template_place place, const struct template_piece *piece,
	  const struct template_values *values, char *why)
{
	const struct secret *secret;
	const char *value;

	if (piece->kind == TEMPLATE_PLAIN) {
		draft_add(out, piece->at, piece->len);
	} else if (piece->kind == TEMPLATE_VALUE) {
		value = values->values[piece->value];
		if (value)
			add_encoded(out, place, piece->xml, value, strlen(value));
	} else {
		secret = values->secrets ? keyring_find(values->secrets, piece->at, piece->len)
					 : NULL;
		if (!secret)
			return wrong(why, "a secret was not read");
		add_encoded(out, place, piece->xml, secret_text(secret), secret->len);
	}
	return 0;
}

int
template_fill(struct draft *out, const char *text, enum template_place place,
	      const struct template_values *values, char *why)
{
	struct template_piece piece;
	struct template t;
	int r;

	template_start(&t, text, place);
	while ((r = template_next(&t, &piece, why)) > 0) {
		r = add_piece(out, place, &piece, values, why);
		if (r < 0)
			return r;
	}
	return r;
}
