/*
 * One HTTP request, put together from a recipe and a message: bytes, ready to be sent. Pure.
 */
#ifndef SSPR_DELIVER_HTTP_REQUEST_H
#define SSPR_DELIVER_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "deliver/delivery.h"
#include "deliver/recipe.h"
#include "deliver/template.h"
#include "text/secret.h"

#define HTTP_URL_MAX     16384 /* bytes, all of these */
#define HTTP_HEADER_MAX  16384
#define HTTP_BODY_MAX    (256 * 1024)
#define HTTP_HEADERS_MAX (2 * CONFIG_PAIRS_MAX + 4) /* those of the section and of its preset */

/* All of it is secret: it holds the code, and the gateway's password. Declare it empty ({ 0 }). */
struct http_request {
	bool post;
	struct secret url;
	struct secret headers[HTTP_HEADERS_MAX]; /* "Name: value" */
	size_t header_count;
	struct secret user, password; /* of HTTP's basic login; user is empty without one */
	struct secret body;
};

/*
 * Fill in the recipe. A header or field that comes out empty is left out, and so is one that names
 * {extension} when the number has none. DELIVERY_SENT: the caller ends it with http_request_done,
 * as on every answer. DELIVERY_LATER: no memory. DELIVERY_MISCONFIGURED: it cannot be filled in.
 */
enum delivery http_request_build(struct http_request *h, const struct recipe *r,
				 const struct template_values *values);
void http_request_done(struct http_request *h);

#endif
