/*
 * Calls that ssprd makes on a real bus: a descriptor comes, once; whatever else the other side does
 * ends in time with an error, and no descriptor is left behind. The other side is this very
 * program, started by the test, or by the bus.
 */
/* link: tests/unit/fakebus.c ssprd/bus.c ssprd/bus_out.c ssprd/grant_bus.c ssprd/dispatch.c ssprd/call.c ssprd/reply.c ssprd/loop.c */
#include <dbus/dbus.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "protocol/grant.h"
#include "ssprd/bus.h"
#include "ssprd/grant_bus.h"
#include "ssprd/loop.h"
#include "tests/unit/fakebus.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

#define SHORT_MS 300
#define LONG_MS  10000
#define STARTED  PASSWORD_BUS_NAME ".Started" /* the bus starts it */

static struct scratch scratch;
static struct fakebus fakebus;
static struct loop *loop;
static struct bus *bus;
static struct bus_out out;
static char this_program[PATH_MAX], log_lines[8192];
static int answers, answer;
static bool bus_is_gone;
static pid_t peer;

static const struct bus_interface interfaces[] = { { 0 } };

static void
keep_line(int priority, const char *text, void *arg)
{
	size_t len = strlen(log_lines);

	(void)priority;
	(void)arg;
	snprintf(log_lines + len, sizeof(log_lines) - len, "%s\n", text);
}

static void
done(void *arg, int fd)
{
	(void)arg;
	answers++;
	answer = fd;
}

static void
gone(void *arg)
{
	(void)arg;
	bus_is_gone = true;
}

/* --- the other side */

enum part { GIVES, REFUSES, SAYS, GIVES_LATE, IS_SILENT };

static void
give(DBusConnection *c, DBusMessage *call, enum part part)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	const char *word = "no descriptor";
	int pair[2];

	if (part == GIVES_LATE)
		usleep(2 * SHORT_MS * 1000);
	if (part == REFUSES) {
		dbus_message_unref(reply);
		reply = dbus_message_new_error(call, "org.example.No", "no");
	} else if (part == SAYS) {
		dbus_message_append_args(reply, DBUS_TYPE_STRING, &word, DBUS_TYPE_INVALID);
	} else {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
			_exit(1);
		dbus_message_append_args(reply, DBUS_TYPE_UNIX_FD, &pair[0], DBUS_TYPE_INVALID);
		close(pair[0]);
		if (send(pair[1], "hello", 5, 0) < 0)
			_exit(1);
	}
	dbus_connection_send(c, reply, NULL);
	dbus_connection_flush(c);
	dbus_message_unref(reply);
}

static void
be_peer(const char *address, const char *name, enum part part, int ready)
{
	DBusConnection *c = dbus_connection_open_private(address, NULL);
	DBusMessage *m;

	if (!c || !dbus_bus_register(c, NULL) ||
	    dbus_bus_request_name(c, name, 0, NULL) != DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER)
		_exit(1);
	if (ready >= 0 && write(ready, "r", 1) != 1)
		_exit(1);
	do { /* the call that started it came with the name */
		while ((m = dbus_connection_pop_message(c))) {
			if (dbus_message_is_method_call(m, PASSWORD_BUS_INTERFACE, "Grant") &&
			    dbus_message_has_signature(m, "ay") && part != IS_SILENT)
				give(c, m, part);
			dbus_message_unref(m);
		}
	} while (dbus_connection_read_write(c, -1));
	_exit(0);
}

