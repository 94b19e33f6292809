/* What bus.c, dispatch.c, call.c, reply.c and bus_out.c share: the only files of ssprd that see libdbus. */
#ifndef SSPRD_BUS_PRIVATE_H
#define SSPRD_BUS_PRIVATE_H

#include <dbus/dbus.h>

#include "ssprd/bus.h"
#include "ssprd/loop.h"

#define REPLY_DEPTH 12

struct bus_call {
	struct bus *bus;
	DBusMessage *message;
	DBusPendingCall *pending; /* the question for the caller's uid */
	const struct bus_method *method;
	uint64_t uid;
	char user[USER_NAME_MAX + 1];
	DBusMessage *reply;
	struct reply_level {
		DBusMessageIter iter, entry, variant;
		bool keyed; /* stands in a dict entry and its variant, which close with it */
	} level[REPLY_DEPTH];
	int depth;
	bool broken;
	struct bus_call *next, *previous;
};

struct bus {
	struct bus_setup setup;
	DBusConnection *connection;
	struct loop_watch watch; /* the connection's one descriptor */
	DBusWatch *watches[2];   /* libdbus has one for reading and one for writing */
	struct loop_timer dispatch;
	struct loop_timer leave;   /* set: the name is being given up */
	DBusPendingCall *released; /* the question that gives it up */
	void (*left)(void *arg);
	void *left_arg;
	struct bus_call *calls;
	size_t call_count;
	struct bus_out *outs;
	size_t out_count;
	bool gone;
};

/* dispatch.c: a message for our path. */
DBusHandlerResult dispatch_message(DBusConnection *c, DBusMessage *m, void *arg);
/* Take off the list, cancel its question, release. */
void call_free(struct bus_call *call);

/* call.c: read the leading user name, when the method has one. False: not a name. */
bool call_read_user(struct bus_call *call);

/* reply.c */
bool reply_start(struct bus_call *call);

#endif
