/*
 * Is a password local: only who stands in both files with a hash that can match.
 */
#include <errno.h>
#include <lastlog.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/inotify.h>

#include <cmocka.h>

#include "protocol/host.h"
#include "protocol/hostfiles.h"
#include "tests/unit/scratch.h"

static struct scratch scratch;

static int
set_up(void **state)
{
	(void)state;
	return scratch_make(&scratch);
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	return 0;
}

static void
write_files(const char *passwd, const char *shadow)
{
	unlink(scratch_path(&scratch, "passwd"));
	unlink(scratch_path(&scratch, "shadow"));
	if (passwd != NULL)
		scratch_write(scratch_path(&scratch, "passwd"), 0, passwd, strlen(passwd));
	if (shadow != NULL)
		scratch_write(scratch_path(&scratch, "shadow"), 0, shadow, strlen(shadow));
}

static bool
local(const char *user)
{
	bool is_local = false;

	assert_int_equal(hostfiles_local_password(scratch_path(&scratch, "passwd"),
						  scratch_path(&scratch, "shadow"), user,
						  &is_local),
			 0);
	return is_local;
}

static void
a_hash_is_local_and_a_lock_or_nothing_is_not(void **state)
{
	(void)state;
	write_files(
		"root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\nbob:x:1:1:::\n"
		"carol:x:2:2:::\ndan:x:3:3:::\neve:x:4:4:::\nlast:x:5:5:::",
		"root:$y$h:1::::::\nalice:$6$salt$hash:1::::::\nbob:!:1::::::\ncarol:*:1::::::\n"
		"dan::1::::::\neve:!$6$salt$hash:1::::::\nfrank:$6$h:1::::::\nlast:$1$h");
	assert_true(local("alice"));
	assert_true(local("root"));
	assert_true(local("last"));
	assert_false(local("bob"));
	assert_false(local("carol"));
	assert_false(local("dan"));
	assert_false(local("eve"));
	assert_false(local("frank")); /* a hash, and no account */
	assert_false(local("gina"));
	assert_false(local(""));
	assert_false(local("alic"));
	assert_false(local("alicee"));
	assert_false(local("alice:"));
	assert_false(local("1000"));
}

static void
the_first_line_of_a_name_counts(void **state)
{
	(void)state;
	write_files("alice:x:1:1:::\nbob:x:2:2:::\n",
		    "alice:!:1:\nalice:$6$h:1:\nbob:$6$h:1:\nbob:!:1:\n");
	assert_false(local("alice"));
	assert_true(local("bob"));
}

static void
lines_of_another_form_belong_to_nobody(void **state)
{
	(void)state;
	write_files("alice:x:1:1:::\nbob:x:2:2:::\n+::::::\n",
		    "\n\nalice\n:$6$h:\nbob :$6$h\n+:$6$h:\n");
	assert_false(local("alice"));
	assert_false(local("bob"));
	assert_false(local(""));
}

static void
names_are_found_across_the_edges_of_a_read(void **state)
{
	static char passwd[20000], shadow[20000];
	size_t pad;

	(void)state;
	for (pad = 4080; pad < 4110; pad++) {
		memset(shadow, '#', pad);
		snprintf(shadow + pad, sizeof(shadow) - pad, "\nalice:$6$hash:1::\n");
		snprintf(passwd, sizeof(passwd), "alice:x:1:1:::\n");
		write_files(passwd, shadow);
		assert_true(local("alice"));
	}
}

static void
absent_files_have_nobody_and_broken_ones_are_an_error(void **state)
{
	bool is_local = true;

	(void)state;
	write_files(NULL, NULL);
	assert_false(local("alice"));
	write_files("alice:x:1:1:::\n", NULL);
	assert_false(local("alice"));
	assert_int_equal(
		hostfiles_local_password(scratch.folder, scratch.folder, "alice", &is_local),
		-EISDIR);
	assert_true(is_local); /* untouched */
}

static void
the_last_login_is_the_users_own(void **state)
{
	struct lastlog entry = { .ll_time = 1700000000 };

	(void)state;
	assert_int_equal(hostfiles_last_login(scratch_path(&scratch, "lastlog"), 3), 0);
	scratch_write(scratch_path(&scratch, "lastlog"), 3 * (long)sizeof(entry), &entry,
		      sizeof(entry));
	assert_int_equal(hostfiles_last_login(scratch_path(&scratch, "lastlog"), 3), 1700000000);
	assert_int_equal(hostfiles_last_login(scratch_path(&scratch, "lastlog"), 2), 0);
	assert_int_equal(hostfiles_last_login(scratch_path(&scratch, "lastlog"), 4), 0);
	assert_int_equal(hostfiles_last_login(scratch_path(&scratch, "lastlog"), UINT32_MAX), 0);
	assert_int_equal(hostfiles_last_login(scratch_path(&scratch, "lastlog"), UINT64_MAX), 0);
}

static void
who_does_not_exist_has_no_facts(void **state)
{
	struct host_user u = { .uid = 7 };

	(void)state;
	assert_int_equal(sspr_host_user_get("sspr-no-such-user", &u), -ENOENT);
	assert_int_equal(sspr_host_user_get("\xff\xfe", &u), -ENOENT);
	assert_int_equal(u.uid, 7);
}

/* Was the shadow file read in the course of this lookup? Nothing but the lookup itself reads it here. */
static bool
reads_shadow(const char *user, int expected)
{
	const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct host_user u = { 0 };
	char events[4096];
	bool seen;

	assert_true(watch >= 0 && inotify_add_watch(watch, "/etc/shadow", IN_ACCESS) >= 0);
	assert_int_equal(sspr_host_user_get(user, &u), expected);
	seen = read(watch, events, sizeof(events)) > 0;
	close(watch);
	sspr_host_user_done(&u);
	return seen;
}

static void
the_files_are_read_for_a_name_without_an_account_too(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip(); /* the shadow file is root's */
	assert_true(reads_shadow("daemon", 0));
	assert_true(reads_shadow("sspr-no-such-user", -ENOENT));
}

static void
the_facts_of_root_are_those_of_the_host(void **state)
{
	struct host_user u = { .uid = 7 };

	(void)state;
	if (geteuid() != 0)
		skip(); /* the shadow file is root's */
	assert_int_equal(sspr_host_user_get("root", &u), 0);
	assert_int_equal(u.uid, 0);
	assert_true(u.group_count >= 1);
	assert_string_equal(u.groups[0], "root");
	sspr_host_user_done(&u);
	assert_null(u.groups);
	sspr_host_user_done(&u);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hash_is_local_and_a_lock_or_nothing_is_not),
		TEST(the_first_line_of_a_name_counts),
		TEST(lines_of_another_form_belong_to_nobody),
		TEST(names_are_found_across_the_edges_of_a_read),
		TEST(absent_files_have_nobody_and_broken_ones_are_an_error),
		TEST(the_last_login_is_the_users_own),
		TEST(who_does_not_exist_has_no_facts),
		TEST(the_files_are_read_for_a_name_without_an_account_too),
		TEST(the_facts_of_root_are_those_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
