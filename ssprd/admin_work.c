/* Admin calls that change something: whose record, by whom, in one transaction. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "ssprd/admin.h"
#include "ssprd/context.h"
#include "ssprd/core/store.h"
#include "ssprd/daemon.h"

void
admin_init(struct admin_work *w, struct daemon *daemon, struct bus_call *call)
{
	*w = (struct admin_work){ .call = call, .judge = &daemon->judge, .now = time(NULL) };
	if (bus_call_uid(call) == 0)
		snprintf(w->actor, sizeof(w->actor), "root");
	else
		snprintf(w->actor, sizeof(w->actor), "uid %" PRIu64, bus_call_uid(call));
}

/* BUS_FINE, BUS_NO_SUCH_USER, BUS_BAD_REQUEST, -errno. */
static int
find_user(struct admin_work *w, int n)
{
	const char *name = bus_call_user(w->call);
	struct context context = { 0 };
	int r = n < 0 ? 0 : context_read(&context, w->call, n);

	if (r == 0)
		r = n < 0 ? user_load(&w->user, w->judge->store, name)
			  : user_tell(&w->user, w->judge, name, &context, w->now, true);
	else if (r == -EBADMSG)
		r = BUS_BAD_REQUEST;
	context_done(&context);
	if (r == STORE_NONE)
		return BUS_NO_SUCH_USER;
	return r;
}

int
admin_run(struct daemon *daemon, struct bus_call *call, int context, admin_changing *change)
{
	struct admin_work w;
	int r;

	admin_init(&w, daemon, call);
	r = find_user(&w, context);
	if (r == BUS_FINE) {
		r = store_begin(w.judge->store);
		if (r == 0)
			r = change(&w);
		if (r == BUS_FINE)
			r = store_commit(w.judge->store);
		store_rollback(w.judge->store);
	}
	user_done(&w.user);
	return r;
}

struct change
admin_change_of(const struct admin_work *w, enum audit_event event, enum method method)
{
	return (struct change){
		.event = event, .user = &w->user, .method = method, .actor = w->actor, .now = w->now
	};
}
