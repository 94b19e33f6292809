/*
 * Calls that ssprd makes: sent, awaited on the loop, let go. What is not awaited any more comes to
 * nobody: libdbus drops it, and with it the descriptor that it brings.
 */
#include <errno.h>
#include <string.h>

#include "ssprd/bus_private.h"
#include "text/log.h"

/* Off the list, its question cancelled. */
static void
out_forget(struct bus_out *out)
{
	struct bus *bus = out->bus;

	if (!bus)
		return;
	if (out->pending) {
		dbus_pending_call_cancel(out->pending);
		dbus_pending_call_unref(out->pending);
	}
	out->pending = NULL;
	if (out->next)
		out->next->previous = out->previous;
	if (out->previous)
		out->previous->next = out->next;
	else
		bus->outs = out->next;
	bus->out_count--;
	out->next = out->previous = NULL;
	out->bus = NULL;
}

void
bus_out_cancel(struct bus_out *out)
{
	out_forget(out);
}

static void
out_enter(struct bus *bus, struct bus_out *out)
{
	out->bus = bus;
	out->previous = NULL;
	out->next = bus->outs;
	if (bus->outs)
		bus->outs->previous = out;
	bus->outs = out;
	bus->out_count++;
}

/* The descriptor of a reply, or why there is none. */
static int
reply_read(const char *method, DBusMessage *m)
{
	int fd = -1;

	if (m && dbus_message_get_type(m) == DBUS_MESSAGE_TYPE_ERROR) {
		log_error("%s: the answer is %s", method, dbus_message_get_error_name(m));
		return dbus_message_is_error(m, DBUS_ERROR_NO_REPLY) ? -ETIMEDOUT : -EACCES;
	}
	if (!m || !dbus_message_has_signature(m, DBUS_TYPE_UNIX_FD_AS_STRING) ||
	    !dbus_message_get_args(m, NULL, DBUS_TYPE_UNIX_FD, &fd, DBUS_TYPE_INVALID)) {
		log_error("%s: the answer is no descriptor", method);
		return -EBADMSG;
	}
	return fd;
}

static void
out_answered(DBusPendingCall *pending, void *arg)
{
	struct bus_out *out = arg;
	DBusMessage *m = dbus_pending_call_steal_reply(pending);
	int fd = reply_read(out->method, m);

	if (m)
		dbus_message_unref(m);
	out_forget(out);
	out->done(out->arg, fd); /* may free out: last */
}

/* The name goes as bytes: it need not be UTF-8. */
static DBusMessage *
message_of(const struct bus_out_call *call)
{
	DBusMessage *m =
		dbus_message_new_method_call(call->name, call->path, call->interface, call->method);

	if (!m)
		return NULL;
	dbus_message_set_auto_start(m, TRUE);
	if (dbus_message_append_args(m, DBUS_TYPE_ARRAY, DBUS_TYPE_BYTE, &call->user,
				     (int)strlen(call->user), DBUS_TYPE_INVALID))
		return m;
	dbus_message_unref(m);
	return NULL;
}

int
bus_call_out(struct bus *bus, const struct bus_out_call *call, struct bus_out *out)
{
	DBusPendingCall *pending = NULL;
	DBusMessage *m;
	int r = 0;

	if (!bus || bus->gone)
		return -ENOTCONN;
	if (bus->out_count >= BUS_OUT_MAX)
		return -EBUSY;
	m = message_of(call);
	if (!m || !dbus_connection_send_with_reply(bus->connection, m, &pending, call->timeout_ms))
		r = -ENOMEM;
	else if (!pending)
		r = -ENOTCONN;
	else if (!dbus_pending_call_set_notify(pending, out_answered, out, NULL))
		r = -ENOMEM;
	if (m)
		dbus_message_unref(m);
	if (r == 0) {
		out->method = call->method;
		out->pending = pending;
		out_enter(bus, out);
	} else if (pending) {
		dbus_pending_call_cancel(pending);
		dbus_pending_call_unref(pending);
	}
	return r;
}
