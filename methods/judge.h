/*
 * A method's proof, in ssprd: one row a method (methods/judges.c). A handler gets the dialog
 * (ssprd/dialog.h) and the request's fields and writes the reply; it never waits. NULL in a column:
 * that request is not permitted for this method and ends the session.
 */
#ifndef SSPR_METHODS_JUDGE_H
#define SSPR_METHODS_JUDGE_H

#include <stdbool.h>

#include "protocol/request.h"
#include "protocol/words.h"

struct code_kind;
struct dialog;
struct secret;

/* What was typed at the first prompt of a reset, as its method understood it. */
struct claim {
	bool fits;
	int64_t step;           /* app */
	unsigned char hash[32]; /* recovery codes: STORE_HASH_SIZE */
};

/*
 * A handler. 0: reply is filled in. 1 (JUDGE_VIOLATION): the request was malformed or out of turn:
 * the session is ended and audited. -errno: something broke (logged): the dialog ends with
 * "failed".
 */
#define JUDGE_VIOLATION 1
typedef int judge_handler(struct dialog *d, const struct fields *request, struct message *reply);

struct method_judge {
	enum method method;
	bool given;          /* an administrator's: its users can only confirm what was filled in */
	bool address;        /* its record is where messages can be sent to, in wire form */
	judge_handler *seed; /* REQUEST_SEED of a new one: make the secret */
	judge_handler *recall; /* REQUEST_SEED of what is registered: say what is to be answered */
	judge_handler *send;   /* REQUEST_SEND: make a code and send it */
	judge_handler *slot;   /* REQUEST_SLOT granted: give the salt */
	judge_handler *try;    /* REQUEST_TRY of a new one: count, compare, save */
	judge_handler *prove;  /* REQUEST_TRY of what is registered: count a failure, compare */
	/* The dialog ends, also with a proof of it begun and not finished. NULL: nothing to do. */
	void (*closed)(struct dialog *d);
	/*
	 * What else is saved, and removed, with its row; within that transaction. 0 or -errno.
	 * NULL: nothing.
	 */
	int (*saved)(struct dialog *d);
	int (*removed)(struct dialog *d);
	/*
	 * Reset, before its first proof: does what was typed prove this record? Compared whatever it is, and written is
	 * nothing. record NULL: nobody's, which costs as much and never fits. 0 or -errno. NULL: what is typed there proves
	 * nothing of this method.
	 */
	int (*claim)(struct dialog *d, const struct field *typed, const struct secret *record,
		     struct claim *claim);
	/* What a claim that fits uses up, within the transaction of its success. STORE_DONE; STORE_NONE: used before; -errno. */
	int (*claimed)(struct dialog *d, const struct claim *claim);
	/* Codes are sent to its record (ssprd/code.h). NULL: it has none. */
	const struct code_kind *code;
	/*
	 * How often it can still be proven: 0 is as good as not registered. 0 or -errno. NULL:
	 * without an end.
	 */
	int (*left)(struct dialog *d, int *left);
	/* The mask of a sealed record's plain text, for facts and lists. */
	void (*mask)(const void *plain, size_t len, char *out, size_t size);
};

const struct method_judge *method_judge(enum method); /* NULL: this program does not have it */
unsigned int methods_implemented(void);               /* a bit (1 << method) each */

#endif
