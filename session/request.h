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

/* What a reply tells beyond the outcome; only what the outcome in brackets says is set. */
struct told {
	int64_t number; /* tries left (WRONG), proofs missing (MORE), moment (SPENT, THROTTLED, BLOCKED) */
	enum reason reason;              /* REFUSED, UNDELIVERED */
	char masked[FACTS_TEXT_MAX + 1]; /* where it was sent (SENT) */
};

/* ANSWERED: s->facts and s->deadline are those of now. */
enum outcome request_facts(struct session *s);
/* ANSWERED: out holds question index of the catalogue. EMPTY: there are no more. */
enum outcome request_question(struct session *s, int index, char *out, size_t size);
/* ANSWERED: seeds are the count texts that the judge gave. They are the caller's to wipe in any case. SPENT, BLOCKED. */
enum outcome request_seed(struct session *s, enum method method, struct secret *seeds, size_t count,
			  struct told *told);
/* SENT, REFUSED, THROTTLED, SPENT, BLOCKED. An empty to: what stands on record. via is VIA_SMS, VIA_VOICE or NULL. */
enum outcome request_send(struct session *s, enum method method, const struct secret *to,
			  const char *via, struct told *told);
/*
 * ANSWERED, as soon as the judge has a slot free. Waits until HASH_SLOT_WAIT_MS after the terminal's last answer; the
 * terminal is kept informed. use is SLOT_NEW or NULL. Nobody may be asked anything before the hash is handed over.
 */
enum outcome
request_slot(struct session *s, enum method method, const char *use, struct slot *slot);
/* PROVEN, MORE, WRONG, SPENT, EXPIRED, USED, UNDELIVERED, EMPTY, REFUSED, BLOCKED. hash is NULL or HASH_SIZE bytes. */
enum outcome request_try(struct session *s, enum method method, const void *proof, size_t len,
			 const unsigned char *hash, struct told *told);
/* A help desk code: PROVEN, WRONG, SPENT, EXPIRED. */
enum outcome request_help(struct session *s, const char *code, struct told *told);
/* ANSWERED: it is removed. REFUSED. */
enum outcome request_remove(struct session *s, enum method method, struct told *told);

/* What was typed at the first prompt of a round of a reset, as it is: ANSWERED, whatever it was. */
enum outcome request_claim(struct session *s, const struct secret *typed);
/* At the second: PROVEN, WRONG, ANSWERED (a freeze code was right: all is over). told: number, rounds left (WRONG), fewer than before. */
enum outcome request_check(struct session *s, const struct secret *typed, struct told *told);
/* ANSWERED: the administrator is asked for help. THROTTLED, REFUSED. */
enum outcome request_assist(struct session *s, struct told *told);
/* ANSWERED: *grant is a socket of protocol/grant.h, the caller's to close. REFUSED. Waits as request_slot does. */
enum outcome request_grant(struct session *s, int *grant, struct told *told);

/* One change that was not made in a login's own dialog. */
struct change {
	int64_t time;
	char event[32];                     /* the judge's word for it */
	char method[32];                    /* a method's word, or "" */
	char from[HOST_NAME_MAX_BYTES + 1]; /* "" this host */
};

/* ANSWERED: changes[0] to changes[*count - 1], oldest first. */
enum outcome request_changes(struct session *s, struct change changes[CHANGES_MAX], size_t *count);
/* Ask for the verdict: the session's ending is DECIDED afterwards, whatever happens. */
void request_finish(struct session *s);
/* Pass on a line for the log; lost without a sound when the judge is lost. Fits text/log.h's log_to. */
void request_log(int priority, const char *text, void *session);

#endif
