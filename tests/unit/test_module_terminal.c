/*
 * The dumb terminal: whole dialogs over a socket pair, with sessions that behave, lie, hang and die,
 * and hosts that cannot prompt.
 */
/* link: pam_sspr/terminal.c pam_sspr/plain.c */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_sspr/terminal.h"
#include "protocol/packet.h"

#define ANSWER_LARGE 600

/* What the host's function answers to each prompt, in turn; the last row is repeated. */
struct host_answer {
	int result;
	const char *text; /* NULL: no answer */
	bool no_response; /* resp itself NULL */
};

static int session = -1, side = -1; /* the session's end and the terminal's */
static char shown[65536];           /* what the user saw */
static const struct host_answer *answers;
static int asked;

static int
conv(int count, const struct pam_message **messages, struct pam_response **response, void *arg)
{
	static const char *const styles[] = { [PAM_PROMPT_ECHO_OFF] = "off",
					      [PAM_PROMPT_ECHO_ON] = "on",
					      [PAM_ERROR_MSG] = "error",
					      [PAM_TEXT_INFO] = "info" };
	const int style = messages[0]->msg_style;
	const size_t len = strlen(shown);
	const struct host_answer *a = answers;

	assert_int_equal(count, 1);
	assert_ptr_equal(arg, &asked);
	snprintf(shown + len, sizeof(shown) - len, "%s: %s\n", styles[style], messages[0]->msg);
	if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO) {
		*response = NULL;
		return PAM_SUCCESS;
	}
	asked++;
	if (answers[1].result != -1)
		answers++;
	if (a->result != PAM_SUCCESS) {
		*response = (void *)&asked; /* not to be touched */
		return a->result;
	}
	*response = a->no_response ? NULL : calloc(1, sizeof(**response));
	if (*response != NULL && a->text != NULL)
		(*response)->resp = strdup(a->text);
	return PAM_SUCCESS;
}

static const struct pam_conv host = { .conv = conv, .appdata_ptr = &asked };

#define END                                                                                        \
	{                                                                                          \
		.result = -1                                                                       \
	}

static int
set_up(void **state)
{
	static const struct host_answer yes[] = { { PAM_SUCCESS, "yes", false }, END };
	int pair[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	session = pair[0];
	side = pair[1];
	shown[0] = '\0';
	asked = 0;
	answers = yes;
	return 0;
}

static void
session_dies(void)
{
	if (session >= 0)
		close(session);
	session = -1;
}

static int
tear_down(void **state)
{
	(void)state;
	session_dies();
	close(side);
	return 0;
}

static void
say(enum packet_type type, const char *text)
{
	assert_int_equal(packet_send(session, type, text, strlen(text), 0), 0);
}

static void
say_raw(const char *bytes, size_t len)
{
	assert_true(send(session, bytes, len, MSG_NOSIGNAL) == (ssize_t)len);
}

static const char *
run_as(bool interactive, enum verdict *verdict)
{
	const struct terminal t = { .conv = &host, .interactive = interactive, .silence_ms = 50 };

	*verdict = VERDICT_COUNT;
	return terminal_run(&t, side, verdict);
}

/* The dialog ends with this verdict. */
static void
ends_with(enum verdict expected)
{
	enum verdict verdict;

	assert_null(run_as(true, &verdict));
	assert_int_equal(verdict, expected);
}

/* The dialog fails, and no verdict is given. */
static void
fails_with(const char *problem)
{
	enum verdict verdict;
	const char *got = run_as(true, &verdict);

	assert_non_null(got);
	assert_string_equal(got, problem);
	assert_int_equal(verdict, VERDICT_COUNT);
}

static void
session_heard(char type, const char *text)
{
	struct packet p;

	assert_int_equal(packet_receive(session, &p, 0), PACKET_GOT);
	assert_int_equal(p.type, type);
	assert_string_equal(p.text, text);
}

static void
a_dialog_is_shown_and_answered(void **state)
{
	static const struct host_answer typed[] = { { PAM_SUCCESS, "a@b.example", false },
						    { PAM_SUCCESS, "123456", false },
						    { PAM_SUCCESS, "", false },
						    END };

	(void)state;
	answers = typed;
	say(PACKET_PROMPT_ECHO, "Address\nof yours: ");
	say(PACKET_INFO, "A code was sent.");
	say(PACKET_PROMPT_SECRET, "Code: ");
	say(PACKET_WORKING, "");
	say(PACKET_ERROR, "Wr\xc3\xb6ng.");
	say(PACKET_PROMPT_ECHO, "Again: ");
	say(PACKET_END, "registered");
	ends_with(VERDICT_REGISTERED);
	assert_string_equal(shown, "on: Address\nof yours: \ninfo: A code was sent.\noff: Code: \n"
				   "error: Wr\xc3\xb6ng.\non: Again: \n");
	session_heard(PACKET_ANSWER, "a@b.example");
	session_heard(PACKET_ANSWER, "123456");
	session_heard(PACKET_ANSWER, "");
}

static void
no_answer_is_given_up_and_never_an_empty_answer(void **state)
{
	static const struct host_answer eof[] = { { PAM_SUCCESS, NULL, false },
						  { PAM_SUCCESS, NULL, true },
						  END };

	(void)state;
	answers = eof;
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_END, "postponed");
	ends_with(VERDICT_POSTPONED);
	session_heard(PACKET_GAVE_UP, "cancelled");
	session_heard(PACKET_GAVE_UP, "cancelled");
}

