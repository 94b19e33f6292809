/*
 * One dialog as the judge knows it: whose it is, what it may ask now, and what was given out and
 * waits to come back. What a user proved is in the store, never here alone. Knows nothing of
 * processes and sockets (session.c).
 */
#ifndef SSPRD_DIALOG_H
#define SSPRD_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/request.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/plan.h"
#include "ssprd/judge.h"
#include "ssprd/slots.h"
#include "ssprd/user.h"
#include "text/secret.h"

struct context;
struct sending;

enum dialog_state {
	DIALOG_NEW = 1, /* only the facts may be asked */
	DIALOG_OPEN = 2,
	DIALOG_WAITING = 4, /* a slot was asked for */
	DIALOG_HASHING = 8, /* a slot is held: the hash is owed */
	DIALOG_OVER = 16,   /* the verdict was given */
};

#define DIALOG_ANSWERS_MAX 5 /* [questions] register */
#define DIALOG_SALT_SIZE   16
#define DIALOG_HASH_SIZE   32

/*
 * One answer that was taken and waits for the others; the hash is as good as the answer's: wiped.
 */
struct taken_answer {
	char question[METHOD_VALUE_MAX + 1];
	unsigned char salt[DIALOG_SALT_SIZE];
	int memory, passes;
	struct secret hash;
};

struct dialog {
	struct judge *judge;
	int64_t number; /* for log lines and the audit */
	enum purpose purpose;
	enum dialog_state state;
	struct user user;
	struct plan plan; /* as of the last FACTS */
	char service[SERVICE_NAME_MAX + 1];
	char tty[TERMINAL_NAME_MAX + 1];
	char rhost[HOST_NAME_MAX_BYTES + 1];
	char lang[LANG_NAME_MAX + 1];
	bool interactive;
	int64_t now;   /* of this request, seconds since the epoch */
	int time_left; /* seconds */
	unsigned int requests, log_lines;

	/* app: the secret that was given out, and the wrong tries against it. */
	struct secret seed;
	int seed_tries;

	/*
	 * A message with a code: made by SEND, started by session.c after the reply; its outcome
	 * is told at the next step.
	 */
	struct sending *outgoing; /* made, not yet started; owned */
	struct sending *sending;  /* started; owned by itself */
	bool undelivered;
	enum reason undelivered_why;

	/* questions: the slot, the salt that it came with, the answers so far. */
	struct slot_wait slot;
	enum method slot_method;
	bool salted;
	unsigned char salt[DIALOG_SALT_SIZE];
	struct taken_answer answers[DIALOG_ANSWERS_MAX];
	int answer_count;
};

/*
 * Begin a dialog: takes *user over (which is empty afterwards), makes the plan. 0 or -errno (then
 * *d is empty).
 */
int dialog_init(struct dialog *d, struct judge *judge, enum purpose purpose, struct user *user,
		const struct context *context, int64_t number, int64_t now);
/*
 * Nothing more is asked: give back its slot, let go of its sending, wipe every secret. Who it was
 * for stays known.
 */
void dialog_close(struct dialog *d);
/* Close, wipe, release. */
void dialog_done(struct dialog *d);

/* Make the plan anew from the store. 0 or -errno. */
int dialog_plan(struct dialog *d);

/* Is that method on offer to this user? */
bool dialog_offers(const struct dialog *d, enum method method);
/* Is it registered? What stands is never replaced in this kind of dialog. 1 yes, 0 no, -errno. */
int dialog_has(const struct dialog *d, enum method method);

/* One event of this dialog. Texts may be NULL. 0 or -errno. */
int dialog_audit(struct dialog *d, enum audit_event event, const char *method, const char *result,
		 const char *reason);

/*
 * Save a proven method: its record is sealed for this user and stored, audited, and the code that
 * proved it (if one waits) removed, in one transaction. With once_step above 0 it is the app's
 * accepted time step. 0: on disk. -EEXIST: the method stands already; -errno: nothing was saved.
 */
int dialog_save(struct dialog *d, enum method method, const void *record, size_t len,
		int64_t once_step);

/* The session's turn with a slot is over: give it back. Wipes the salt. */
void dialog_slot_release(struct dialog *d);
/* Wipe the answers taken so far. */
void dialog_forget_answers(struct dialog *d);

#endif
