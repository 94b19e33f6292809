/*
 * The conversation with the mail server. Every option that libcurl would otherwise take from the
 * environment, the system or the url is set here, and what becomes of a message is decided by one
 * table.
 */
#include "deliver/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/log.h"

/* How far the conversation got: what a refusal means depends on what was refused. */
enum stage {
	STAGE_HELLO, /* greeting, EHLO, STARTTLS, login */
	STAGE_SENDER,
	STAGE_RECIPIENT,
	STAGE_MESSAGE,
};

struct smtp {
	const struct gateway *gateway;
	CURL *curl;
	struct curl_slist *resolve, *recipients;
	char error[CURL_ERROR_SIZE];
	enum stage stage;
	const struct secret *mail;
	size_t sent;
};

/*
 * What libcurl's answers mean when the server itself did not say no. `say` also shows libcurl's
 * words: they speak of TLS or the network alone.
 */
static const struct meaning {
	CURLcode code;
	enum delivery delivery;
	bool say;
	const char *text;
} meanings[] = {
	{ CURLE_PEER_FAILED_VERIFICATION, DELIVERY_MISCONFIGURED, true,
	  "its certificate cannot be trusted" },
	{ CURLE_SSL_CACERT_BADFILE, DELIVERY_MISCONFIGURED, false,
	  "ca_file holds no usable certificate" },
	{ CURLE_USE_SSL_FAILED, DELIVERY_MISCONFIGURED, false,
	  "it offers no STARTTLS, and tls = required" },
	{ CURLE_LOGIN_DENIED, DELIVERY_MISCONFIGURED, false, "it did not take the login" },
	{ CURLE_URL_MALFORMAT, DELIVERY_MISCONFIGURED, false, "libcurl does not take its url" },
	{ CURLE_UNSUPPORTED_PROTOCOL, DELIVERY_MISCONFIGURED, false,
	  "libcurl was built without SMTP" },
	{ CURLE_COULDNT_CONNECT, DELIVERY_LATER, true, "it cannot be reached" },
	{ CURLE_OPERATION_TIMEDOUT, DELIVERY_LATER, false, "it was too slow" },
	{ CURLE_SSL_CONNECT_ERROR, DELIVERY_LATER, true, "TLS could not be agreed on" },
	{ CURLE_OUT_OF_MEMORY, DELIVERY_LATER, false, "out of memory" },
};

static const char *const stage_names[] = {
	[STAGE_HELLO] = "at the start",
	[STAGE_SENDER] = "the sender",
	[STAGE_RECIPIENT] = "the recipient",
	[STAGE_MESSAGE] = "the message",
};

static size_t
on_read(char *out, size_t size, size_t count, void *arg)
{
	struct smtp *s = arg;
	size_t n = s->mail->len - s->sent;

	if (n > size * count)
		n = size * count;
	memcpy(out, s->mail->data + s->sent, n);
	s->sent += n;
	return n;
}

/*
 * libcurl says 55 for a refused sender and a refused recipient alike; the command that went out
 * last tells them apart.
 */
static int
on_debug(CURL *curl, curl_infotype type, char *data, size_t size, void *arg)
{
	static const struct {
		const char *verb;
		enum stage stage;
	} verbs[] = { { "MAIL", STAGE_SENDER },
		      { "RCPT", STAGE_RECIPIENT },
		      { "DATA", STAGE_MESSAGE } };
	struct smtp *s = arg;
	size_t i;

	(void)curl;
	for (i = 0; type == CURLINFO_HEADER_OUT && size > 4 && i < sizeof(verbs) / sizeof(verbs[0]);
	     i++) {
		if (memcmp(data, verbs[i].verb, 4) == 0)
			s->stage = verbs[i].stage;
	}
	return 0;
}

static bool
set_limits(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOPROGRESS, 1L) == CURLE_OK;
}

static bool
set_tls(CURL *c, const struct gateway *g)
{
	static const long levels[] = { [TLS_REQUIRED] = CURLUSESSL_ALL,
				       [TLS_TRY] = CURLUSESSL_TRY,
				       [TLS_NONE] = CURLUSESSL_NONE };
	struct curl_blob ca = { g->ca.data, g->ca.len, CURL_BLOB_NOCOPY };

	return curl_easy_setopt(c, CURLOPT_USE_SSL, levels[g->tls]) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CAINFO, NULL) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	       (!ca.len || curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &ca) == CURLE_OK);
}

