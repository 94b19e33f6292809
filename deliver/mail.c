/*
 * A letter as RFC 5322 has it. Every header that holds something from outside was checked, or is
 * encoded.
 */
#include "deliver/mail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deliver/encode.h"

#define HEADERS_MAX 2048 /* all but the subject: two addresses, an id, a date, the fixed ones */

/*
 * RFC 5322's names, in no language but its own, and always in UTC: where the host stands is
 * nobody's business.
 */
static void
add_date(struct draft *d, time_t now)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char line[80];
	struct tm tm;

	if (!gmtime_r(&now, &tm))
		return;
	snprintf(line, sizeof(line), "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
		 days[tm.tm_wday % 7], tm.tm_mday, months[tm.tm_mon % 12], tm.tm_year + 1900,
		 tm.tm_hour, tm.tm_min, tm.tm_sec);
	draft_text(d, line);
}

static void
add_id(struct draft *d, const char *from, const char *id, const unsigned char *chance)
{
	char hex[2 * MAIL_CHANCE_SIZE + 1];
	size_t i;

	for (i = 0; i < MAIL_CHANCE_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", chance[i]);
	draft_text(d, "Message-ID: <");
	if (*id) {
		draft_text(d, id);
		draft_text(d, ".");
	}
	draft_text(d, hex);
	draft_text(d, strchr(from, '@'));
	draft_text(d, ">\r\n");
}

static void
add_headers(struct draft *d, const char *from, const struct letter *letter, time_t now,
	    const unsigned char *chance)
{
	const char *text = secret_text(&letter->text);

	draft_text(d, "From: ");
	draft_text(d, from);
	draft_text(d, "\r\nTo: ");
	draft_text(d, letter->to);
	draft_text(d, "\r\n");
	encode_header(d, "Subject", text, strcspn(text, "\n"));
	add_date(d, now);
	add_id(d, from, letter->id, chance);
	draft_text(d, "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=UTF-8\r\n"
		      "Content-Transfer-Encoding: quoted-printable\r\n"
		      "Auto-Submitted: auto-generated\r\n"
		      "\r\n");
}

int
mail_compose(struct secret *mail, const char *from, const struct letter *letter, time_t now,
	     const unsigned char chance[MAIL_CHANCE_SIZE])
{
	struct draft d = { 0 };
	int r;

	d.size = HEADERS_MAX + 2 * ENCODED_MAX(letter->text.len);
	r = secret_room(mail, d.size);
	if (r < 0)
		return r;
	d.data = mail->data;
	add_headers(&d, from, letter, now, chance);
	encode_body(&d, secret_text(&letter->text), letter->text.len);
	if (d.full)
		return -ENOMEM;
	mail->data[d.len] = '\0';
	mail->len = d.len;
	return 0;
}
