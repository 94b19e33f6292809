/*
 * A call's way: the table's row, the size, the caller's uid from the bus, who may call, the
 * handler. What does not pass one of these gets an error by name and has caused no work but that.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/bus_private.h"
#include "text/log.h"

#define UID_WAIT_MS 5000
#define ERROR_NAME  "org.sspr.Sspr1.Error."

static const struct {
	const char *name, *text;
} errors[] = {
	[BUS_NOT_ALLOWED] = { ERROR_NAME "NotAllowed", "You may not ask this" },
	[BUS_TOO_MANY_SESSIONS] = { ERROR_NAME "TooManySessions", "Too many at a time" },
	[BUS_NO_SUCH_USER] = { ERROR_NAME "NoSuchUser", "There is no record of this user" },
	[BUS_BAD_REQUEST] = { ERROR_NAME "BadRequest", "The arguments are not right" },
	[BUS_UNAVAILABLE] = { ERROR_NAME "Unavailable", "The service cannot do this now" },
};

static void
send_error(struct bus *bus, DBusMessage *m, const char *name, const char *text)
{
	DBusMessage *reply;

	if (dbus_message_get_no_reply(m))
		return;
	reply = dbus_message_new_error(m, name, text);
	if (!reply)
		return;
	dbus_connection_send(bus->connection, reply, NULL);
	dbus_message_unref(reply);
}

void
call_free(struct bus_call *call)
{
	struct bus *bus = call->bus;

	if (call->pending) {
		dbus_pending_call_cancel(call->pending);
		dbus_pending_call_unref(call->pending);
	}
	if (call->next)
		call->next->previous = call->previous;
	if (call->previous)
		call->previous->next = call->next;
	else
		bus->calls = call->next;
	bus->call_count--;
	if (call->reply)
		dbus_message_unref(call->reply);
	dbus_message_unref(call->message);
	free(call);
}

static struct bus_call *
call_new(struct bus *bus, DBusMessage *m, const struct bus_method *method)
{
	struct bus_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->bus = bus;
	call->method = method;
	call->message = dbus_message_ref(m);
	call->next = bus->calls;
	if (bus->calls)
		bus->calls->previous = call;
	bus->calls = call;
	bus->call_count++;
	return call;
}

/* The last check, that of the row's column. */
static int
caller_check(struct bus_call *call)
{
	const struct bus_setup *setup = &call->bus->setup;
	int r;

	if (call->uid == 0 || call->method->who == CALLER_ANYBODY)
		return BUS_FINE;
	if (call->method->who != CALLER_SELF)
		return BUS_NOT_ALLOWED;
	r = setup->is_self(setup->arg, call->user, call->uid);
	if (r < 0)
		return r;
	return r == 1 ? BUS_FINE : BUS_NOT_ALLOWED;
}

static void
call_run(struct bus_call *call)
{
	struct bus *bus = call->bus;
	int r = caller_check(call);

	if (r == BUS_FINE)
		r = reply_start(call) ? call->method->handler(bus->setup.arg, call) : -ENOMEM;
	if (r == BUS_FINE && (call->broken || call->depth != 0)) {
		log_error("%s: no memory for the reply", call->method->name);
		r = BUS_UNAVAILABLE;
	}
	if (r < 0 || r > BUS_UNAVAILABLE)
		r = BUS_UNAVAILABLE;
	if (r != BUS_FINE)
		send_error(bus, call->message, errors[r].name, errors[r].text);
	else if (!dbus_message_get_no_reply(call->message))
		dbus_connection_send(bus->connection, call->reply, NULL);
	call_free(call);
}

/* The bus told whose the calling connection is. */
static void
uid_came(DBusPendingCall *pending, void *arg)
{
	struct bus_call *call = arg;
	struct bus *bus = call->bus;
	DBusMessage *m = dbus_pending_call_steal_reply(pending);
	dbus_uint32_t uid = 0;
	bool known = m && dbus_message_get_type(m) == DBUS_MESSAGE_TYPE_METHOD_RETURN &&
		     dbus_message_get_args(m, NULL, DBUS_TYPE_UINT32, &uid, DBUS_TYPE_INVALID);

	if (m)
		dbus_message_unref(m);
	call->uid = uid;
	if (bus->gone) {
		call_free(call);
	} else if (known) {
		call_run(call);
	} else { /* the caller went away meanwhile, or the bus did not answer */
		send_error(bus, call->message, errors[BUS_NOT_ALLOWED].name,
			   errors[BUS_NOT_ALLOWED].text);
		call_free(call);
	}
}

