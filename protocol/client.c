/*
 * One call a connection: open, call, close, all before one deadline. Whatever comes back is looked
 * at for type and size before it is believed.
 */
#include "protocol/client.h"

#include <dbus/dbus.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/buslink.h"
#include "protocol/context.h"

static const struct bus_error {
	const char *name;
	enum client_result result;
} bus_errors[] = {
	{ SSPR_BUS_ERROR "NotAllowed", CLIENT_NOT_ALLOWED },
	{ SSPR_BUS_ERROR "TooManySessions", CLIENT_TOO_MANY },
	{ SSPR_BUS_ERROR "NoSuchUser", CLIENT_NO_USER },
	{ SSPR_BUS_ERROR "BadRequest", CLIENT_BAD_REQUEST },
	{ SSPR_BUS_ERROR "Unavailable", CLIENT_UNAVAILABLE },
};

/* purpose NULL: Check. NULL: no memory; the caller unrefs. */
static DBusMessage *
new_call(const char *user, const char *purpose, const struct client_context *context)
{
	DBusMessage *call;
	DBusMessageIter to;

	call = dbus_message_new_method_call(SSPR_BUS_NAME, SSPR_BUS_PATH, SSPR_BUS_INTERFACE,
					    purpose != NULL ? "Converse" : "Check");
	if (call == NULL)
		return NULL;
	dbus_message_iter_init_append(call, &to);
	if (context_append_bytes(&to, user, USER_NAME_MAX) &&
	    (purpose == NULL || dbus_message_iter_append_basic(&to, DBUS_TYPE_STRING, &purpose)) &&
	    context_append(&to, context))
		return call;
	dbus_message_unref(call);
	return NULL;
}

static int
unreachable(char problem[CLIENT_PROBLEM_MAX], const char *what, const char *why)
{
	snprintf(problem, CLIENT_PROBLEM_MAX, "%s: %s", what, why);
	return CLIENT_UNREACHABLE;
}

/* Why buslink failed, for a log line: the moment says more than the errno. */
static int
link_failed(char problem[CLIENT_PROBLEM_MAX], bool connected, int error)
{
	if (error == -ETIMEDOUT && connected)
		return unreachable(problem, SSPR_BUS_NAME, "no answer in time");
	if (error == -ETIMEDOUT)
		return unreachable(problem, "the bus", "no answer in time");
	return unreachable(problem, connected ? "the bus, in the call" : "the bus",
			   strerrordesc_np(-error) != NULL ? strerrordesc_np(-error) : "failed");
}

/* One connection, one call. CLIENT_OK: *reply is the caller's. -EAGAIN: the bus says LimitsExceeded. */
static int
call_once(const char *address, int knock, DBusMessage *call, int64_t deadline, DBusMessage **reply,
	  char problem[CLIENT_PROBLEM_MAX])
{
	bool connected;
	int r;

	r = buslink_ask(address, knock, call, deadline, &connected, reply);
	if (r < 0)
		return link_failed(problem, connected, r);
	if (!dbus_message_is_error(*reply, DBUS_ERROR_LIMITS_EXCEEDED))
		return CLIENT_OK;
	dbus_message_unref(*reply);
	*reply = NULL;
	return -EAGAIN;
}

/* Again while the bus is full; that a last try had too little time does not hide why. */
static int
call_before(const char *address, int knock, DBusMessage *call, int64_t deadline,
	    DBusMessage **reply, char problem[CLIENT_PROBLEM_MAX])
{
	bool full = false;
	int r;

	do {
		r = call_once(address, knock, call, deadline, reply, problem);
		knock = -1;
		full = full || r == -EAGAIN;
	} while (r == -EAGAIN && buslink_pause(deadline) == 0);
	if (full && r != CLIENT_OK)
		return unreachable(problem, "the bus", DBUS_ERROR_LIMITS_EXCEEDED);
	return r;
}

/* Did the daemon answer, and with this signature? */
static int
judge_reply(DBusMessage *reply, const char *signature, char problem[CLIENT_PROBLEM_MAX])
{
	const char *name = dbus_message_get_error_name(reply);
	size_t i;

	if (dbus_message_get_type(reply) == DBUS_MESSAGE_TYPE_METHOD_RETURN &&
	    dbus_message_has_signature(reply, signature))
		return CLIENT_OK;
	if (name == NULL)
		return unreachable(problem, SSPR_BUS_NAME, "an answer of another form");
	for (i = 0; i < sizeof(bus_errors) / sizeof(bus_errors[0]); i++) {
		if (strcmp(name, bus_errors[i].name) == 0) {
			snprintf(problem, CLIENT_PROBLEM_MAX, "%s", name);
			return bus_errors[i].result;
		}
	}
	return unreachable(problem, SSPR_BUS_NAME, name);
}

static int
take_knock(const struct client_context *context)
{
	int knock = -1;

	if (context->knock != NULL) {
		knock = *context->knock;
		*context->knock = -1;
	}
	return knock;
}

int
sspr_client_knock(const char *address)
{
	return buslink_knock(address);
}