static void
a_host_that_cannot_prompt_says_so_and_shows_the_closing_text(void **state)
{
	static const struct host_answer fails[] = { { PAM_CONV_ERR, NULL, false }, END };

	(void)state;
	answers = fails;
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_INFO, "Please log in with your password once.");
	say(PACKET_END, "no-dialog");
	ends_with(VERDICT_NO_DIALOG);
	session_heard(PACKET_GAVE_UP, "conversation");
	assert_string_equal(shown, "on: ? \ninfo: Please log in with your password once.\n");
}

static void
a_silent_login_is_neither_asked_nor_told(void **state)
{
	enum verdict verdict;

	(void)state;
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_INFO, "text");
	say(PACKET_ERROR, "text");
	say(PACKET_END, "declined");
	assert_null(run_as(false, &verdict));
	assert_int_equal(verdict, VERDICT_DECLINED);
	assert_string_equal(shown, "");
	session_heard(PACKET_GAVE_UP, "conversation");
}

static void
an_answer_that_is_too_long_arrives_as_too_long(void **state)
{
	static char large[ANSWER_LARGE + 1], most[PACKET_ANSWER_MAX + 1];
	const struct host_answer typed[] = { { PAM_SUCCESS, most, false },
					     { PAM_SUCCESS, large, false },
					     END };
	struct packet p;

	(void)state;
	memset(most, 'm', PACKET_ANSWER_MAX);
	memset(large, 'l', ANSWER_LARGE);
	answers = typed;
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_END, "registered");
	ends_with(VERDICT_REGISTERED);
	assert_int_equal(packet_receive(session, &p, 0), PACKET_GOT);
	assert_int_equal(p.len, PACKET_ANSWER_MAX);
	assert_int_equal(packet_receive(session, &p, 0), PACKET_GOT);
	assert_int_equal(p.len, PACKET_ANSWER_MAX + 1);
}

static void
what_was_typed_passes_as_bytes(void **state)
{
	static const struct host_answer typed[] = { { PAM_SUCCESS, "\xff\x1b\r\n\x7f", false },
						    END };

	(void)state;
	answers = typed;
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_END, "registered");
	ends_with(VERDICT_REGISTERED);
	session_heard(PACKET_ANSWER, "\xff\x1b\r\n\x7f");
}

static void
every_verdict_is_handed_on(void **state)
{
	(void)state;
	for (int i = 0; i < VERDICT_COUNT; i++) {
		say(PACKET_END, verdict_word((enum verdict)i));
		ends_with((enum verdict)i);
	}
}

static void
an_unknown_verdict_is_a_failure(void **state)
{
	(void)state;
	say(PACKET_END, "fine");
	fails_with("the session ended with an unknown verdict");
	say(PACKET_END, "");
	fails_with("the session ended with an unknown verdict");
}

static void
a_session_that_is_silent_or_closes_has_failed(void **state)
{
	(void)state;
	fails_with("the session is silent");
	session_dies();
	fails_with("the session closed without a verdict");
}

/* Its time ran out while the user was thinking. */
static void
a_session_that_ended_meanwhile_is_still_heard(void **state)
{
	(void)state;
	say(PACKET_PROMPT_ECHO, "? ");
	say(PACKET_INFO, "Time is up.");
	say(PACKET_END, "timed-out");
	session_dies();
	ends_with(VERDICT_TIMED_OUT);
	assert_string_equal(shown, "on: ? \ninfo: Time is up.\n");
}

