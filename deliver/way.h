/*
 * The ways out: mail, and a gateway for phones. Each does in its functions what main() has them do,
 * in the order in which they stand here; the sandbox closes between start and deliver.
 */
#ifndef SSPR_DELIVER_WAY_H
#define SSPR_DELIVER_WAY_H

#include <stdint.h>

#include "deliver/delivery.h"
#include "text/secret.h"

/* What this process was started for. */
struct errand {
	const char *section;     /* "email", "sms", "voice" */
	const char *file;        /* sspr.conf */
	const char *credentials; /* systemd's folder of secrets, which need not exist; NULL none */
};

/* DELIVERY_SENT is "go on"; any other answer was logged and is the exit code. */
struct way {
	/*
	 * Read the section and the files that it names. *state is for the functions below, and
	 * ended by done, on every answer. *timeout: seconds for all that follows.
	 */
	enum delivery (*read)(const struct errand *errand, void **state, int *timeout);
	/* Look up the server's name. */
	enum delivery (*resolve)(void *state);
	/* Whatever libraries still want to read from disk. */
	enum delivery (*start)(void *state);
	/* Take the message and hand it over, within left_ms. */
	enum delivery (*deliver)(void *state, const struct secret *json, int64_t left_ms);
	/* Wipe and free; may say goodbye to the server. NULL is fine. */
	void (*done)(void *state);
};

extern const struct way way_mail;  /* deliver/way_mail.c */
extern const struct way way_phone; /* deliver/way_phone.c */

#endif
