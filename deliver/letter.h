/*
 * The one message, as ssprd hands it over: JSON on stdin (HACKING.md says which fields). Whatever
 * of it will stand in a line of SMTP or in a header is checked here.
 */
#ifndef SSPR_DELIVER_LETTER_H
#define SSPR_DELIVER_LETTER_H

#include <stddef.h>

#include "deliver/delivery.h"
#include "text/address.h"
#include "text/secret.h"

#define LETTER_JSON_MAX (64 * 1024)
#define LETTER_ID_SIZE  65

struct letter {
	char to[ADDRESS_MAX + 1];
	char host[DOMAIN_MAX + 1];
	char id[LETTER_ID_SIZE]; /* "" none */
	struct secret text;      /* UTF-8; lines end in '\n', no other control character but tabs */
};

/* Set up what reading JSON needs from the system, before the sandbox. */
void letter_start(void);

/*
 * Take the message from this JSON; nothing of it is left in freed memory. DELIVERY_SENT: *letter is
 * filled in (letter_done). DELIVERY_REFUSED: nobody could be written to at that address.
 * DELIVERY_MISCONFIGURED: not a message as agreed.
 */
enum delivery letter_parse(struct letter *letter, const struct secret *json);
void letter_done(struct letter *letter);

#endif