static void
a_session_that_died_meanwhile_asks_nothing_more(void **state)
{
	(void)state;
	say(PACKET_PROMPT_ECHO, "one? ");
	say(PACKET_PROMPT_SECRET, "two? ");
	session_dies();
	fails_with("the session closed while it asked");
	assert_string_equal(shown, "on: one? \n");
}

static void
text_that_is_not_plain_is_not_shown(void **state)
{
	static const char *const strange[] = {
		"\xff",    "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		"\x1b[2J", "\x9b",  "\xc2\x9b", "a\rb",         "\x7f",
		"\a"
	};
	static const enum packet_type types[] = { PACKET_PROMPT_ECHO, PACKET_PROMPT_SECRET,
						  PACKET_INFO,        PACKET_ERROR,
						  PACKET_WORKING,     PACKET_END };

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++) {
			say(types[k], strange[i]);
			fails_with("the session sent text that is not plain UTF-8");
		}
	}
	assert_string_equal(shown, "");
}

static void
packets_of_another_form_end_the_dialog(void **state)
{
	static char large[PACKET_TEXT_MAX + 2];

	(void)state;
	memset(large, 'i', sizeof(large));
	say_raw(large, sizeof(large));
	fails_with("the session sent a packet of another form");
	say_raw("ia\0b", 4);
	fails_with("the session sent a packet of another form");
	say_raw("", 0);
	fails_with("the session sent a packet of another form");
	say(PACKET_WORKING, "x");
	fails_with("the session sent a packet of another form");
	assert_string_equal(shown, "");
}

static void
packets_that_a_session_may_not_send_end_the_dialog(void **state)
{
	(void)state;
	for (int type = 0; type < 256; type++) {
		char byte = (char)type;

		if (type != 0 && strchr("?*ie~.", type) != NULL)
			continue;
		say_raw(&byte, 1);
		fails_with("the session sent an unknown packet");
	}
}

static void
a_session_cannot_hold_a_login_for_ever(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		say(PACKET_INFO, "text");
	fails_with("the session sends packets for ever");
	while (recv(side, shown, sizeof(shown), MSG_DONTWAIT) > 0)
		;
	for (int i = 0; i < 100; i++)
		say(PACKET_WORKING, "");
	fails_with("the session sends packets for ever");
}

static void
a_session_that_asks_and_does_not_listen_has_failed(void **state)
{
	(void)state;
	/* Fill the way back, so that the next answer does not fit. */
	while (packet_send(side, PACKET_ANSWER, "x", 1, 0) == 0)
		;
	say(PACKET_PROMPT_ECHO, "? ");
	fails_with("the session does not take an answer");
}

static void
ask_for_ever(void)
{
	struct packet p;

	while (packet_send(session, PACKET_PROMPT_ECHO, "? ", 2, 5000) == 0)
		if (packet_receive(session, &p, 5000) != PACKET_GOT)
			break;
	_exit(0);
}

static void
a_session_cannot_ask_for_ever(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0)
		ask_for_ever();
	fails_with("the session asks for ever");
	assert_int_equal(asked, TERMINAL_PROMPTS_MAX);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dialog_is_shown_and_answered),
		TEST(no_answer_is_given_up_and_never_an_empty_answer),
		TEST(a_host_that_cannot_prompt_says_so_and_shows_the_closing_text),
		TEST(a_silent_login_is_neither_asked_nor_told),
		TEST(an_answer_that_is_too_long_arrives_as_too_long),
		TEST(what_was_typed_passes_as_bytes),
		TEST(every_verdict_is_handed_on),
		TEST(an_unknown_verdict_is_a_failure),
		TEST(a_session_that_is_silent_or_closes_has_failed),
		TEST(a_session_that_ended_meanwhile_is_still_heard),
		TEST(a_session_that_died_meanwhile_asks_nothing_more),
		TEST(text_that_is_not_plain_is_not_shown),
		TEST(packets_of_another_form_end_the_dialog),
		TEST(packets_that_a_session_may_not_send_end_the_dialog),
		TEST(a_session_cannot_hold_a_login_for_ever),
		TEST(a_session_that_asks_and_does_not_listen_has_failed),
		TEST(a_session_cannot_ask_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
