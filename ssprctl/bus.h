/*
 * Questions to the daemon: the Admin interface. Each is a call on a connection of its own, bounded.
 */
#ifndef SSPRCTL_BUS_H
#define SSPRCTL_BUS_H

#include <stdint.h>

#include "ssprctl/command.h"

struct client_context;
struct json_t;

#define BUS_TIMEOUT_MS 15000 /* starting the daemon and thousands of users included */

/* The arguments stand in this order; what a method does not have is NULL. */
struct question {
	const char *interface; /* NULL: org.sspr.Sspr1.Admin */
	const char *method;
	const char *user;
	const char *text[2];
	const struct question_number {
		char type; /* u or x */
		int64_t value;
	} * number;
	const struct client_context *context;
	const char *not_allowed; /* what to say when the daemon answers NotAllowed */
	const char *bad_request; /* the same for BadRequest; NULL: it is about the user's name */
	const char *too_many;    /* the same for TooManySessions; NULL: too many dialogs run */
};

/*
 * Ask. EXIT_DONE: *answer is the caller's, an array of the reply's arguments, as many and of such
 * JSON types as `shape` says: one letter each, o object, a array, s text, b yes or no, i number. Otherwise it was said on
 * stderr why not.
 */
enum exit_code bus_ask(const struct question *q, const char *shape, struct json_t **answer);

#endif
