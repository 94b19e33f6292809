/*
 * One call.
 */
#include "passwd/outcome.h"

#include <dbus/dbus.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "protocol/buslink.h"
#include "protocol/grant.h"
#include "text/log.h"

#define JUDGE_NAME  "org.sspr.Sspr1"
#define JUDGE_PATH  "/org/sspr/Sspr1"
#define JUDGE_ERROR JUDGE_NAME ".Error."

static DBusMessage *
make_call(const char *user, const char *what)
{
	DBusMessage *call;

	call = dbus_message_new_method_call(JUDGE_NAME, JUDGE_PATH, JUDGE_NAME, OUTCOME_METHOD);
	if (call != NULL && !dbus_message_append_args(call, DBUS_TYPE_ARRAY, DBUS_TYPE_BYTE, &user,
						      (int)strlen(user), DBUS_TYPE_STRING, &what,
						      DBUS_TYPE_INVALID)) {
		dbus_message_unref(call);
		call = NULL;
	}
	return call;
}

/* An error of ssprd's own, but for the one that passes; all others are the bus's: nobody is there, or died of it. */
static bool
is_final(const char *error)
{
	return error != NULL && strncmp(error, JUDGE_ERROR, strlen(JUDGE_ERROR)) == 0 &&
	       strcmp(error + strlen(JUDGE_ERROR), "Unavailable") != 0;
}

int
outcome_report(const char *address, const char *user, const char *what)
{
	DBusMessage *call, *reply = NULL;
	bool greeted;
	int r;

	call = make_call(user, what);
	if (call == NULL)
		return -ENOMEM;
	r = buslink_ask(address, -1, call, buslink_now() + OUTCOME_WAIT_MS, &greeted, &reply);
	dbus_message_unref(call);
	if (r < 0) {
		log_error("grant of %s: ssprd was not told (%s): %s", user, what, strerror(-r));
		return r;
	}
	if (dbus_message_get_type(reply) != DBUS_MESSAGE_TYPE_METHOD_RETURN) {
		log_error("grant of %s: ssprd did not take %s: %s", user, what,
			  dbus_message_get_error_name(reply));
		r = is_final(dbus_message_get_error_name(reply)) ? -EPROTO : -EAGAIN;
	}
	dbus_message_unref(reply);
	return r;
}
