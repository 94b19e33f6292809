/*
 * A delivery that was taken over, from inside: enters the sandbox of sspr-deliver, then tries one thing and
 * says how it went. deliver_cell WHAT
 */
/* link: deliver/sandbox.c */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "deliver/sandbox.h"

static pid_t parent;
static int opened_before;
static char victim[] = "here";

static long
try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long
try_old_file(void)
{
	return lseek(opened_before, 0, SEEK_SET);
}

static long
try_write_file(void)
{
	return open("/tmp/sspr-deliver-was-here", O_WRONLY | O_CREAT, 0600);
}

static long
try_stat(void)
{
	struct stat st;

	return stat("/etc/passwd", &st);
}

static long
try_unlink(void)
{
	return unlink("/tmp/sspr-deliver-was-here");
}

static long
try_exec(void)
{
	char *const argv[] = { victim, NULL };

	return execv("/bin/true", argv);
}

static long
try_exec_memory(void)
{
	char *const argv[] = { victim, NULL };
	int fd = memfd_create("code", MFD_CLOEXEC);

	return syscall(SYS_execveat, fd, "", argv, NULL, AT_EMPTY_PATH);
}

static long
try_fork(void)
{
	return fork();
}

static void *
nothing(void *arg)
{
	return arg;
}

static long
try_thread(void)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, nothing, NULL);
}

static long
try_kill(void)
{
	return kill(parent, 0);
}

static long
try_pidfd(void)
{
	return syscall(SYS_pidfd_open, parent, 0);
}

static long
try_ptrace(void)
{
	return ptrace(PTRACE_ATTACH, parent, NULL, NULL);
}

static long
try_read_memory(void)
{
	struct iovec here = { victim, sizeof(victim) };

	return process_vm_readv(parent, &here, 1, &here, 1, 0);
}

static long
try_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long
try_socket_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static long
try_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long
try_listen(void)
{
	return listen(socket(AF_INET, SOCK_STREAM, 0), 1);
}

static long
try_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long
try_inet6(void)
{
	return socket(AF_INET6, SOCK_STREAM, 0);
}

static long
map(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
											      : 0;
}

static long
try_memory(void)
{
	return map(PROT_READ | PROT_WRITE);
}

static long
try_code(void)
{
	return map(PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long
try_make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long
try_dumps(void)
{
	return prctl(PR_SET_DUMPABLE, 1);
}

static long
try_setuid(void)
{
	return setuid(0);
}

static long
try_io_uring(void)
{
	struct io_uring_params p = { 0 };

	return syscall(SYS_io_uring_setup, 1, &p);
}

static long
try_bpf(void)
{
	return syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0);
}

static long
try_foreign_call(void)
{
#ifdef __x86_64__
	long r;

	/* getpid by the 32-bit door: another table of calls, which the filter does not list. */
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory");
	return r;
#else
	return raise(SIGSYS);
#endif
}

static const struct {
	const char *name;
	long (*try)(void);
} tries[] = {
	{ "open", try_open },
	{ "old-file", try_old_file },
	{ "write-file", try_write_file },
	{ "stat", try_stat },
	{ "unlink", try_unlink },
	{ "exec", try_exec },
	{ "exec-memory", try_exec_memory },
	{ "fork", try_fork },
	{ "thread", try_thread },
	{ "kill", try_kill },
	{ "pidfd", try_pidfd },
	{ "ptrace", try_ptrace },
	{ "read-memory", try_read_memory },
	{ "unix-socket", try_unix_socket },
	{ "socket-pair", try_socket_pair },
	{ "netlink", try_netlink },
	{ "listen", try_listen },
	{ "inet", try_inet },
	{ "inet6", try_inet6 },
	{ "memory", try_memory },
	{ "code", try_code },
	{ "make-code", try_make_code },
	{ "dumps", try_dumps },
	{ "setuid", try_setuid },
	{ "io-uring", try_io_uring },
	{ "bpf", try_bpf },
	{ "foreign-call", try_foreign_call },
};

static int
say(const char *what, long code)
{
	char line[80];
	int n;

	/* Not by stdio, which would ask what kind of file stdout is. */
	n = snprintf(line, sizeof(line), "%s %ld\n", what, code);
	return write(STDOUT_FILENO, line, (size_t)n) == n ? 0 : 1;
}

int
main(int argc, char **argv)
{
	size_t i;
	int r;

	parent = getppid();
	opened_before = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	if (argc == 2 && strcmp(argv[1], "orphan") == 0)
		return say("entered", sandbox_enter(parent + 1));
	for (i = 0; argc == 2 && i < sizeof(tries) / sizeof(tries[0]); i++) {
		if (strcmp(argv[1], tries[i].name) != 0)
			continue;
		r = sandbox_enter(parent);
		if (r < 0)
			return say("no sandbox", r);
		return tries[i].try() < 0 ? say("refused", errno) : say("done", 0);
	}
	return 2;
}