/* PLAIN and LOGIN alone: the others that libcurl knows (GSSAPI, NTLM) would look for files. */
static bool
set_login(CURL *c, const struct gateway *g)
{
	if (!g->user[0])
		return true;
	return curl_easy_setopt(c, CURLOPT_USERNAME, g->user) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PASSWORD, secret_text(&g->password)) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN") == CURLE_OK;
}

static bool
set_handlers(CURL *c, struct smtp *s)
{
	return curl_easy_setopt(c, CURLOPT_ERRORBUFFER, s->error) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_debug) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_DEBUGDATA, s) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_VERBOSE, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_READDATA, s) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) == CURLE_OK;
}

static bool
set_addresses(struct smtp *s)
{
	if (!s->gateway->address.line[0])
		return true;
	s->resolve = curl_slist_append(NULL, s->gateway->address.line);
	return s->resolve && curl_easy_setopt(s->curl, CURLOPT_RESOLVE, s->resolve) == CURLE_OK;
}

struct smtp *
smtp_new(const struct gateway *g)
{
	struct smtp *s;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->gateway = g;
	s->curl = curl_easy_init();
	if (s->curl && set_limits(s->curl) && set_tls(s->curl, g) && set_login(s->curl, g) &&
	    set_handlers(s->curl, s) && set_addresses(s))
		return s;
	smtp_free(s);
	return NULL;
}

/* The path of an smtp url is the name for EHLO. */
static bool
set_letter(struct smtp *s, const struct letter *letter, const struct secret *mail)
{
	const struct gateway *g = s->gateway;
	const char *open = strchr(g->host, ':') ? "[" : "", *shut = *open ? "]" : "";
	char url[2 * DOMAIN_MAX + 32], from[ADDRESS_MAX + 3], to[ADDRESS_MAX + 3];

	snprintf(url, sizeof(url), "%s://%s%s%s:%s/%s", g->scheme, open, g->host, shut, g->port,
		 letter->host);
	snprintf(from, sizeof(from), "<%s>", g->from);
	snprintf(to, sizeof(to), "<%s>", letter->to);
	s->mail = mail;
	s->recipients = curl_slist_append(NULL, to);
	return s->recipients && curl_easy_setopt(s->curl, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
	       curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, s->recipients) == CURLE_OK &&
	       curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->len) ==
		       CURLE_OK;
}

static bool
set_clock(CURL *c, int64_t left_ms)
{
	return curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)left_ms) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)left_ms) == CURLE_OK;
}

/*
 * The server said no: for now (4xx), to this message (5xx to the recipient or the text), or to us.
 */
static enum delivery
judge_reply(const struct smtp *s, long reply)
{
	log_error("the mail server %s refused %s with %ld", s->gateway->host, stage_names[s->stage],
		  reply);
	if (reply < 500)
		return DELIVERY_LATER;
	return s->stage >= STAGE_RECIPIENT ? DELIVERY_REFUSED : DELIVERY_MISCONFIGURED;
}

static enum delivery
judge(const struct smtp *s, CURLcode code)
{
	const struct meaning *m = NULL;
	long reply = 0;
	size_t i;

	if (code == CURLE_OK)
		return DELIVERY_SENT;
	(void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &reply);
	if (reply >= 400 && reply <= 599 && code != CURLE_USE_SSL_FAILED)
		return judge_reply(s, reply);
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].code == code)
			m = &meanings[i];
	}
	log_error("the mail server %s: %s%s%s", s->gateway->host,
		  m ? m->text : "the connection broke", m && m->say ? ": " : "",
		  m && m->say ? s->error : "");
	return m ? m->delivery : DELIVERY_LATER;
}

enum delivery
smtp_send(struct smtp *s, const struct letter *letter, const struct secret *mail, int64_t left_ms)
{
	if (left_ms <= 0)
		return judge(s, CURLE_OPERATION_TIMEDOUT);
	if (!set_letter(s, letter, mail) || !set_clock(s->curl, left_ms))
		return judge(s, CURLE_OUT_OF_MEMORY);
	return judge(s, curl_easy_perform(s->curl));
}

void
smtp_free(struct smtp *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->curl);
	curl_slist_free_all(s->recipients);
	curl_slist_free_all(s->resolve);
	free(s);
}
