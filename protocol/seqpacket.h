/*
 * Messages on a SOCK_SEQPACKET socket pair, whole or not at all, with a limit on each wait. What is
 * under packets and requests; knows nothing of what a message means.
 */
#ifndef SSPR_PROTOCOL_SEQPACKET_H
#define SSPR_PROTOCOL_SEQPACKET_H

#include <stddef.h>
#include <sys/uio.h>

enum seqpacket_result {
	SEQPACKET_GOT = 0,
	SEQPACKET_CLOSED = 1, /* the other side closed, and all that it had sent was read */
	SEQPACKET_LATE = 2,   /* nothing came within timeout_ms */
	SEQPACKET_BAD =
		3, /* longer than the room, empty, or with file descriptors (they are dropped) */
};

/*
 * Send the parts as one message. timeout_ms: 0 does not wait, -1 for ever. 0: sent. -EPIPE: the
 * other side is gone (no SIGPIPE). -ETIMEDOUT. Other -errno.
 */
int seqpacket_send(int fd, const struct iovec *parts, size_t count, int timeout_ms);

/*
 * Receive one message into the parts, filled one after the other; *len is the whole message's. Answers an
 * enum seqpacket_result or -errno; what the parts hold is meaningful only on SEQPACKET_GOT.
 */
int seqpacket_receive(int fd, const struct iovec *parts, size_t count, int timeout_ms, size_t *len);

/*
 * The same with one descriptor beside the message. passing: -1 none; it is duplicated and stays the caller's. *passed: -1 where none came, else
 * the caller's, close-on-exec; two or more are SEQPACKET_BAD.
 */
int seqpacket_send_passing(int fd, const struct iovec *parts, size_t count, int passing,
			   int timeout_ms);
int seqpacket_receive_passed(int fd, const struct iovec *parts, size_t count, int *passed,
			     int timeout_ms, size_t *len);

#endif
