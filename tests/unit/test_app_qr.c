/* QR codes in characters. That they can be read is tested with a reader, in tests/dialog/test_reading.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "methods/app/ask_qr.h"

/* link: methods/app/ask_qr.c */

#define ROOM 3600

static const char uri[] = "otpauth://totp/server1:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
			  "&issuer=server1";

static struct secret
secret_of(const char *text)
{
	struct secret s = { 0 };

	assert_int_equal(secret_set(&s, text, strlen(text)), 0);
	return s;
}

static int
drawn(const char *text, bool inverted, int columns, size_t size, struct secret *picture)
{
	struct secret address = secret_of(text);
	int r = qr_draw(&address, inverted, &columns, size, picture);

	assert_int_equal(picture->len > 0, r == QR_DRAWN);
	secret_done(&address);
	return r;
}

/* The cells of a line: half blocks and blanks, nothing else. */
static size_t
cells(const char *line, const char *end)
{
	size_t count = 0;

	for (; line < end; count++) {
		if (*line == ' ')
			line++;
		else if (strncmp(line, "\u2580", 3) == 0 || strncmp(line, "\u2584", 3) == 0 ||
			 strncmp(line, "\u2588", 3) == 0)
			line += 3;
		else
			fail_msg("not a cell: %.3s", line);
	}
	return count;
}

static void
every_line_is_as_wide_as_the_code_with_its_edge(void **state)
{
	struct secret picture = { 0 };
	const char *line, *end;
	int lines = 0;

	(void)state;
	assert_int_equal(drawn(uri, false, 80, ROOM, &picture), QR_DRAWN);
	for (line = secret_text(&picture); line != NULL; line = end ? end + 1 : NULL, lines++) {
		end = strchr(line, '\n');
		assert_int_equal(cells(line, end ? end : line + strlen(line)), 41);
	}
	assert_int_equal(lines, 21);
	secret_done(&picture);
}

static void
inverted_it_is_the_same_with_dark_and_light_exchanged(void **state)
{
	struct secret light = { 0 }, dark = { 0 };
	const char *a, *b;

	(void)state;
	assert_int_equal(drawn(uri, false, 80, ROOM, &light), QR_DRAWN);
	assert_int_equal(drawn(uri, true, 80, ROOM, &dark), QR_DRAWN);
	for (a = secret_text(&light), b = secret_text(&dark); *a != '\0';) {
		if (*a == '\n') {
			assert_int_equal(*b, '\n');
			a++;
			b++;
			continue;
		}
		if (*a == ' ')
			assert_memory_equal(b, "\u2588", 3);
		if (strncmp(a, "\u2584", 3) == 0)
			assert_memory_equal(b, "\u2580", 3);
		if (strchr(a, '\n') == NULL) /* below the last line there is nothing */
			break;
		a += *a == ' ' ? 1 : 3;
		b += *b == ' ' ? 1 : 3;
	}
	secret_done(&light);
	secret_done(&dark);
}

static void
a_terminal_that_is_too_narrow_is_told_what_it_takes(void **state)
{
	struct secret picture = { 0 }, address = secret_of(uri);
	int columns = 41;

	(void)state;
	assert_int_equal(qr_draw(&address, false, &columns, ROOM, &picture), QR_WIDE);
	assert_int_equal(columns, 42);
	assert_int_equal(picture.len, 0);
	assert_int_equal(qr_draw(&address, false, &columns, ROOM, &picture), QR_DRAWN);
	secret_done(&picture);
	secret_done(&address);
}

static void
what_fits_no_prompt_or_no_code_is_too_long(void **state)
{
	struct secret picture = { 0 };
	char text[4001];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(drawn(text, false, 1000, ROOM, &picture), QR_LONG);
	text[300] = '\0';
	assert_int_equal(drawn(text, false, 1000, ROOM, &picture), QR_LONG);
	assert_int_equal(drawn(text, false, 10, ROOM, &picture), QR_LONG);
	assert_int_equal(drawn(uri, false, 80, 100, &picture), QR_LONG);
}

static void
an_earlier_picture_is_replaced(void **state)
{
	struct secret picture = secret_of("earlier");

	(void)state;
	assert_int_equal(drawn(uri, false, 80, 100, &picture), QR_LONG);
	assert_int_equal(picture.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_as_wide_as_the_code_with_its_edge),
		cmocka_unit_test(inverted_it_is_the_same_with_dark_and_light_exchanged),
		cmocka_unit_test(a_terminal_that_is_too_narrow_is_told_what_it_takes),
		cmocka_unit_test(what_fits_no_prompt_or_no_code_is_too_long),
		cmocka_unit_test(an_earlier_picture_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
