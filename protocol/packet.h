/*
 * The terminal's packets: SOCK_SEQPACKET, one type byte and at most PACKET_TEXT_MAX bytes of
 * UTF-8 without NUL. sspr-session speaks them with pam_sspr (or ssprctl) at the other end.
 *
 * From the session: PROMPT_ECHO, PROMPT_SECRET, INFO, ERROR, WORKING, END (payload: the verdict).
 * From the terminal: ANSWER (raw bytes as typed, any encoding, no NUL), GAVE_UP (payload
 * "conversation": it cannot prompt, or "cancelled").
 * An ANSWER longer than PACKET_ANSWER_MAX says "more was typed than is taken": a terminal that
 * gets more sends the first PACKET_ANSWER_MAX + 1 bytes, a session refuses it with a text.
 */
#ifndef SSPR_PROTOCOL_PACKET_H
#define SSPR_PROTOCOL_PACKET_H

#include <stddef.h>

#include "protocol/limits.h"

enum packet_type {
	PACKET_PROMPT_ECHO = '?',
	PACKET_PROMPT_SECRET = '*',
	PACKET_INFO = 'i',
	PACKET_ERROR = 'e',
	PACKET_WORKING = '~',
	PACKET_END = '.',
	PACKET_ANSWER = '=',
	PACKET_GAVE_UP = '!',
};

#define PACKET_CANNOT_PROMPT "conversation"
#define PACKET_CANCELLED     "cancelled"

/* Room for a whole packet and a NUL; holds what users typed, so its owner wipes it (packet_done). */
struct packet {
	enum packet_type type;
	size_t len;                     /* of text, without the NUL */
	char text[PACKET_TEXT_MAX + 1]; /* always NUL-terminated */
};

enum packet_result {
	PACKET_GOT = 0,    /* *p is filled in */
	PACKET_CLOSED = 1, /* the other side closed */
	PACKET_LATE = 2,   /* nothing came within timeout_ms */
	PACKET_BAD = 3,    /* too long, empty, a NUL inside, or a control message: end the dialog */
};

/*
 * Send one packet, never blocking longer than timeout_ms (the socket may be blocking or not).
 * 0: sent. -EPIPE: the other side is gone. -EMSGSIZE: len over PACKET_TEXT_MAX. -ETIMEDOUT. Other -errno.
 */
int packet_send(int fd, enum packet_type type, const char *text, size_t len, int timeout_ms);

/*
 * Wait up to timeout_ms (-1: for ever) for one packet. Answers an enum packet_result, or -errno.
 * The type is given as it came: whether it is permitted here is the caller's to judge.
 * Whether the text is UTF-8 is not checked here. *p changes only on PACKET_GOT.
 */
int packet_receive(int fd, struct packet *p, int timeout_ms);

/* Wipe what the packet held. */
void packet_done(struct packet *p);

#endif
