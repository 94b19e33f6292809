/*
 * Questions to the daemon: the Admin interface. Each is a call on a connection of its own, bounded.
 */
#ifndef SSPRCTL_BUS_H
#define SSPRCTL_BUS_H

#include "ssprctl/command.h"

struct client_context;
struct json_t;

#define BUS_TIMEOUT_MS 15000 /* starting the daemon and thousands of users included */

struct question {
	const char *method;                   /* of org.sspr.Sspr1.Admin */
	const char *user;                     /* NULL: the method has none */
	const struct client_context *context; /* NULL: the method has none */
	const char *not_allowed;              /* what to say when the daemon answers NotAllowed */
};

/*
 * Ask. EXIT_DONE: *answer is the caller's, an array of the reply's arguments, as many and of such
 * JSON types as `shape` says: one letter each, o object, a array, s text. Otherwise it was said on
 * stderr why not.
 */
enum exit_code bus_ask(const struct question *q, const char *shape, struct json_t **answer);

#endif
