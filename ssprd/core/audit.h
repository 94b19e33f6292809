/*
 * The audit: one journal line (authpriv) and one chained row an event. Each row holds the keyed hash of the row
 * before it and of itself; the journal line carries the head, so that rows cut off at the end are missed too.
 * Nothing secret: no code, no answer, no address in full.
 */
#ifndef SSPR_CORE_AUDIT_H
#define SSPR_CORE_AUDIT_H

#include <stdint.h>

struct store;
struct vault;

enum audit_event {
	AUDIT_REGISTRATION_STARTED,
	AUDIT_REGISTRATION_FINISHED,
	AUDIT_REGISTRATION_POSTPONED,
	AUDIT_REGISTRATION_DECLINED,
	AUDIT_METHOD_ADDED,
	AUDIT_METHOD_CONFIRMED,
	AUDIT_METHOD_REPLACED,
	AUDIT_METHOD_REMOVED,
	AUDIT_METHOD_FAILED,
	AUDIT_CODE_SENT,
	AUDIT_CODE_FAILED,
	AUDIT_CODE_WRONG,
	AUDIT_RECORD_VIEWED,
	AUDIT_RECORD_SET_ASIDE,
	AUDIT_SESSION_VIOLATION, /* a session asked what it may not, or died by its filter */
	AUDIT_POLICY_LOADED,
	AUDIT_POLICY_REFUSED,
	AUDIT_EVENT_COUNT
};

const char *audit_word(enum audit_event); /* "registration-started" */

/* What happened. NULL texts are "". */
struct audit_entry {
	enum audit_event event;
	const char *user, *actor, *method, *result, *reason, *service, *rhost;
	int64_t uid; /* -1 unknown */
	int64_t session;
	int64_t now;
};

/*
 * Write the row, then the journal line: inside the caller's transaction both wait for its commit, and a transaction
 * that is rolled back leaves neither. Texts are kept to 255 bytes; the line shows foreign bytes as \xHH. 0 or -errno.
 */
int audit_write(struct store *store, struct vault *vault, const struct audit_entry *entry);

/* Walk the chain. 0: whole. 1: *broken is the id of the first row that does not fit, or that is missing. -errno. */
int audit_verify(struct store *store, struct vault *vault, int64_t *broken);

#endif
