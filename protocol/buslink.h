/*
 * A D-Bus connection whose every wait is bounded by the caller's deadline. libdbus's own connect
 * and Hello wait for ever on a frozen bus, so: a non-blocking connect asks whether the bus answers (a
 * full backlog blocks connect), then open_private, exit_on_disconnect off, an asynchronous Hello.
 * Only unix:path= addresses are taken. No state of its own, and libdbus's habit of ignoring SIGPIPE for
 * the process is turned off; used by the client library inside other people's processes and by ssprd.
 */
#ifndef SSPR_PROTOCOL_BUSLINK_H
#define SSPR_PROTOCOL_BUSLINK_H

#include <stdbool.h>
#include <stdint.h>

struct DBusConnection;
struct DBusMessage;

#define BUS_ADDRESS "unix:path=/run/dbus/system_bus_socket"

/* A moment on CLOCK_MONOTONIC, in milliseconds. */
int64_t buslink_now(void);

/*
 * Connect to the bus at address (NULL: BUS_ADDRESS) and say Hello before deadline. LimitsExceeded
 * is tried again with jitter inside the deadline. 0: *connection is a private connection of the
 * caller's, closed with buslink_close. -EINVAL address, -ETIMEDOUT, -ECONNRESET (also when
 * the last of several tries had too little time), -ECONNREFUSED, -ENOENT, other -errno.
 */
int buslink_open(const char *address, int64_t deadline, struct DBusConnection **connection);

/*
 * The first half of what buslink_open does, without a wait: connect and ask. What the caller does meanwhile
 * costs a login nothing. A socket for buslink_ask, or the caller's to close; -errno otherwise.
 */
int buslink_knock(const char *address);
/*
 * Open, call, close, all before deadline: the call goes out right behind the Hello. knock is what buslink_knock answered
 * at that address, taken over, or -1. Answers as buslink_open and buslink_call; *greeted: the bus itself answered.
 */
int buslink_ask(const char *address, int knock, struct DBusMessage *call, int64_t deadline,
		bool *greeted, struct DBusMessage **reply);

/*
 * Send a method call and wait for its reply until deadline. 0: *reply is the caller's, a method return
 * or an error message. -ETIMEDOUT, -ECONNRESET (the bus went away), -ENOMEM.
 */
int buslink_call(struct DBusConnection *connection, struct DBusMessage *call, int64_t deadline,
		 struct DBusMessage **reply);

/* Wait a short random while before another try. 0, or -ETIMEDOUT at once: the deadline comes first. */
int buslink_pause(int64_t deadline);

/* Close and release. NULL is fine. */
void buslink_close(struct DBusConnection *connection);

#endif
