/*
 * Check and Converse against a scripted daemon on a real bus: what is told, what is believed of the
 * answer, and that nothing takes longer than it may.
 */
/* link: tests/unit/fakebus.c */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/buslink.h"
#include "protocol/client.h"
#include "protocol/packet.h"
#include "tests/unit/fakebus.h"

#define LONG_MS  10000
#define SHORT_MS 300
#define SLACK_MS 1500

static struct fakebus bus;
static struct fakeservice service;
static char problem[CLIENT_PROBLEM_MAX];

static const struct client_context plain = { .service = "sshd", .interactive = true };

static int
set_up(void **state)
{
	(void)state;
	return fakebus_start(&bus, "");
}

static int
tear_down(void **state)
{
	(void)state;
	fakeservice_finish(&service);
	fakebus_stop(&bus);
	return 0;
}

static void
serve(const struct script *script)
{
	fakeservice_finish(&service);
	assert_int_equal(fakeservice_start(&service, &bus, script), 0);
}

static int
check(struct client_state *state, int timeout_ms)
{
	const int64_t deadline = buslink_now() + timeout_ms;
	int r;

	r = sspr_client_check(bus.address, timeout_ms, "alice", &plain, state, problem);
	assert_true(buslink_now() - deadline < SLACK_MS);
	assert_true((r == CLIENT_OK) == (problem[0] == '\0'));
	return r;
}

static int
converse(int *fd, int timeout_ms)
{
	int r;

	r = sspr_client_converse(bus.address, timeout_ms, "alice", PURPOSE_ENROLL, &plain, fd,
				 problem);
	assert_true((r == CLIENT_OK) == (problem[0] == '\0'));
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
every_state_is_understood(void **state)
{
	struct client_state got;

	(void)state;
	for (int i = 0; i < STATE_COUNT; i++) {
		serve(&(struct script){ .state = state_word((enum state)i) });
		assert_int_equal(check(&got, LONG_MS), CLIENT_OK);
		assert_int_equal(got.state, i);
		assert_string_equal(got.message, "");
		assert_int_equal(got.postpones_left, -1);
		assert_int_equal(got.due, 0);
	}
}

static void
the_facts_of_a_state_are_read_and_unknown_ones_ignored(void **state)
{
	struct client_state got;

	(void)state;
	serve(&(struct script){ .state = "remind", .message = "two left", .more_facts = true });
	assert_int_equal(check(&got, LONG_MS), CLIENT_OK);
	assert_string_equal(got.message, "two left");
	assert_int_equal(got.postpones_left, 2);
	assert_true(got.due == 1800000000);
}

static void
a_message_that_is_too_long_is_cut_between_characters(void **state)
{
	char text[CLIENT_MESSAGE_MAX + 64];
	struct client_state got;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + CLIENT_MESSAGE_MAX - 3, "\xe2\x82\xac", 3); /* its last byte does not fit */
	text[sizeof(text) - 1] = '\0';
	serve(&(struct script){ .state = "remind", .message = text });
	assert_int_equal(check(&got, LONG_MS), CLIENT_OK);
	assert_int_equal(strlen(got.message), CLIENT_MESSAGE_MAX - 3);
}

static void
a_login_is_told_as_it_is(void **state)
{
	static const char *const groups[] = { "users", "gr\xff" };
	const struct client_context c = {
		.service = "sshd",
		.tty = "ssh",
		.rhost = "\xff.example.org",
		.lang = "nl_NL",
		.columns = 132,
		.interactive = true,
		.from_root = true,
		.uid = 4000000000,
		.groups = groups,
		.group_count = 2,
		.local_password = true,
		.last_login = 1700000000,
	};
	struct client_state got;
	const char *seen;

	(void)state;
	serve(&(struct script){ .state = "ok" });
	assert_int_equal(sspr_client_check(bus.address, LONG_MS, "ali\xff\xfe", &c, &got, problem),
			 CLIENT_OK);
	seen = fakeservice_finish(&service);
	assert_string_equal(seen, "Check aya{sv}\nuser=ali\xff\xfe\nservice:ay=sshd\ntty:ay=ssh\n"
				  "rhost:ay=\xff.example.org\nlang:ay=nl_NL\ncolumns:u=132\n"
				  "interactive:b=true\nuid:t=4000000000\ngroups:aay=users gr\xff \n"
				  "local_password:b=true\nlast_login:x=1700000000\n");
}

