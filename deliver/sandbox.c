/*
 * The cell of a delivery: a list of what it may still do; all else ends it.
 */
#include "deliver/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANY (-1)

/* What is permitted, wholly or with one value of one argument. */
static const struct permitted {
	int call;
	int argument; /* ANY, or which one */
	scmp_datum_t value;
} permitted[] = {
	/* input and output on what is open */
	{ SCMP_SYS(read), ANY, 0 },
	{ SCMP_SYS(readv), ANY, 0 },
	{ SCMP_SYS(write), ANY, 0 },
	{ SCMP_SYS(writev), ANY, 0 },
	{ SCMP_SYS(close), ANY, 0 },
	{ SCMP_SYS(lseek), ANY, 0 },
	{ SCMP_SYS(fstat), ANY, 0 },
	{ SCMP_SYS(poll), ANY, 0 },
	{ SCMP_SYS(ppoll), ANY, 0 },
	{ SCMP_SYS(fcntl), 1, F_GETFL },
	{ SCMP_SYS(fcntl), 1, F_SETFL },
	{ SCMP_SYS(fcntl), 1, F_GETFD },
	{ SCMP_SYS(fcntl), 1, F_SETFD },
	{ SCMP_SYS(ioctl), 1, FIONBIO },
	/* the network */
	{ SCMP_SYS(socket), 0, AF_INET },
	{ SCMP_SYS(socket), 0, AF_INET6 },
	{ SCMP_SYS(connect), ANY, 0 },
	{ SCMP_SYS(shutdown), ANY, 0 },
	{ SCMP_SYS(getsockname), ANY, 0 },
	{ SCMP_SYS(getpeername), ANY, 0 },
	{ SCMP_SYS(getsockopt), ANY, 0 },
	{ SCMP_SYS(setsockopt), ANY, 0 },
	{ SCMP_SYS(sendto), ANY, 0 },
	{ SCMP_SYS(sendmsg), ANY, 0 },
	{ SCMP_SYS(recvfrom), ANY, 0 },
	{ SCMP_SYS(recvmsg), ANY, 0 },
	/* memory; mmap and mprotect are below */
	{ SCMP_SYS(brk), ANY, 0 },
	{ SCMP_SYS(munmap), ANY, 0 },
	{ SCMP_SYS(mremap), ANY, 0 },
	{ SCMP_SYS(madvise), ANY, 0 },
	{ SCMP_SYS(futex), ANY, 0 },
	/* time, chance, and who one is */
	{ SCMP_SYS(clock_gettime), ANY, 0 },
	{ SCMP_SYS(clock_nanosleep), ANY, 0 },
	{ SCMP_SYS(gettimeofday), ANY, 0 },
	{ SCMP_SYS(time), ANY, 0 },
	{ SCMP_SYS(getrandom), ANY, 0 },
	{ SCMP_SYS(getpid), ANY, 0 },
	{ SCMP_SYS(gettid), ANY, 0 },
	{ SCMP_SYS(getuid), ANY, 0 },
	{ SCMP_SYS(geteuid), ANY, 0 },
	{ SCMP_SYS(getgid), ANY, 0 },
	{ SCMP_SYS(getegid), ANY, 0 },
	/* signals to itself, and the end */
	{ SCMP_SYS(alarm), ANY, 0 },
	{ SCMP_SYS(setitimer), ANY, 0 },
	{ SCMP_SYS(rt_sigaction), ANY, 0 },
	{ SCMP_SYS(rt_sigprocmask), ANY, 0 },
	{ SCMP_SYS(rt_sigreturn), ANY, 0 },
	{ SCMP_SYS(restart_syscall), ANY, 0 },
	{ SCMP_SYS(exit), ANY, 0 },
	{ SCMP_SYS(exit_group), ANY, 0 },
};

/* What libraries try (a configuration file, a random device, a wakeup pipe) and can do without. */
static const int refused[] = {
	SCMP_SYS(open),       SCMP_SYS(openat),     SCMP_SYS(openat2),  SCMP_SYS(access),
	SCMP_SYS(faccessat),  SCMP_SYS(faccessat2), SCMP_SYS(stat),     SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx),      SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(socketpair), SCMP_SYS(eventfd2),   SCMP_SYS(pipe2),
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int
permit(scmp_filter_ctx filter, const struct permitted *p)
{
	const struct scmp_arg_cmp equal = { (unsigned int)p->argument, SCMP_CMP_EQ, p->value, 0 };

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, p->call, p->argument == ANY ? 0 : 1,
				      &equal);
}

/* Memory, but none that code could run from. */
static int
permit_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp not_run = { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 };
	int r;

	r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &not_run);
	if (r == 0)
		r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &not_run);
	return r;
}

static int
filter_load(void)
{
	scmp_filter_ctx filter;
	size_t i;
	int r;

	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return -ENOMEM;
	r = permit_memory(filter);
	for (i = 0; r == 0 && i < COUNT(permitted); i++)
		r = permit(filter, &permitted[i]);
	for (i = 0; r == 0 && i < COUNT(refused); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

int
sandbox_enter(pid_t parent)
{
	const struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	if (getppid() != parent)
		return -ESRCH;
	/*
	 * Name services keep sockets open (sssd's, nscd's), and so does whoever else was asked
	 * before.
	 */
	if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		return -errno;
	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
#ifdef SSPR_SANITIZE
	(void)filter_load;
	return 0;
#else
	return filter_load();
#endif
}
