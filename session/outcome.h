/*
 * How a step of a dialog came out. The first group are answers to act on; ENDED and worse leave the
 * dialog: every step hands them up unchanged.
 */
#ifndef SSPR_SESSION_OUTCOME_H
#define SSPR_SESSION_OUTCOME_H

enum outcome {
	ANSWERED, /* something usable was typed */
	EMPTY,    /* nothing was typed */
	PROVEN,   /* the judge has it on disk */
	MORE,     /* taken, more is needed */
	SENT,
	WRONG,
	SPENT, /* no tries left */
	EXPIRED,
	USED,
	UNDELIVERED,
	REFUSED,
	THROTTLED,
	BLOCKED, /* too many failures of this user: nothing can be proven for a while */
	BACK,    /* the user wants another method */
	ENDED,   /* the dialog is over: session->finish or session->verdict says why */
};

#endif
