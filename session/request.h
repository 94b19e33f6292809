/*
 * The requests of protocol/request.h as the session makes them: each sends one message to the judge and waits
 * for its answer, at most JUDGE_SILENCE_MS. ENDED: the judge ended the dialog, is gone, too slow, or answered what may not be
 * answered; the session's ending says so already.
 */
#ifndef SSPR_SESSION_REQUEST_H
#define SSPR_SESSION_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "protocol/facts.h"
#include "protocol/request.h"
#include "session/outcome.h"
#include "text/secret.h"

struct session;
struct slot;

/* What a reply to SEND or TRY tells beyond the outcome; only what the outcome in brackets says is set. */
struct told {
	int64_t number; /* tries left (WRONG), proofs missing (MORE), moment (SPENT, THROTTLED) */
	enum reason reason;              /* REFUSED, UNDELIVERED */
	char masked[FACTS_TEXT_MAX + 1]; /* where it was sent (SENT) */
};

/* ANSWERED: s->facts and s->deadline are those of now. */
enum outcome request_facts(struct session *s);
/* ANSWERED: out holds question index of the catalogue. EMPTY: there are no more. */
enum outcome request_question(struct session *s, int index, char *out, size_t size);
/* ANSWERED: the secret and its URI, the caller's to wipe. SPENT (told->number). */
enum outcome request_seed(struct session *s, enum method method, struct secret *key,
			  struct secret *uri, struct told *told);
/* SENT, REFUSED, THROTTLED, SPENT. */
enum outcome
request_send(struct session *s, enum method method, const struct secret *to, struct told *told);
/*
 * ANSWERED, as soon as the judge has a slot free. Waits until HASH_SLOT_WAIT_MS after the terminal's last answer; the
 * terminal is kept informed.
 */
enum outcome request_slot(struct session *s, enum method method, struct slot *slot);
/* PROVEN, MORE, WRONG, SPENT, EXPIRED, USED, UNDELIVERED, EMPTY, REFUSED. hash is NULL or HASH_SIZE bytes. */
enum outcome request_try(struct session *s, enum method method, const void *proof, size_t len,
			 const unsigned char *hash, struct told *told);
/* Ask for the verdict: the session's ending is DECIDED afterwards, whatever happens. */
void request_finish(struct session *s);
/* Pass on a line for the log; lost without a sound when the judge is lost. Fits text/log.h's log_to. */
void request_log(int priority, const char *text, void *session);

/* The judge has something to say unasked: only the end of the dialog may be that. Always ENDED. */
enum outcome request_unasked(struct session *s);

#endif
