/* Children: fork, tidy up, exec; reaped by SIGCHLD. */
#include "ssprd/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIGH_FD 10 /* sources are moved above every target first */

/* One number of the child: what it is given there, or /dev/null for 0-2, or nothing. */
static int
place_fd(int fd, const struct child_fd *fds, const int *high, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i].to == fd)
			return dup2(high[i], fd) == fd ? 0 : -1;
	close(fd);
	return fd > 2 || open("/dev/null", O_RDWR) == fd ? 0 : -1;
}

/*
 * Put the descriptors where the child expects them and close all others. 0 or -1. Runs between
 * fork and exec.
 */
static int
place_fds(const struct child_fd *fds, size_t count)
{
	int high[CHILD_FDS_MAX], top = 2;

	for (size_t i = 0; i < count; i++) {
		high[i] = fcntl(fds[i].from, F_DUPFD_CLOEXEC, HIGH_FD);
		if (high[i] < 0)
			return -1;
		if (fds[i].to > top)
			top = fds[i].to;
	}
	for (int fd = 0; fd <= top; fd++)
		if (place_fd(fd, fds, high, count) < 0)
			return -1;
	return close_range((unsigned int)top + 1, ~0u, 0);
}

static _Noreturn void
child_run(pid_t parent, const char *const argv[], const struct child_fd *fds, size_t count)
{
	char *const no_environment[] = { NULL }; /* nothing of ours is a child's business */
	sigset_t none;

	/* A parent that died before prctl would never be told of: look again afterwards. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(CHILD_NO_PROGRAM);
	if (place_fds(fds, count) < 0)
		_exit(CHILD_NO_PROGRAM);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(argv[0], (char *const *)(uintptr_t)argv, no_environment);
	_exit(CHILD_NO_PROGRAM);
}

int
child_start(struct children *children, struct child *child, const char *const argv[],
	    const struct child_fd *fds, size_t count,
	    void (*ended)(struct child *child, int status))
{
	pid_t parent = getpid(), pid;

	if (count > CHILD_FDS_MAX)
		return -EINVAL;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		child_run(parent, argv, fds, count);
	*child = (struct child){ .pid = pid, .ended = ended, .next = children->first };
	children->first = child;
	return 0;
}

void
child_kill(struct child *child)
{
	if (child->pid > 0)
		kill(child->pid, SIGKILL);
}

static struct child *
child_take(struct children *children, pid_t pid)
{
	for (struct child **c = &children->first; *c; c = &(*c)->next) {
		struct child *found = *c;

		if (found->pid != pid)
			continue;
		*c = found->next;
		found->next = NULL;
		found->pid = 0;
		return found;
	}
	return NULL;
}

void
child_drop(struct children *children, struct child *child)
{
	if (child->pid == 0)
		return;
	child_kill(child);
	child_take(children, child->pid);
}

void
children_reap(struct children *children)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *child = child_take(children, pid);

		if (child)
			child->ended(child, status);
	}
}
