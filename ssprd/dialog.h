/*
 * One dialog as the judge knows it: whose it is, what it may ask now, and what was given out and
 * waits to come back. What a user proved is in the store, never here alone. Knows nothing of
 * processes and sockets (session.c).
 */
#ifndef SSPRD_DIALOG_H
#define SSPRD_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/facts.h"
#include "protocol/request.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/plan.h"
#include "ssprd/grant.h"
#include "ssprd/judge.h"
#include "ssprd/slots.h"
#include "ssprd/user.h"
#include "text/secret.h"

struct context;
struct sending;

enum dialog_state {
	DIALOG_NEW = 1, /* only the facts may be asked */
	DIALOG_OPEN = 2,
	DIALOG_WAITING = 4,    /* a slot was asked for */
	DIALOG_HASHING = 8,    /* a slot is held: the hash is owed */
	DIALOG_OVER = 16,      /* the verdict was given */
	DIALOG_CLAIMING = 32,  /* a reset before its first proof: CLAIM is next */
	DIALOG_CHECKING = 64,  /* CHECK is next */
	DIALOG_GRANTING = 128, /* a grant was asked for */
	DIALOG_GRANTED = 256,  /* and passed on: only the end is to come */
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

/* One round of a reset: CLAIM and CHECK. */
struct reset_round {
	bool tried;   /* something was typed in it: its failure was counted, or a block stood */
	bool counted; /* it was counted, under this key, then; until: of the block that it began */
	bool host_counted;
	bool real; /* what is typed may fit */
	unsigned char key[DIALOG_HASH_SIZE];
	int64_t counted_at, until;
	enum method right; /* proven by what was typed at CLAIM; METHOD_COUNT: none */
	struct claim claim;
	enum method sent; /* whose full address or number was typed there; METHOD_COUNT: none's */
};

/* How far a reset is (ssprd/reset.h, ssprd/grant.h). All empty in other dialogs. */
struct reset {
	enum reset_case why_not; /* nothing can be reset: then nothing succeeds */
	int64_t until;           /* CASE_BLOCKED */
	bool decoy; /* nothing succeeds: for that, an unknown name, a throttled host, too many dialogs */
	bool told; /* the console, with disclose = local */
	int rounds_left;
	bool known;   /* root told a uid, or there is a record: else the name may be a password */
	bool begun;   /* and not yet closed */
	bool refused; /* its end was audited */
	int64_t row;  /* the decoy row of its name */
	struct reset_round round;
	enum method sent;    /* a code was sent in this dialog; METHOD_COUNT: none */
	int64_t block_until; /* the block that a failure of this dialog began, to be told; 0 none */
	bool frozen;         /* a freeze code was used in this dialog */
	bool assisted;       /* the administrator was asked for help */

	/* questions, all of which are judged together */
	int questions_asked;
	bool questions_wrong;
	int64_t questions_until; /* the block that their one failure began */
	int64_t questions_lot; /* which were picked: when they were proven last, as the set began */

	enum verdict outcome; /* what sspr-passwd reported; VERDICT_COUNT: nothing yet */
};

struct dialog {
	struct judge *judge;
	int64_t number; /* for log lines and the audit */
	enum purpose purpose;
	enum dialog_state state;
	enum state why; /* what was owed when it began */
	struct user user;
	struct plan plan; /* as of the last FACTS, the last help desk code, the last thing saved */
	char service[SERVICE_NAME_MAX + 1];
	char tty[TERMINAL_NAME_MAX + 1];
	char rhost[HOST_NAME_MAX_BYTES + 1];
	char lang[LANG_NAME_MAX + 1];
	bool interactive;
	int64_t now;   /* of this request, seconds since the epoch */
	int time_left; /* seconds */
	unsigned int requests, log_lines;

	struct reset reset;
	struct grant_wait grant;
	int passing; /* a descriptor that goes out with the reply, owned; -1: none */

