/* The connection to the bus: libdbus's watches and timeouts on our loop. */
#include "ssprd/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/buslink.h"
#include "ssprd/bus_private.h"
#include "text/log.h"

#define DISPATCH_AT_ONCE                                                                           \
	16                 /* messages a turn: a flood of calls does not keep the dialogs waiting */
#define LEAVE_WAIT_MS 5000 /* for the bus's word that the name is free */
#define LEAVE_LOOK_MS 2

static void
bus_gone(struct bus *bus, const char *why)
{
	if (bus->gone)
		return;
	bus->gone = true;
	log_error("%s", why);
	bus->setup.gone(bus->setup.arg);
}

static void
watch_ready(unsigned int events, void *arg)
{
	struct bus *bus = arg;
	unsigned int flags = 0;

	if (events & LOOP_READ)
		flags |= DBUS_WATCH_READABLE;
	if (events & LOOP_WRITE)
		flags |= DBUS_WATCH_WRITABLE;
	if (events & LOOP_GONE)
		flags |= DBUS_WATCH_HANGUP;
	for (int i = 0; i < 2; i++) {
		DBusWatch *w = bus->watches[i];
		unsigned int wanted;

		if (!w || !dbus_watch_get_enabled(w))
			continue;
		wanted = dbus_watch_get_flags(w) | DBUS_WATCH_HANGUP | DBUS_WATCH_ERROR;
		if (flags & wanted)
			dbus_watch_handle(w, flags & wanted);
	}
}

/* The two watches are of one descriptor, which epoll takes once: their wishes together. */
static dbus_bool_t
watches_changed(struct bus *bus)
{
	unsigned int events = 0;
	int fd = -1;

	for (int i = 0; i < 2; i++) {
		unsigned int flags;

		if (!bus->watches[i])
			continue;
		fd = dbus_watch_get_unix_fd(bus->watches[i]);
		if (!dbus_watch_get_enabled(bus->watches[i]))
			continue;
		flags = dbus_watch_get_flags(bus->watches[i]);
		events |= (flags & DBUS_WATCH_READABLE) ? LOOP_READ : 0;
		events |= (flags & DBUS_WATCH_WRITABLE) ? LOOP_WRITE : 0;
	}
	if (fd < 0) {
		loop_unwatch(&bus->watch);
		return TRUE;
	}
	if (bus->watch.loop)
		return loop_watch_events(&bus->watch, events) == 0;
	return loop_watch(bus->setup.loop, &bus->watch, fd, events, watch_ready, bus) == 0;
}

static dbus_bool_t
watch_add(DBusWatch *w, void *arg)
{
	struct bus *bus = arg;
	int slot = bus->watches[0] ? 1 : 0;

	if (bus->watches[slot])
		return FALSE;
	bus->watches[slot] = w;
	return watches_changed(bus);
}

static void
watch_remove(DBusWatch *w, void *arg)
{
	struct bus *bus = arg;

	for (int i = 0; i < 2; i++)
		if (bus->watches[i] == w)
			bus->watches[i] = NULL;
	watches_changed(bus);
}

static void
watch_toggled(DBusWatch *w, void *arg)
{
	(void)w;
	watches_changed(arg);
}

struct bus_timeout {
	struct loop_timer timer;
	struct loop *loop;
	DBusTimeout *timeout;
};

/* libdbus's timeouts come again until they are removed or disabled. */
static void
timeout_fire(void *arg)
{
	struct bus_timeout *t = arg;

	loop_timer_set(t->loop, &t->timer, dbus_timeout_get_interval(t->timeout), timeout_fire, t);
	dbus_timeout_handle(t->timeout); /* may free t: last */
}

static void
timeout_toggled(DBusTimeout *timeout, void *arg)
{
	struct bus_timeout *t = dbus_timeout_get_data(timeout);

	(void)arg;
	if (dbus_timeout_get_enabled(timeout))
		loop_timer_set(t->loop, &t->timer, dbus_timeout_get_interval(timeout), timeout_fire,
			       t);
	else
		loop_timer_clear(&t->timer);
}

static void
timeout_free(void *data)
{
	struct bus_timeout *t = data;

	loop_timer_clear(&t->timer);
	free(t);
}

static dbus_bool_t
timeout_add(DBusTimeout *timeout, void *arg)
{
	struct bus *bus = arg;
	struct bus_timeout *t = calloc(1, sizeof(*t));

	if (!t)
		return FALSE;
	t->loop = bus->setup.loop;
	t->timeout = timeout;
	dbus_timeout_set_data(timeout, t, timeout_free);
	timeout_toggled(timeout, bus);
	return TRUE;
}

static void
timeout_remove(DBusTimeout *timeout, void *arg)
{
	(void)arg;
	dbus_timeout_set_data(timeout, NULL, NULL); /* frees ours */
}

static void
dispatch_some(void *arg)
{
	struct bus *bus = arg;

	for (int i = 0; i < DISPATCH_AT_ONCE && !bus->gone; i++)
		if (dbus_connection_dispatch(bus->connection) != DBUS_DISPATCH_DATA_REMAINS)
			return;
	if (!bus->gone)
		loop_timer_set(bus->setup.loop, &bus->dispatch, 0, dispatch_some, bus);
}

/* Dispatching is not permitted from in here: it comes in the next turn. */
static void
dispatch_status(DBusConnection *c, DBusDispatchStatus status, void *arg)
{
	struct bus *bus = arg;

	(void)c;
	if (status == DBUS_DISPATCH_DATA_REMAINS && !bus->dispatch.loop)
		loop_timer_set(bus->setup.loop, &bus->dispatch, 0, dispatch_some, bus);
}

