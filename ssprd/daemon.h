/*
 * The daemon: everything that main, the tables of the bus and the policy share. One for the
 * program.
 */
#ifndef SSPRD_DAEMON_H
#define SSPRD_DAEMON_H

#include <stdbool.h>

#include "ssprd/bus.h"
#include "ssprd/child.h"
#include "ssprd/delivery.h"
#include "ssprd/grant_bus.h"
#include "ssprd/judge.h"
#include "ssprd/loop.h"
#include "ssprd/outbox.h"
#include "ssprd/session.h"
#include "ssprd/slots.h"
#include "ssprd/stamps.h"

struct daemon {
	const char *config_file;
	bool foreground; /* -d */
	struct config *config;
	struct catalogues *catalogues;
	struct stamps stamps;
	struct slots slots;
	struct judge judge;
	struct loop *loop;
	struct loop_timer stop_limit, forget, trim;
	struct children children;
	struct deliveries deliveries;
	struct outbox outbox;
	struct bus_grants grants;
	struct sessions sessions;
	struct bus *bus;
};

/* The tables of the bus (service.c, admin.c); arg of their handlers is the daemon. */
extern const struct bus_method service_methods[], admin_methods[];

#endif
