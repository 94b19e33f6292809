/*
 * The way of mail: [email], SMTP.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "deliver/gateway.h"
#include "deliver/letter.h"
#include "deliver/mail.h"
#include "deliver/smtp.h"
#include "deliver/way.h"
#include "text/log.h"

struct mail_way {
	struct gateway gateway;
	struct smtp *smtp;
};

static enum delivery
mail_read(const struct errand *errand, void **state, int *timeout)
{
	struct mail_way *w = calloc(1, sizeof(*w));
	enum delivery d;

	*state = w;
	if (!w) {
		log_error("out of memory");
		return DELIVERY_LATER;
	}
	d = gateway_read(&w->gateway, errand->file);
	*timeout = w->gateway.timeout;
	return d;
}

static enum delivery
mail_resolve(void *state)
{
	struct mail_way *w = state;

	return gateway_resolve(&w->gateway);
}

static enum delivery
mail_start(void *state)
{
	struct mail_way *w = state;

	letter_start();
	w->smtp = smtp_new(&w->gateway);
	if (w->smtp)
		return DELIVERY_SENT;
	log_error("libcurl cannot be started");
	return DELIVERY_LATER;
}

static enum delivery
send_letter(struct mail_way *w, const struct letter *letter, int64_t left_ms)
{
	unsigned char chance[MAIL_CHANCE_SIZE];
	enum delivery d = DELIVERY_LATER;
	struct secret mail = { 0 };

	if (getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance) ||
	    mail_compose(&mail, w->gateway.from, letter, time(NULL), chance) < 0)
		log_error("out of memory");
	else
		d = smtp_send(w->smtp, letter, &mail, left_ms);
	secret_done(&mail);
	return d;
}

static enum delivery
mail_deliver(void *state, const struct secret *json, int64_t left_ms)
{
	struct letter letter = { 0 };
	enum delivery d;

	d = letter_parse(&letter, json);
	if (d == DELIVERY_SENT)
		d = send_letter(state, &letter, left_ms);
	letter_done(&letter);
	return d;
}

static void
mail_done(void *state)
{
	struct mail_way *w = state;

	if (!w)
		return;
	smtp_free(w->smtp);
	gateway_done(&w->gateway);
	free(w);
}

const struct way way_mail = {
	.read = mail_read,
	.resolve = mail_resolve,
	.start = mail_start,
	.deliver = mail_deliver,
	.done = mail_done,
};
