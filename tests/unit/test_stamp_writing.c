/*
 * Stamps as ssprd writes them: whole or not at all, none under a policy that is out of date, none
 * for a name with a newline.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/stamp.h"
#include "ssprd/stamps.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

/* link: ssprd/stamps.c */

#define NOW 1800000000
#define UID 1001

static struct scratch scratch, policy;
static struct stamps stamps;
static char config[80];
static int lines;

static void
count_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)text;
	(void)arg;
	lines++;
}

static int
set_up(void **state)
{
	(void)state;
	lines = 0;
	log_to(count_line, NULL);
	if (scratch_make(&scratch) < 0 || scratch_make(&policy) < 0)
		return -1;
	snprintf(config, sizeof(config), "%s", scratch_path(&policy, "sspr.conf"));
	scratch_write(config, 0, "x", 1);
	stamps = (struct stamps){ .folder = scratch.folder, .config_file = config };
	return config_newest(config, &stamps.policy);
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	scratch_remove(&policy);
	return 0;
}

static const char *
path(void)
{
	return scratch_path(&scratch, "1001");
}

static bool
stands(void)
{
	return scratch_size(path()) >= 0;
}

static bool
says(const char *line)
{
	return scratch_size(path()) == (long)strlen(line) &&
	       scratch_holds(path(), line, strlen(line));
}

static void
a_stamp_is_one_line_of_the_name_and_the_end(void **state)
{
	struct stat st;

	(void)state;
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	assert_true(says("sspr1 alice 1800000060\n"));
	assert_int_equal(stat(path(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(scratch_count(&scratch), 1);
}

static void
a_new_stamp_takes_the_place_of_the_old_one(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	stamps_write(&stamps, "alice", UID, NOW + 7200, NOW);
	assert_true(says("sspr1 alice 1800007200\n"));
}

static void
no_stamp_holds_for_more_than_a_day(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice", UID, NOW + 1000000, NOW);
	assert_true(says("sspr1 alice 1800086400\n"));
}

static void
an_end_that_has_passed_leaves_no_stamp(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	stamps_write(&stamps, "alice", UID, NOW, NOW);
	assert_false(stands());
}

static void
a_name_with_a_newline_gets_none(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice\nbob", UID, NOW + 60, NOW);
	assert_false(stands());
	assert_int_equal(scratch_count(&scratch), 0);
}

static void
a_configuration_newer_than_the_policy_that_runs_leaves_none(void **state)
{
	const struct timespec times[2] = { { 2000000000, 0 }, { 2000000000, 0 } };

	(void)state;
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	assert_true(stands());
	assert_int_equal(utimensat(AT_FDCWD, config, times, 0), 0);
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	assert_false(stands());
}

static void
an_older_configuration_put_in_its_place_leaves_none_either(void **state)
{
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	(void)state;
	assert_int_equal(utimensat(AT_FDCWD, config, times, 0), 0);
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	assert_false(stands());
}

static void
a_link_in_its_place_is_replaced_and_not_followed(void **state)
{
	(void)state;
	scratch_write(scratch_path(&policy, "target"), 0, "kept", 4);
	assert_int_equal(symlink(scratch_path(&policy, "target"), path()), 0);
	assert_int_equal(symlink(scratch_path(&policy, "target"), scratch_path(&scratch, ".new")),
			 0);
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	assert_true(says("sspr1 alice 1800000060\n"));
	assert_int_equal(scratch_size(scratch_path(&policy, "target")), 4);
}

static void
removing_takes_that_one_and_all_takes_every_file(void **state)
{
	(void)state;
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	stamps_write(&stamps, "bob", 1002, NOW + 60, NOW);
	stamps_remove(&stamps, UID);
	stamps_remove(&stamps, UID);
	assert_false(stands());
	assert_int_equal(scratch_count(&scratch), 1);
	stamps_write(&stamps, "alice", UID, NOW + 60, NOW);
	scratch_write(scratch_path(&scratch, "garbage"), 0, "x", 1);
	stamps_remove_all(&stamps);
	assert_int_equal(scratch_count(&scratch), 0);
	assert_int_equal(lines, 0);
}

static void
without_the_folder_nothing_is_written_and_it_is_said(void **state)
{
	struct stamps nowhere = stamps;

	(void)state;
	nowhere.folder = "/nonexistent/stamps";
	stamps_write(&nowhere, "alice", UID, NOW + 60, NOW);
	stamps_remove_all(&nowhere);
	assert_int_equal(lines, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_stamp_is_one_line_of_the_name_and_the_end),
		TEST(a_new_stamp_takes_the_place_of_the_old_one),
		TEST(no_stamp_holds_for_more_than_a_day),
		TEST(an_end_that_has_passed_leaves_no_stamp),
		TEST(a_name_with_a_newline_gets_none),
		TEST(a_configuration_newer_than_the_policy_that_runs_leaves_none),
		TEST(an_older_configuration_put_in_its_place_leaves_none_either),
		TEST(a_link_in_its_place_is_replaced_and_not_followed),
		TEST(removing_takes_that_one_and_all_takes_every_file),
		TEST(without_the_folder_nothing_is_written_and_it_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
