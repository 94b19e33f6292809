/*
 * Forbidden things, tried from inside the sandbox: each in a child of its own, which the kernel must end by SIGSYS.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <valgrind/valgrind.h>

#include "session/sandbox.h"

/* link: session/sandbox.c */

enum { GOOD = 0, BAD = 1, NOT_ENTERED = 2 };

static int pair[2];
static void *page;

/* Sanitizers and valgrind make system calls of their own, which the filter does not permit. */
static void
needs_the_filter(void)
{
#ifdef SSPR_SANITIZE
	skip();
#endif
	if (RUNNING_ON_VALGRIND)
		skip();
}

/* How a child ended that entered the sandbox and then did this: an exit code, or minus the signal. */
static int
ended(int (*deed)(void))
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		if (sandbox_enter() != 0)
			_exit(NOT_ENTERED);
		_exit(deed());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#define FORBIDDEN(name, call)                                                                      \
	static int name(void)                                                                      \
	{                                                                                          \
		(void)!(long)(call);                                                               \
		return BAD;                                                                        \
	}

static char *const no_words[] = { NULL };

/* clang-format off */
FORBIDDEN(do_openat,      syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY))
FORBIDDEN(do_openat2,     syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0))
FORBIDDEN(do_read,        syscall(SYS_read, pair[0], page, 1))
FORBIDDEN(do_write,       syscall(SYS_write, STDOUT_FILENO, "x", 1))
FORBIDDEN(do_stat,        syscall(SYS_newfstatat, AT_FDCWD, "/", page, 0))
FORBIDDEN(do_mkdir,       syscall(SYS_mkdirat, AT_FDCWD, "/tmp/never", 0700))
FORBIDDEN(do_unlink,      syscall(SYS_unlinkat, AT_FDCWD, "/tmp/never", 0))
FORBIDDEN(do_rename,      syscall(SYS_renameat2, AT_FDCWD, "/tmp/never", AT_FDCWD, "/tmp/ever", 0))
FORBIDDEN(do_chmod,       syscall(SYS_fchmodat, AT_FDCWD, "/tmp/never", 0777))
FORBIDDEN(do_chdir,       syscall(SYS_chdir, "/"))
FORBIDDEN(do_mount,       syscall(SYS_mount, "a", "/", "b", 0UL, NULL))
FORBIDDEN(do_socket,      syscall(SYS_socket, AF_INET, SOCK_STREAM, 0))
FORBIDDEN(do_unix_socket, syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0))
FORBIDDEN(do_socketpair,  syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, page))
FORBIDDEN(do_connect,     syscall(SYS_connect, pair[0], page, 16))
FORBIDDEN(do_bind,        syscall(SYS_bind, pair[0], page, 16))
FORBIDDEN(do_accept,      syscall(SYS_accept4, pair[0], NULL, NULL, 0))
FORBIDDEN(do_execve,      syscall(SYS_execve, "/bin/true", no_words, no_words))
FORBIDDEN(do_execveat,    syscall(SYS_execveat, AT_FDCWD, "/bin/true", no_words, no_words, 0))
FORBIDDEN(do_clone,       syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0UL))
FORBIDDEN(do_clone3,      syscall(SYS_clone3, page, 64UL))
FORBIDDEN(do_kill,        syscall(SYS_kill, 1, 0))
FORBIDDEN(do_tgkill,      syscall(SYS_tgkill, 1, 1, 0))
FORBIDDEN(do_ptrace,      syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL))
FORBIDDEN(do_peek,        syscall(SYS_process_vm_readv, 1, NULL, 0UL, NULL, 0UL, 0UL))
FORBIDDEN(do_prctl,       syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0))
FORBIDDEN(do_setuid,      syscall(SYS_setuid, 0))
FORBIDDEN(do_capset,      syscall(SYS_capset, page, page))
FORBIDDEN(do_unshare,     syscall(SYS_unshare, 0))
FORBIDDEN(do_seccomp,     syscall(SYS_seccomp, 0, 0, NULL))
FORBIDDEN(do_bpf,         syscall(SYS_bpf, 0, page, 0))
FORBIDDEN(do_io_uring,    syscall(SYS_io_uring_setup, 1, page))
FORBIDDEN(do_memfd,       syscall(SYS_memfd_create, "x", 0))
FORBIDDEN(do_dup,         syscall(SYS_dup, pair[0]))
FORBIDDEN(do_ioctl,       syscall(SYS_ioctl, 0, 0x5412UL, "x"))
FORBIDDEN(do_mprotect,    syscall(SYS_mprotect, page, 4096UL, PROT_READ | PROT_EXEC))
FORBIDDEN(do_exec_map,    syscall(SYS_mmap, NULL, 4096UL, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L))
#ifdef __x86_64__
FORBIDDEN(do_open,        syscall(SYS_open, "/etc/passwd", O_RDONLY))
FORBIDDEN(do_creat,       syscall(SYS_creat, "/tmp/never", 0600))
FORBIDDEN(do_mkdir_old,   syscall(SYS_mkdir, "/tmp/never", 0700))
FORBIDDEN(do_fork,        syscall(SYS_fork))
FORBIDDEN(do_vfork,       syscall(SYS_vfork))
FORBIDDEN(do_x32_getpid,  syscall(0x40000000 + SYS_getpid))
#endif
/* clang-format on */

