/*
 * Every call is non-blocking whatever the socket's mode; waiting is poll's, against one deadline.
 */
#include "protocol/seqpacket.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* -1: no deadline. */
static int64_t
deadline_after(int timeout_ms)
{
	return timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
}

/* Wait until the socket is ready for events. 0, -ETIMEDOUT, other -errno. */
static int
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;
	int n;

	do {
		left = deadline < 0 ? -1 : deadline - now_ms();
		if (deadline >= 0 && left <= 0)
			return -ETIMEDOUT;
		n = poll(&p, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ETIMEDOUT;
	return p.revents & POLLNVAL ? -EBADF : 0;
}

/* Room for the control message of one descriptor. */
union passing {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void
put_passing(struct msghdr *header, union passing *control, int passing)
{
	memset(control, 0, sizeof(*control));
	header->msg_control = control->room;
	header->msg_controllen = sizeof(control->room);
	control->head.cmsg_level = SOL_SOCKET;
	control->head.cmsg_type = SCM_RIGHTS;
	control->head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control->head), &passing, sizeof(passing));
}

int
seqpacket_send_passing(int fd, const struct iovec *parts, size_t count, int passing, int timeout_ms)
{
	struct msghdr header = { .msg_iov = (struct iovec *)parts, .msg_iovlen = count };
	const int64_t deadline = deadline_after(timeout_ms);
	union passing control;
	int r = 0;

	if (passing >= 0)
		put_passing(&header, &control, passing);
	while (r == 0) {
		if (sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return 0;
		if (errno == EPIPE || errno == ECONNRESET)
			return -EPIPE;
		if (errno == EAGAIN)
			r = wait_for(fd, POLLOUT, deadline);
		else if (errno != EINTR)
			r = -errno;
	}
	return r;
}

int
seqpacket_send(int fd, const struct iovec *parts, size_t count, int timeout_ms)
{
	return seqpacket_send_passing(fd, parts, count, -1, timeout_ms);
}

/* A read of no bytes is the end, or an empty message: only the end hangs up. */
static int
empty_or_closed(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLRDHUP)) != 0)
		return SEQPACKET_CLOSED;
	return SEQPACKET_BAD;
}

/* One read: the message's bytes, 0 the end, or -1 with errno. */
static ssize_t
receive_once(int fd, const struct iovec *parts, size_t count, int *passed, int *flags)
{
	/* Without room for control messages the kernel drops descriptors and says so. */
	struct msghdr header = { .msg_iov = (struct iovec *)parts, .msg_iovlen = count };
	struct cmsghdr *head;
	union passing control;
	ssize_t n;

	if (passed != NULL) {
		header.msg_control = control.room;
		header.msg_controllen = CMSG_LEN(sizeof(int)); /* CMSG_SPACE would hold two */
	}
	n = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	head = n >= 0 && passed != NULL ? CMSG_FIRSTHDR(&header) : NULL;
	if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len >= CMSG_LEN(sizeof(int)))
		memcpy(passed, CMSG_DATA(head), sizeof(*passed));
	*flags = header.msg_flags;
	return n;
}

static int
receive(int fd, const struct iovec *parts, size_t count, int *passed, int timeout_ms, size_t *len)
{
	const int64_t deadline = deadline_after(timeout_ms);
	int flags, r = 0;

	while (r == 0) {
		ssize_t n = receive_once(fd, parts, count, passed, &flags);

		if (n == 0)
			return empty_or_closed(fd);
		if (n > 0 && (flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
			return SEQPACKET_BAD;
		if (n > 0) {
			*len = (size_t)n;
			return SEQPACKET_GOT;
		}
		if (errno == EAGAIN)
			r = wait_for(fd, POLLIN, deadline);
		else if (errno != EINTR && errno != ECONNRESET)
			r = -errno;
		/* ECONNRESET comes once, when the other side closed with something unread: what it
		 * had sent before is still in the queue. */
	}
	return r == -ETIMEDOUT ? SEQPACKET_LATE : r;
}

int
seqpacket_receive(int fd, const struct iovec *parts, size_t count, int timeout_ms, size_t *len)
{
	return receive(fd, parts, count, NULL, timeout_ms, len);
}

int
seqpacket_receive_passed(int fd, const struct iovec *parts, size_t count, int *passed,
			 int timeout_ms, size_t *len)
{
	int r;

	*passed = -1;
	r = receive(fd, parts, count, passed, timeout_ms, len);
	if (r != SEQPACKET_GOT && *passed >= 0) {
		close(*passed);
		*passed = -1;
	}
	return r;
}
