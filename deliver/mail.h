/*
 * A letter as RFC 5322 has it: headers, an empty line, the text in quoted-printable; CR LF ends a
 * line and no line is longer than 76 characters. Pure: time and chance are parameters.
 */
#ifndef SSPR_DELIVER_MAIL_H
#define SSPR_DELIVER_MAIL_H

#include <stddef.h>
#include <time.h>

#include "deliver/letter.h"
#include "text/secret.h"

#define MAIL_CHANCE_SIZE 16 /* bytes that make a Message-ID unique */

/*
 * Write the mail; from and letter were checked by deliver/line.h. 0, or -ENOMEM. It holds the code:
 * the caller wipes *mail on every answer.
 */
int mail_compose(struct secret *mail, const char *from, const struct letter *letter, time_t now,
		 const unsigned char chance[MAIL_CHANCE_SIZE]);

#endif
