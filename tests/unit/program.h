/*
 * A child's program, written as a shell script into a test's folder, and a loop that reaps it.
 * Included once by such a test.
 */
#ifndef SSPR_TESTS_UNIT_PROGRAM_H
#define SSPR_TESTS_UNIT_PROGRAM_H

#include <signal.h>

#include "ssprd/child.h"
#include "ssprd/loop.h"
#include "tests/unit/scratch.h"

#define TURNS_MS 10000 /* nothing here takes so long: a test that waits longer has failed */

static struct scratch scratch;
static struct loop *loop;
static struct children children;

static inline void
reap(int number, void *arg)
{
	(void)number;
	(void)arg;
	children_reap(&children);
}

static inline int
program_set_up(void)
{
	static const int signals[] = { SIGCHLD, 0 };

	children = (struct children){ 0 };
	if (scratch_make(&scratch) < 0 || loop_new(&loop) < 0)
		return -1;
	return loop_signals(loop, signals, reap, NULL);
}

static inline void
program_tear_down(void)
{
	loop_free(loop);
	scratch_remove(&scratch);
}

/* The path of a script of these lines; $0 is that path. */
static inline const char *
script(const char *lines)
{
	static char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s", scratch_path(&scratch, "program"));
	unlink(path);
	f = fopen(path, "we");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", lines);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

/* Turn until *done, at most TURNS_MS. */
static inline void
turn_until(const bool *done)
{
	int64_t end = loop_now() + TURNS_MS;

	while (!*done && loop_now() < end)
		assert_int_equal(loop_turn(loop, 100), 0);
	assert_true(*done);
}

#endif
