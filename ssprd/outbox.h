/*
 * The outbox: messages that must arrive (changes of an account, not codes). Each is put, sealed, into the caller's transaction and sent
 * by a delivery after the commit. It is tried again with growing pauses for a day; its row goes only when it was sent or refused for
 * good, so that neither a restart nor kill -9 loses one. One may be sent twice, with the same id.
 */
#ifndef SSPRD_OUTBOX_H
#define SSPRD_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ssprd/loop.h"
#include "ssprd/way.h"

struct deliveries;
struct judge;
struct outbox_sending;
struct user;

#define OUTBOX_RUNNING_MAX                                                                         \
	8 /* deliveries at a time: codes, for which people wait, have the others */
#define OUTBOX_PAUSE     10 /* seconds before the second try; each further pause is twice as long */
#define OUTBOX_PAUSE_MAX 3600
#define OUTBOX_DAY       (24 * 3600) /* then it is given up */
#define OUTBOX_TRIES_MAX 64          /* or after so many, where the clock is no help */

/* One for the program; main fills in the first three. */
struct outbox {
	struct loop *loop;
	struct deliveries *deliveries;
	struct judge *judge; /* which points back here */
	struct loop_timer timer;
	struct outbox_sending *running;
	size_t running_count;
	bool stopped;
};

struct outbox_letter {
	enum way way;            /* WAY_EMAIL or WAY_SMS */
	const char *to;          /* its wire form */
	const struct user *user; /* whom it is about, with an id */
	const char *lang;        /* NULL: "" */
	const char *text;        /* the first line of a mail is its subject */
	int64_t now;
};

/*
 * Put a message into the store, in the caller's transaction, and have the outbox look after the commit (judge->outbox NULL:
 * somebody else looks). 0; -errno: the transaction must not be committed. Where STORE_OUTBOX_MAX wait already it is
 * dropped, with a line in the log: a flood of changes must not keep the next one from being made.
 */
int outbox_put(struct judge *judge, const struct outbox_letter *letter);

/* Look in the next turn of the loop. At the start of the program, and by outbox_put. */
void outbox_look(struct outbox *outbox);

/* Before deliveries_stop: what that ends is no failure, and is tried again at the next start. */
void outbox_stop(struct outbox *outbox);

#endif
