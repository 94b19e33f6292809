/*
 * Deliveries: sspr-deliver, a process a message, beside the dialogs. The message goes to its stdin
 * as its pipe takes it; its exit code says what became of it, the line on its stderr goes to the
 * log. At most DELIVERIES_MAX run at a time, the others wait in a row; one that takes too long is
 * killed.
 */
#ifndef SSPRD_DELIVERY_H
#define SSPRD_DELIVERY_H

#include <stddef.h>

#include "protocol/request.h"
#include "ssprd/child.h"
#include "ssprd/loop.h"
#include "text/secret.h"

#define DELIVERIES_MAX         16
#define DELIVERIES_WAITING_MAX 256
#define DELIVERY_GRACE         10 /* seconds beyond the gateway's own timeout */
#define DELIVERY_JSON_MAX      65536

struct delivery;
struct sending;

struct deliveries {
	struct loop *loop;
	struct children *children;
	const char *program;     /* SSPR_LIBEXECDIR "/sspr-deliver" */
	const char *config_file; /* told by -c */
	struct delivery *running;
	struct delivery *waiting; /* in order */
	struct sending *pausing;  /* not yet in the row (ssprd/sending.h) */
	size_t running_count, waiting_count;
};

/*
 * What a message says; texts in UTF-8, to only where it is known to be harmless (text/address.h,
 * text/phone.h).
 */
struct delivery_message {
	const char
		*program; /* to be run in place of sspr-deliver, or NULL; not part of the message */
	const char *to, *code, *text, *user, *host, *lang, *id;
};

/*
 * Make a delivery; nothing is started. kind: "email", "sms", "voice". 0: *out is the caller's until
 * delivery_start. done is called once, with REASON_COUNT for sent, else the reason.
 */
int delivery_new(struct delivery **out, const char *kind, const struct delivery_message *message,
		 int timeout, void (*done)(enum reason reason, void *arg), void *arg);
void delivery_free(struct delivery *d); /* one that was not started; NULL is fine */

/*
 * Start it, or put it in the row; it frees itself after done. When the row is full done is called
 * at once (later).
 */
void delivery_start(struct deliveries *deliveries, struct delivery *d);

/* Kill them all; done says later. */
void deliveries_stop(struct deliveries *deliveries);

#endif
