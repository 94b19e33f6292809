/*
 * Questions to the daemon. The bus is the system's, or the one that DBUS_SYSTEM_BUS_ADDRESS names:
 * ssprctl has no privileges that a caller's environment could misuse.
 */
#include "ssprctl/bus.h"

#include <dbus/dbus.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/buslink.h"
#include "protocol/client.h"
#include "protocol/context.h"
#include "ssprctl/decode.h"
#include "ssprctl/safe.h"
#include "text/language.h"

/*
 * What the errors of the daemon and of the bus mean for the caller. text NULL: the question's own.
 */
static const struct refusal {
	const char *name;
	enum exit_code code;
	const char *text;
} refusals[] = {
	{ SSPR_BUS_ERROR "NotAllowed", EXIT_REFUSED, NULL },
	{ SSPR_BUS_ERROR "NoSuchUser", EXIT_REFUSED, N_("sspr knows no such user") },
	{ SSPR_BUS_ERROR "BadRequest", EXIT_REFUSED, N_("that is not a name that sspr takes") },
	{ SSPR_BUS_ERROR "TooManySessions", EXIT_REFUSED,
	  N_("sspr is busy; try again in a minute") },
	{ SSPR_BUS_ERROR "Unavailable", EXIT_REFUSED,
	  N_("sspr cannot reach its data now; its log says why (journalctl -u ssprd)") },
	{ DBUS_ERROR_ACCESS_DENIED, EXIT_REFUSED, N_("the bus does not let you ask sspr") },
};

static enum exit_code
say(enum exit_code code, const char *text)
{
	fprintf(stderr, "ssprctl: %s\n", text);
	return code;
}

static enum exit_code
unreachable(const char *why)
{
	fprintf(stderr, "%s", _("ssprctl: the sspr daemon is not reachable: "));
	safe_print(stderr, why);
	fprintf(stderr, "%s",
		_("\nIs it installed, and does `systemctl status ssprd` look well?\n"));
	return EXIT_UNREACHABLE;
}

static enum exit_code
judge_error(const struct question *q, const char *name)
{
	size_t i;

	if (q->bad_request && strcmp(name, SSPR_BUS_ERROR "BadRequest") == 0)
		return say(EXIT_REFUSED, _(q->bad_request));
	if (q->too_many && strcmp(name, SSPR_BUS_ERROR "TooManySessions") == 0)
		return say(EXIT_REFUSED, _(q->too_many));
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (strcmp(name, refusals[i].name) == 0)
			return say(refusals[i].code,
				   _(refusals[i].text ? refusals[i].text : q->not_allowed));
	}
	return unreachable(name);
}

static bool
has_shape(const json_t *answer, const char *shape)
{
	const json_t *value;
	size_t i;

	if (json_array_size(answer) != strlen(shape))
		return false;
	for (i = 0; shape[i]; i++) {
		value = json_array_get(answer, i);
		if ((shape[i] == 'b' && !json_is_boolean(value)) ||
		    (shape[i] == 'i' && !json_is_integer(value)) ||
		    (shape[i] == 'o' && !json_is_object(value)) ||
		    (shape[i] == 'a' && !json_is_array(value)) ||
		    (shape[i] == 's' && !json_is_string(value)))
			return false;
	}
	return true;
}

static enum exit_code
judge_reply(const struct question *q, DBusMessage *reply, const char *shape, json_t **answer)
{
	const char *name = dbus_message_get_error_name(reply);
	json_t *decoded;

	if (name)
		return judge_error(q, name);
	decoded = decode_reply(reply);
	if (!decoded || !has_shape(decoded, shape)) {
		json_decref(decoded);
		return unreachable(_("it answered in another form than was agreed"));
	}
	*answer = decoded;
	return EXIT_DONE;
}

static bool
append_text(DBusMessageIter *to, const char *text)
{
	return dbus_message_iter_append_basic(to, DBUS_TYPE_STRING, &text);
}

static bool
append_number(DBusMessageIter *to, const struct question_number *number)
{
	dbus_uint32_t u = (dbus_uint32_t)number->value;
	dbus_int64_t x = number->value;

	return dbus_message_iter_append_basic(to, number->type,
					      number->type == 'u' ? (void *)&u : (void *)&x);
}

static DBusMessage *
new_call(const struct question *q)
{
	DBusMessageIter to;
	DBusMessage *call;

	call = dbus_message_new_method_call(SSPR_BUS_NAME, SSPR_BUS_PATH,
					    q->interface ? q->interface : SSPR_BUS_ADMIN,
					    q->method);
	if (!call)
		return NULL;
	dbus_message_iter_init_append(call, &to);
	if ((!q->user || context_append_bytes(&to, q->user, USER_NAME_MAX)) &&
	    (!q->text[0] || append_text(&to, q->text[0])) &&
	    (!q->text[1] || append_text(&to, q->text[1])) &&
	    (!q->number || append_number(&to, q->number)) &&
	    (!q->context || context_append(&to, q->context)))
		return call;
	dbus_message_unref(call);
	return NULL;
}

/* 0: *reply is the caller's; -errno. */
static int
call_daemon(DBusMessage *call, DBusMessage **reply)
{
	const int64_t deadline = buslink_now() + BUS_TIMEOUT_MS;
	struct DBusConnection *connection = NULL;
	const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
	int r;

	r = buslink_open(address && *address ? address : NULL, deadline, &connection);
	if (r == 0)
		r = buslink_call(connection, call, deadline, reply);
	buslink_close(connection);
	return r;
}

enum exit_code
bus_ask(const struct question *q, const char *shape, json_t **answer)
{
	DBusMessage *call, *reply = NULL;
	enum exit_code code;
	int r;

	if (q->user && (!*q->user || strlen(q->user) > USER_NAME_MAX))
		return say(EXIT_REFUSED, _("a user name has 1 to 255 bytes"));
	/* libdbus ends a process that gives it such a text. */
	if ((q->text[0] && !dbus_validate_utf8(q->text[0], NULL)) ||
	    (q->text[1] && !dbus_validate_utf8(q->text[1], NULL)))
		return say(EXIT_REFUSED, _("what you typed is not UTF-8"));
	call = new_call(q);
	if (!call)
		return unreachable(strerror(ENOMEM));
	r = call_daemon(call, &reply);
	if (r < 0)
		code = unreachable(strerror(-r));
	else
		code = judge_reply(q, reply, shape, answer);
	if (reply)
		dbus_message_unref(reply);
	dbus_message_unref(call);
	return code;
}
