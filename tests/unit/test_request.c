/*
 * Requests and replies: what is put is what is got, and nothing malformed is taken apart.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/request.h"

static struct message message;
static struct fields fields;

static void
parse_bytes(const char *bytes, size_t len, bool good)
{
	memcpy(message.data, bytes, len);
	message.len = len;
	assert_int_equal(message_parse(&message, &fields), good);
}

static void
fields_come_back_as_they_were_put(void **state)
{
	char text[32];
	int64_t number;

	(void)state;
	message_start(&message, REQUEST_TRY);
	assert_int_equal(message_put_text(&message, "email"), 0);
	assert_int_equal(message_put(&message, "a\0b", 3), 0);
	assert_int_equal(message_put_number(&message, -42), 0);
	assert_int_equal(message_put_text(&message, ""), 0);
	assert_true(message_parse(&message, &fields));
	assert_int_equal(fields.op, REQUEST_TRY);
	assert_int_equal(fields.count, 4);
	assert_true(field_text(&fields, 0, text, sizeof(text)));
	assert_string_equal(text, "email");
	assert_int_equal(fields.field[1].len, 3);
	assert_memory_equal(fields.field[1].data, "a\0b", 3);
	assert_true(field_number(&fields, 2, &number));
	assert_int_equal(number, -42);
	assert_true(field_text(&fields, 3, text, sizeof(text)));
	assert_string_equal(text, "");
}

static void
a_message_takes_so_many_bytes_and_not_one_more(void **state)
{
	static unsigned char large[REQUEST_MAX];
	size_t before;

	(void)state;
	message_start(&message, REPLY_OK);
	assert_int_equal(message_put(&message, large, REQUEST_MAX - 3), 0);
	assert_int_equal(message.len, REQUEST_MAX);
	assert_true(message_parse(&message, &fields));
	assert_int_equal(message_put(&message, large, 0), -EMSGSIZE);
	message_start(&message, REPLY_OK);
	before = message.len;
	assert_int_equal(message_put(&message, large, REQUEST_MAX - 2), -EMSGSIZE);
	assert_int_equal(message_put(&message, large, SIZE_MAX), -EMSGSIZE);
	assert_int_equal(message.len, before);
}

static void
a_message_takes_so_many_fields_and_not_one_more(void **state)
{
	(void)state;
	message_start(&message, REPLY_OK);
	for (int i = 0; i < REQUEST_FIELDS_MAX; i++)
		assert_int_equal(message_put_text(&message, "x"), 0);
	assert_true(message_parse(&message, &fields));
	assert_int_equal(fields.count, REQUEST_FIELDS_MAX);
	assert_int_equal(message_put_text(&message, "x"), -EMSGSIZE);
	/* one that another program made */
	memcpy(message.data + message.len, "\1\0x", 3);
	message.len += 3;
	assert_false(message_parse(&message, &fields));
}

static void
what_is_malformed_is_not_taken_apart(void **state)
{
	(void)state;
	parse_bytes("", 0, false);
	parse_bytes("f\1", 2, false);
	parse_bytes("f\1\0", 3, false);
	parse_bytes("f\2\0x", 4, false);
	parse_bytes("f\1\0x\0", 5, false);
	parse_bytes("f\xff\xffx", 4, false);
	parse_bytes("f", 1, true);
	assert_int_equal(fields.count, 0);
	parse_bytes("f\0\0", 3, true);
	assert_int_equal(fields.count, 1);
	message.len = REQUEST_MAX + 1;
	assert_false(message_parse(&message, &fields));
}

