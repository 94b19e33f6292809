/*
 * What only the root side can know of a user, for the module and ssprctl (both through libsspr-client):
 * uid and groups from NSS (the host's own, unbounded waits included), whether the password is local from the passwd and
 * shadow files themselves, both read to the end, for unknown names too; the last login from lastlog.
 * It decides who is asked, never whether a password may be set.
 */
#ifndef SSPR_PROTOCOL_HOST_H
#define SSPR_PROTOCOL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/limits.h"

struct host_user {
	uint64_t uid;
	char **groups;      /* group_count names; a group without a name is left out */
	size_t group_count; /* at most GROUPS_MAX */
	bool local_password; /* in passwd and shadow, the hash not empty, not beginning with ! or * */
	int64_t last_login; /* 0 unknown */
};

/*
 * 0: *out is the caller's, released with sspr_host_user_done. -ENOENT: no such user; other -errno. For a
 * name without an account the same is looked up and read, as for a user of one group: the time tells no
 * stranger at a login prompt who has one, beyond what NSS itself tells.
 */
int sspr_host_user_get(const char *user, struct host_user *out);
void sspr_host_user_done(struct host_user *u);

#endif
