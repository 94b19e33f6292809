/*
 * The grant to set one password or unlock one account: fetched from sspr-passwd after the last
 * proof, passed on to the session as a descriptor, once a dialog, and what became of it
 * (protocol/grant.h). Who fetches it is not known here (ssprd/grant_bus.c): the judge knows no bus.
 */
#ifndef SSPRD_GRANT_H
#define SSPRD_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "methods/judge.h"

struct dialog;
struct grants;
struct judge;
struct user;

#define GRANT_ASKS_MAX 2 /* of one dialog: sspr-passwd may be late, or fail, once */

/* What a dialog awaits. Embedded in it; declare it empty. */
struct grant_wait {
	struct grants *grants; /* NULL: nothing is awaited */
	void *call;            /* theirs */
	/*
	 * The answer: a descriptor, the receiver's to close, or -errno (logged). Once, from the loop:
	 * hand it to grant_came.
	 */
	void (*came)(void *arg, int fd);
	void *arg;
	int asked;
	bool passed; /* it went out to the session; stays so when the dialog is over */
};

/* Who fetches. Owned by main (or a test). */
struct grants {
	/* 0: came will be called; -errno: not asked, logged. */
	int (*ask)(struct grants *grants, struct grant_wait *wait, const char *user);
	/* came is not called any more; what comes late is closed. */
	void (*cancel)(struct grants *grants, struct grant_wait *wait);
};

/*
 * REQUEST_GRANT: permitted when reset_proofs_left is 0. JUDGED_LATER, or REFUSED later: it cannot be
 * asked for, was asked for GRANT_ASKS_MAX times, or resets of this user were stopped meanwhile.
 */
judge_handler grant_request;

/*
 * It came: fd is taken over, and the reply written: OK, with d->passing for whoever sends it; for
 * -errno REFUSED later, audited, and the dialog is open again. 0 or -errno.
 */
int grant_came(struct dialog *d, int fd, struct message *reply);

/* Nothing is awaited or passed on any more. */
void grant_drop(struct dialog *d);

/*
 * sspr-passwd reports what it did for this user (VERDICT_PASSWORD_CHANGED, VERDICT_UNLOCKED):
 * audited and told in one transaction, with what d knows of it. d: the dialog with the grant, NULL
 * where none is left (ssprd was restarted); one that was reported already is not told again. 0 or
 * -errno.
 */
int grant_outcome(struct judge *judge, struct dialog *d, const struct user *user, enum verdict what,
		  int64_t now);

#endif
