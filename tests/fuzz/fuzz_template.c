/*
 * Templates: any of them is filled or refused with a reason, and no text leaves the place that it was put into.
 * The input: a byte that says the place, the template, a NUL, the text.
 */
/* link: deliver/template.c deliver/escape.c deliver/encode.c deliver/keyring.c deliver/source.c deliver/file.c */
/* link: deliver/line.c */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/template.h"
#include "text/normal.h"

#define ROOM 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char room[ROOM + 1];

static size_t
fill(const char *template, enum template_place place, const char *text)
{
	struct template_values values = { 0 };
	struct draft d = { .data = (unsigned char *)room, .size = ROOM };
	char why[TEMPLATE_WHY_SIZE] = "";
	int i;

	for (i = 0; i < TEMPLATE_VALUES; i++)
		values.values[i] = text;
	if (template_fill(&d, template, place, &values, why) < 0 && why[0] == '\0')
		abort();
	room[d.len] = '\0';
	return d.full ? 0 : d.len;
}

static size_t
count(const char *text, char sign)
{
	size_t n = 0;

	for (; (text = strchr(text, sign)); text++)
		n++;
	return n;
}

static void
check_json(const char *text)
{
	json_t *root;

	if (fill("{\"a\":\"{text}\",\"b\":\"<x y='{text}'/>\"}", TEMPLATE_IN_JSON, text) == 0)
		return;
	root = json_loads(room, 0, NULL);
	if (!root || strcmp(json_string_value(json_object_get(root, "a")), text) != 0)
		abort();
	if (count(json_string_value(json_object_get(root, "b")), '\'') != 2 ||
	    count(json_string_value(json_object_get(root, "b")), '<') != 1)
		abort();
	json_decref(root);
}

static void
check_places(const char *text)
{
	const unsigned char *p;

	if (fill("/x?{text}", TEMPLATE_IN_URL, text) > 0 &&
	    strspn(room + 3,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%") !=
		    strlen(room + 3))
		abort();
	(void)fill("<a b=\"{text}\">{text}</a>", TEMPLATE_IN_FIELD, text);
	if (count(room, '<') > 2 || count(room, '>') > 2 || count(room, '"') > 2)
		abort();
	(void)fill("x {text}", TEMPLATE_IN_HEADER, text);
	for (p = (const unsigned char *)room; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 1 ? memchr(data + 1, '\0', size - 1) : NULL;
	char *template, *text;

	if (!nul)
		return 0;
	template = strdup((const char *)data + 1);
	text = strndup((const char *)nul + 1, size - (size_t)(nul + 1 - data));
	if (template && text) {
		(void)fill(template, data[0] % 4, text);
		check_places(text);
		if (normal_length(text, strlen(text)) >= 0)
			check_json(text);
	}
	free(template);
	free(text);
	return 0;
}