static void
what_is_not_known_is_not_told_and_what_is_long_is_cut(void **state)
{
	static char rhost[400];
	const struct client_context c = { .rhost = rhost, .uid = 7, .last_login = 7 };
	struct client_state got;
	const char *seen, *cut;

	(void)state;
	memset(rhost, 'r', sizeof(rhost) - 1);
	serve(&(struct script){ .state = "ok" });
	assert_int_equal(sspr_client_check(bus.address, LONG_MS, "alice", &c, &got, problem), 0);
	seen = fakeservice_finish(&service);
	assert_null(strstr(seen, "service"));
	assert_null(strstr(seen, "uid"));
	assert_null(strstr(seen, "last_login"));
	cut = strstr(seen, "rhost:ay=r");
	assert_non_null(cut);
	assert_int_equal(strspn(cut + strlen("rhost:ay="), "r"), HOST_NAME_MAX_BYTES);
}

static void
a_name_that_is_no_name_is_not_asked_for(void **state)
{
	char name[USER_NAME_MAX + 2];
	struct client_state got;

	(void)state;
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	serve(&(struct script){ .state = "ok" });
	assert_int_equal(sspr_client_check(bus.address, LONG_MS, name, &plain, &got, problem),
			 CLIENT_BAD_REQUEST);
	assert_int_equal(sspr_client_check(bus.address, LONG_MS, "", &plain, &got, problem),
			 CLIENT_BAD_REQUEST);
	assert_string_equal(fakeservice_finish(&service), "");
}

static void
each_error_of_the_daemon_has_its_answer(void **state)
{
	static const struct {
		const char *error;
		enum client_result result;
	} rows[] = {
		{ "NotAllowed", CLIENT_NOT_ALLOWED },
		{ "TooManySessions", CLIENT_TOO_MANY },
		{ "NoSuchUser", CLIENT_NO_USER },
		{ "BadRequest", CLIENT_BAD_REQUEST },
		{ "Unavailable", CLIENT_UNAVAILABLE },
		{ "Strange", CLIENT_UNREACHABLE },
		{ "org.freedesktop.DBus.Error.AccessDenied", CLIENT_UNREACHABLE },
	};
	struct client_state got = { .due = 7 };
	int fd = -7;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		serve(&(struct script){ .check_error = rows[i].error,
					.converse_error = rows[i].error });
		assert_int_equal(check(&got, LONG_MS), rows[i].result);
		assert_non_null(strstr(problem, rows[i].error));
		assert_int_equal(converse(&fd, LONG_MS), rows[i].result);
		assert_non_null(strstr(problem, rows[i].error));
	}
	assert_int_equal(got.due, 7);
	assert_int_equal(fd, -7);
}

static void
an_answer_of_another_form_is_not_believed(void **state)
{
	const int before = open_descriptors();
	struct client_state got;
	int fd;

	(void)state;
	serve(&(struct script){ .state = "ok", .check_form = FORM_OTHER });
	assert_int_equal(check(&got, LONG_MS), CLIENT_UNREACHABLE);
	serve(&(struct script){ .state = "sure" });
	assert_int_equal(check(&got, LONG_MS), CLIENT_UNREACHABLE);
	serve(&(struct script){ .converse_form = FORM_OTHER });
	assert_int_equal(converse(&fd, LONG_MS), CLIENT_UNREACHABLE);
	serve(&(struct script){ .converse_form = FORM_STREAM });
	assert_int_equal(converse(&fd, LONG_MS), CLIENT_UNREACHABLE);
	assert_int_equal(open_descriptors(), before);
}

