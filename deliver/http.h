/*
 * One HTTP request to one server, by libcurl: https, or http on this host; no redirect is followed,
 * no proxy asked, and of the answer no more than 64 KiB are taken.
 */
#ifndef SSPR_DELIVER_HTTP_H
#define SSPR_DELIVER_HTTP_H

#include <stdint.h>

#include "deliver/delivery.h"
#include "deliver/http_request.h"
#include "text/secret.h"

#define HTTP_ANSWER_MAX (64 * 1024) /* bytes of the body, and of all headers */

struct http;

/*
 * Prepare libcurl and TLS, before the sandbox: what they read from disk is read here. host is for
 * what is said; resolve is "HOST:PORT:ADDRESS,..." or ""; ca is PEM, empty for plain http. They
 * must live as long as the result. NULL: out of memory.
 */
struct http *http_new(const char *host, const char *resolve, const struct secret *ca);

struct http_answer {
	long status;
	struct secret body; /* it may quote the message */
};

/*
 * Send it and wait for the answer, at most left_ms in all. DELIVERY_SENT: there is an answer, whole
 * or cut; what it means is not judged here. DELIVERY_LATER, DELIVERY_MISCONFIGURED: there is none.
 * The caller wipes answer->body on every answer.
 */
enum delivery http_send(struct http *h, const struct http_request *request, int64_t left_ms,
			struct http_answer *answer);

/* NULL is fine. */
void http_free(struct http *h);

#endif