static void
start_peer(enum part part)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	peer = fork();
	if (peer == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be_peer(fakebus.address, PASSWORD_BUS_NAME, part, ready[1]);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

static void
end_peer(void)
{
	if (peer <= 0)
		return;
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
	peer = 0;
}

/* --- the test's side */

/* A bus that can start the other side, which then gives. */
static int
start_bus(void)
{
	char text[PATH_MAX + 256], element[256];
	int len = snprintf(text, sizeof(text), "[D-BUS Service]\nName=%s\nExec=%s peer\n", STARTED,
			   this_program);

	scratch_write(scratch_path(&scratch, STARTED ".service"), 0, text, (size_t)len);
	snprintf(element, sizeof(element), "<servicedir>%s</servicedir>", scratch.folder);
	return fakebus_start(&fakebus, element);
}

static int
set_up(void **state)
{
	struct bus_setup setup = { .name = "org.sspr.Sspr1",
				   .path = "/org/sspr/Sspr1",
				   .interfaces = interfaces,
				   .gone = gone };

	(void)state;
	log_to(keep_line, NULL);
	log_lines[0] = '\0';
	answers = 0;
	answer = -1;
	bus_is_gone = false;
	out = (struct bus_out){ .done = done };
	if (scratch_make(&scratch) < 0 || start_bus() < 0 || loop_new(&loop) < 0)
		return -1;
	setup.loop = loop;
	setup.address = fakebus.address;
	return bus_start(&bus, &setup);
}

static int
tear_down(void **state)
{
	(void)state;
	bus_stop(bus);
	bus = NULL;
	loop_free(loop);
	end_peer();
	unlink(scratch_path(&scratch, STARTED ".service"));
	fakebus_stop(&fakebus);
	scratch_remove(&scratch);
	return 0;
}

static int
call_to(const char *name, struct bus_out *o, int timeout_ms)
{
	return bus_call_out(bus,
			    &(struct bus_out_call){ .name = name,
						    .path = PASSWORD_BUS_PATH,
						    .interface = PASSWORD_BUS_INTERFACE,
						    .method = "Grant",
						    .user = "al\xffice",
						    .timeout_ms = timeout_ms },
			    o);
}

static int
call_grant(int timeout_ms)
{
	return call_to(PASSWORD_BUS_NAME, &out, timeout_ms);
}

static void
turn_for(int ms)
{
	int64_t end = loop_now() + ms;

	while (loop_now() < end)
		assert_int_equal(loop_turn(loop, 5), 0);
}

static void
wait_for_answer(void)
{
	int64_t end = loop_now() + LONG_MS;

	while (!answers && loop_now() < end)
		assert_int_equal(loop_turn(loop, 20), 0);
	assert_int_equal(answers, 1);
	assert_null(out.bus);
}

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(d);
	while (readdir(d))
		count++;
	closedir(d);
	return count;
}

static void
assert_gives(void)
{
	char text[8] = "";

	if (answer < 0)
		fail_msg("%s", log_lines);
	assert_int_equal(fcntl(answer, F_GETFD), FD_CLOEXEC);
	assert_int_equal(recv(answer, text, sizeof(text), 0), 5);
	assert_string_equal(text, "hello");
	close(answer);
}

static void
a_descriptor_comes_once_and_is_ours(void **state)
{
	int before = descriptors();

	(void)state;
	start_peer(GIVES);
	assert_int_equal(call_grant(LONG_MS), 0);
	assert_int_equal(answers, 0);
	wait_for_answer();
	assert_gives();
	turn_for(50);
	assert_int_equal(answers, 1);
	assert_int_equal(descriptors(), before);
}

static void
who_is_not_there_is_started_by_the_bus(void **state)
{
	(void)state;
	assert_int_equal(call_to(STARTED, &out, LONG_MS), 0);
	wait_for_answer();
	assert_gives();
}

static void
nobody_an_error_and_another_answer_are_told_apart_in_the_log_alone(void **state)
{
	int before = descriptors();

	(void)state;
	assert_int_equal(call_grant(LONG_MS), 0);
	wait_for_answer();
	assert_int_equal(answer, -EACCES);
	assert_non_null(strstr(log_lines, "Grant: the answer is org.freedesktop.DBus.Error."));
	for (int part = REFUSES; part <= SAYS; part++) {
		answers = 0;
		start_peer((enum part)part);
		assert_int_equal(call_grant(LONG_MS), 0);
		wait_for_answer();
		assert_int_equal(answer, part == REFUSES ? -EACCES : -EBADMSG);
		end_peer();
	}
	assert_non_null(strstr(log_lines, "org.example.No"));
	assert_non_null(strstr(log_lines, "is no descriptor"));
	assert_int_equal(descriptors(), before);
}

static void
who_is_silent_is_awaited_so_long_and_no_longer(void **state)
{
	int64_t began = loop_now();

	(void)state;
	start_peer(IS_SILENT);
	assert_int_equal(call_grant(SHORT_MS), 0);
	wait_for_answer();
	assert_int_equal(answer, -ETIMEDOUT);
	assert_true(loop_now() - began >= SHORT_MS);
}

static void
on_a_frozen_bus_it_ends_in_time(void **state)
{
	(void)state;
	start_peer(GIVES);
	assert_int_equal(kill(fakebus.pid, SIGSTOP), 0);
	assert_int_equal(call_grant(SHORT_MS), 0);
	wait_for_answer();
	assert_int_equal(answer, -ETIMEDOUT);
	assert_int_equal(kill(fakebus.pid, SIGCONT), 0);
}

