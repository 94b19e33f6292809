/*
 * The one message for a phone, as ssprd hands it over: JSON on stdin (HACKING.md says which
 * fields), read or spoken by its gateway. letter_start (deliver/letter.h) comes first.
 */
#ifndef SSPR_DELIVER_SHORT_MESSAGE_H
#define SSPR_DELIVER_SHORT_MESSAGE_H

#include <stdbool.h>

#include "deliver/delivery.h"
#include "protocol/limits.h"
#include "text/address.h"
#include "text/phone.h"
#include "text/secret.h"

#define SHORT_MESSAGE_TEXT_MAX 4096 /* bytes */
#define SHORT_MESSAGE_CODE_MAX 64
#define SHORT_MESSAGE_ID_SIZE  65

struct short_message {
	char to[PHONE_SIZE];        /* "+4930123456x123" */
	char number[PHONE_SIZE];    /* without the extension */
	char extension[PHONE_SIZE]; /* "" none */
	struct secret text; /* UTF-8; lines end in '\n', no other control character but tabs */
	struct secret code,
		spaced; /* "123456", "1 2 3 4 5 6"; empty where the message has no code */
	char user[USER_NAME_MAX + 1]; /* "" not said, as all below */
	char host[DOMAIN_MAX + 1];
	char lang[LANG_NAME_MAX + 1]; /* xx or xx_YY */
	char id[SHORT_MESSAGE_ID_SIZE];
};

/*
 * Take the message from this JSON; nothing of it is left in freed memory. extension: the number may
 * have one. DELIVERY_SENT: *m is filled in (short_message_done). DELIVERY_REFUSED: that is no phone
 * number. DELIVERY_LATER: no memory. DELIVERY_MISCONFIGURED: not a message as agreed.
 */
enum delivery
short_message_parse(struct short_message *m, const struct secret *json, bool extension);
void short_message_done(struct short_message *m);

#endif