/* purpose NULL: Check. CLIENT_OK: *reply has this signature and is the caller's. */
static int
ask(const char *address, int timeout_ms, const char *user, const char *purpose,
    const struct client_context *context, const char *signature, DBusMessage **reply,
    char problem[CLIENT_PROBLEM_MAX])
{
	const int64_t deadline = buslink_now() + timeout_ms;
	DBusMessage *call, *answer = NULL;
	int r;

	problem[0] = '\0';
	if (user[0] == '\0' || strnlen(user, USER_NAME_MAX + 1) > USER_NAME_MAX) {
		snprintf(problem, CLIENT_PROBLEM_MAX, "a user name that is empty or too long");
		return CLIENT_BAD_REQUEST;
	}
	call = new_call(user, purpose, context);
	if (call == NULL)
		return unreachable(problem, "the call", "no memory");
	r = call_before(address, take_knock(context), call, deadline, &answer, problem);
	dbus_message_unref(call);
	if (r == CLIENT_OK)
		r = judge_reply(answer, signature, problem);
	if (r == CLIENT_OK)
		*reply = answer;
	else if (answer != NULL)
		dbus_message_unref(answer);
	return r;
}

/* Copy UTF-8, cut between characters where it does not fit. */
static void
copy_text(char *out, size_t size, const char *text)
{
	size_t len = strnlen(text, size);

	if (len == size)
		for (len = size - 1; len > 0 && (text[len] & 0xc0) == 0x80; len--)
			;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* One fact; unknown ones, and those of another type, are ignored. */
static void
read_fact(DBusMessageIter *entry, struct client_state *state)
{
	DBusMessageIter variant;
	DBusBasicValue value;
	const char *key;
	int type;

	dbus_message_iter_get_basic(entry, &key);
	dbus_message_iter_next(entry);
	dbus_message_iter_recurse(entry, &variant);
	type = dbus_message_iter_get_arg_type(&variant);
	if (type != DBUS_TYPE_STRING && type != DBUS_TYPE_INT32 && type != DBUS_TYPE_INT64)
		return;
	dbus_message_iter_get_basic(&variant, &value);
	if (type == DBUS_TYPE_STRING && strcmp(key, "message") == 0)
		copy_text(state->message, sizeof(state->message), value.str);
	else if (type == DBUS_TYPE_INT32 && strcmp(key, "postpones_left") == 0)
		state->postpones_left = value.i32;
	else if (type == DBUS_TYPE_INT64 && strcmp(key, "due") == 0)
		state->due = value.i64;
}

/* The reply has the signature sa{sv}. */
static int
read_state(DBusMessage *reply, struct client_state *state, char problem[CLIENT_PROBLEM_MAX])
{
	struct client_state found = { .postpones_left = -1 };
	DBusMessageIter top, dict, entry;
	const char *word;

	dbus_message_iter_init(reply, &top);
	dbus_message_iter_get_basic(&top, &word);
	found.state = state_from_word(word);
	if (found.state == STATE_COUNT)
		return unreachable(problem, SSPR_BUS_NAME, "an unknown state");
	dbus_message_iter_next(&top);
	dbus_message_iter_recurse(&top, &dict);
	while (dbus_message_iter_get_arg_type(&dict) == DBUS_TYPE_DICT_ENTRY) {
		dbus_message_iter_recurse(&dict, &entry);
		read_fact(&entry, &found);
		dbus_message_iter_next(&dict);
	}
	*state = found;
	return CLIENT_OK;
}

/* The reply has the signature h. */
static int
read_conversation(DBusMessage *reply, int *conversation, char problem[CLIENT_PROBLEM_MAX])
{
	int fd = -1, kind = 0;
	socklen_t size = sizeof(kind);

	if (!dbus_message_get_args(reply, NULL, DBUS_TYPE_UNIX_FD, &fd, DBUS_TYPE_INVALID) ||
	    fd < 0)
		return unreachable(problem, SSPR_BUS_NAME, "no file descriptor");
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) < 0 || kind != SOCK_SEQPACKET) {
		close(fd);
		return unreachable(problem, SSPR_BUS_NAME, "not a packet socket");
	}
	*conversation = fd;
	return CLIENT_OK;
}

int
sspr_client_check(const char *address, int timeout_ms, const char *user,
		  const struct client_context *context, struct client_state *state,
		  char problem[CLIENT_PROBLEM_MAX])
{
	DBusMessage *reply = NULL;
	int r;

	r = ask(address, timeout_ms, user, NULL, context, "sa{sv}", &reply, problem);
	if (r != CLIENT_OK)
		return r;
	r = read_state(reply, state, problem);
	dbus_message_unref(reply);
	return r;
}

int
sspr_client_converse(const char *address, int timeout_ms, const char *user, enum purpose purpose,
		     const struct client_context *context, int *conversation,
		     char problem[CLIENT_PROBLEM_MAX])
{
	DBusMessage *reply = NULL;
	int r;

	r = ask(address, timeout_ms, user, purpose_word(purpose), context, "h", &reply, problem);
	if (r != CLIENT_OK)
		return r;
	r = read_conversation(reply, conversation, problem);
	dbus_message_unref(reply);
	return r;
}
