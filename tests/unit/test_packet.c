/*
 * Packets over a real socket pair: whole or refused, never waiting longer than told.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/packet.h"

static int pair[2];

static int
set_up(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static void
close_end(int end)
{
	if (pair[end] >= 0)
		close(pair[end]);
	pair[end] = -1;
}

static int
tear_down(void **state)
{
	(void)state;
	close_end(0);
	close_end(1);
	return 0;
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
a_packet_arrives_as_it_was_sent(void **state)
{
	struct packet p;

	(void)state;
	assert_int_equal(packet_send(pair[0], PACKET_PROMPT_ECHO, "Code: ", 6, 0), 0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
	assert_int_equal(p.type, PACKET_PROMPT_ECHO);
	assert_int_equal(p.len, 6);
	assert_string_equal(p.text, "Code: ");
	assert_int_equal(packet_send(pair[0], PACKET_WORKING, NULL, 0, 0), 0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
	assert_int_equal(p.type, PACKET_WORKING);
	assert_int_equal(p.len, 0);
	assert_string_equal(p.text, "");
}

static void
a_full_packet_fits_and_one_byte_more_does_not(void **state)
{
	static char text[PACKET_TEXT_MAX + 1];
	struct packet p;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(packet_send(pair[0], PACKET_INFO, text, PACKET_TEXT_MAX, 0), 0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
	assert_int_equal(p.len, PACKET_TEXT_MAX);
	assert_int_equal(strlen(p.text), PACKET_TEXT_MAX);
	assert_int_equal(packet_send(pair[0], PACKET_INFO, text, sizeof(text), 0), -EMSGSIZE);
	assert_int_equal(packet_receive(pair[1], &p, 0), PACKET_LATE);
}

static void
a_packet_that_is_malformed_is_bad_and_changes_nothing(void **state)
{
	static char large[PACKET_TEXT_MAX + 2];
	struct packet p = { .type = PACKET_ERROR, .len = 1, .text = "x" };

	(void)state;
	memset(large, 'a', sizeof(large));
	assert_true(send(pair[0], large, sizeof(large), 0) == (ssize_t)sizeof(large));
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_BAD);
	assert_true(send(pair[0], "=a\0b", 4, 0) == 4);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_BAD);
	assert_true(send(pair[0], "", 0, 0) == 0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_BAD);
	assert_int_equal(p.type, PACKET_ERROR);
	assert_string_equal(p.text, "x");
	/* and the socket still works */
	assert_int_equal(packet_send(pair[0], PACKET_INFO, "y", 1, 0), 0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
}

static void
a_descriptor_that_is_sent_along_is_refused_and_not_kept(void **state)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { .iov_base = (char[]){ 'i', 'x' }, .iov_len = 2 };
	struct msghdr header = { .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&header);
	struct packet p;
	int before = open_descriptors();

	(void)state;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &pair[0], sizeof(int));
	assert_true(sendmsg(pair[0], &header, 0) == 2);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_BAD);
	assert_int_equal(open_descriptors(), before);
}

static void
silence_is_late_and_closing_is_closed(void **state)
{
	struct packet p;

	(void)state;
	assert_int_equal(packet_receive(pair[1], &p, 0), PACKET_LATE);
	assert_int_equal(packet_receive(pair[1], &p, 20), PACKET_LATE);
	close_end(0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_CLOSED);
	assert_int_equal(packet_receive(pair[1], &p, -1), PACKET_CLOSED);
}

static void
what_was_sent_before_closing_is_still_read(void **state)
{
	struct packet p;

	(void)state;
	/* The other side closes with an answer unread, as a session does whose time is up. */
	assert_int_equal(packet_send(pair[1], PACKET_ANSWER, "late", 4, 0), 0);
	assert_int_equal(packet_send(pair[0], PACKET_INFO, "time is up", 10, 0), 0);
	assert_int_equal(packet_send(pair[0], PACKET_END, "timed-out", 9, 0), 0);
	close_end(0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
	assert_string_equal(p.text, "time is up");
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
	assert_string_equal(p.text, "timed-out");
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_CLOSED);
}

static void
sending_to_one_who_is_gone_says_so_without_a_signal(void **state)
{
	(void)state;
	assert_int_equal(packet_send(pair[1], PACKET_ANSWER, "a", 1, 0), 0);
	close_end(0);
	/* The first call gets the reset, the second the broken pipe: both mean gone. */
	assert_int_equal(packet_send(pair[1], PACKET_ANSWER, "b", 1, 1000), -EPIPE);
	assert_int_equal(packet_send(pair[1], PACKET_ANSWER, "c", 1, 1000), -EPIPE);
}

static void
sending_to_one_who_does_not_read_ends_in_time(void **state)
{
	int r = 0;

	(void)state;
	for (int i = 0; i < 100000 && r == 0; i++)
		r = packet_send(pair[0], PACKET_INFO, "text", 4, 10);
	assert_int_equal(r, -ETIMEDOUT);
}

static void
a_packet_that_is_done_holds_nothing(void **state)
{
	static const struct packet nothing;
	struct packet p;

	(void)state;
	assert_int_equal(packet_send(pair[0], PACKET_ANSWER, "secret", 6, 0), 0);
	assert_int_equal(packet_receive(pair[1], &p, 1000), PACKET_GOT);
	packet_done(&p);
	assert_memory_equal(&p, &nothing, sizeof(p));
}

static void
a_descriptor_that_is_no_socket_is_an_error(void **state)
{
	struct packet p;

	(void)state;
	assert_true(packet_receive(-1, &p, 0) < 0);
	assert_true(packet_send(-1, PACKET_INFO, "a", 1, 0) < 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_packet_arrives_as_it_was_sent),
		TEST(a_full_packet_fits_and_one_byte_more_does_not),
		TEST(a_packet_that_is_malformed_is_bad_and_changes_nothing),
		TEST(a_descriptor_that_is_sent_along_is_refused_and_not_kept),
		TEST(silence_is_late_and_closing_is_closed),
		TEST(what_was_sent_before_closing_is_still_read),
		TEST(sending_to_one_who_is_gone_says_so_without_a_signal),
		TEST(sending_to_one_who_does_not_read_ends_in_time),
		TEST(a_packet_that_is_done_holds_nothing),
		TEST(a_descriptor_that_is_no_socket_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