static DBusHandlerResult
filter(DBusConnection *c, DBusMessage *m, void *arg)
{
	struct bus *bus = arg;

	(void)c;
	if (dbus_message_is_signal(m, DBUS_INTERFACE_LOCAL, "Disconnected"))
		bus_gone(bus, "the bus went away");
	/* Anybody may send us a signal of that name. */
	else if (dbus_message_is_signal(m, DBUS_INTERFACE_DBUS, "NameLost") &&
		 dbus_message_has_sender(m, DBUS_SERVICE_DBUS) && !bus->left)
		bus_gone(bus, "the name on the bus was lost");
	return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

static int
name_take(struct bus *bus, int64_t deadline)
{
	dbus_uint32_t flags = DBUS_NAME_FLAG_DO_NOT_QUEUE, answer = 0;
	DBusMessage *reply = NULL;
	DBusMessage *m = dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS,
						      DBUS_INTERFACE_DBUS, "RequestName");
	int r;

	if (!m || !dbus_message_append_args(m, DBUS_TYPE_STRING, &bus->setup.name, DBUS_TYPE_UINT32,
					    &flags, DBUS_TYPE_INVALID)) {
		r = -ENOMEM;
		goto out;
	}
	r = buslink_call(bus->connection, m, deadline, &reply);
	if (r < 0)
		goto out;
	if (dbus_message_get_type(reply) == DBUS_MESSAGE_TYPE_ERROR)
		r = -EACCES;
	else if (!dbus_message_get_args(reply, NULL, DBUS_TYPE_UINT32, &answer, DBUS_TYPE_INVALID))
		r = -EBADMSG;
	else if (answer != DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER)
		r = -EEXIST;
out:
	if (reply)
		dbus_message_unref(reply);
	if (m)
		dbus_message_unref(m);
	return r;
}

/* From here on the loop drives the connection. */
static int
connection_attach(struct bus *bus)
{
	static const DBusObjectPathVTable object = { .message_function = dispatch_message };
	DBusConnection *c = bus->connection;

	dbus_connection_set_exit_on_disconnect(c, FALSE);
	if (!dbus_connection_add_filter(c, filter, bus, NULL) ||
	    !dbus_connection_register_object_path(c, bus->setup.path, &object, bus) ||
	    !dbus_connection_set_watch_functions(c, watch_add, watch_remove, watch_toggled, bus,
						 NULL) ||
	    !dbus_connection_set_timeout_functions(c, timeout_add, timeout_remove, timeout_toggled,
						   bus, NULL))
		return -ENOMEM;
	dbus_connection_set_dispatch_status_function(c, dispatch_status, bus, NULL);
	dispatch_status(c, dbus_connection_get_dispatch_status(c), bus);
	return 0;
}

int
bus_start(struct bus **out, const struct bus_setup *setup)
{
	int64_t deadline = buslink_now() + BUS_START_MS;
	struct bus *bus = calloc(1, sizeof(*bus));
	int r;

	if (!bus)
		return -ENOMEM;
	bus->setup = *setup;
	r = buslink_open(setup->address, deadline, &bus->connection);
	/*
	 * Callable before it has the name: who waits for the activation calls in the same moment.
	 */
	if (r == 0)
		r = connection_attach(bus);
	if (r == 0)
		r = name_take(bus, deadline);
	if (r < 0) {
		bus->gone = true;
		bus_stop(bus);
		return r;
	}
	*out = bus;
	return 0;
}

/* What came before the bus's reply was asked of us; it is answered when no call is open and nothing waits to be sent. */
static void
leave_look(void *arg)
{
	struct bus *bus = arg;

	if (!bus->gone && (!dbus_pending_call_get_completed(bus->released) || bus->calls ||
			   dbus_connection_has_messages_to_send(bus->connection)))
		loop_timer_set(bus->setup.loop, &bus->leave, LEAVE_LOOK_MS, leave_look, bus);
	else
		bus->left(bus->left_arg);
}

void
bus_leave(struct bus *bus, void (*left)(void *arg), void *arg)
{
	DBusMessage *m;

	if (bus->left)
		return;
	bus->left = left;
	bus->left_arg = arg;
	m = dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS,
					 "ReleaseName");
	if (m &&
	    dbus_message_append_args(m, DBUS_TYPE_STRING, &bus->setup.name, DBUS_TYPE_INVALID) &&
	    dbus_connection_send_with_reply(bus->connection, m, &bus->released, LEAVE_WAIT_MS) &&
	    bus->released)
		loop_timer_set(bus->setup.loop, &bus->leave, 0, leave_look, bus);
	else
		left(arg);
	if (m)
		dbus_message_unref(m);
}

void
bus_stop(struct bus *bus)
{
	if (!bus)
		return;
	bus->gone = true;
	while (bus->calls)
		call_free(bus->calls);
	if (bus->released) {
		dbus_pending_call_cancel(bus->released);
		dbus_pending_call_unref(bus->released);
	}
	while (bus->outs)
		bus_out_cancel(bus->outs);
	if (bus->connection) {
		dbus_connection_set_dispatch_status_function(bus->connection, NULL, NULL, NULL);
		dbus_connection_set_watch_functions(bus->connection, NULL, NULL, NULL, NULL, NULL);
		dbus_connection_set_timeout_functions(bus->connection, NULL, NULL, NULL, NULL,
						      NULL);
		dbus_connection_unregister_object_path(bus->connection, bus->setup.path);
		dbus_connection_remove_filter(bus->connection, filter, bus);
		buslink_close(bus->connection);
	}
	loop_timer_clear(&bus->leave);
	loop_timer_clear(&bus->dispatch);
	loop_unwatch(&bus->watch);
	free(bus);
}
