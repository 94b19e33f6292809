/*
 * What ssprd hands to sspr-deliver, of any content: refused, or a mail in which every line is short printable ASCII that
 * ends in CR LF, begins with no dot, and has the headers that it should and no other.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/letter.h"
#include "deliver/line.h"
#include "deliver/mail.h"
#include "text/log.h"
/* link: deliver/encode.c deliver/letter.c deliver/line.c deliver/message_json.c deliver/mail.c */

#define LINE_MAX_CHARACTERS (76 + ADDRESS_MAX) /* a header with an address is not folded */

int LLVMFuzzerInitialize(int *count, char ***values);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
no_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)text;
	(void)arg;
}

int
LLVMFuzzerInitialize(int *count, char ***values)
{
	(void)count;
	(void)values;
	log_to(no_line, NULL);
	letter_start();
	return 0;
}

static void
expect(int good)
{
	if (!good)
		abort();
}

/* The next line, without its end. */
static const char *
take_line(const char **at, size_t *len)
{
	const char *line = *at, *end = strstr(line, "\r\n");
	size_t i;

	expect(end != NULL);
	*len = (size_t)(end - line);
	*at = end + 2;
	expect(*len <= LINE_MAX_CHARACTERS && line[0] != '.');
	for (i = 0; i < *len; i++)
		expect((line[i] >= ' ' && line[i] <= '~') || line[i] == '\t');
	return line;
}

static void
check_headers(const char **at)
{
	static const char *const names[] = { "From: ",          "To: ",
					     "Subject: ",       "Date: ",
					     "Message-ID: ",    "MIME-Version: ",
					     "Content-Type: ",  "Content-Transfer-Encoding: ",
					     "Auto-Submitted: " };
	const char *line;
	size_t i, len;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		do
			line = take_line(at, &len);
		while (line[0] == ' ' && i > 0); /* a folded one goes on */
		expect(strncmp(line, names[i], strlen(names[i])) == 0);
	}
	take_line(at, &len);
	expect(len == 0);
}

static void
check_mail(const struct letter *letter)
{
	static const unsigned char chance[MAIL_CHANCE_SIZE];
	struct secret mail = { 0 };
	const char *at;
	size_t len;

	expect(line_is_address(letter->to) && line_is_host(letter->host));
	expect(mail_compose(&mail, "sspr@example.net", letter, 0, chance) == 0);
	expect(strlen(secret_text(&mail)) == mail.len);
	at = secret_text(&mail);
	check_headers(&at);
	while (*at)
		take_line(&at, &len);
	secret_done(&mail);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct letter letter = { 0 };
	struct secret json = { 0 };
	enum delivery d;

	if (size > LETTER_JSON_MAX || secret_set(&json, data, size) < 0)
		return 0;
	d = letter_parse(&letter, &json);
	if (d == DELIVERY_SENT)
		check_mail(&letter);
	else
		expect(d == DELIVERY_REFUSED || d == DELIVERY_MISCONFIGURED);
	letter_done(&letter);
	secret_done(&json);
	return 0;
}
