/*
 * Changes: whatever changes how a user can prove who they are, and the few other events that
 * somebody must hear of. One call, inside the transaction of the change itself, so that no change
 * is made of which nobody is told: the audit, the line at the next login, the messages. A table
 * (changes.c) says which event is told to whom.
 */
#ifndef SSPRD_CHANGES_H
#define SSPRD_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/words.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/plan.h"

struct judge;
struct user;

/* What happened. NULL texts are "". The texts are copied. */
struct change {
	enum audit_event event;
	const struct user *user; /* whose: with an id, as the store has it now */
	/*
	 * What this user's plan was before the change, or NULL: for whether they are privileged.
	 */
	const struct plan *plan;
	enum method method; /* METHOD_COUNT: of none */
	/*
	 * The address or number (wire form) that was replaced or removed, and was proven once: it
	 * is told too. NULL: none.
	 */
	const char *old;
	/*
	 * Made in a login's own dialog, where the user sits: there is nothing to be told of at the
	 * next login.
	 */
	bool in_login;
	/* AUDIT_REGISTRATION_FINISHED: this user never was registered before. */
	bool first;
	const char *actor; /* who did it */
	const char *result, *reason;
	const char *service, *rhost, *lang;
	bool from_unknown; /* where it was made from is not known: not "on this host itself" */
	int64_t session;   /* the dialog's number, 0 none */
	int64_t now;
};

/*
 * Write down that this happened, and see to it that everybody concerned is told: the audit; the
 * change that is told at the next login (the user's stamp is removed then: it must not keep that
 * from them); the messages to the user's addresses, to those of [notify] admins, to [support]
 * email. Call it after the rows were changed, before the commit; what is queued is sent after it. 0
 * or -errno: then the transaction must not be committed.
 */
int change_record(struct judge *judge, const struct change *change);

#endif