	unsigned int proven;   /* a bit (1 << method) each: in this dialog, new ones too */
	unsigned int changing; /* a bit each: a new value for what is registered was begun */
	bool redeemed;         /* a help desk code, in this dialog */
	int64_t counted_at;    /* the last failure that proof_count counted */
	int64_t changes_shown; /* the last untold change that the session was given; 0 none */

	/* app: the secret that was given out, and the wrong tries against it. */
	struct secret seed;
	int seed_tries;

	/*
	 * recovery codes: keyed hashes of those that were given out, and the wrong tries against
	 * them.
	 */
	unsigned char recovery[RECOVERY_CODES][DIALOG_HASH_SIZE];
	bool recovery_made;
	int recovery_tries, recovery_typed; /* which of them was typed back */

	/*
	 * A message with a code: made by SEND, started by session.c after the reply; its outcome is
	 * told at the next step.
	 */
	struct sending *outgoing; /* made, not yet started; owned */
	struct sending *sending;  /* started; owned by itself */
	enum method sent_method;  /* whose */
	bool undelivered;
	enum reason undelivered_why;

	/*
	 * questions: the slot, whether the answer is to prove a registered set; the salt that it
	 * came with, the answers so far.
	 */
	struct slot_wait slot;
	enum method slot_method;
	bool slot_proves;
	bool salted;
	unsigned char salt[DIALOG_SALT_SIZE];
	struct taken_answer answers[DIALOG_ANSWERS_MAX];
	int answer_count;
};

static inline unsigned int
dialog_bit(enum method method)
{
	return 1u << method;
}

/*
 * Begin a dialog: takes *user over (which is empty afterwards), makes the plan. 0 or -errno (then
 * *d is empty).
 */
int dialog_init(struct dialog *d, struct judge *judge, enum purpose purpose, struct user *user,
		const struct context *context, int64_t number, int64_t now);
/*
 * It is about to be held: audited, where something is owed (looking after what is registered, or
 * reading of a change, is nothing of the sort). 0 or -errno.
 */
int dialog_begins(struct dialog *d);
/*
 * Nothing more is asked: give back its slot, let go of its sending, wipe every secret. Who it was
 * for stays known.
 */
void dialog_close(struct dialog *d);
/* Close, wipe, release. */
void dialog_done(struct dialog *d);

/* What the store knows of this user now, and the plan of that. 0 or -errno. */
int dialog_look_again(struct dialog *d);

/* Is that method on offer to this user? */
bool dialog_offers(const struct dialog *d, enum method method);
/* Is it registered? Recovery codes of which none is left are not. 1 yes, 0 no, -errno. */
int dialog_has(struct dialog *d, enum method method);

/*
 * Did a help desk code open this dialog? A login's: any that was redeemed and still holds
 * (HELP_OPEN_SECONDS); manage: one that was typed there.
 */
bool dialog_code_open(const struct dialog *d);
/*
 * May what is missing be registered in this dialog? Never in a reset. In a login: where the password was just
 * checked, and it is owed, or something was proven; not before the help desk code where one is
 * needed. In manage: after a proof, never the first one.
 */
bool dialog_may_add(const struct dialog *d);
/*
 * May this method, which is registered, be replaced or removed? Never in a reset. After a help desk code, or in
 * manage after another one was proven.
 */
bool dialog_may_change(const struct dialog *d, enum method method);

/* One event of this dialog. Texts may be NULL. 0 or -errno. */
int dialog_audit(struct dialog *d, enum audit_event event, const char *method, const char *result,
		 const char *reason);
/* The same for an event that others must hear of; within its transaction. old: struct change. */
int dialog_change(struct dialog *d, enum audit_event event, enum method method, const char *old,
		  const char *result, const char *reason);

/* What was begun and not proven is forgotten: new values for what is registered, answers. */
void dialog_begin_anew(struct dialog *d);
/* The session's turn with a slot is over: give it back. Wipes the salt. */
void dialog_slot_release(struct dialog *d);
/* Wipe the answers taken so far. */
void dialog_forget_answers(struct dialog *d);

#endif
