/*
 * What root's side knows of a user, gathered: ids and groups from NSS, the rest from the host's files.
 */
#include "protocol/host.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/account.h"
#include "protocol/hostfiles.h"

#define PASSWD_FILE  "/etc/passwd"
#define SHADOW_FILE  "/etc/shadow"
#define LASTLOG_FILE "/var/log/lastlog"

#define NOBODY 65534 /* stands in for the ids of a name that has none */

#define GROUP_ENTRY_MAX (4 * 1024 * 1024) /* bytes: a group lists all its members */

/* The ids of the user's groups. *ids is the caller's. The count, or -errno. */
static int
find_ids(const char *user, gid_t gid, gid_t **ids)
{
	gid_t *room = NULL, *more;
	int size = 64, count, tries;

	/* A group may come while we look; not for ever. */
	for (tries = 0; tries < 4; tries++) {
		more = reallocarray(room, (size_t)size, sizeof(*room));
		if (more == NULL)
			break;
		room = more;
		count = size;
		if (getgrouplist(user, gid, room, &count) >= 0) {
			*ids = room;
			return count < GROUPS_MAX ? count : GROUPS_MAX;
		}
		size = count > size ? count : size * 2;
	}
	free(room);
	return tries < 4 ? -ENOMEM : -EAGAIN;
}

/* A group's name, malloc'd; NULL with errno 0: it has none. The buffer grows and is kept for the next one. */
static char *
find_name(gid_t gid, char **buffer, size_t *size)
{
	struct group entry, *found = NULL;
	char *more;
	int error;

	for (;;) {
		error = *buffer == NULL ? ERANGE : getgrgid_r(gid, &entry, *buffer, *size, &found);
		if (error == 0 || (error != ERANGE && error != EINTR) || *size >= GROUP_ENTRY_MAX)
			break;
		if (error == EINTR)
			continue;
		more = realloc(*buffer, *size == 0 ? 4096 : *size * 4);
		if (more == NULL) {
			errno = ENOMEM;
			return NULL;
		}
		*size = *size == 0 ? 4096 : *size * 4;
		*buffer = more;
	}
	errno = 0;
	return found != NULL ? strdup(found->gr_name) : NULL;
}

static int
find_groups(const char *user, gid_t gid, struct host_user *out)
{
	gid_t *ids = NULL;
	char *buffer = NULL, *name;
	size_t size = 0;
	int count, i, r = 0;

	count = find_ids(user, gid, &ids);
	if (count < 0)
		return count;
	out->groups = calloc((size_t)count + 1, sizeof(*out->groups));
	if (out->groups == NULL)
		r = -ENOMEM;
	for (i = 0; r == 0 && i < count; i++) {
		name = find_name(ids[i], &buffer, &size);
		if (name != NULL)
			out->groups[out->group_count++] = name;
		else if (errno != 0)
			r = -errno;
	}
	free(buffer);
	free(ids);
	return r;
}

int
sspr_host_user_get(const char *user, struct host_user *out)
{
	struct host_user found = { 0 };
	uid_t uid = NOBODY;
	gid_t gid = NOBODY;
	int account, r;

	account = account_find(user, &uid, &gid);
	found.uid = uid;
	r = find_groups(user, gid, &found);
	if (r == 0)
		r = hostfiles_local_password(PASSWD_FILE, SHADOW_FILE, user, &found.local_password);
	found.last_login = hostfiles_last_login(LASTLOG_FILE, uid);
	if (account < 0)
		r = account;
	if (r < 0) {
		sspr_host_user_done(&found);
		return r;
	}
	*out = found;
	return 0;
}

void
sspr_host_user_done(struct host_user *u)
{
	size_t i;

	for (i = 0; i < u->group_count; i++)
		free(u->groups[i]);
	free(u->groups);
	memset(u, 0, sizeof(*u));
}
