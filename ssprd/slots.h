/*
 * Slots for hashing: as many sessions hash at a time as there are cores, in the order in which
 * they asked, so that a crowd of them leaves the machine its memory and its cores. Knows no
 * clock: session.c takes a slot back after 5 s.
 */
#ifndef SSPRD_SLOTS_H
#define SSPRD_SLOTS_H

#include <stdbool.h>

#define SLOT_HELD_MS 5000

struct slots {
	int count; /* in all */
	int taken;
	struct slot_wait *first; /* who waits */
};

/* Embedded in who wants one. Declare it empty. */
struct slot_wait {
	struct slots *slots; /* NULL: neither holds nor waits */
	bool held;
	void (*granted)(
		void *arg); /* called when a slot came free for this one, out of slot_release */
	void *arg;
	struct slot_wait *next;
};

/* True: it is held now. False: it waits, granted will be called. Set granted and arg before. */
bool slot_take(struct slots *slots, struct slot_wait *wait);
/* Give it back, or stop waiting; an empty one is fine. The next in the row gets it. */
void slot_release(struct slot_wait *wait);

#endif
