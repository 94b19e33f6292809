/*
 * The audit: one journal line (authpriv) and one chained row an event. Each row holds the keyed hash of the row
 * before it and of itself; the journal line carries the head, so that rows cut off at the end are missed too.
 * Nothing secret: no code, no answer, no address in full. What is too old goes; a sealed checkpoint keeps the chain.
 */
#ifndef SSPR_CORE_AUDIT_H
#define SSPR_CORE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#define AUDIT_HEAD_SIZE   32          /* bytes of a row's hash */
#define AUDIT_CLOCK_SLACK (24 * 3600) /* seconds */

struct store;
struct vault;

enum audit_event {
	AUDIT_REGISTRATION_STARTED,
	AUDIT_REGISTRATION_FINISHED,
	AUDIT_REGISTRATION_POSTPONED,
	AUDIT_REGISTRATION_DECLINED,
	AUDIT_METHOD_ADDED,     /* proven for the first time */
	AUDIT_METHOD_CONFIRMED, /* a registered one was proven again */
	AUDIT_METHOD_REPLACED,  /* another value; recovery codes: renewed */
	AUDIT_METHOD_REMOVED,   /* a filled-in value too: reason "filled-in" */
	AUDIT_METHOD_FAILED, /* a proof of a registered method failed; "refused": of a new one, not taken */
	AUDIT_CODE_SENT,
	AUDIT_CODE_FAILED, /* it could not be sent */
	AUDIT_CODE_WRONG,
	AUDIT_CANNOT_PROVE,   /* its user says that no registered method can be proven any more */
	AUDIT_FILLED_IN,      /* by an administrator */
	AUDIT_REQUIRED,       /* an administrator's `require`; reason: the date */
	AUDIT_HELP_CODE_MADE, /* an administrator's `code` */
	AUDIT_HELP_CODE_USED,
	AUDIT_HELP_CODE_WRONG,
	AUDIT_BLOCKED,      /* too many failures; reason: until when */
	AUDIT_UNBLOCKED,    /* by an administrator: failures, or a freeze */
	AUDIT_FROZEN,       /* a freeze code was used */
	AUDIT_FREEZE_WRONG, /* something that was no freeze code was used as one */
	AUDIT_NOTIFICATION_SENT,
	AUDIT_NOTIFICATION_FAILED, /* refused for good, or given up after a day */
	AUDIT_RESET_STARTED,
	AUDIT_RESET_VERIFIED,
	AUDIT_RESET_CHANGED,
	AUDIT_RESET_REFUSED,
	AUDIT_UNLOCKED,
	AUDIT_RECORD_VIEWED,
	AUDIT_RECORD_SET_ASIDE,
	AUDIT_SESSION_VIOLATION, /* a session asked what it may not, or died by its filter */
	AUDIT_POLICY_LOADED,
	AUDIT_POLICY_REFUSED,
	AUDIT_KEY_ROTATED,
	AUDIT_EVENT_COUNT
};

/* "registration-started"; NULL outside of the enum. */
const char *audit_word(enum audit_event);

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

/* How far the chain was walked, and what was found. */
struct audit_walk {
	int64_t last; /* the last row that fits; 0: none */
	unsigned char
		head[AUDIT_HEAD_SIZE]; /* its hash, as the journal's line of that row has it */
	int64_t broken;                /* the first row that does not fit, or is missing; 0: none */
	int rows;                      /* that were looked at */
	bool more;                     /* rows follow: walk on after `last` */
};

/*
 * Walk the chain, `most` rows at a time: after 0 from its beginning (the checkpoint, where rows were removed), else after a row that
 * an earlier walk ended with. A checkpoint that was moved, or that stands for rows that did not fit, is broken. 0 (look at
 * found->broken), or -errno.
 */
int audit_verify(struct store *store, struct vault *vault, int64_t after, int most,
		 struct audit_walk *found);

/*
 * Remove rows that are older than `before` from the beginning of the chain, at most `most`, and leave a sealed checkpoint in their
 * place, in one transaction. A row that is not that old ends it, so that the chain stays one; one from further ahead than a wrong
 * clock explains (AUDIT_CLOCK_SLACK) does not. Rows that did not fit go too, and the checkpoint says so for ever. How many were removed, or
 * -errno.
 */
int audit_trim(struct store *store, struct vault *vault, int64_t before, int64_t now, int most);

#endif
