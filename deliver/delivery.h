/*
 * What became of a message: the exit codes of sspr-deliver, which are all that ssprd judges by.
 * Functions here answer DELIVERY_SENT for "go on"; any other answer was logged once, on stderr, and
 * is handed up unchanged to be the exit code. No such line holds a code, a password or an address
 * in full.
 */
#ifndef SSPR_DELIVER_DELIVERY_H
#define SSPR_DELIVER_DELIVERY_H

enum delivery {
	DELIVERY_SENT = 0,
	DELIVERY_REFUSED = 69,       /* this message will never be taken */
	DELIVERY_LATER = 75,         /* the same message may be taken later */
	DELIVERY_MISCONFIGURED = 78, /* nothing will be taken before somebody acts */
};

#endif