static void
what_is_forbidden_kills(void **state)
{
	static const struct {
		const char *name;
		int (*deed)(void);
	} deeds[] = {
		{ "openat", do_openat },
		{ "openat2", do_openat2 },
		{ "read", do_read },
		{ "write", do_write },
		{ "stat", do_stat },
		{ "mkdir", do_mkdir },
		{ "unlink", do_unlink },
		{ "rename", do_rename },
		{ "chmod", do_chmod },
		{ "chdir", do_chdir },
		{ "mount", do_mount },
		{ "socket", do_socket },
		{ "a unix socket", do_unix_socket },
		{ "socketpair", do_socketpair },
		{ "connect", do_connect },
		{ "bind", do_bind },
		{ "accept", do_accept },
		{ "execve", do_execve },
		{ "execveat", do_execveat },
		{ "clone", do_clone },
		{ "clone3", do_clone3 },
		{ "kill", do_kill },
		{ "tgkill", do_tgkill },
		{ "ptrace", do_ptrace },
		{ "process_vm_readv", do_peek },
		{ "prctl", do_prctl },
		{ "setuid", do_setuid },
		{ "capset", do_capset },
		{ "unshare", do_unshare },
		{ "seccomp", do_seccomp },
		{ "bpf", do_bpf },
		{ "io_uring", do_io_uring },
		{ "memfd_create", do_memfd },
		{ "dup", do_dup },
		{ "ioctl", do_ioctl },
		{ "mprotect", do_mprotect },
		{ "an executable mapping", do_exec_map },
#ifdef __x86_64__
		{ "open", do_open },
		{ "creat", do_creat },
		{ "mkdir, the old call", do_mkdir_old },
		{ "fork", do_fork },
		{ "vfork", do_vfork },
		{ "the x32 calls", do_x32_getpid },
#endif
	};

	(void)state;
	needs_the_filter();
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++)
		if (ended(deeds[i].deed) != -SIGSYS)
			fail_msg("%s is not killed", deeds[i].name);
}

/* All that a dialog needs. */
static int
do_work(void)
{
	struct pollfd ready = { .fd = pair[1], .events = POLLIN };
	struct timespec now;
	unsigned char byte;
	char *memory;

	if (send(pair[0], "x", 1, MSG_NOSIGNAL) != 1 || poll(&ready, 1, 1000) != 1)
		return BAD;
	if (recv(pair[1], &byte, 1, 0) != 1 || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return BAD;
	memory = malloc(64UL << 20);
	if (memory == NULL)
		return BAD;
	memset(memory, 1, 64UL << 20);
	free(memory);
	return close(pair[0]) == 0 && time(NULL) > 0 ? GOOD : BAD;
}

static void
a_dialog_can_do_its_work(void **state)
{
	(void)state;
	needs_the_filter();
	assert_int_equal(ended(do_work), GOOD);
}

static void
read_proc(pid_t process, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	got = read(fd, text, size - 1);
	close(fd);
	assert_true(got > 0);
	text[got] = '\0';
}

/* As root, become somebody else first, whose processes can be dumped: root's always look as if they could not. */
static int
become_dumpable(void)
{
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static pid_t
start_waiting(void)
{
	pid_t child = fork();
	char byte;

	assert_true(child >= 0);
	if (child == 0) {
		if (become_dumpable() != 0 || sandbox_enter() != 0 ||
		    send(pair[0], "r", 1, MSG_NOSIGNAL) != 1)
			_exit(NOT_ENTERED);
		for (;;)
			poll(NULL, 0, 1000);
	}
	assert_int_equal(recv(pair[1], &byte, 1, 0), 1);
	return child;
}

static void
stop(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
no_privileges_can_be_gained_and_the_filter_is_on(void **state)
{
	char status[8192];
	pid_t child;

	(void)state;
	needs_the_filter();
	child = start_waiting();
	read_proc(child, "status", status, sizeof(status));
	stop(child);
	assert_non_null(strstr(status, "\nNoNewPrivs:\t1\n"));
	assert_non_null(strstr(status, "\nSeccomp:\t2\n"));
}

/* In /proc, a process that may not be dumped belongs to root, whoever runs it. */
static void
nothing_is_dumped(void **state)
{
	char path[64], limits[8192];
	struct stat st = { 0 };
	pid_t child;
	int looked;

	(void)state;
	needs_the_filter();
	child = start_waiting();
	snprintf(path, sizeof(path), "/proc/%d/auxv", (int)child);
	looked = stat(path, &st);
	read_proc(child, "limits", limits, sizeof(limits));
	stop(child);
	assert_int_equal(looked, 0);
	assert_int_equal(st.st_uid, 0);
	assert_non_null(strstr(limits, "Max core file size        0                    0 "));
}

/* The child holds one end of the pair: when it dies with its parent, the other end is closed. */
static void
the_end_of_the_parent_is_the_end(void **state)
{
	pid_t parent;
	char byte;

	(void)state;
	if (RUNNING_ON_VALGRIND)
		skip();
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		if (fork() == 0) {
			close(pair[1]);
			if (sandbox_enter() != 0 || send(pair[0], "r", 1, MSG_NOSIGNAL) != 1)
				_exit(NOT_ENTERED);
			for (;;)
				poll(NULL, 0, 1000);
		}
		close(pair[0]);
		close(pair[1]);
		for (;;)
			pause();
	}
	close(pair[0]);
	pair[0] = -1;
	assert_int_equal(recv(pair[1], &byte, 1, 0), 1);
	stop(parent);
	assert_int_equal(recv(pair[1], &byte, 1, 0), 0);
}

static int
new_pair(void **state)
{
	(void)state;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -1;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int
close_pair(void **state)
{
	(void)state;
	munmap(page, 4096);
	if (pair[0] >= 0)
		close(pair[0]);
	return close(pair[1]);
}

#define IN_PAIR(test) cmocka_unit_test_setup_teardown(test, new_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PAIR(what_is_forbidden_kills),
		IN_PAIR(a_dialog_can_do_its_work),
		IN_PAIR(no_privileges_can_be_gained_and_the_filter_is_on),
		IN_PAIR(nothing_is_dumped),
		IN_PAIR(the_end_of_the_parent_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
