/*
 * One poll over the child's end and its pipe.
 */
#include "passwd/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "passwd/talk.h"
#include "protocol/buslink.h"

#define SLICE_MS 50

pid_t
run_fork(void)
{
	const pid_t parent = getpid();
	const pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid > 0) {
		(void)setpgid(pid, pid); /* both do: neither waits for the other */
		return pid;
	}
	(void)setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	return 0;
}

static int
reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

/* Has it ended, and waits to be reaped? */
static bool
has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == pid;
}

struct wait {
	pid_t pid;
	const struct run_limits *limits;
	bool holder; /* it is the holder's turn */
	int64_t *turn_began;
	struct pollfd fds[2]; /* its end, its turns */
};

static void
take_turns(struct wait *w)
{
	char bytes[64];
	ssize_t n;

	n = read(w->fds[1].fd, bytes, sizeof(bytes));
	if (n <= 0) {
		w->fds[1].fd = -1;
		return;
	}
	if (bytes[n - 1] == TURN_MACHINE)
		*w->turn_began = buslink_now();
	w->holder = bytes[n - 1] == TURN_HOLDER;
}

static int64_t
time_left(const struct wait *w)
{
	int64_t end = w->limits->end;

	if (w->limits->turn >= 0 && !w->holder && *w->turn_began + w->limits->work_ms < end)
		end = *w->turn_began + w->limits->work_ms;
	return end - buslink_now();
}

/* True: it has ended. */
static bool
watch(struct wait *w)
{
	int64_t left;

	while ((left = time_left(w)) > 0) {
		if (w->fds[0].fd < 0 && left > SLICE_MS)
			left = SLICE_MS; /* a kernel without pidfd */
		if (poll(w->fds, 2, (int)left) < 0)
			continue;
		if (has_ended(w->pid))
			return true;
		if (w->fds[1].revents != 0)
			take_turns(w);
	}
	return false;
}

int
run_wait(pid_t pid, const struct run_limits *limits, int64_t *turn_began)
{
	struct wait w = { .pid = pid, .limits = limits, .turn_began = turn_began };
	bool ended;
	int r;

	*turn_began = buslink_now();
	w.fds[0] = (struct pollfd){ .fd = pidfd_open(pid, 0), .events = POLLIN };
	w.fds[1] = (struct pollfd){ .fd = limits->turn, .events = POLLIN };
	ended = watch(&w);
	if (w.fds[0].fd >= 0)
		close(w.fds[0].fd);
	/* What it has started and left behind goes with it. */
	(void)kill(-pid, SIGKILL);
	r = reap(pid);
	return ended ? r : -ETIMEDOUT;
}
