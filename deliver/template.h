/*
 * Texts of the configuration with placeholders: {to}, {text}, {secret:NAME}. What stands in for a
 * placeholder is encoded for the place where it stands, so that no text of a message can end a
 * URL's parameter, a JSON string, an XML element or a header. Pure.
 *
 * A brace that is none begins with two: {{. In JSON a brace outside of a string is one already. A
 * field, or a JSON string, that begins with < is XML.
 */
#ifndef SSPR_DELIVER_TEMPLATE_H
#define SSPR_DELIVER_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "deliver/encode.h"
#include "deliver/keyring.h"

#define TEMPLATE_WHY_SIZE 128

/* What can be put in. */
enum template_value {
	TEMPLATE_TO,
	TEMPLATE_TO_DIGITS,
	TEMPLATE_EXTENSION,
	TEMPLATE_FROM,
	TEMPLATE_TEXT,
	TEMPLATE_CODE,
	TEMPLATE_CODE_SPACED,
	TEMPLATE_USER,
	TEMPLATE_HOST,
	TEMPLATE_LANG,
	TEMPLATE_LOCALE,
	TEMPLATE_LOCALE_LOWER,
	TEMPLATE_ID,
	TEMPLATE_VALUES,
};

enum template_place {
	TEMPLATE_IN_URL,
	TEMPLATE_IN_HEADER, /* control characters become blanks */
	TEMPLATE_IN_FIELD,  /* of a form or of a JSON object, which encode the whole of it */
	TEMPLATE_IN_JSON,   /* a whole document */
};

enum template_kind { TEMPLATE_PLAIN, TEMPLATE_VALUE, TEMPLATE_SECRET };

/* A part of a template. */
struct template_piece {
	enum template_kind kind;
	const char *at; /* the plain text, or the name of the secret */
	size_t len;
	enum template_value value;
	bool xml; /* it stands in XML */
};

/* A walk through a template. Embedded; made by template_start. */
struct template
{
	const char *rest;
	enum template_place place;
	bool in_string; /* JSON: between quotes */
	bool xml;
};

void template_start(struct template *t, const char *text, enum template_place place);

/*
 * The next piece. 1: there is one. 0: the end. -EINVAL: the template is wrong, *why
 * (TEMPLATE_WHY_SIZE) says how.
 */
int template_next(struct template *t, struct template_piece *piece, char *why);

/* Does the placeholder stand in it? A wrong template says no. */
bool template_mentions(const char *text, enum template_place place, enum template_value value);

/* What fills a template: NULL is nothing. */
struct template_values {
	const char *values[TEMPLATE_VALUES];
	const struct keyring *secrets;
};

/*
 * Write the text with everything put in; what does not fit is told by out->full. 0, or -EINVAL with
 * *why.
 */
int template_fill(struct draft *out, const char *text, enum template_place place,
		  const struct template_values *values, char *why);

#endif
