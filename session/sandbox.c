/*
 * The list below is the whole surface between a session and the kernel. No open, socket, exec, fork, kill, ptrace;
 * mmap never executable, so that a bug can't bring code of its own; recvmsg may bring a descriptor (the grant of
 * a reset), everything else works on the two sockets.
 */
#include <errno.h>
#include <limits.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "session/sandbox.h"

#ifndef SSPR_SANITIZE
static const int permitted[] = {
	SCMP_SYS(recvmsg),      SCMP_SYS(sendmsg),       SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),       SCMP_SYS(poll),          SCMP_SYS(ppoll),
	SCMP_SYS(close),        SCMP_SYS(brk),           SCMP_SYS(munmap),
	SCMP_SYS(mremap),       SCMP_SYS(madvise),       SCMP_SYS(futex),
	SCMP_SYS(getrandom),    SCMP_SYS(clock_gettime), SCMP_SYS(time),
	SCMP_SYS(gettimeofday), SCMP_SYS(rt_sigreturn),  SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),         SCMP_SYS(exit_group),
};

static int
filter(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r;

	if (ctx == NULL)
		return -ENOMEM;
	r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; r == 0 && i < sizeof permitted / sizeof *permitted; i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, permitted[i], 0);
	if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

static int
confine(void)
{
	int r;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return -errno;
	r = filter();
	if (r == 0)
		close(STDERR_FILENO);
	return r;
}
#else
static int
confine(void)
{
	return 0;
}
#endif

int
sandbox_close_others(int last)
{
	if (close_range(STDIN_FILENO, STDOUT_FILENO, 0) != 0 ||
	    close_range((unsigned int)last + 1, UINT_MAX, 0) != 0)
		return -errno;
	return 0;
}

int
sandbox_enter(void)
{
	const struct rlimit none = { 0, 0 };
	pid_t parent = getppid();

	/*
	 * ssprd may die before our prctl, which then waits for the death of somebody else. Had it died before we looked for
	 * the first time, its end of fd 4 is closed, and the first request ends the dialog.
	 */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return -errno;
	if (getppid() != parent)
		return -ESRCH;
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	return confine();
}
