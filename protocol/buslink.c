/*
 * Connecting and calling with a deadline. The rule: nothing here waits but in poll(), for at most
 * SLICE_MS at a time, and looks at the clock in between.
 */
#include "protocol/buslink.h"

#include <dbus/dbus.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SLICE_MS        50
#define RETRY_LEAST_MS  10
#define RETRY_SPREAD_MS 64

int64_t
buslink_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* How long to wait now: what is left, SLICE_MS at most; 0 when the deadline has come. */
static int
slice(int64_t deadline)
{
	const int64_t left = deadline - buslink_now();

	if (left <= 0)
		return 0;
	return left < SLICE_MS ? (int)left : SLICE_MS;
}

int
buslink_pause(int64_t deadline)
{
	struct timespec ts;
	int64_t left;
	int wait;

	/* The nanoseconds differ enough between logins that were turned away together. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	wait = RETRY_LEAST_MS + (int)((ts.tv_nsec / 1000 + getpid()) % RETRY_SPREAD_MS);
	left = deadline - buslink_now();
	if (left <= wait)
		return -ETIMEDOUT;
	poll(NULL, 0, wait);
	return 0;
}

/* The path of "unix:path=PATH", alone or with a guid behind it. */
static int
parse_address(const char *address, struct sockaddr_un *where)
{
	DBusAddressEntry **entries = NULL;
	const char *path = NULL;
	int count = 0, r = -EINVAL;

	if (!dbus_parse_address(address, &entries, &count, NULL))
		return -EINVAL;
	if (count == 1 && strcmp(dbus_address_entry_get_method(entries[0]), "unix") == 0)
		path = dbus_address_entry_get_value(entries[0], "path");
	if (path != NULL && path[0] == '/' && strlen(path) < sizeof(where->sun_path)) {
		memset(where, 0, sizeof(*where));
		where->sun_family = AF_UNIX;
		memcpy(where->sun_path, path, strlen(path) + 1);
		r = 0;
	}
	dbus_address_entries_free(entries);
	return r;
}

/* A connected socket, or -errno. -EAGAIN: the backlog is full. */
static int
probe_connect(const struct sockaddr_un *where)
{
	int fd, r;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)where, sizeof(*where)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

/* Wait for the first bytes of an answer. 0, -ECONNRESET, -ETIMEDOUT. */
static int
probe_wait(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;
	ssize_t got;
	int wait;

	while ((wait = slice(deadline)) > 0) {
		if (poll(&p, 1, wait) <= 0)
			continue;
		got = recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
		if (got > 0)
			return 0;
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return -ECONNRESET;
	}
	return -ETIMEDOUT;
}

/* Connect and ask something that a bus answers. A socket, or -errno. */
static int
knock_at(const struct sockaddr_un *where)
{
	static const char question[] = "\0AUTH\r\n";
	int fd;

	fd = probe_connect(where);
	if (fd >= 0 && send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		close(fd);
		return -ECONNRESET;
	}
	return fd;
}

int
buslink_knock(const char *address)
{
	struct sockaddr_un where;
	int r;

	r = parse_address(address != NULL ? address : BUS_ADDRESS, &where);
	return r < 0 ? r : knock_at(&where);
}

/*
 * Is somebody there who accepts and answers? libdbus's connect() blocks for as long as the backlog
 * is full, and a bus that is frozen takes connections until it is: a probe that only connects could
 * take the last place itself. A bus that answered has emptied its backlog up to us. Closes the knock.
 */
static int
probe(const struct sockaddr_un *where, int knock, int64_t deadline)
{
	int r;

	if (knock < 0)
		knock = knock_at(where);
	if (knock < 0)
		return knock;
	r = probe_wait(knock, deadline);
	close(knock);
	return r;
}

static int
wait_for_reply(struct DBusConnection *connection, DBusPendingCall *pending, int64_t deadline)
{
	int wait;

	while (!dbus_pending_call_get_completed(pending)) {
		wait = slice(deadline);
		if (wait == 0)
			return -ETIMEDOUT;
		if (!dbus_connection_read_write_dispatch(connection, wait) &&
		    !dbus_pending_call_get_completed(pending))
			return -ECONNRESET;
	}
	return 0;
}

/* Send, without a wait. 0: *pending is the caller's to unref. */
static int
send_call(struct DBusConnection *connection, struct DBusMessage *call, DBusPendingCall **pending)
{
	/* No timer of libdbus's: it would need a main loop. The deadline is ours. */
	if (!dbus_connection_send_with_reply(connection, call, pending, INT_MAX))
		return -ENOMEM;
	return *pending != NULL ? 0 : -ECONNRESET;
}

/* Wait for the reply, and unref the pending call. As buslink_call. */
static int
take_reply(struct DBusConnection *connection, DBusPendingCall *pending, int64_t deadline,
	   struct DBusMessage **reply)
{
	DBusMessage *answer;
	int r;

	r = wait_for_reply(connection, pending, deadline);
	if (r < 0) {
		dbus_pending_call_cancel(pending);
		goto out;
	}
	answer = dbus_pending_call_steal_reply(pending);
	if (answer == NULL) {
		r = -ENOMEM;
	} else if (dbus_message_get_sender(answer) == NULL &&
		   !dbus_connection_get_is_connected(connection)) {
		/* Not the bus's: libdbus ends its own open calls so when the bus is gone. */
		dbus_message_unref(answer);
		r = -ECONNRESET;
	} else {
		*reply = answer;
	}
out:
	dbus_pending_call_unref(pending);
	return r;
}

int
buslink_call(struct DBusConnection *connection, struct DBusMessage *call, int64_t deadline,
	     struct DBusMessage **reply)
{
	DBusPendingCall *pending = NULL;
	int r;

	r = send_call(connection, call, &pending);
	return r < 0 ? r : take_reply(connection, pending, deadline, reply);
}

static int
send_hello(struct DBusConnection *connection, DBusPendingCall **pending)
{
	DBusMessage *call;
	int r;

	call = dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS,
					    "Hello");
	if (call == NULL)
		return -ENOMEM;
	r = send_call(connection, call, pending);
	dbus_message_unref(call);
	return r;
}

