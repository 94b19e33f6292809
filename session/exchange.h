/*
 * What every request of session/request.c is made of: a message to the judge, the wait for its answer, and the look whether
 * that answer is one of those which such a request may get.
 */
#ifndef SSPR_SESSION_EXCHANGE_H
#define SSPR_SESSION_EXCHANGE_H

#include "protocol/request.h"
#include "session/outcome.h"

struct session;
struct told;

/* Kinds of requests, as the table of answers knows them. */
enum { MAY_SEND = 1, MAY_TRY = 2, MAY_SEED = 4, MAY_HELP = 8, MAY_REMOVE = 16 };
enum { MAY_CLAIM = 32, MAY_CHECK = 64, MAY_ASSIST = 128, MAY_GRANT = 256 };

/*
 * Send and wait, at most JUDGE_SILENCE_MS. ANSWERED: *f is the reply taken apart, it lives as long as the reply. ENDED. The request is
 * wiped, the reply is its caller's to wipe where it is secret.
 */
enum outcome
exchange(struct session *s, struct message *request, struct message *reply, struct fields *f);
/*
 * As exchange, but wait until HASH_SLOT_WAIT_MS after the terminal's last answer, and let the terminal know every few seconds
 * that we are alive.
 */
enum outcome exchange_slowly(struct session *s, struct message *request, struct message *reply,
			     struct fields *f);
/*
 * As exchange, for the one reply that may bring a descriptor: *passed is the caller's to close on ANSWERED, and -1 where
 * none came; otherwise none is kept.
 */
enum outcome exchange_passed(struct session *s, struct message *request, struct message *reply,
			     struct fields *f, int *passed);

/* Look the reply up among those that this kind of request may get: the outcome, and what it tells. */
enum outcome exchange_judged(struct session *s, const struct fields *f, int may, struct told *told);

/* The judge answered what may not be answered: the dialog ends with "failed". Always ENDED. */
enum outcome exchange_failed(struct session *s);

/* The judge has something to say unasked: only the end of the dialog may be that. Always ENDED. */
enum outcome exchange_unasked(struct session *s);

#endif
