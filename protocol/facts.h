/*
 * The facts of one dialog: what the judge tells the session about its one user, and all that it
 * tells. Written by ssprd, read by the session; pairs of fields, name and value; an unknown name
 * is ignored, a bad value makes the message bad.
 */
#ifndef SSPR_PROTOCOL_FACTS_H
#define SSPR_PROTOCOL_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/limits.h"
#include "protocol/request.h"
#include "protocol/words.h"

#define FACTS_TEXT_MAX 255  /* bytes of host, contact, mask */
#define POSTPONES_FREE (-1) /* postponing is free: no count is shown */

enum method_state {
	METHOD_MISSING,
	METHOD_FILLED_IN, /* an administrator's value, not proven yet */
	METHOD_REGISTERED,
	METHOD_STALE, /* registered, and to be proven again now */
};

/* Why an account's password cannot be reset here, and the code that its user can tell the help desk. */
enum reset_case {
	CASE_NONE,
	CASE_CONTACT,        /* SSPR-CONTACT: not this host's password, or locked */
	CASE_NOT_ENABLED,    /* SSPR-NOTENABLED */
	CASE_NOT_REGISTERED, /* SSPR-NOTREGISTERED: not enough methods */
	CASE_BLOCKED,        /* SSPR-BLOCKED, until reset_until */
	CASE_FROZEN,         /* SSPR-FROZEN */
	CASE_COUNT
};

struct method_fact {
	enum method method;
	enum method_state state;
	char masked[FACTS_TEXT_MAX +
		    1]; /* "a****@e******.org"; empty where there is nothing to show */
	char filled_by[USER_NAME_MAX + 1]; /* who filled it in; empty: the user */
	int left;                          /* recovery codes that are left; 0 for other methods */
	int64_t stale_at; /* when it will be asked again; 0 never, or not registered */
};

/* Is it proven, stale or not? */
static inline bool
method_is_registered(const struct method_fact *fact)
{
	return fact->state >= METHOD_REGISTERED;
}

struct facts {
	enum state state;                 /* why the dialog is held: register, reconfirm, notice */
	char host[FACTS_TEXT_MAX + 1];    /* this host's name */
	char contact[FACTS_TEXT_MAX + 1]; /* [support] contact */
	int time_left;                    /* seconds until the dialog must end */
	int required;                     /* methods that make this user registered, today */
	int done;                         /* of them, how many are registered */
	int postpones_left;               /* POSTPONES_FREE, 0 none, else the exact count */
	int questions;                    /* how many questions are registered */
	bool questions_custom;            /* the user may write a question */
	int code_digits;                  /* digits of a mailed code */
	int code_minutes;                 /* its lifetime, rounded down */
	bool needs_code; /* a help desk code must be typed before anything is registered */
	bool open;       /* a help desk code was redeemed: what is registered may be replaced */
	bool sms, voice; /* codes can be sent to a phone as text messages, can be spoken in calls */
	/*
	 * reset. Before the first proof all facts are the same for everybody, known or not, unless `told`: then the methods are
	 * listed, and the case is said (asked for anew after each wrong round). After a proof: the methods by which
	 * another one can be given, and no others.
	 */
	bool told;           /* the console, with disclose = local */
	int reset_case;      /* enum reset_case; always CASE_NONE where it may not be told */
	int64_t reset_until; /* CASE_BLOCKED: when it ends; else 0 */
	int proofs;          /* that are still needed; before the first one always 1 */
	int rounds;          /* of CLAIM and CHECK that are left */
	bool alone;          /* security questions are taken as the first proof (`q`) */
	bool unlock;         /* unlocking alone is on offer */
	bool assist;         /* ASSIST is on offer */
	int changes;         /* untold changes (CHANGES) */
	int stale;           /* methods that are to be proven again now */
	int method_count;    /* those that this user can register, in the policy's order */
	struct method_fact methods[METHOD_COUNT];
};

/* Append the facts to a reply. 0 or -EMSGSIZE. */
int facts_put(struct message *m, const struct facts *f);
/* Read a REPLY_OK to FACTS. False: malformed, *f is then undefined. */
bool facts_get(const struct fields *fields, struct facts *f);

#endif
