/*
 * The grants that are running: a process each, at most GRANTS_MAX, one a user. They die with this process. Where one was killed,
 * another process in its place looks what it has left: a password that was changed is told of, whoever died.
 */
#ifndef SSPR_PASSWD_GRANTS_H
#define SSPR_PASSWD_GRANTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol/limits.h"
#include "text/secret.h"

#define GRANTS_MAX 32
/* Beyond GRANT_SECONDS, for what is told late; a supervisor that is still there then is killed. So long may the look afterwards take. */
#define GRANTS_GRACE_MS 200000

struct grants {
	struct grants_slot {
		pid_t pid; /* 0: free */
		int64_t end;
		char user[USER_NAME_MAX + 1];
		struct secret before; /* the user's hash when it began; empty: no look afterwards */
		int alive;            /* a pipe's end: closed when all of its processes are gone */
		bool after;           /* that look is what runs */
	} slots[GRANTS_MAX];
	/* Each in its process, whose exit code is what it returns. The supervisor: runs the grant of user on fd, and keeps alive open. */
	int (*run)(const char *user, int fd, int alive);
	/* The look afterwards. alive: the other end. */
	int (*after)(const char *user, const struct secret *before, int alive);
};

enum grants_result {
	GRANTS_STARTED = 0,
	GRANTS_CROWDED = 1, /* too many, or the user has one */
};

/* Start one. GRANTS_STARTED: *fd is the holder's end, the caller's to close. Or -errno, logged. */
int grants_start(struct grants *g, const char *user, int *fd);

/* Forget those that have ended, look after those that were killed, kill those that are overdue. How many are left. */
int grants_reap(struct grants *g);

#endif
