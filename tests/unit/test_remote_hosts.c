/* Remote hosts: what is one host, how many failures, what is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ssprd/remote_hosts.h"

/* link: ssprd/remote_hosts.c */

#define NOW 1800000000

static struct remote_hosts hosts;

static int
set_up(void **state)
{
	(void)state;
	memset(&hosts, 0, sizeof(hosts));
	return 0;
}

static void
fail_times(const char *rhost, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		remote_host_fail(&hosts, rhost, now);
}

static void
the_twentieth_failure_within_an_hour_throttles(void **state)
{
	(void)state;
	fail_times("192.0.2.1", 19, NOW);
	assert_false(remote_host_throttled(&hosts, "192.0.2.1", NOW));
	fail_times("192.0.2.1", 1, NOW + 3599);
	assert_true(remote_host_throttled(&hosts, "192.0.2.1", NOW + 3599));
	assert_false(remote_host_throttled(&hosts, "192.0.2.2", NOW + 3599));
	assert_false(remote_host_throttled(&hosts, "192.0.2.1", NOW + 3600));
}

static void
a_failure_that_is_taken_back_does_not_count(void **state)
{
	(void)state;
	fail_times("192.0.2.1", 20, NOW);
	remote_host_take_back(&hosts, "192.0.2.1");
	assert_false(remote_host_throttled(&hosts, "192.0.2.1", NOW));
	fail_times("192.0.2.1", 1, NOW);
	assert_true(remote_host_throttled(&hosts, "192.0.2.1", NOW));
	remote_host_take_back(&hosts, "198.51.100.7");
	remote_host_take_back(&hosts, "");
	assert_int_equal(hosts.count, 1);
}

static void
what_is_one_host(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "::ffff:c000:201", true },
		{ "192.0.2.1", "192.0.2.10", false },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "fe80::1%eth0", "fe80::2", true },
		{ "Host.Example", "host.example", true },
		{ "host.example", "host2.example", false },
		{ "::c000:201", "192.0.2.1", false },
	};
	unsigned char a[REMOTE_KEY_SIZE], b[REMOTE_KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(remote_host_key(rows[i].a, a));
		assert_true(remote_host_key(rows[i].b, b));
		if ((memcmp(a, b, sizeof(a)) == 0) != rows[i].same)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
}

static void
the_console_is_no_remote_host(void **state)
{
	(void)state;
	fail_times("", 100, NOW);
	assert_false(remote_host_throttled(&hosts, "", NOW));
	assert_int_equal(hosts.count, 0);
	remote_host_fail(NULL, "192.0.2.1", NOW);
	assert_false(remote_host_throttled(NULL, "192.0.2.1", NOW));
}

static void
the_host_that_failed_last_the_longest_ago_is_forgotten_first(void **state)
{
	char name[32];

	(void)state;
	fail_times("old.example", 20, NOW);
	fail_times("busy.example", 20, NOW + 10);
	for (int i = 0; i < REMOTE_HOSTS_MAX - 2; i++) {
		snprintf(name, sizeof(name), "10.%d.%d.1", i / 256, i % 256);
		fail_times(name, 1, NOW + 20);
	}
	assert_int_equal(hosts.count, REMOTE_HOSTS_MAX);
	assert_true(remote_host_throttled(&hosts, "old.example", NOW + 20));
	fail_times("new.example", 1, NOW + 20);
	assert_int_equal(hosts.count, REMOTE_HOSTS_MAX);
	assert_false(remote_host_throttled(&hosts, "old.example", NOW + 20));
	assert_true(remote_host_throttled(&hosts, "busy.example", NOW + 20));
}

static void
a_clock_that_is_set_back_throttles_nobody_for_long(void **state)
{
	(void)state;
	fail_times("192.0.2.1", 20, NOW + 1000000);
	assert_false(remote_host_throttled(&hosts, "192.0.2.1", NOW));
	fail_times("192.0.2.1", 20, NOW);
	assert_true(remote_host_throttled(&hosts, "192.0.2.1", NOW - 60));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		T(the_twentieth_failure_within_an_hour_throttles),
		T(a_failure_that_is_taken_back_does_not_count),
		T(what_is_one_host),
		T(the_console_is_no_remote_host),
		T(the_host_that_failed_last_the_longest_ago_is_forgotten_first),
		T(a_clock_that_is_set_back_throttles_nobody_for_long),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
