/*
 * A dialog at a terminal: a child holds it at one end of a pseudo terminal, the test is its user and its session.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "protocol/packet.h"
#include "ssprctl/terminal.h"

/* link: ssprctl/terminal.c ssprctl/safe.c */

#define WAIT_MS 10000

static int terminal, session; /* our ends */
static pid_t child;
static char shown[8192];

static int
set_up(void **state)
{
	int ends[2];

	(void)state;
	shown[0] = '\0';
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	child = forkpty(&terminal, NULL, NULL, NULL);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		_exit((int)terminal_run(ends[1]));
	}
	close(ends[1]);
	session = ends[0];
	return child < 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	close(session);
	close(terminal);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	return 0;
}

static void
say(enum packet_type type, const char *text)
{
	assert_int_equal(packet_send(session, type, text, strlen(text), WAIT_MS), 0);
}

/* Read what is shown until it holds this text. */
static void
see(const char *text)
{
	while (!strstr(shown, text)) {
		struct pollfd p = { .fd = terminal, .events = POLLIN };
		size_t len = strlen(shown);
		ssize_t n;

		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		n = read(terminal, shown + len, sizeof(shown) - len - 1);
		assert_true(n > 0);
		shown[len + (size_t)n] = '\0';
	}
}

static void
type(const char *text)
{
	assert_int_equal(write(terminal, text, strlen(text)), strlen(text));
}

static void
hear(enum packet_type wanted, const char *text)
{
	struct packet p;

	assert_int_equal(packet_receive(session, &p, WAIT_MS), PACKET_GOT);
	assert_int_equal(p.type, wanted);
	assert_string_equal(p.text, text);
}

static bool
echoes(void)
{
	struct termios t;

	assert_int_equal(tcgetattr(terminal, &t), 0);
	return t.c_lflag & ECHO;
}

static int
ending(void)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	child = 0;
	return status;
}

static void
an_answer_goes_to_the_session_and_the_verdict_comes_back(void **state)
{
	(void)state;
	say(PACKET_INFO, "one\ntwo");
	say(PACKET_PROMPT_ECHO, "Which? ");
	see("one\r\ntwo\r\nWhich? ");
	type("the \xc3\xa9 answer\n");
	hear(PACKET_ANSWER, "the \xc3\xa9 answer");
	say(PACKET_WORKING, "");
	say(PACKET_END, "confirmed");
	assert_int_equal(WEXITSTATUS(ending()), VERDICT_CONFIRMED);
}

static void
a_hidden_answer_is_not_echoed_and_echo_is_back_afterwards(void **state)
{
	(void)state;
	say(PACKET_PROMPT_SECRET, "Code: ");
	see("Code: ");
	assert_false(echoes());
	type("secret\n");
	hear(PACKET_ANSWER, "secret");
	say(PACKET_PROMPT_ECHO, "Next: ");
	see("Next: ");
	assert_true(echoes());
	assert_null(strstr(shown, "secret"));
}

static void
the_end_of_input_is_cancelled(void **state)
{
	(void)state;
	say(PACKET_PROMPT_SECRET, "Code: ");
	see("Code: ");
	type("\x04");
	hear(PACKET_GAVE_UP, PACKET_CANCELLED);
	say(PACKET_END, "postponed");
	assert_int_equal(WEXITSTATUS(ending()), VERDICT_POSTPONED);
	assert_true(echoes());
}

static void
a_signal_ends_the_program_by_it_with_echo_back_and_the_session_told(void **state)
{
	(void)state;
	say(PACKET_PROMPT_SECRET, "Code: ");
	see("Code: ");
	type("half");
	type("\x03"); /* Ctrl-C */
	hear(PACKET_GAVE_UP, PACKET_CANCELLED);
	assert_int_equal(WTERMSIG(ending()), SIGINT);
	assert_true(echoes());
}

static void
an_end_while_a_prompt_stands_is_noticed_at_once(void **state)
{
	(void)state;
	say(PACKET_PROMPT_SECRET, "Code: ");
	see("Code: ");
	say(PACKET_END, "replaced");
	assert_int_equal(WEXITSTATUS(ending()), VERDICT_REPLACED);
	assert_true(echoes());
}

static void
a_session_that_closes_has_failed(void **state)
{
	(void)state;
	say(PACKET_PROMPT_SECRET, "Code: ");
	see("Code: ");
	shutdown(session, SHUT_RDWR);
	assert_int_equal(WEXITSTATUS(ending()), VERDICT_FAILED);
	assert_true(echoes());
}

static void
a_verdict_that_is_unknown_has_failed(void **state)
{
	(void)state;
	say(PACKET_END, "wonderful");
	assert_int_equal(WEXITSTATUS(ending()), VERDICT_FAILED);
}

static void
what_would_steer_the_terminal_is_shown_escaped(void **state)
{
	(void)state;
	say(PACKET_INFO, "a\x1b[2Jb");
	see("a\\x1b[2Jb");
}

static void
too_long_an_answer_is_cut_to_one_byte_more_than_is_taken(void **state)
{
	char line[PACKET_ANSWER_MAX + 102];
	struct packet p;

	(void)state;
	memset(line, 'x', sizeof(line) - 2);
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	say(PACKET_PROMPT_ECHO, "Which? ");
	see("Which? ");
	type(line);
	assert_int_equal(packet_receive(session, &p, WAIT_MS), PACKET_GOT);
	assert_int_equal(p.len, PACKET_ANSWER_MAX + 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_answer_goes_to_the_session_and_the_verdict_comes_back),
		TEST(a_hidden_answer_is_not_echoed_and_echo_is_back_afterwards),
		TEST(the_end_of_input_is_cancelled),
		TEST(a_signal_ends_the_program_by_it_with_echo_back_and_the_session_told),
		TEST(an_end_while_a_prompt_stands_is_noticed_at_once),
		TEST(a_session_that_closes_has_failed),
		TEST(a_verdict_that_is_unknown_has_failed),
		TEST(what_would_steer_the_terminal_is_shown_escaped),
		TEST(too_long_an_answer_is_cut_to_one_byte_more_than_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
