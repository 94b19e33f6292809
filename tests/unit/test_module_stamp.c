/*
 * A stamp on disk: whose it is, who could have written it, how old it is. Any doubt is said.
 */
/* link: pam_sspr/stamp.c */
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

#include "pam_sspr/stamp.h"
#include "protocol/stamp.h"

#define NOW      1800000000
#define WRITTEN  1799999000 /* when the stamp was */
#define THE_USER 1000
#define STRANGER 1 /* daemon: neither root nor sspr */

static char folder[64];

static const char *
inside(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, 128, "%s/%s", folder, name);
	return path;
}

static void
set_time(const char *name, time_t changed)
{
	const struct timespec times[2] = { { changed, 0 }, { changed, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, inside(name), times, AT_SYMLINK_NOFOLLOW), 0);
}

static void
write_text(const char *name, const char *text, size_t len)
{
	int fd = open(inside(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	assert_true(fd >= 0);
	assert_true(write(fd, text, len) == (ssize_t)len);
	close(fd);
	set_time(name, WRITTEN);
}

static void
write_stamp(const char *name)
{
	static const char line[] = "sspr1 alice 1800000100\n";

	write_text(name, line, sizeof(line) - 1);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/sspr-unit-XXXXXX");
	if (mkdtemp(folder) == NULL || mkdir(inside("stamps"), 0750) < 0)
		return -1;
	write_stamp("stamps/1000");
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const files[] = { "stamps/1000", "stamps/other", "sspr.conf.d/a",
					     "sspr.conf", "link" };
	static const char *const folders[] = { "stamps/1000", "stamps", "sspr.conf.d" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(inside(files[i]));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		rmdir(inside(folders[i]));
	return rmdir(folder);
}

static const char *
doubt_in(const char *stamps, const char *user)
{
	return stamp_doubt(inside(stamps), THE_USER, user, inside("sspr.conf"), NOW);
}

static void
is_believed(void)
{
	assert_null(doubt_in("stamps", "alice"));
}

static void
is_doubted(const char *why)
{
	const char *doubt = doubt_in("stamps", "alice");

	assert_non_null(doubt);
	assert_string_equal(doubt, why);
}

/* What another uid owns can only be made by root, and only root's own is trusted here. */
static void
need_root(void)
{
	if (geteuid() != 0)
		skip();
}

static void
a_good_stamp_is_believed_for_its_user(void **state)
{
	(void)state;
	need_root();
	is_believed();
	assert_string_equal(doubt_in("stamps", "bob"),
			    "it is of another name, has expired or is no stamp");
	assert_non_null(stamp_doubt(inside("stamps"), 1001, "alice", inside("sspr.conf"), NOW));
	assert_non_null(
		stamp_doubt(inside("stamps"), THE_USER, "alice", inside("sspr.conf"), NOW + 100));
	assert_non_null(stamp_doubt(inside("stamps"), THE_USER, "alice", inside("sspr.conf"),
				    NOW - STAMP_AHEAD_MAX));
}

static void
no_stamp_and_no_folder_are_doubt(void **state)
{
	(void)state;
	unlink(inside("stamps/1000"));
	assert_non_null(doubt_in("stamps", "alice"));
	assert_string_equal(doubt_in("absent", "alice"), "there is no folder of stamps");
	assert_string_equal(doubt_in("sspr.conf", "alice"), "there is no folder of stamps");
}

static void
what_others_can_write_is_not_believed(void **state)
{
	static const mode_t modes[] = { 0660, 0642, 0666, 0777 };

	(void)state;
	need_root();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(inside("stamps/1000"), modes[i]), 0);
		is_doubted("others could have written it");
	}
	assert_int_equal(chmod(inside("stamps/1000"), 0644), 0);
	is_believed();
	assert_int_equal(chmod(inside("stamps"), 0770), 0);
	is_doubted("others could have written its folder");
	assert_int_equal(chmod(inside("stamps"), 01777), 0);
	is_doubted("others could have written its folder");
	assert_int_equal(chmod(inside("stamps"), 0755), 0);
	is_believed();
}

static void
what_a_stranger_owns_is_not_believed(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(chown(inside("stamps/1000"), STRANGER, 0), 0);
	is_doubted("others could have written it");
	assert_int_equal(chown(inside("stamps/1000"), THE_USER, 0), 0);
	is_doubted("others could have written it");
	assert_int_equal(chown(inside("stamps/1000"), 0, STRANGER), 0);
	is_believed();
	assert_int_equal(chown(inside("stamps"), STRANGER, 0), 0);
	is_doubted("others could have written its folder");
}

static void
a_link_is_not_followed(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(rename(inside("stamps/1000"), inside("stamps/other")), 0);
	assert_int_equal(symlink("other", inside("stamps/1000")), 0);
	is_doubted("there is none");
	unlink(inside("stamps/1000"));
	assert_int_equal(rename(inside("stamps/other"), inside("stamps/1000")), 0);
	assert_int_equal(symlink("stamps", inside("link")), 0);
	assert_non_null(doubt_in("link", "alice"));
	is_believed();
}

static void
what_is_no_file_is_not_believed_and_does_not_block(void **state)
{
	(void)state;
	need_root();
	unlink(inside("stamps/1000"));
	assert_int_equal(mkdir(inside("stamps/1000"), 0700), 0);
	is_doubted("it is not a file");
	rmdir(inside("stamps/1000"));
	assert_int_equal(mkfifo(inside("stamps/1000"), 0600), 0);
	is_doubted("it is not a file");
}

static void
garbage_is_not_believed(void **state)
{
	static char large[STAMP_LINE_MAX + 1];

	(void)state;
	need_root();
	write_text("stamps/1000", "", 0);
	is_doubted("it is of another name, has expired or is no stamp");
	write_text("stamps/1000", "\xff\0\xff\n", 4);
	is_doubted("it is of another name, has expired or is no stamp");
	memset(large, 'a', sizeof(large));
	write_text("stamps/1000", large, sizeof(large));
	is_doubted("it is too long");
}

static void
a_stamp_older_than_the_configuration_is_not_believed(void **state)
{
	(void)state;
	need_root();
	write_text("sspr.conf", "", 0);
	set_time("sspr.conf", WRITTEN);
	is_believed(); /* as old as it */
	set_time("sspr.conf", WRITTEN + 1);
	is_doubted("the configuration is newer");
	set_time("sspr.conf", WRITTEN - 1);
	assert_int_equal(mkdir(inside("sspr.conf.d"), 0755), 0);
	set_time("sspr.conf.d", WRITTEN + 1);
	is_doubted("the configuration is newer");
	write_text("sspr.conf.d/a", "", 0);
	set_time("sspr.conf.d", WRITTEN - 1);
	is_believed();
	set_time("sspr.conf.d/a", WRITTEN + 1);
	is_doubted("the configuration is newer");
}

static void
a_configuration_that_cannot_be_looked_at_is_doubt(void **state)
{
	(void)state;
	need_root();
	write_text("sspr.conf.d", "", 0); /* a file where the folder should be */
	is_doubted("the configuration's age is not known");
	unlink(inside("sspr.conf.d"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_stamp_is_believed_for_its_user),
		TEST(no_stamp_and_no_folder_are_doubt),
		TEST(what_others_can_write_is_not_believed),
		TEST(what_a_stranger_owns_is_not_believed),
		TEST(a_link_is_not_followed),
		TEST(what_is_no_file_is_not_believed_and_does_not_block),
		TEST(garbage_is_not_believed),
		TEST(a_stamp_older_than_the_configuration_is_not_believed),
		TEST(a_configuration_that_cannot_be_looked_at_is_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
