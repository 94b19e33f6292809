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

struct method_fact {
	enum method method;
	bool registered;
	char masked[FACTS_TEXT_MAX + 1]; /* "a****@e******.org"; may be empty */
	int64_t stale_at; /* when it will be asked again; 0 never, or not registered */
};

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
	int method_count; /* those that this user can register, in the policy's order */
	struct method_fact methods[METHOD_COUNT];
};

/* Append the facts to a reply. 0 or -EMSGSIZE. */
int facts_put(struct message *m, const struct facts *f);
/* Read a REPLY_OK to FACTS. False: malformed, *f is then undefined. */
bool facts_get(const struct fields *fields, struct facts *f);

#endif
