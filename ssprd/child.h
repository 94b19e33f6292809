/*
 * Children of ssprd: sessions and deliveries. A child gets exactly the descriptors that it is
 * given (0-2 are /dev/null where nothing else is said), an empty environment, no signal
 * blocked, and dies with ssprd (PDEATHSIG).
 */
#ifndef SSPRD_CHILD_H
#define SSPRD_CHILD_H

#include <stddef.h>
#include <sys/types.h>

/* Embedded in its owner. Declare it empty ({ 0 }). */
struct child {
	pid_t pid;                                      /* 0: does not run */
	void (*ended)(struct child *child, int status); /* status as waitpid gives it */
	struct child *next;
};

/* All that run. */
struct children {
	struct child *first;
};

/* Which descriptor of ours the child gets under which number (0-9). */
struct child_fd {
	int from, to;
};

#define CHILD_FDS_MAX    4
#define CHILD_NO_PROGRAM 127 /* exit status of a child that could not execute its program */

/*
 * Start argv[0] (a path). ended is called by children_reap when it is over. 0, or -errno: nothing
 * was started. The descriptors stay the caller's.
 */
int child_start(struct children *children, struct child *child, const char *const argv[],
		const struct child_fd *fds, size_t count,
		void (*ended)(struct child *child, int status));

/* SIGKILL. ended is still called. */
void child_kill(struct child *child);

/*
 * SIGKILL, and never told of again: ended is not called, the owner may free it. An empty one is
 * fine.
 */
void child_drop(struct children *children, struct child *child);

/* Reap whoever has ended (on SIGCHLD). ended may free its child and start others. */
void children_reap(struct children *children);

#endif
