/*
 * Children: exactly the descriptors they are given, an empty environment, no blocked signals, and
 * their end is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/unit/program.h"

/* link: ssprd/child.c ssprd/loop.c */

static struct child child;
static bool over;
static int status;

static void
ended(struct child *c, int how)
{
	assert_ptr_equal(c, &child);
	assert_int_equal(c->pid, 0);
	status = how;
	over = true;
}

static int
set_up(void **state)
{
	(void)state;
	child = (struct child){ 0 };
	over = false;
	return program_set_up();
}

static int
tear_down(void **state)
{
	(void)state;
	program_tear_down();
	return 0;
}

/* Run the script with these descriptors; its exit status, or minus its signal. */
static int
run(const char *lines, const struct child_fd *fds, size_t count)
{
	const char *argv[] = { script(lines), "an argument", NULL };

	assert_int_equal(child_start(&children, &child, argv, fds, count, ended), 0);
	turn_until(&over);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool
wrote(const char *text)
{
	return scratch_holds(scratch_path(&scratch, "program.out"), text, strlen(text));
}

static void
the_exit_status_and_the_arguments_arrive(void **state)
{
	(void)state;
	assert_int_equal(run("test \"$1\" = 'an argument' && exit 42", NULL, 0), 42);
}

static void
it_gets_the_descriptors_that_it_is_given_and_no_others(void **state)
{
	int in[2], other = open("/dev/zero", O_RDONLY); /* without O_CLOEXEC, as a mistake would */
	struct child_fd fds[2];

	(void)state;
	assert_int_equal(pipe(in), 0);
	fds[0] = (struct child_fd){ in[0], 4 };
	fds[1] = (struct child_fd){ in[1], 3 };
	run("cd /proc/self/fd && for fd in *; do echo \"$fd $(readlink $fd)\"; done >$0.out", fds,
	    2);
	assert_true(wrote("0 /dev/null\n"));
	assert_true(wrote("2 /dev/null\n"));
	assert_true(wrote("3 pipe:"));
	assert_true(wrote("4 pipe:"));
	assert_false(wrote("/dev/zero"));
	assert_false(wrote("eventpoll"));
	assert_false(wrote("signalfd"));
	close(in[0]);
	close(in[1]);
	close(other);
}

static void
a_gap_between_its_descriptors_stays_empty(void **state)
{
	int low[3], given;
	struct child_fd fds[1];

	(void)state;
	for (int i = 0; i < 3; i++)
		low[i] = open("/dev/zero", O_RDONLY);
	given = open("/dev/full", O_RDONLY);
	fds[0] = (struct child_fd){ given, 8 };
	run("ls -l /proc/self/fd >$0.out", fds, 1);
	assert_true(wrote("8 -> /dev/full"));
	assert_false(wrote("/dev/zero"));
	for (int i = 0; i < 3; i++)
		close(low[i]);
	close(given);
}

static void
it_inherits_no_environment_and_no_blocked_signal(void **state)
{
	(void)state;
	setenv("SECRET", "of ours", 1);
	run("tr '\\0' '\\n' </proc/$$/environ >$0.out; grep SigBlk /proc/self/status >>$0.out",
	    NULL, 0);
	unsetenv("SECRET");
	assert_true(wrote("SigBlk:\t0000000000000000\n"));
	assert_false(wrote("SECRET"));
}

static void
a_program_that_is_not_there_ends_with_127(void **state)
{
	const char *argv[] = { "/nonexistent/program", NULL };

	(void)state;
	assert_int_equal(child_start(&children, &child, argv, NULL, 0, ended), 0);
	turn_until(&over);
	assert_int_equal(WEXITSTATUS(status), CHILD_NO_PROGRAM);
}

static void
a_killed_child_is_told_as_killed(void **state)
{
	const char *argv[] = { script("exec sleep 100"), NULL };

	(void)state;
	child_kill(&child); /* an empty one */
	assert_int_equal(child_start(&children, &child, argv, NULL, 0, ended), 0);
	child_kill(&child);
	turn_until(&over);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool second_over;

static void
second_ended(struct child *c, int how)
{
	(void)c;
	(void)how;
	second_over = true;
}

static void
a_dropped_child_is_killed_and_never_told(void **state)
{
	const char *argv[] = { script("exec sleep 100"), NULL };
	struct child second = { 0 };
	pid_t pid;

	(void)state;
	second_over = false;
	assert_int_equal(child_start(&children, &child, argv, NULL, 0, ended), 0);
	assert_int_equal(child_start(&children, &second, argv, NULL, 0, second_ended), 0);
	pid = child.pid;
	child_drop(&children, &child);
	child_drop(&children, &child);
	child_kill(&second);
	turn_until(&second_over);
	while (kill(pid, 0) == 0)
		loop_turn(loop, 10);
	assert_false(over);
	assert_null(children.first);
}

static void
it_dies_with_its_parent(void **state)
{
	const char *argv[] = { script("echo $$ >$0.out; echo >&3; exec sleep 100"), NULL };
	int ready[2], alive[2];
	char byte;
	pid_t parent;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(alive), 0);
	parent = fork();
	if (parent == 0) {
		struct child_fd fds[] = { { ready[1], 3 }, { alive[1], 4 } };

		close(alive[0]);
		child_start(&children, &child, argv, fds, 2, ended);
		pause();
		_exit(0);
	}
	close(alive[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	/* Both ends of this pipe are closed only when the child, too, is gone. */
	assert_int_equal(read(alive[0], &byte, 1), 0);
	waitpid(parent, NULL, 0);
	close(alive[0]);
	close(ready[0]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_exit_status_and_the_arguments_arrive),
		TEST(it_gets_the_descriptors_that_it_is_given_and_no_others),
		TEST(a_gap_between_its_descriptors_stays_empty),
		TEST(it_inherits_no_environment_and_no_blocked_signal),
		TEST(a_program_that_is_not_there_ends_with_127),
		TEST(a_killed_child_is_told_as_killed),
		TEST(a_dropped_child_is_killed_and_never_told),
		TEST(it_dies_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
