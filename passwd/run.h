/*
 * A child process with a limit: its own process group, killed as a whole, and dead when its parent is.
 */
#ifndef SSPR_PASSWD_RUN_H
#define SSPR_PASSWD_RUN_H

#include <stdint.h>
#include <sys/types.h>

/* Fork. 0 in the child, in a group of its own and with PDEATHSIG; > 0 its pid; -errno. */
pid_t run_fork(void);

/*
 * Wait for its end until deadline (buslink_now()); then kill its group. turn: its pipe of turns, or -1: while it is the holder's turn
 * only end counts, else work_ms from the beginning of each of its own turns too. *turn_began: when its last turn began.
 * Its exit code; -ETIMEDOUT: it was killed here; -EINTR: a signal ended it. It is reaped when this returns.
 */
struct run_limits {
	int64_t end; /* of all */
	int work_ms; /* of each turn of the child's */
	int turn;    /* -1: no turns, work_ms is not looked at */
};
int run_wait(pid_t pid, const struct run_limits *limits, int64_t *turn_began);

#endif
