/*
 * Packets: one type byte, then text.
 */
#include "protocol/packet.h"

#include <errno.h>
#include <string.h>

#include "protocol/seqpacket.h"

_Static_assert(PACKET_GOT == (int)SEQPACKET_GOT && PACKET_CLOSED == (int)SEQPACKET_CLOSED &&
		       PACKET_LATE == (int)SEQPACKET_LATE && PACKET_BAD == (int)SEQPACKET_BAD,
	       "packet_receive answers what seqpacket_receive answers");

int
packet_send(int fd, enum packet_type type, const char *text, size_t len, int timeout_ms)
{
	unsigned char byte = (unsigned char)type;
	const struct iovec parts[] = {
		{ .iov_base = &byte, .iov_len = 1 },
		{ .iov_base = (void *)text, .iov_len = len },
	};

	if (len > PACKET_TEXT_MAX)
		return -EMSGSIZE;
	return seqpacket_send(fd, parts, len > 0 ? 2 : 1, timeout_ms);
}

int
packet_receive(int fd, struct packet *p, int timeout_ms)
{
	unsigned char raw[1 + PACKET_TEXT_MAX];
	const struct iovec part = { .iov_base = raw, .iov_len = sizeof(raw) };
	size_t len;
	int r;

	r = seqpacket_receive(fd, &part, 1, timeout_ms, &len);
	if (r == SEQPACKET_GOT && memchr(raw + 1, '\0', len - 1) != NULL)
		r = SEQPACKET_BAD;
	if (r == SEQPACKET_GOT) {
		p->type = raw[0];
		p->len = len - 1;
		memcpy(p->text, raw + 1, p->len);
		p->text[p->len] = '\0';
	}
	explicit_bzero(raw, sizeof(raw));
	return r;
}

void
packet_done(struct packet *p)
{
	explicit_bzero(p, sizeof(*p));
}
