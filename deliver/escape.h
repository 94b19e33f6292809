/*
 * Text encoded for the place where it stands. All of it is valid UTF-8, and bounded by the draft.
 */
#ifndef SSPR_DELIVER_ESCAPE_H
#define SSPR_DELIVER_ESCAPE_H

#include <stddef.h>

#include "deliver/encode.h"

/*
 * Percent-encoded but for the unreserved signs of RFC 3986: good in a path, in a query and in a
 * form.
 */
void escape_url(struct draft *d, const char *text, size_t len);

/* The inside of a JSON string. */
void escape_json(struct draft *d, const char *text, size_t len);

/* XML text or an attribute's value. Control characters, which XML cannot hold, are left out. */
void escape_xml(struct draft *d, const char *text, size_t len);

/* The value of a header: a control character becomes a blank. */
void escape_header(struct draft *d, const char *text, size_t len);

#endif