static void
what_comes_late_is_closed(void **state)
{
	int before = descriptors();

	(void)state;
	start_peer(GIVES_LATE);
	assert_int_equal(call_grant(SHORT_MS), 0);
	wait_for_answer();
	assert_int_equal(answer, -ETIMEDOUT);
	turn_for(4 * SHORT_MS);
	assert_int_equal(answers, 1);
	assert_int_equal(descriptors(), before);
}

static void
what_was_cancelled_answers_nobody_and_its_descriptor_is_closed(void **state)
{
	int before = descriptors();

	(void)state;
	start_peer(GIVES_LATE);
	assert_int_equal(call_grant(LONG_MS), 0);
	turn_for(50);
	bus_out_cancel(&out);
	assert_null(out.bus);
	bus_out_cancel(&out);
	turn_for(4 * SHORT_MS);
	assert_int_equal(answers, 0);
	assert_int_equal(descriptors(), before);
}

static void
more_than_that_are_not_awaited(void **state)
{
	static struct bus_out many[BUS_OUT_MAX];

	(void)state;
	start_peer(IS_SILENT);
	for (int i = 0; i < BUS_OUT_MAX; i++) {
		many[i] = (struct bus_out){ .done = done };
		assert_int_equal(call_to(PASSWORD_BUS_NAME, &many[i], LONG_MS), 0);
	}
	assert_int_equal(call_grant(LONG_MS), -EBUSY);
	assert_null(out.bus);
	bus_out_cancel(&many[7]);
	assert_int_equal(call_grant(LONG_MS), 0);
	bus_stop(bus); /* cancels the rest */
	bus = NULL;
	assert_null(out.bus);
	assert_null(many[0].bus);
	assert_int_equal(answers, 0);
	assert_int_equal(call_grant(LONG_MS), -ENOTCONN);
}

static void
without_a_bus_nothing_is_called(void **state)
{
	int64_t end = loop_now() + LONG_MS;

	(void)state;
	kill(fakebus.pid, SIGKILL);
	while (!bus_is_gone && loop_now() < end)
		assert_int_equal(loop_turn(loop, 20), 0);
	assert_true(bus_is_gone);
	assert_int_equal(call_grant(LONG_MS), -ENOTCONN);
}

static void
a_grant_is_fetched_and_let_go(void **state)
{
	struct grant_wait wait = { .came = done };
	struct bus_grants grants;
	int before = descriptors();

	(void)state;
	bus_grants_init(&grants, &bus);
	start_peer(GIVES_LATE);
	assert_int_equal(grants.grants.ask(&grants.grants, &wait, "alice"), 0);
	turn_for(50);
	grants.grants.cancel(&grants.grants, &wait);
	assert_null(wait.call);
	turn_for(4 * SHORT_MS);
	assert_int_equal(answers, 0);
	assert_int_equal(descriptors(), before);
	assert_int_equal(grants.grants.ask(&grants.grants, &wait, "alice"), 0);
	wait_for_answer();
	assert_null(wait.call);
	assert_gives();
}

static void
one_that_is_awaited_when_the_bus_ends_can_still_be_let_go(void **state)
{
	struct grant_wait wait = { .came = done };
	struct bus_grants grants;

	(void)state;
	bus_grants_init(&grants, &bus);
	start_peer(IS_SILENT);
	assert_int_equal(grants.grants.ask(&grants.grants, &wait, "alice"), 0);
	bus_stop(bus);
	bus = NULL;
	grants.grants.cancel(&grants.grants, &wait);
	assert_int_equal(grants.grants.ask(&grants.grants, &wait, "alice"), -ENOTCONN);
	assert_non_null(strstr(log_lines, "cannot be asked for a grant"));
	assert_int_equal(answers, 0);
}

int
main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_descriptor_comes_once_and_is_ours),
		TEST(who_is_not_there_is_started_by_the_bus),
		TEST(nobody_an_error_and_another_answer_are_told_apart_in_the_log_alone),
		TEST(who_is_silent_is_awaited_so_long_and_no_longer),
		TEST(on_a_frozen_bus_it_ends_in_time),
		TEST(what_comes_late_is_closed),
		TEST(what_was_cancelled_answers_nobody_and_its_descriptor_is_closed),
		TEST(more_than_that_are_not_awaited),
		TEST(without_a_bus_nothing_is_called),
		TEST(a_grant_is_fetched_and_let_go),
		TEST(one_that_is_awaited_when_the_bus_ends_can_still_be_let_go),
	};

	if (argc > 1 && strcmp(argv[1], "peer") == 0)
		be_peer(getenv("DBUS_STARTER_ADDRESS"), STARTED, GIVES,
			-1); /* it ends with its bus */
	if (!realpath(argv[0], this_program))
		return 1;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
