/*
 * One program, a fixed environment, a limit.
 */
#include "passwd/tally.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "passwd/run.h"
#include "protocol/buslink.h"
#include "text/log.h"

static void
become(const char *tool, const char *user)
{
	char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
				      (char *)"LC_ALL=C", NULL };
	char *const arguments[] = { (char *)"faillock", (char *)"--user", (char *)user,
				    (char *)"--reset", NULL };

	(void)execve(tool, arguments, environment);
	_exit(127);
}

int
tally_reset(const char *tool, const char *user)
{
	const struct run_limits limits = { .end = buslink_now() + TALLY_MS, .turn = -1 };
	int64_t began;
	pid_t pid;
	int r;

	if (access(tool, X_OK) < 0)
		return errno == ENOENT ? TALLY_ABSENT : -errno;
	pid = run_fork();
	if (pid == 0)
		become(tool, user);
	r = pid < 0 ? (int)pid : run_wait(pid, &limits, &began);
	if (r == 0)
		return TALLY_RESET;
	log_error("grant of %s: %s --reset: %s", user, tool,
		  r < 0 ? strerror(-r) : "it ended with an error");
	return r < 0 ? r : -EIO;
}
