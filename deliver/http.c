/*
 * One HTTP request. Every option that libcurl would otherwise take from the environment, the system
 * or the answer is set here. Neither the URL nor libcurl's words about it are ever logged: both may
 * hold a secret.
 */
#include "deliver/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "text/log.h"

struct http {
	const char *host;
	CURL *curl;
	struct curl_slist *resolve, *headers;
	struct http_answer *answer;
	size_t header_bytes;
};

/* What libcurl's answers mean when no status came; all others are a broken connection. */
static const struct meaning {
	CURLcode code;
	enum delivery delivery;
	const char *text;
} meanings[] = {
	{ CURLE_PEER_FAILED_VERIFICATION, DELIVERY_MISCONFIGURED,
	  "its certificate is not good for that name" },
	{ CURLE_URL_MALFORMAT, DELIVERY_MISCONFIGURED, "libcurl does not take its url" },
	{ CURLE_COULDNT_CONNECT, DELIVERY_LATER, "it cannot be reached" },
	{ CURLE_OPERATION_TIMEDOUT, DELIVERY_LATER, "it was too slow" },
	{ CURLE_SSL_CONNECT_ERROR, DELIVERY_LATER, "TLS could not be agreed on" },
	{ CURLE_UNSUPPORTED_PROTOCOL, DELIVERY_LATER, "what it says is not HTTP" },
	{ CURLE_WEIRD_SERVER_REPLY, DELIVERY_LATER, "what it says is not HTTP" },
	{ CURLE_WRITE_ERROR, DELIVERY_LATER, "its answer has no end" },
	{ CURLE_OUT_OF_MEMORY, DELIVERY_LATER, "out of memory" },
};

/* Less than what came ends the transfer: the answer is cut. */
static size_t
on_body(char *data, size_t size, size_t count, void *arg)
{
	struct secret *body = &((struct http *)arg)->answer->body;
	size_t n = size * count, room = HTTP_ANSWER_MAX - body->len;

	if (n < room)
		room = n;
	memcpy(body->data + body->len, data, room);
	body->len += room;
	return room;
}

static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	struct http *h = arg;

	(void)data;
	h->header_bytes += size * count;
	return h->header_bytes <= HTTP_ANSWER_MAX ? size * count : 0;
}

static bool
set_limits(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_USERAGENT, "sspr") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOPROGRESS, 1L) == CURLE_OK;
}

static bool
set_tls(CURL *c, const struct secret *ca)
{
	struct curl_blob blob = { ca->data, ca->len, CURL_BLOB_NOCOPY };

	return curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CAINFO, NULL) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	       (!ca->len || curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK);
}

static bool
set_handlers(struct http *h)
{
	return curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h) == CURLE_OK &&
	       curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, h) == CURLE_OK;
}

static bool
set_addresses(struct http *h, const char *resolve)
{
	if (!*resolve)
		return true;
	h->resolve = curl_slist_append(NULL, resolve);
	return h->resolve && curl_easy_setopt(h->curl, CURLOPT_RESOLVE, h->resolve) == CURLE_OK;
}

struct http *
http_new(const char *host, const char *resolve, const struct secret *ca)
{
	struct http *h;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->host = host;
	h->curl = curl_easy_init();
	if (h->curl && set_limits(h->curl) && set_tls(h->curl, ca) && set_handlers(h) &&
	    set_addresses(h, resolve))
		return h;
	http_free(h);
	return NULL;
}

static bool
add_header(struct http *h, const char *line)
{
	struct curl_slist *longer = curl_slist_append(h->headers, line);

	if (longer)
		h->headers = longer;
	return longer != NULL;
}

static bool
set_headers(struct http *h, const struct http_request *r)
{
	/* No waiting for a "100 Continue" that many servers never say. */
	bool good = add_header(h, "Expect:");
	size_t i;

	for (i = 0; good && i < r->header_count; i++)
		good = add_header(h, secret_text(&r->headers[i]));
	return good && curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK;
}

static bool
set_login(CURL *c, const struct http_request *r)
{
	if (!r->user.len)
		return true;
	return curl_easy_setopt(c, CURLOPT_USERNAME, secret_text(&r->user)) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PASSWORD, secret_text(&r->password)) == CURLE_OK;
}

static bool
set_body(CURL *c, const struct http_request *r)
{
	if (!r->post)
		return curl_easy_setopt(c, CURLOPT_HTTPGET, 1L) == CURLE_OK;
	return curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len) ==
		       CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_POSTFIELDS, secret_text(&r->body)) == CURLE_OK;
}

static bool
set_clock(CURL *c, int64_t left_ms)
{
	return curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)left_ms) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)left_ms) == CURLE_OK;
}

/* No status came. */
static enum delivery
judge_silence(const struct http *h, CURLcode code)
{
	const struct meaning *m = NULL;
	size_t i;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].code == code)
			m = &meanings[i];
	log_error("the gateway %s: %s", h->host, m ? m->text : "the connection broke");
	return m ? m->delivery : DELIVERY_LATER;
}

enum delivery
http_send(struct http *h, const struct http_request *request, int64_t left_ms,
	  struct http_answer *answer)
{
	CURLcode code;

	h->answer = answer;
	answer->status = 0;
	if (left_ms <= 0)
		return judge_silence(h, CURLE_OPERATION_TIMEDOUT);
	if (secret_room(&answer->body, HTTP_ANSWER_MAX) < 0)
		return judge_silence(h, CURLE_OUT_OF_MEMORY);
	answer->body.len = 0;
	if (curl_easy_setopt(h->curl, CURLOPT_URL, secret_text(&request->url)) != CURLE_OK ||
	    !set_headers(h, request) || !set_login(h->curl, request) ||
	    !set_body(h->curl, request) || !set_clock(h->curl, left_ms))
		return judge_silence(h, CURLE_OUT_OF_MEMORY);
	code = curl_easy_perform(h->curl);
	/*
	 * With a status there is an answer, however the connection ended. 1xx promise one, and are
	 * none.
	 */
	(void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	if (answer->status >= 200)
		return DELIVERY_SENT;
	return judge_silence(h, code);
}

void
http_free(struct http *h)
{
	if (!h)
		return;
	curl_easy_cleanup(h->curl);
	curl_slist_free_all(h->headers);
	curl_slist_free_all(h->resolve);
	free(h);
}