static void
text_that_does_not_fit_or_holds_a_nul_is_refused_and_empty(void **state)
{
	char text[4] = "old";

	(void)state;
	parse_bytes("f\4\0abcd\3\0abc\3\0a\0b", 17, true);
	assert_false(field_text(&fields, 0, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_true(field_text(&fields, 1, text, sizeof(text)));
	assert_string_equal(text, "abc");
	assert_false(field_text(&fields, 2, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_false(field_text(&fields, 3, text, sizeof(text)));
	assert_false(field_text(&fields, SIZE_MAX, text, sizeof(text)));
}

static bool
number_is(const char *text, int64_t *number)
{
	message_start(&message, REPLY_OK);
	assert_int_equal(message_put_text(&message, text), 0);
	assert_true(message_parse(&message, &fields));
	return field_number(&fields, 0, number);
}

static void
numbers_have_digits_and_fit(void **state)
{
	static const char *const strange[] = { "",
					       "-",
					       "--1",
					       "+1",
					       " 1",
					       "1 ",
					       "0x1",
					       "1.0",
					       "1e3",
					       "9223372036854775808",
					       "-9223372036854775809",
					       "99999999999999999999",
					       "00000000000000000000000000001" };
	int64_t number = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		assert_false(number_is(strange[i], &number));
	assert_int_equal(number, 7);
	assert_true(number_is("9223372036854775807", &number));
	assert_true(number == INT64_MAX);
	assert_true(number_is("-9223372036854775808", &number));
	assert_true(number == INT64_MIN);
	assert_true(number_is("007", &number));
	assert_int_equal(number, 7);
	assert_false(field_number(&fields, 1, &number));
}

static void
reasons_and_finishes_have_words_that_find_them_back(void **state)
{
	(void)state;
	for (int i = 0; i < REASON_COUNT; i++)
		assert_int_equal(reason_from_word(reason_word((enum reason)i)), i);
	for (int i = 0; i < FINISH_COUNT; i++)
		assert_int_equal(finish_from_word(finish_word((enum finish)i)), i);
	assert_string_equal(reason_word(REASON_DOMAIN_FORBIDDEN), "domain-forbidden");
	assert_null(reason_word(REASON_COUNT));
	assert_null(finish_word(FINISH_COUNT));
	assert_int_equal(reason_from_word("Syntax"), REASON_COUNT);
	assert_int_equal(finish_from_word(NULL), FINISH_COUNT);
}

static void
a_message_crosses_a_socket_whole(void **state)
{
	static struct message other;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(message_receive(pair[1], &other, 0), MESSAGE_LATE);
	message_start(&message, REQUEST_LOG);
	assert_int_equal(message_put_text(&message, "a line"), 0);
	assert_int_equal(message_send(pair[0], &message, 0), 0);
	assert_int_equal(message_receive(pair[1], &other, 0), MESSAGE_GOT);
	assert_int_equal(other.len, message.len);
	assert_memory_equal(other.data, message.data, message.len);
	message_done(&other);
	assert_int_equal(other.len, 0);
	assert_int_equal(other.data[0], 0);
	close(pair[0]);
	assert_int_equal(message_receive(pair[1], &other, 0), MESSAGE_CLOSED);
	close(pair[1]);
}

static void
a_message_that_is_too_long_is_bad(void **state)
{
	static char large[REQUEST_MAX + 1];
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_true(send(pair[0], large, sizeof(large), 0) == (ssize_t)sizeof(large));
	assert_int_equal(message_receive(pair[1], &message, 0), MESSAGE_BAD);
	assert_true(send(pair[0], large, sizeof(large) - 1, 0) == (ssize_t)sizeof(large) - 1);
	assert_int_equal(message_receive(pair[1], &message, 0), MESSAGE_GOT);
	assert_int_equal(message.len, REQUEST_MAX);
	close(pair[0]);
	close(pair[1]);
}

static void
sending_without_waiting_says_try_again(void **state)
{
	int pair[2], r = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	message_start(&message, REQUEST_FACTS);
	for (int i = 0; i < 100000 && r == 0; i++)
		r = message_send(pair[0], &message, 0);
	assert_int_equal(r, -EAGAIN);
	assert_int_equal(message_send(pair[0], &message, 10), -ETIMEDOUT);
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_come_back_as_they_were_put),
		cmocka_unit_test(a_message_takes_so_many_bytes_and_not_one_more),
		cmocka_unit_test(a_message_takes_so_many_fields_and_not_one_more),
		cmocka_unit_test(what_is_malformed_is_not_taken_apart),
		cmocka_unit_test(text_that_does_not_fit_or_holds_a_nul_is_refused_and_empty),
		cmocka_unit_test(numbers_have_digits_and_fit),
		cmocka_unit_test(reasons_and_finishes_have_words_that_find_them_back),
		cmocka_unit_test(a_message_crosses_a_socket_whole),
		cmocka_unit_test(a_message_that_is_too_long_is_bad),
		cmocka_unit_test(sending_without_waiting_says_try_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
