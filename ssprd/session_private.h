/* What session.c and session_start.c share, and nobody else sees. */
#ifndef SSPRD_SESSION_PRIVATE_H
#define SSPRD_SESSION_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ssprd/child.h"
#include "ssprd/dialog.h"
#include "ssprd/loop.h"

struct sessions;

struct session {
	struct child child; /* first: child_ended casts back */
	struct sessions *all;
	struct dialog dialog;
	int64_t number;
	int fd; /* -1: nothing more may be asked */
	struct loop_watch watch;
	struct loop_timer limit, slot, replace;
	int64_t ends_at; /* loop_now() */
	bool ending;     /* its verdict is out */
	bool crossing; /* we ended it: one request may have been on its way, and is no violation */
	struct session *next, *previous;
};

/* For the loop, the slots and the children; arg is the session. */
void session_request_ready(unsigned int events, void *arg);
void session_limit_reached(void *arg);
void session_slot_granted(void *arg);
void session_grant_came(void *arg, int fd);
void session_child_ended(struct child *child, int status);

/* The older dialogs of this user and purpose are over. */
void session_replace_older(void *arg);

#endif