static void
the_conversation_is_a_packet_socket_and_no_bus_connection_is_left(void **state)
{
	static const struct step steps[] = { { .type = 'i', .text = "hello" }, { 0 } };
	const int before = open_descriptors();
	struct packet p;
	int fd = -1;

	(void)state;
	serve(&(struct script){ .steps = steps });
	assert_int_equal(converse(&fd, LONG_MS), CLIENT_OK);
	assert_int_equal(open_descriptors(), before + 1);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(packet_receive(fd, &p, LONG_MS), PACKET_GOT);
	assert_string_equal(p.text, "hello");
	close(fd);
	assert_non_null(strstr(fakeservice_wait(&service), "Converse aysa{sv}\nuser=alice\n"
							   "purpose=enroll\n"));
}

static void
a_daemon_that_is_absent_or_silent_ends_in_time(void **state)
{
	struct client_state got;
	int fd;

	(void)state;
	assert_int_equal(check(&got, LONG_MS), CLIENT_UNREACHABLE);
	assert_non_null(strstr(problem, "ServiceUnknown"));
	serve(&(struct script){ .check_form = FORM_SILENT, .converse_form = FORM_SILENT });
	assert_int_equal(check(&got, SHORT_MS), CLIENT_UNREACHABLE);
	assert_string_equal(problem, "org.sspr.Sspr1: no answer in time");
	assert_int_equal(converse(&fd, SHORT_MS), CLIENT_UNREACHABLE);
	assert_int_equal(check(&got, 0), CLIENT_UNREACHABLE);
}

static void
a_daemon_that_dies_in_the_call_is_asked_for_once_more(void **state)
{
	struct client_state got;
	pid_t killer;

	(void)state;
	serve(&(struct script){ .check_form = FORM_SILENT });
	assert_int_equal(kill(service.pid, SIGSTOP), 0);
	killer = fork();
	if (killer == 0) {
		poll(NULL, 0, 100);
		kill(service.pid, SIGKILL);
		_exit(0);
	}
	assert_int_equal(check(&got, LONG_MS), CLIENT_UNREACHABLE);
	waitpid(killer, NULL, 0);
	assert_non_null(strstr(problem, "ServiceUnknown")); /* nobody starts it here */
}

static void
a_bus_that_is_absent_frozen_or_misnamed_is_said(void **state)
{
	struct client_state got;

	(void)state;
	assert_int_equal(sspr_client_check("unix:path=/nonexistent/bus", LONG_MS, "alice", &plain,
					   &got, problem),
			 CLIENT_UNREACHABLE);
	assert_string_equal(problem, "the bus: No such file or directory");
	assert_int_equal(sspr_client_check("tcp:port=1", LONG_MS, "alice", &plain, &got, problem),
			 CLIENT_UNREACHABLE);
	assert_string_equal(problem, "the bus: Invalid argument");
	assert_int_equal(kill(bus.pid, SIGSTOP), 0);
	assert_int_equal(check(&got, SHORT_MS), CLIENT_UNREACHABLE);
	assert_string_equal(problem, "the bus: no answer in time");
}

static void
limits_that_pass_are_tried_again(void **state)
{
	struct client_state got;

	(void)state;
	serve(&(struct script){ .state = "ok", .check_form = FORM_LIMITED_ONCE });
	assert_int_equal(check(&got, LONG_MS), CLIENT_OK);
	serve(&(struct script){ .check_error = "org.freedesktop.DBus.Error.LimitsExceeded" });
	assert_int_equal(check(&got, 4 * SHORT_MS),
			 CLIENT_UNREACHABLE); /* long enough for an answer */
	assert_non_null(strstr(problem, "LimitsExceeded"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_state_is_understood),
		TEST(the_facts_of_a_state_are_read_and_unknown_ones_ignored),
		TEST(a_message_that_is_too_long_is_cut_between_characters),
		TEST(a_login_is_told_as_it_is),
		TEST(what_is_not_known_is_not_told_and_what_is_long_is_cut),
		TEST(a_name_that_is_no_name_is_not_asked_for),
		TEST(each_error_of_the_daemon_has_its_answer),
		TEST(an_answer_of_another_form_is_not_believed),
		TEST(the_conversation_is_a_packet_socket_and_no_bus_connection_is_left),
		TEST(a_daemon_that_is_absent_or_silent_ends_in_time),
		TEST(a_daemon_that_dies_in_the_call_is_asked_for_once_more),
		TEST(a_bus_that_is_absent_frozen_or_misnamed_is_said),
		TEST(limits_that_pass_are_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