static bool
uid_ask(struct bus_call *call)
{
	const char *sender = dbus_message_get_sender(call->message);
	DBusMessage *m = dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS,
						      DBUS_INTERFACE_DBUS, "GetConnectionUnixUser");
	bool asked = false;

	if (m && sender &&
	    dbus_message_append_args(m, DBUS_TYPE_STRING, &sender, DBUS_TYPE_INVALID) &&
	    dbus_connection_send_with_reply(call->bus->connection, m, &call->pending,
					    UID_WAIT_MS) &&
	    call->pending)
		asked = dbus_pending_call_set_notify(call->pending, uid_came, call, NULL);
	if (m)
		dbus_message_unref(m);
	return asked;
}

/* Held calls are bounded in number and in size: what one caller sends must not fill our memory. */
static bool
call_fits(const struct bus *bus, DBusMessage *m)
{
	char *data = NULL;
	int len = 0;

	if (bus->call_count >= BUS_CALLS_MAX || !dbus_message_marshal(m, &data, &len))
		return false;
	dbus_free(data);
	return len <= BUS_CALL_SIZE_MAX;
}

static void
call_begin(struct bus *bus, DBusMessage *m, const struct bus_method *method)
{
	struct bus_call *call;

	if (!dbus_message_has_signature(m, method->in)) {
		send_error(bus, m, errors[BUS_BAD_REQUEST].name, errors[BUS_BAD_REQUEST].text);
		return;
	}
	call = call_fits(bus, m) ? call_new(bus, m, method) : NULL;
	if (!call) {
		send_error(bus, m, DBUS_ERROR_LIMITS_EXCEEDED, "Too many calls are waiting");
		return;
	}
	if (!call_read_user(call)) {
		send_error(bus, m, errors[BUS_BAD_REQUEST].name, errors[BUS_BAD_REQUEST].text);
		call_free(call);
	} else if (!uid_ask(call)) {
		send_error(bus, m, errors[BUS_UNAVAILABLE].name, errors[BUS_UNAVAILABLE].text);
		call_free(call);
	}
}

static const struct bus_method *
method_find(const struct bus *bus, DBusMessage *m)
{
	const char *interface = dbus_message_get_interface(m);
	const char *member = dbus_message_get_member(m);

	for (const struct bus_interface *i = bus->setup.interfaces; i->name; i++) {
		if (interface && strcmp(interface, i->name) != 0)
			continue;
		for (const struct bus_method *method = i->methods; method->name; method++)
			if (member && strcmp(member, method->name) == 0)
				return method;
	}
	return NULL;
}

/* The arguments of a method, one complete type each, as introspection says them. */
static void
print_arguments(FILE *f, const char *signature, const char *direction)
{
	DBusSignatureIter i;

	if (!*signature)
		return;
	dbus_signature_iter_init(&i, signature);
	do {
		char *type = dbus_signature_iter_get_signature(&i);

		fprintf(f, "   <arg type=\"%s\" direction=\"%s\"/>\n", type ? type : "", direction);
		dbus_free(type);
	} while (dbus_signature_iter_next(&i));
}

static void
introspect(struct bus *bus, DBusMessage *m)
{
	DBusMessage *reply = dbus_message_new_method_return(m);
	char *xml = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&xml, &len);

	if (!f || !reply)
		goto out;
	fputs(DBUS_INTROSPECT_1_0_XML_DOCTYPE_DECL_NODE "<node>\n", f);
	for (const struct bus_interface *i = bus->setup.interfaces; i->name; i++) {
		fprintf(f, " <interface name=\"%s\">\n", i->name);
		for (const struct bus_method *method = i->methods; method->name; method++) {
			fprintf(f, "  <method name=\"%s\">\n", method->name);
			print_arguments(f, method->in, "in");
			print_arguments(f, method->out, "out");
			fputs("  </method>\n", f);
		}
		fputs(" </interface>\n", f);
	}
	fputs("</node>\n", f);
	if (fclose(f) == 0 &&
	    dbus_message_append_args(reply, DBUS_TYPE_STRING, &xml, DBUS_TYPE_INVALID))
		dbus_connection_send(bus->connection, reply, NULL);
	f = NULL;
out:
	if (f)
		fclose(f);
	free(xml);
	if (reply)
		dbus_message_unref(reply);
}

DBusHandlerResult
dispatch_message(DBusConnection *c, DBusMessage *m, void *arg)
{
	struct bus *bus = arg;
	const struct bus_method *method;

	(void)c;
	if (dbus_message_get_type(m) != DBUS_MESSAGE_TYPE_METHOD_CALL)
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
	if (dbus_message_is_method_call(m, DBUS_INTERFACE_INTROSPECTABLE, "Introspect")) {
		introspect(bus, m);
		return DBUS_HANDLER_RESULT_HANDLED;
	}
	method = method_find(bus, m);
	if (!method)
		return DBUS_HANDLER_RESULT_NOT_YET_HANDLED; /* libdbus answers UnknownMethod */
	call_begin(bus, m, method);
	return DBUS_HANDLER_RESULT_HANDLED;
}
