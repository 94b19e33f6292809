/*
 * Connecting and calling ends at its deadline, whatever is at the other end: nobody, servers that do
 * not accept, do not answer, close or talk nonsense, and a real dbus-daemon that is frozen or killed.
 */
/* link: tests/unit/fakebus.c */
#include <dbus/dbus.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "protocol/buslink.h"
#include "tests/unit/fakebus.h"
#include "tests/unit/scratch.h"

#define SHORT_MS 300  /* a deadline that is waited for */
#define SLACK_MS 1500 /* how much later than the deadline is still in time, under valgrind too */
#define LONG_MS  10000

static struct scratch scratch;
static struct fakebus bus;
static char address[256];
static int listener = -1;
static pid_t server;

static int
listen_at(int backlog)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };

	snprintf(where.sun_path, sizeof(where.sun_path), "%s", scratch_path(&scratch, "bus"));
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&where, sizeof(where)) < 0)
		return -1;
	return listen(listener, backlog);
}

static int
set_up(void **state)
{
	(void)state;
	if (scratch_make(&scratch) < 0)
		return -1;
	snprintf(address, sizeof(address), "unix:path=%s", scratch_path(&scratch, "bus"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = 0;
	if (listener >= 0)
		close(listener);
	listener = -1;
	scratch_remove(&scratch);
	return 0;
}

static int
set_up_bus(void **state)
{
	(void)state;
	return fakebus_start(&bus, "");
}

static int
set_up_narrow_bus(void **state)
{
	(void)state;
	return fakebus_start(&bus, "<limit name=\"max_connections_per_user\">1</limit>");
}

static int
tear_down_bus(void **state)
{
	(void)state;
	fakebus_stop(&bus);
	return 0;
}

/* Serve each connection by this, in a child. */
static void
serve(void (*one)(int fd))
{
	assert_int_equal(listen_at(8), 0);
	server = fork();
	if (server != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		one(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

static void
never_answer(int fd)
{
	(void)fd;
}

static void
close_at_once(int fd)
{
	close(fd);
}

static void
talk_nonsense(int fd)
{
	static const char nonsense[] = "\0\xff\xfe OK OK\r\nREJECTED \x80\r\nl\1\1\1garbage\r\n";

	if (send(fd, nonsense, sizeof(nonsense), MSG_NOSIGNAL) < 0)
		close(fd);
}

/* Open with this much time; how it came out, and that it took no longer. */
static int
try_open(const char *where, int timeout_ms, struct DBusConnection **connection)
{
	const int64_t deadline = buslink_now() + timeout_ms;
	int r;

	*connection = NULL;
	r = buslink_open(where, deadline, connection);
	assert_true(buslink_now() - deadline < SLACK_MS);
	assert_int_equal(r == 0, *connection != NULL);
	return r;
}

static int
opens(const char *where, int timeout_ms)
{
	struct DBusConnection *connection;
	int r = try_open(where, timeout_ms, &connection);

	buslink_close(connection);
	return r;
}

static int
open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
an_address_that_is_no_unix_path_is_refused(void **state)
{
	static const char *const strange[] = {
		"",
		"nonsense",
		"tcp:host=127.0.0.1,port=1",
		"unixexec:path=/bin/true",
		"autolaunch:",
		"unix:abstract=sspr",
		"unix:path=relative",
		"unix:path=/a;unix:path=/b",
		"unix:path=/"
		"12345678901234567890123456789012345678901234567890123456789012345678901234"
		"5678901234567890123456789012345678901234567890",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		assert_int_equal(opens(strange[i], SHORT_MS), -EINVAL);
}

static void
nobody_there_is_told_at_once(void **state)
{
	const int64_t began = buslink_now();

	(void)state;
	assert_int_equal(opens(address, LONG_MS), -ENOENT);
	assert_int_equal(listen_at(1), 0);
	close(listener);
	listener = -1;
	assert_int_equal(opens(address, LONG_MS), -ECONNREFUSED);
	assert_true(buslink_now() - began < LONG_MS / 2);
}

/* Also when the probe itself takes the backlog's last place: connect() after it would block. */
static void
a_bus_that_never_accepts_ends_at_the_deadline(void **state)
{
	(void)state;
	assert_int_equal(listen_at(3), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(opens(address, 100), -ETIMEDOUT);
}

static void
a_bus_that_never_answers_ends_at_the_deadline(void **state)
{
	(void)state;
	serve(never_answer);
	assert_int_equal(opens(address, SHORT_MS), -ETIMEDOUT);
}

static void
a_bus_that_closes_is_tried_until_the_deadline(void **state)
{
	(void)state;
	serve(close_at_once);
	assert_int_equal(opens(address, SHORT_MS), -ECONNRESET);
}

static void
a_bus_that_talks_nonsense_is_no_bus(void **state)
{
	(void)state;
	serve(talk_nonsense);
	assert_true(opens(address, SHORT_MS) < 0);
}

static DBusMessage *
list_names(void)
{
	return dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS,
					    "ListNames");
}

static void
a_real_bus_gives_a_name_and_answers(void **state)
{
	struct DBusConnection *connection;
	DBusMessage *call = list_names(), *reply = NULL;
	const int before = open_descriptors();

	(void)state;
	assert_int_equal(try_open(bus.address, LONG_MS, &connection), 0);
	assert_non_null(dbus_bus_get_unique_name(connection));
	assert_int_equal(buslink_call(connection, call, buslink_now() + LONG_MS, &reply), 0);
	assert_int_equal(dbus_message_get_type(reply), DBUS_MESSAGE_TYPE_METHOD_RETURN);
	dbus_message_unref(reply);
	dbus_message_unref(call);
	buslink_close(connection);
	buslink_close(NULL);
	assert_int_equal(open_descriptors(), before);
}

static void
an_error_of_the_bus_is_an_answer(void **state)
{
	struct DBusConnection *connection;
	DBusMessage *call = dbus_message_new_method_call("org.sspr.Nobody", "/", "a.b", "C");
	DBusMessage *reply = NULL;

	(void)state;
	assert_int_equal(try_open(bus.address, LONG_MS, &connection), 0);
	assert_int_equal(buslink_call(connection, call, buslink_now() + LONG_MS, &reply), 0);
	assert_true(dbus_message_is_error(reply, DBUS_ERROR_SERVICE_UNKNOWN));
	dbus_message_unref(reply);
	dbus_message_unref(call);
	buslink_close(connection);
}

static void
a_frozen_bus_ends_at_the_deadline(void **state)
{
	struct DBusConnection *connection;
	DBusMessage *call = list_names(), *reply = NULL;
	int64_t deadline;

	(void)state;
	assert_int_equal(try_open(bus.address, LONG_MS, &connection), 0);
	assert_int_equal(kill(bus.pid, SIGSTOP), 0);
	assert_int_equal(opens(bus.address, SHORT_MS), -ETIMEDOUT);
	deadline = buslink_now() + SHORT_MS;
	assert_int_equal(buslink_call(connection, call, deadline, &reply), -ETIMEDOUT);
	assert_true(buslink_now() - deadline < SLACK_MS);
	assert_null(reply);
	assert_int_equal(kill(bus.pid, SIGCONT), 0);
	dbus_message_unref(call);
	buslink_close(connection);
	assert_int_equal(opens(bus.address, LONG_MS), 0);
}

/* And the process lives on: libdbus's own habit is to end it. */
static void
a_bus_that_dies_resets_the_call(void **state)
{
	struct DBusConnection *connection;
	DBusMessage *call = list_names(), *reply = NULL;

	(void)state;
	assert_int_equal(try_open(bus.address, LONG_MS, &connection), 0);
	assert_int_equal(kill(bus.pid, SIGSTOP), 0);
	assert_int_equal(kill(bus.pid, SIGKILL), 0);
	assert_int_equal(buslink_call(connection, call, buslink_now() + LONG_MS, &reply),
			 -ECONNRESET);
	assert_int_equal(buslink_call(connection, call, buslink_now() + LONG_MS, &reply),
			 -ECONNRESET);
	assert_null(reply);
	dbus_message_unref(call);
	buslink_close(connection);
}

static void
a_full_bus_is_tried_again_until_the_deadline(void **state)
{
	struct DBusConnection *connection;

	(void)state;
	assert_int_equal(try_open(bus.address, LONG_MS, &connection), 0);
	assert_int_equal(opens(bus.address, SHORT_MS), -ETIMEDOUT);
	buslink_close(connection);
	assert_int_equal(opens(bus.address, LONG_MS), 0);
}

static void
a_bus_that_was_full_for_a_moment_is_reached(void **state)
{
	struct DBusConnection *connection;
	int ready[2];
	char byte;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	server = fork();
	if (server == 0) {
		try_open(bus.address, LONG_MS, &connection);
		if (write(ready[1], "r", 1) == 1)
			poll(NULL, 0, 200);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(opens(bus.address, LONG_MS), 0);
	close(ready[0]);
	close(ready[1]);
	waitpid(server, NULL, 0);
	server = 0;
}

static void
a_deadline_that_has_passed_waits_for_nothing(void **state)
{
	const int64_t began = buslink_now();

	(void)state;
	assert_int_equal(opens(bus.address, 0), -ETIMEDOUT);
	assert_int_equal(opens(bus.address, -1000), -ETIMEDOUT);
	assert_int_equal(buslink_pause(began - 1), -ETIMEDOUT);
	assert_true(buslink_now() - began < SLACK_MS);
}

static void
the_signals_of_the_host_stay_as_they_were(void **state)
{
	struct sigaction now;

	(void)state;
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(opens(bus.address, LONG_MS), 0);
	assert_int_equal(sigaction(SIGPIPE, NULL, &now), 0);
	assert_true(now.sa_handler == SIG_DFL);
}

#define TEST(name)        cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_BUS(name)    cmocka_unit_test_setup_teardown(name, set_up_bus, tear_down_bus)
#define TEST_NARROW(name) cmocka_unit_test_setup_teardown(name, set_up_narrow_bus, tear_down_bus)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_that_is_no_unix_path_is_refused),
		TEST(nobody_there_is_told_at_once),
		TEST(a_bus_that_never_accepts_ends_at_the_deadline),
		TEST(a_bus_that_never_answers_ends_at_the_deadline),
		TEST(a_bus_that_closes_is_tried_until_the_deadline),
		TEST(a_bus_that_talks_nonsense_is_no_bus),
		TEST_BUS(a_real_bus_gives_a_name_and_answers),
		TEST_BUS(an_error_of_the_bus_is_an_answer),
		TEST_BUS(a_frozen_bus_ends_at_the_deadline),
		TEST_BUS(a_bus_that_dies_resets_the_call),
		TEST_NARROW(a_full_bus_is_tried_again_until_the_deadline),
		TEST_NARROW(a_bus_that_was_full_for_a_moment_is_reached),
		TEST_BUS(a_deadline_that_has_passed_waits_for_nothing),
		TEST_BUS(the_signals_of_the_host_stay_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
