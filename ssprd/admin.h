/*
 * org.sspr.Sspr1.Admin, what its files share: admin.c and admin_audit.c look, admin_change.c and admin_require.c change. The table is in admin.c.
 */
#ifndef SSPRD_ADMIN_H
#define SSPRD_ADMIN_H

#include <stdint.h>

#include "ssprd/bus.h"
#include "ssprd/changes.h"
#include "ssprd/user.h"

struct daemon;

bus_handler admin_set, admin_remove, admin_code, admin_unblock, admin_require, admin_require_all,
	admin_audit, admin_audit_verify;

/* One call that changes something, while it runs. */
struct admin_work {
	struct bus_call *call;
	struct judge *judge;
	struct user user;
	char actor[32];
	int64_t now;
};

void admin_init(struct admin_work *work, struct daemon *daemon, struct bus_call *call);

/* What a handler does within the transaction: BUS_FINE (then it is committed), another enum bus_error, or -errno. */
typedef int admin_changing(struct admin_work *work);

/*
 * Find the record of the user whom the call names, then change all or nothing. Where argument `context` (-1: none) is a context, what
 * root tells with it is taken over, and makes a record where there is none: an administrator must not have to wait for a first login.
 */
int admin_run(struct daemon *daemon, struct bus_call *call, int context, admin_changing *change);

/* The change of this call's user, by its caller, now. */
struct change
admin_change_of(const struct admin_work *work, enum audit_event event, enum method method);

#endif