/* 0: we have a name. -EAGAIN: the bus has too many connections. */
static int
take_hello(struct DBusConnection *connection, DBusPendingCall *pending, int64_t deadline)
{
	DBusMessage *reply = NULL;
	const char *name = NULL;
	int r;

	r = take_reply(connection, pending, deadline, &reply);
	if (r < 0)
		return r;
	if (dbus_message_is_error(reply, DBUS_ERROR_LIMITS_EXCEEDED))
		r = -EAGAIN;
	else if (dbus_message_get_type(reply) != DBUS_MESSAGE_TYPE_METHOD_RETURN ||
		 !dbus_message_get_args(reply, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID))
		r = -EPROTO;
	else if (!dbus_bus_set_unique_name(connection, name))
		r = -ENOMEM;
	dbus_message_unref(reply);
	return r;
}

/*
 * Say Hello, and send the call behind it without waiting for its reply: the bus takes them in order. The reply to
 * the call is waited for here only when the Hello was answered well.
 */
static int
greet(struct DBusConnection *connection, struct DBusMessage *call, int64_t deadline,
      DBusPendingCall **called)
{
	DBusPendingCall *hello = NULL;
	int r;

	r = send_hello(connection, &hello);
	if (r < 0)
		return r;
	if (call != NULL)
		r = send_call(connection, call, called);
	if (r < 0)
		dbus_pending_call_unref(hello);
	else
		r = take_hello(connection, hello, deadline);
	if (r < 0 && *called != NULL) {
		dbus_pending_call_cancel(*called);
		dbus_pending_call_unref(*called);
		*called = NULL;
	}
	return r;
}

static int
open_once(const char *address, const struct sockaddr_un *where, int knock, struct DBusMessage *call,
	  int64_t deadline, struct DBusConnection **connection, DBusPendingCall **called)
{
	DBusConnection *opened;
	int r;

	r = probe(where, knock, deadline);
	if (r < 0)
		return r;
	opened = dbus_connection_open_private(address, NULL);
	if (opened == NULL)
		return -ECONNREFUSED;
	dbus_connection_set_exit_on_disconnect(opened, FALSE);
	r = greet(opened, call, deadline, called);
	if (r < 0)
		buslink_close(opened);
	else
		*connection = opened;
	return r;
}

/* call NULL: only open. Else *called is pending when 0 is answered. */
static int
open_before(const char *address, int knock, struct DBusMessage *call, int64_t deadline,
	    struct DBusConnection **connection, DBusPendingCall **called)
{
	struct sockaddr_un where;
	int r, before = -ETIMEDOUT;

	if (address == NULL)
		address = BUS_ADDRESS;
	r = parse_address(address, &where);
	if (r < 0) {
		if (knock >= 0)
			close(knock);
		return r;
	}
	/* Else libdbus would set SIGPIPE of the whole process to ignored; it sends without it. */
	dbus_connection_set_change_sigpipe(FALSE);
	for (;;) {
		DBusMessage *copy =
			call != NULL ? dbus_message_copy(call) : NULL; /* sent once in its life */

		if (call != NULL && copy == NULL)
			r = -ENOMEM;
		else
			r = open_once(address, &where, knock, copy, deadline, connection, called);
		if (copy != NULL)
			dbus_message_unref(copy);
		knock = -1;
		/* Full, or one of too many that have not said Hello yet: both pass. */
		if (r == -ECONNRESET)
			before = r;
		else if (r != -EAGAIN)
			return r == -ETIMEDOUT ? before : r;
		if (buslink_pause(deadline) < 0)
			return before;
	}
}

int
buslink_ask(const char *address, int knock, struct DBusMessage *call, int64_t deadline,
	    bool *greeted, struct DBusMessage **reply)
{
	struct DBusConnection *connection = NULL;
	DBusPendingCall *called = NULL;
	int r;

	r = open_before(address, knock, call, deadline, &connection, &called);
	*greeted = r == 0;
	if (r == 0)
		r = take_reply(connection, called, deadline, reply);
	buslink_close(connection);
	return r;
}

int
buslink_open(const char *address, int64_t deadline, struct DBusConnection **connection)
{
	DBusPendingCall *none = NULL;

	return open_before(address, -1, NULL, deadline, connection, &none);
}

void
buslink_close(struct DBusConnection *connection)
{
	if (connection == NULL)
		return;
	dbus_connection_close(connection);
	dbus_connection_unref(connection);
}
