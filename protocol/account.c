/*
 * getpwnam_r with a buffer that grows: from the stack for ordinary entries, the heap for the rest.
 */
#include "protocol/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>

#define ENTRY_MAX (1024 * 1024)

/* 0, -ENOENT, -ERANGE: the buffer is too small; other -errno. */
static int
look_up(const char *user, char *buffer, size_t size, uid_t *uid, gid_t *gid)
{
	struct passwd entry, *found = NULL;
	int error;

	do {
		error = getpwnam_r(user, &entry, buffer, size, &found);
	} while (error == EINTR);
	/* Name services say "nobody" in more than one way. */
	if (found == NULL)
		return error == 0 || error == ESRCH ? -ENOENT : -error;
	*uid = entry.pw_uid;
	*gid = entry.pw_gid;
	return 0;
}

int
account_find(const char *user, uid_t *uid, gid_t *gid)
{
	char first[2048], *grown = NULL, *more;
	size_t size = sizeof(first);
	int r;

	r = look_up(user, first, size, uid, gid);
	while (r == -ERANGE && size < ENTRY_MAX) {
		size *= 4;
		more = realloc(grown, size);
		if (more == NULL) {
			r = -ENOMEM;
			break;
		}
		grown = more;
		r = look_up(user, grown, size, uid, gid);
	}
	free(grown);
	return r;
}
