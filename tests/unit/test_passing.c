/*
 * A message with a descriptor: one crosses, more than one is refused, and none is ever kept that its reader does not know of.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>

#include "protocol/request.h"

static int pair[2], given[2];
static struct message message;

static int
open_pair(void **state)
{
	(void)state;
	message_start(&message, REPLY_OK);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	return pipe2(given, O_CLOEXEC);
}

static int
close_pair(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(given[i]);
	}
	return 0;
}

static int
open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

/* Send the message with so many descriptors, whatever the project's own sender would do. */
static void
send_with(size_t count, const void *data, size_t len)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control;
	struct iovec part = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr header = { .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
	int fds[8];

	memset(&control, 0, sizeof(control));
	for (size_t i = 0; i < count; i++)
		fds[i] = given[1];
	control.head = (struct cmsghdr){ CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), fds, count * sizeof(int));
	assert_true(sendmsg(pair[0], &header, 0) == (ssize_t)len);
}

static void
one_crosses_and_is_the_same_and_close_on_exec(void **state)
{
	int before = open_descriptors(), passed = -2;
	char byte = 0;

	(void)state;
	assert_int_equal(message_send_passing(pair[0], &message, given[1], 1000), 0);
	assert_int_equal(message_receive_passed(pair[1], &message, &passed, 1000), MESSAGE_GOT);
	assert_int_equal(message.len, 1);
	assert_int_equal(open_descriptors(), before + 1);
	assert_true((fcntl(passed, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true(write(passed, "x", 1) == 1 && read(given[0], &byte, 1) == 1);
	assert_int_equal(byte, 'x');
	close(passed);
}

static void
none_is_said_to_be_none(void **state)
{
	int passed = 0;

	(void)state;
	assert_int_equal(message_receive_passed(pair[1], &message, &passed, 0), MESSAGE_LATE);
	assert_int_equal(passed, -1);
	message_start(&message, REPLY_OK);
	assert_int_equal(message_send_passing(pair[0], &message, -1, 1000), 0);
	assert_int_equal(message_receive_passed(pair[1], &message, &passed, 1000), MESSAGE_GOT);
	assert_int_equal(passed, -1);
}

static void
more_than_one_is_refused_and_none_is_kept(void **state)
{
	int before = open_descriptors(), passed;

	(void)state;
	for (size_t count = 2; count <= 8; count++) {
		send_with(count, "o", 1);
		passed = 0;
		assert_int_equal(message_receive_passed(pair[1], &message, &passed, 1000),
				 MESSAGE_BAD);
		assert_int_equal(passed, -1);
		assert_int_equal(open_descriptors(), before);
	}
}

static void
one_beside_a_message_that_is_too_long_is_not_kept(void **state)
{
	static const char large[REQUEST_MAX + 1];
	int before = open_descriptors(), passed = 0;

	(void)state;
	send_with(1, large, sizeof(large));
	assert_int_equal(message_receive_passed(pair[1], &message, &passed, 1000), MESSAGE_BAD);
	assert_int_equal(passed, -1);
	assert_int_equal(open_descriptors(), before);
}

static void
who_wants_none_gets_none(void **state)
{
	int before = open_descriptors();

	(void)state;
	send_with(1, "o", 1);
	assert_int_equal(message_receive(pair[1], &message, 1000), MESSAGE_BAD);
	assert_int_equal(open_descriptors(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_crosses_and_is_the_same_and_close_on_exec),
		TEST(none_is_said_to_be_none),
		TEST(more_than_one_is_refused_and_none_is_kept),
		TEST(one_beside_a_message_that_is_too_long_is_not_kept),
		TEST(who_wants_none_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
