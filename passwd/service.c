/*
 * Calls are put aside as they come and answered one after the other: asking the bus who owns a name dispatches too.
 */
#include "passwd/service.h"

#include <dbus/dbus.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "passwd/entry.h"
#include "passwd/grants.h"
#include "protocol/buslink.h"
#include "protocol/grant.h"
#include "text/log.h"

#define JUDGE_NAME  "org.sspr.Sspr1"
#define ERROR_NAME  JUDGE_NAME ".Error."
#define NOT_ALLOWED ERROR_NAME "NotAllowed"
#define TOO_MANY    ERROR_NAME "TooManySessions"
#define BAD_REQUEST ERROR_NAME "BadRequest"
#define UNAVAILABLE ERROR_NAME "Unavailable"

static void
refuse(struct service *s, DBusMessage *call, const char *name, const char *text)
{
	DBusMessage *reply;

	if (dbus_message_get_no_reply(call))
		return;
	reply = dbus_message_new_error(call, name, text);
	if (reply != NULL) {
		(void)dbus_connection_send(s->connection, reply, NULL);
		dbus_message_unref(reply);
	}
}

static DBusHandlerResult
put_aside(struct service *s, DBusMessage *call)
{
	if (s->count >= SERVICE_CALLS_MAX)
		refuse(s, call, TOO_MANY, "too many calls at once");
	else
		s->calls[s->count++] = dbus_message_ref(call);
	return DBUS_HANDLER_RESULT_HANDLED;
}

