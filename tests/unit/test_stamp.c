/*
 * The stamp's line and the configuration's age: no doubt passes.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/stamp.h"

#define NOW 1800000000

static char folder[64];

static const char *
inside(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/sspr-unit-XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "sspr.conf.d/a.conf", "sspr.conf.d/b", "sspr.conf" };
	char name[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(inside(names[i]));
	for (int i = 0; i < 1025; i++) {
		snprintf(name, sizeof(name), "sspr.conf.d/%d", i);
		if (unlink(inside(name)) < 0)
			break;
	}
	rmdir(inside("sspr.conf.d"));
	unlink(inside("sspr.conf.d"));
	return rmdir(folder);
}

static bool
valid(const char *line)
{
	return stamp_valid(line, strlen(line), "alice", NOW);
}

static void
a_stamp_that_was_written_is_valid_for_its_user_and_time(void **state)
{
	char line[STAMP_LINE_MAX];
	int n;

	(void)state;
	n = stamp_format(line, sizeof(line), "alice", NOW + 10);
	assert_string_equal(line, "sspr1 alice 1800000010\n");
	assert_int_equal(n, strlen(line));
	assert_true(stamp_valid(line, (size_t)n, "alice", NOW));
	assert_true(stamp_valid(line, (size_t)n, "alice", NOW + 9));
	assert_false(stamp_valid(line, (size_t)n, "alice", NOW + 10));
	assert_false(stamp_valid(line, (size_t)n, "bob", NOW));
	assert_false(stamp_valid(line, (size_t)n, "alic", NOW));
	assert_false(stamp_valid(line, (size_t)n, "alice ", NOW));
	assert_false(stamp_valid(line, (size_t)n, "", NOW));
}

static void
a_stamp_is_valid_for_a_day_at_most(void **state)
{
	(void)state;
	assert_true(valid("sspr1 alice 1800086400\n"));
	assert_false(valid("sspr1 alice 1800086401\n"));
	assert_false(valid("sspr1 alice 999999999999999999\n"));
	assert_false(valid("sspr1 alice 9223372036854775807\n"));
	assert_false(valid("sspr1 alice 99999999999999999999999\n"));
}

static void
a_line_of_another_form_is_no_stamp(void **state)
{
	static const char *const strange[] = {
		"",
		"\n",
		"sspr1",
		"sspr1 alice",
		"sspr1 alice ",
		"sspr1 alice \n",
		"sspr1 alice 1800000010",
		"sspr1 alice 1800000010\n\n",
		"sspr1 alice 1800000010 \n",
		"sspr1 alice 1800000010\nsspr1 alice 1800000010\n",
		"sspr1 alice +1800000010\n",
		"sspr1 alice -1800000010\n",
		"sspr1 alice 0x6b49d20a\n",
		"sspr1 alice  1800000010\n",
		"sspr1  alice 1800000010\n",
		" sspr1 alice 1800000010\n",
		"sspr2 alice 1800000010\n",
		"SSPR1 alice 1800000010\n",
		"sspr1 alice bob 1800000010\n",
		"sspr1\talice\t1800000010\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		assert_false(valid(strange[i]));
	assert_false(stamp_valid("sspr1 alice 180000001\0\n", 23, "alice", NOW));
	assert_true(valid("sspr1 alice 1800000010\n"));
}

static void
a_name_with_spaces_keeps_its_own_stamp(void **state)
{
	char line[STAMP_LINE_MAX];
	int n = stamp_format(line, sizeof(line), "alice 1800000010", NOW + 20);

	(void)state;
	assert_true(n > 0);
	assert_true(stamp_valid(line, (size_t)n, "alice 1800000010", NOW));
	assert_false(stamp_valid(line, (size_t)n, "alice", NOW));
}

static void
a_name_that_no_line_can_hold_gets_no_stamp(void **state)
{
	char line[STAMP_LINE_MAX], name[USER_NAME_MAX + 2];

	(void)state;
	assert_int_equal(stamp_format(line, sizeof(line), "", NOW), -EINVAL);
	assert_int_equal(stamp_format(line, sizeof(line), "a\nb", NOW), -EINVAL);
	assert_int_equal(stamp_format(line, sizeof(line), "alice", -1), -EINVAL);
	assert_int_equal(stamp_format(line, 10, "alice", NOW), -EINVAL);
	memset(name, 'a', sizeof(name));
	name[USER_NAME_MAX + 1] = '\0';
	assert_int_equal(stamp_format(line, sizeof(line), name, NOW), -EINVAL);
	name[USER_NAME_MAX] = '\0';
	assert_true(stamp_format(line, sizeof(line), name, INT64_MAX) > 0);
	assert_false(stamp_valid("sspr1 a\nb 1800000010\n", 21, "a\nb", NOW));
}

static void
make(const char *name, time_t changed)
{
	const struct timespec times[2] = { { changed, 0 }, { changed, 500 } };
	int fd = open(inside(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void
set_time(const char *name, time_t changed)
{
	const struct timespec times[2] = { { changed, 0 }, { changed, 500 } };

	assert_int_equal(utimensat(AT_FDCWD, inside(name), times, 0), 0);
}

static time_t
newest(void)
{
	struct timespec t = { .tv_sec = 1 };

	assert_int_equal(config_newest(inside("sspr.conf"), &t), 0);
	return t.tv_sec;
}

static void
the_newest_of_file_folder_and_drop_ins_counts(void **state)
{
	(void)state;
	assert_int_equal(newest(), 0);
	make("sspr.conf", 1000);
	assert_int_equal(newest(), 1000);
	assert_int_equal(mkdir(inside("sspr.conf.d"), 0700), 0);
	set_time("sspr.conf.d", 2000);
	assert_int_equal(newest(), 2000);
	make("sspr.conf.d/a.conf", 3000);
	make("sspr.conf.d/b", 4000);
	set_time("sspr.conf.d", 2000);
	assert_int_equal(newest(), 4000);
	set_time("sspr.conf", 5000);
	assert_int_equal(newest(), 5000);
	set_time("sspr.conf.d", 6000);
	assert_int_equal(newest(), 6000);
	unlink(inside("sspr.conf"));
	assert_int_equal(newest(), 6000);
}

static void
nanoseconds_count(void **state)
{
	struct timespec t = { 0 };

	(void)state;
	make("sspr.conf", 1000);
	assert_int_equal(config_newest(inside("sspr.conf"), &t), 0);
	assert_int_equal(t.tv_nsec, 500);
}

static void
what_cannot_be_looked_at_is_doubt(void **state)
{
	struct timespec t = { .tv_sec = 7 };
	char name[64], *long_path = malloc(5000);

	(void)state;
	assert_non_null(long_path);
	memset(long_path, 'a', 4999);
	long_path[4999] = '\0';
	assert_true(config_newest(long_path, &t) < 0);
	free(long_path);
	make("sspr.conf.d", 1000); /* a file where the folder should be */
	assert_true(config_newest(inside("sspr.conf"), &t) < 0);
	unlink(inside("sspr.conf.d"));
	assert_int_equal(mkdir(inside("sspr.conf.d"), 0700), 0);
	for (int i = 0; i < 1024; i++) {
		snprintf(name, sizeof(name), "sspr.conf.d/%d", i);
		make(name, 1000);
	}
	assert_int_equal(config_newest(inside("sspr.conf"), &t), 0);
	t.tv_sec = 7;
	make("sspr.conf.d/1024", 1000);
	assert_int_equal(config_newest(inside("sspr.conf"), &t), -E2BIG);
	assert_int_equal(t.tv_sec, 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_that_was_written_is_valid_for_its_user_and_time),
		cmocka_unit_test(a_stamp_is_valid_for_a_day_at_most),
		cmocka_unit_test(a_line_of_another_form_is_no_stamp),
		cmocka_unit_test(a_name_with_spaces_keeps_its_own_stamp),
		cmocka_unit_test(a_name_that_no_line_can_hold_gets_no_stamp),
		TEST(the_newest_of_file_folder_and_drop_ins_counts),
		TEST(nanoseconds_count),
		TEST(what_cannot_be_looked_at_is_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
