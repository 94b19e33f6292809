/*
 * The grants that are running: a process each, at most GRANTS_MAX, one a user. They die with this process.
 */
#ifndef SSPR_PASSWD_GRANTS_H
#define SSPR_PASSWD_GRANTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol/limits.h"

#define GRANTS_MAX 32
#define GRANTS_GRACE_MS                                                                            \
	60000 /* beyond GRANT_SECONDS; a supervisor that is still there then is killed */

struct grants {
	struct grants_slot {
		pid_t pid; /* 0: free */
		int64_t end;
		char user[USER_NAME_MAX + 1];
	} slots[GRANTS_MAX];
	/* The supervisor, in its process: runs the grant of user on fd. Its return is the exit code. */
	int (*run)(const char *user, int fd);
};

enum grants_result {
	GRANTS_STARTED = 0,
	GRANTS_CROWDED = 1, /* too many, or the user has one */
};

/* Start one. GRANTS_STARTED: *fd is the holder's end, the caller's to close. Or -errno, logged. */
int grants_start(struct grants *g, const char *user, int *fd);

/* Forget those that have ended, kill those that are overdue. How many are left. */
int grants_reap(struct grants *g);

#endif