static DBusHandlerResult
on_message(DBusConnection *connection, DBusMessage *m, void *arg)
{
	struct service *s = arg;
	const char *name = NULL;

	(void)connection;
	if (dbus_message_is_method_call(m, PASSWORD_BUS_INTERFACE, "Grant"))
		return put_aside(s, m);
	/* Anybody may send a signal of that name. */
	if (dbus_message_is_signal(m, DBUS_INTERFACE_LOCAL, "Disconnected"))
		s->gone = true;
	else if (dbus_message_is_signal(m, DBUS_INTERFACE_DBUS, "NameLost") &&
		 dbus_message_has_sender(m, DBUS_SERVICE_DBUS) &&
		 dbus_message_get_args(m, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID) &&
		 strcmp(name, PASSWORD_BUS_NAME) == 0)
		s->gone = true;
	return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

/* A call to the bus itself, with a name and perhaps flags. 0: *reply is a method return, the caller's. */
static int
ask_bus(struct service *s, const char *method, const char *name, const dbus_uint32_t *flags,
	int within_ms, DBusMessage **reply)
{
	DBusMessage *call;
	int r = -ENOMEM;

	call = dbus_message_new_method_call(DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS,
					    method);
	if (call != NULL &&
	    dbus_message_append_args(call, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID) &&
	    (flags == NULL ||
	     dbus_message_append_args(call, DBUS_TYPE_UINT32, flags, DBUS_TYPE_INVALID)))
		r = buslink_call(s->connection, call, buslink_now() + within_ms, reply);
	if (call != NULL)
		dbus_message_unref(call);
	if (r == 0 && dbus_message_get_type(*reply) != DBUS_MESSAGE_TYPE_METHOD_RETURN) {
		dbus_message_unref(*reply);
		r = -ENOENT;
	}
	return r;
}

static int
take_name(struct service *s)
{
	const dbus_uint32_t flags = DBUS_NAME_FLAG_DO_NOT_QUEUE;
	dbus_uint32_t answer = 0;
	DBusMessage *reply;
	int r;

	r = ask_bus(s, "RequestName", PASSWORD_BUS_NAME, &flags, SERVICE_START_MS, &reply);
	if (r < 0)
		return r == -ENOENT ? -EPERM : r;
	if (!dbus_message_get_args(reply, NULL, DBUS_TYPE_UINT32, &answer, DBUS_TYPE_INVALID))
		r = -EPROTO;
	else if (answer != DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER &&
		 answer != DBUS_REQUEST_NAME_REPLY_ALREADY_OWNER)
		r = -EEXIST;
	dbus_message_unref(reply);
	return r;
}

int
service_start(struct service *s, const char *address, struct grants *grants)
{
	int r;

	*s = (struct service){ .grants = grants };
	r = buslink_open(address, buslink_now() + SERVICE_START_MS, &s->connection);
	if (r < 0)
		return r;
	if (!dbus_connection_add_filter(s->connection, on_message, s, NULL))
		r = -ENOMEM;
	else
		r = take_name(s);
	if (r < 0)
		service_stop(s);
	return r;
}

int
service_fd(const struct service *s)
{
	int fd = -1;

	return dbus_connection_get_unix_fd(s->connection, &fd) ? fd : -1;
}

bool
service_wants_to_write(const struct service *s)
{
	return dbus_connection_has_messages_to_send(s->connection);
}

/* Is this call from whoever is ssprd now? */
static bool
is_judge(struct service *s, DBusMessage *call)
{
	const char *sender = dbus_message_get_sender(call), *owner = NULL;
	DBusMessage *reply;
	bool same;

	if (sender == NULL ||
	    ask_bus(s, "GetNameOwner", JUDGE_NAME, NULL, SERVICE_OWNER_MS, &reply) < 0)
		return false;
	same = dbus_message_get_args(reply, NULL, DBUS_TYPE_STRING, &owner, DBUS_TYPE_INVALID) &&
	       strcmp(owner, sender) == 0;
	dbus_message_unref(reply);
	return same;
}

bool
service_user_of(struct DBusMessage *call, char *user)
{
	const char *bytes = NULL;
	int len = 0;

	if (!dbus_message_has_signature(call, "ay") ||
	    !dbus_message_get_args(call, NULL, DBUS_TYPE_ARRAY, DBUS_TYPE_BYTE, &bytes, &len,
				   DBUS_TYPE_INVALID) ||
	    len <= 0 || len > USER_NAME_MAX || memchr(bytes, '\0', (size_t)len) != NULL)
		return false;
	memcpy(user, bytes, (size_t)len);
	user[len] = '\0';
	return entry_name_fine(user);
}

static bool
pass_on(struct service *s, DBusMessage *call, int fd)
{
	DBusMessage *reply = dbus_message_new_method_return(call);
	bool sent;

	sent = reply != NULL &&
	       dbus_message_append_args(reply, DBUS_TYPE_UNIX_FD, &fd, DBUS_TYPE_INVALID) &&
	       dbus_connection_send(s->connection, reply, NULL);
	if (reply != NULL)
		dbus_message_unref(reply);
	return sent;
}

/* True: a grant was started. */
static bool
answer(struct service *s, DBusMessage *call)
{
	char user[USER_NAME_MAX + 1];
	int fd = -1, r;

	if (!is_judge(s, call)) {
		log_warning("a grant was asked for by %s, who is not ssprd",
			    dbus_message_get_sender(call));
		refuse(s, call, NOT_ALLOWED, "only ssprd may ask for a grant");
		return false;
	}
	if (!service_user_of(call, user)) {
		refuse(s, call, BAD_REQUEST, "not the name of a user");
		return false;
	}
	r = grants_start(s->grants, user, &fd);
	if (r == GRANTS_CROWDED)
		refuse(s, call, TOO_MANY, "too many grants");
	else if (r < 0 || !pass_on(s, call, fd))
		refuse(s, call, UNAVAILABLE, "the grant could not be started");
	if (fd >= 0)
		close(fd);
	return r == GRANTS_STARTED;
}

/* All that was put aside, and what is put aside meanwhile. */
static int
answer_all(struct service *s)
{
	int started = 0;

	while (s->count > 0 && !s->gone) {
		DBusMessage *call = s->calls[0];

		s->count--;
		memmove(s->calls, s->calls + 1, (size_t)s->count * sizeof(s->calls[0]));
		started += answer(s, call);
		dbus_message_unref(call);
	}
	return started;
}

int
service_turn(struct service *s)
{
	int started = 0;

	if (!dbus_connection_read_write(s->connection, 0))
		s->gone = true;
	do {
		while (dbus_connection_dispatch(s->connection) == DBUS_DISPATCH_DATA_REMAINS)
			;
		started += answer_all(s);
	} while (!s->gone &&
		 dbus_connection_get_dispatch_status(s->connection) == DBUS_DISPATCH_DATA_REMAINS);
	(void)dbus_connection_read_write(s->connection, 0);
	return started;
}

bool
service_leave(struct service *s)
{
	DBusMessage *reply;

	if (s->gone ||
	    ask_bus(s, "ReleaseName", PASSWORD_BUS_NAME, NULL, SERVICE_OWNER_MS, &reply) < 0)
		return true;
	dbus_message_unref(reply);
	if (s->count == 0)
		return true;
	s->gone = take_name(s) < 0;
	return s->gone;
}

void
service_stop(struct service *s)
{
	while (s->count > 0)
		dbus_message_unref(s->calls[--s->count]);
	if (s->connection != NULL)
		dbus_connection_remove_filter(s->connection, on_message, s);
	buslink_close(s->connection);
	s->connection = NULL;
}
