/* Sendings: a delivery with its dialog, as long as that lives, and its audit. */
#include "ssprd/sending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ssprd/core/config.h"
#include "ssprd/core/vault.h"
#include "ssprd/delivery.h"
#include "ssprd/dialog.h"
#include "ssprd/words.h"
#include "text/language.h"
#include "text/log.h"

struct sending {
	struct secret to, code; /* until it is started */
	enum way way;
	enum purpose purpose;
	char lang[LANG_NAME_MAX + 1];
	struct judge *judge;
	struct dialog *dialog; /* NULL: over */
	enum method method;
	char user[USER_NAME_MAX + 1];
	char service[SERVICE_NAME_MAX + 1];
	char rhost[HOST_NAME_MAX_BYTES + 1];
	int64_t uid, number;
	/* While it pauses. */
	struct deliveries *deliveries;
	struct loop_timer pause;
	struct sending *next;
};

static void
forget(struct sending *s)
{
	if (!s)
		return;
	secret_done(&s->to);
	secret_done(&s->code);
	free(s);
}

static void
audit(const struct sending *s, enum reason reason)
{
	struct audit_entry entry = {
		.event = reason == REASON_COUNT ? AUDIT_CODE_SENT : AUDIT_CODE_FAILED,
		.user = s->user,
		.actor = s->user,
		.method = method_word(s->method),
		.result = reason == REASON_COUNT ? "sent" : "failed",
		.reason = reason == REASON_COUNT ? NULL : reason_word(reason),
		.service = s->service,
		.rhost = s->rhost,
		.uid = s->uid,
		.session = s->number,
		.now = time(NULL),
	};

	if (audit_write(s->judge->store, s->judge->vault, &entry) < 0)
		log_error("the outcome of a delivery could not be audited");
}

static void
delivered(enum reason reason, void *arg)
{
	struct sending *s = arg;
	struct dialog *d = s->dialog;

	audit(s, reason);
	if (d) {
		d->sending = NULL;
		d->undelivered = reason != REASON_COUNT;
		d->undelivered_why = reason;
	}
	forget(s);
}

static int
make_delivery(struct sending *s, struct delivery **delivery)
{
	const struct config *config = s->judge->config;
	const char *code = secret_text(&s->code);
	char user[USER_NAME_MAX + 1], host[HOST_NAME_MAX_BYTES + 1], id[2 * 16 + 1];
	char lang[LANG_NAME_MAX + 1];
	unsigned char random[16];
	struct secret text = { 0 };
	struct delivery_message message = { .program = way_program(config, s->way),
					    .to = secret_text(&s->to),
					    .code = code,
					    .user = user,
					    .host = host,
					    .lang = lang,
					    .id = id };
	int r;

	vault_random(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	language_of_texts(s->lang, lang);
	words_printable(s->user, user, sizeof(user));
	words_printable(s->judge->host, host, sizeof(host));
	r = words_code(&text, s->way, s->purpose, s->lang, s->user, s->judge->host, code,
		       config->codes.lifetime / 60, config->support.contact);
	if (r < 0)
		return r;
	message.text = secret_text(&text);
	r = delivery_new(delivery, way_word(s->way), &message, way_timeout(config, s->way),
			 delivered, s);
	secret_done(&text);
	return r;
}

int
sending_make(struct dialog *d, enum method method, enum way way, const char *to, const char *code)
{
	struct sending *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->judge = d->judge;
	s->dialog = d;
	s->method = method;
	memcpy(s->user, d->user.stored.name, sizeof(s->user));
	memcpy(s->service, d->service, sizeof(s->service));
	memcpy(s->rhost, d->rhost, sizeof(s->rhost));
	s->uid = d->user.stored.uid;
	s->number = d->number;
	s->way = way;
	s->purpose = d->purpose;
	memcpy(s->lang, d->lang, sizeof(s->lang));
	r = secret_set(&s->to, to, strlen(to));
	if (r == 0)
		r = secret_set(&s->code, code, strlen(code));
	if (r < 0) {
		forget(s);
		return r;
	}
	forget(d->outgoing);
	d->outgoing = s;
	return 0;
}

static void
begin(struct sending *s, struct deliveries *deliveries)
{
	struct delivery *delivery = NULL;
	int r = make_delivery(s, &delivery);

	secret_done(&s->to);
	secret_done(&s->code);
	if (r == 0) {
		delivery_start(deliveries, delivery); /* s is its argument from here on */
		return;
	}
	log_error("dialog %lld: a message cannot be made: %s", (long long)s->number, strerror(-r));
	delivered(REASON_LATER, s);
}

static void
take_off(struct sending **list, const struct sending *s)
{
	while (*list != s)
		list = &(*list)->next;
	*list = s->next;
}

static void
pause_over(void *arg)
{
	struct sending *s = arg;

	take_off(&s->deliveries->pausing, s);
	begin(s, s->deliveries);
}

static void
begin_later(struct sending *s, struct deliveries *deliveries)
{
	uint32_t chance;

	vault_random(&chance, sizeof(chance));
	s->deliveries = deliveries;
	s->next = deliveries->pausing;
	deliveries->pausing = s;
	loop_timer_set(deliveries->loop, &s->pause, SENDING_PAUSE + chance % SENDING_SPREAD,
		       pause_over, s);
}

void
sending_start(struct dialog *d, struct deliveries *deliveries)
{
	struct sending *s = d->outgoing;

	if (!s)
		return;
	if (d->sending)
		d->sending->dialog = NULL;
	d->outgoing = NULL;
	d->sending = s;
	if (d->purpose == PURPOSE_RESET)
		begin_later(s, deliveries);
	else
		begin(s, deliveries);
}

void
sendings_stop(struct deliveries *deliveries)
{
	while (deliveries->pausing) {
		struct sending *s = deliveries->pausing;

		deliveries->pausing = s->next;
		loop_timer_clear(&s->pause);
		delivered(REASON_LATER, s);
	}
}

void
sending_let_go(struct dialog *d)
{
	forget(d->outgoing);
	d->outgoing = NULL;
	if (d->sending)
		d->sending->dialog = NULL;
	d->sending = NULL;
}
