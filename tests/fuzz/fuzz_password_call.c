/*
 * A call of org.sspr.Password1 as it comes from the bus: the name in it is one that may stand in a path and in an argument, or none.
 */
/* link: passwd/service.c passwd/grants.c passwd/run.c passwd/entry.c */
#include <dbus/dbus.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "passwd/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char user[USER_NAME_MAX + 1];
	DBusMessage *call;

	if (size > INT_MAX)
		return 0;
	call = dbus_message_demarshal((const char *)data, (int)size, NULL);
	if (call == NULL)
		return 0;
	memset(user, '/', sizeof(user));
	if (service_user_of(call, user) &&
	    (memchr(user, '\0', sizeof(user)) == NULL || user[0] == '\0' || user[0] == '-' ||
	     strchr(user, '/') != NULL || strchr(user, ':') != NULL || strchr(user, '\n') != NULL))
		abort();
	dbus_message_unref(call);
	return 0;
}
