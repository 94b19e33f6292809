/*
 * PAM's conversation in packets: whose turn it is, whatever comes of an answer. The supervisor's clock over PAM's modules runs only
 * while it is the machine's.
 */
/* link: passwd/talk.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "passwd/talk.h"
#include "protocol/packet.h"

static int ends[2], turns[2]; /* [0] is the test's */
static bool going_on;

static int
set_up(void **state)
{
	(void)state;
	going_on = true;
	return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0 || pipe(turns) < 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
		close(turns[i]);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static bool
may_go_on(void *arg)
{
	(void)arg;
	return going_on;
}

/* One prompt with a hidden answer that lies there already when it is asked. What PAM gets. */
static int
asked_once(struct talk *t, enum packet_type type, const char *answer)
{
	const struct pam_message message = { PAM_PROMPT_ECHO_OFF, "New password: " };
	const struct pam_message *messages = &message;
	struct pam_response *responses = NULL;
	int r;

	*t = (struct talk){
		.fd = ends[1], .turn = turns[1], .wait_ms = 200, .may_go_on = may_go_on
	};
	if (fork() == 0) { /* the holder, who waits to be asked */
		struct packet p;

		if (packet_receive(ends[0], &p, 5000) == PACKET_GOT && type != PACKET_END)
			(void)packet_send(ends[0], type, answer, strlen(answer), 0);
		_exit(0);
	}
	if (type == PACKET_END) { /* it closes */
		close(ends[0]);
		ends[0] = -1;
	}
	r = talk_converse(1, &messages, &responses, t);
	if (r == PAM_SUCCESS) {
		assert_string_equal(responses->resp, answer);
		free(responses->resp);
		free(responses);
	}
	return r;
}

static void
assert_machine_s_turn(void)
{
	char said[8];

	assert_int_equal(read(turns[0], said, sizeof(said)), 2);
	assert_int_equal(said[0], TURN_HOLDER);
	assert_int_equal(said[1], TURN_MACHINE);
}

static void
an_answer_gives_the_turn_back(void **state)
{
	struct talk t;

	(void)state;
	assert_int_equal(asked_once(&t, PACKET_ANSWER, "correct horse"), PAM_SUCCESS);
	assert_int_equal(t.end, TALK_GOES_ON);
	assert_machine_s_turn();
}

static void
so_does_every_end(void **state)
{
	static const struct {
		enum packet_type type;
		const char *text;
		enum talk_end end;
	} rows[] = {
		{ PACKET_GAVE_UP, PACKET_CANCELLED, TALK_GAVE_UP },
		{ PACKET_PROMPT_ECHO, "who are you?", TALK_OUT_OF_TURN },
		{ PACKET_END, "", TALK_GONE },
	};
	struct talk t;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (i > 0) {
			tear_down(state);
			set_up(state);
		}
		assert_int_equal(asked_once(&t, rows[i].type, rows[i].text), PAM_CONV_ERR);
		assert_int_equal(t.end, rows[i].end);
		assert_machine_s_turn();
	}
}

static void
an_account_that_is_stopped_does_too(void **state)
{
	struct talk t;

	(void)state;
	going_on = false;
	assert_int_equal(asked_once(&t, PACKET_ANSWER, "correct horse"), PAM_CONV_ERR);
	assert_int_equal(t.end, TALK_STOPPED);
	assert_machine_s_turn();
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(an_answer_gives_the_turn_back),
		T(so_does_every_end),
		T(an_account_that_is_stopped_does_too),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
