/*
 * A message with a code on its way: made by a judge, started after its request was answered, its
 * outcome audited and told to the dialog at the next step. It outlives its dialog.
 */
#ifndef SSPRD_SENDING_H
#define SSPRD_SENDING_H

#include "protocol/words.h"
#include "ssprd/way.h"

struct deliveries;
struct dialog;
struct sending;

/*
 * Put a message with this code for that method, to an address or number (a wire form), into d->outgoing, in place of an earlier
 * one. Its text is made when it is started: nobody can see by the time of a reply that there is one. 0 or -errno.
 */
int
sending_make(struct dialog *d, enum method method, enum way way, const char *to, const char *code);

/*
 * Of a reset a message is begun so many milliseconds after the reply, and up to SENDING_SPREAD more, by chance: the work that it is
 * would slow the next request, and tell who typed the right address at once that it was right.
 */
#define SENDING_PAUSE  500
#define SENDING_SPREAD 1000

/*
 * Start d->outgoing, if there is one: it becomes d->sending. An earlier one that still runs tells
 * nobody any more.
 */
void sending_start(struct dialog *d, struct deliveries *deliveries);

/* Before deliveries_stop: those whose pause lasts are given up; each is told as a delivery that is tried later. */
void sendings_stop(struct deliveries *deliveries);

/* The dialog ends: forget what was not started, let go of what runs. */
void sending_let_go(struct dialog *d);

#endif
