/*
 * What every judge stands on, and the way of a request: the table says in which states it is
 * permitted and how large it may be; whatever is malformed, unknown or out of turn is a
 * violation, which ends the session and reveals nothing.
 */
#ifndef SSPRD_JUDGE_H
#define SSPRD_JUDGE_H

#include <stdint.h>

#include "methods/judge.h"
#include "protocol/limits.h"

struct catalogues;
struct config;
struct dialog;
struct grants;
struct outbox;
struct remote_hosts;
struct slots;
struct stamps;
struct store;
struct vault;

/*
 * Each session's requests all together: twice what its typed bytes can cause. More is a session
 * that spins.
 */
#define DIALOG_REQUESTS_MAX  (2 * DIALOG_INPUT_MAX)
#define DIALOG_LOG_LINES_MAX 100 /* further ones are taken and dropped */

/*
 * Owned by main (or a test); the pointers are replaced by a reload, so nobody keeps a copy of
 * them.
 */
struct judge {
	const struct config *config; /* the running policy */
	const struct catalogues *catalogues;
	struct store *store;
	struct vault *vault;
	struct stamps *stamps;
	struct slots *slots;
	struct outbox *outbox;      /* who is told when a message was put there; NULL: nobody */
	struct remote_hosts *hosts; /* from which resets failed */
	/* Called when the resets of a user (id in the store) were stopped, on disk: ends those that run. NULL: none do. */
	void (*resets_stopped)(void *arg, int64_t user);
	void *resets_arg;
	struct grants *grants;    /* who fetches the grant to set a password; NULL: nobody can */
	unsigned int implemented; /* methods_implemented() */
	char host[HOST_NAME_MAX_BYTES + 1];
};

enum judged {
	JUDGED_REPLY = 0,     /* reply is to be sent */
	JUDGED_VIOLATION = 1, /* end the session */
	JUDGED_LATER = 2, /* a slot is awaited, or a grant: the reply comes by judge_slot_granted,
				 by grant_came */
};

/*
 * Judge one message of this dialog's session. d->now and d->time_left are set before. Answers an
 * enum judged; -errno: something broke, logged: the dialog is over with "failed".
 */
int judge_request(struct dialog *d, const struct message *request, struct message *reply);

/* The slot that was awaited is d's: write the reply to its request. As judge_request. */
int judge_slot_granted(struct dialog *d, struct message *reply);

/*
 * The session died by its filter (SIGSYS): it tried what it may never do. Logged and audited as a
 * violation.
 */
void judge_forbidden_call(struct dialog *d);

#endif
