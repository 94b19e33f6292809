/*
 * The context of a Check or Converse: what the caller knows of a login. Read strictly: a known
 * key with another type, or longer than it may be, makes the call bad; unknown keys are ignored;
 * what only root can know is ignored from anybody else.
 */
#ifndef SSPRD_CONTEXT_H
#define SSPRD_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/limits.h"

struct bus_call;
struct value;

struct context {
	char service[SERVICE_NAME_MAX + 1];
	char tty[TERMINAL_NAME_MAX + 1];
	char rhost[HOST_NAME_MAX_BYTES + 1];
	char lang[LANG_NAME_MAX + 1]; /* accepted (text/language.h), or "" */
	unsigned int columns;         /* 0 unknown */
	bool interactive;
	/* From root alone; each is told or not. */
	bool has_uid, has_groups, has_local_password, has_last_login;
	uint64_t uid;
	char *groups; /* names parted by '\n', malloc'd */
	bool local_password;
	int64_t last_login;
	/* How it is read. */
	bool from_root;
	unsigned int seen; /* bits of the keys that came */
	size_t groups_len, group_count;
};

/*
 * Read argument n of the call. 0; -EBADMSG: not as above; -ENOMEM. Release with context_done in
 * any case.
 */
int context_read(struct context *context, const struct bus_call *call, int n);
void context_done(struct context *context);

#endif
