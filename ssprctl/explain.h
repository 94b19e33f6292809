/*
 * What simulate found, in one line for people or one object for programs. Pure but for the
 * printing.
 */
#ifndef SSPRCTL_EXPLAIN_H
#define SSPRCTL_EXPLAIN_H

#include "protocol/limits.h"
#include "ssprctl/pamfile.h"

struct json_t;

/* Why the module leaves a login alone before it asks anybody. */
enum alone {
	ALONE_NOT, /* it asks the daemon */
	ALONE_NO_FILE,
	ALONE_NO_LINE,
	ALONE_NOT_LISTED,
	ALONE_ROOT,
};

struct simulation {
	const char *user;
	char service[SERVICE_NAME_MAX + 1];
	struct pamfile pam;
	enum alone alone;
	const char *state;          /* the daemon's word; NULL unless ALONE_NOT */
	const struct json_t *facts; /* and its facts */
};

/* One line: what would happen: why. 0 or -errno. */
int explain_print(const struct simulation *s);

/* The same for programs: the caller's. NULL: no memory. */
struct json_t *explain_object(const struct simulation *s);

#endif
