/* A call a grant; it goes with its answer, or with its dialog. */
#include "ssprd/grant_bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/grant.h"
#include "ssprd/bus.h"
#include "text/log.h"

struct grant_call {
	struct bus_out out;
	struct grant_wait *wait;
};

static void
answered(void *arg, int fd)
{
	struct grant_call *call = arg;
	struct grant_wait *wait = call->wait;

	free(call);
	wait->call = NULL;
	wait->came(wait->arg, fd);
}

static int
ask(struct grants *grants, struct grant_wait *wait, const char *user)
{
	struct bus_grants *all = (struct bus_grants *)grants;
	const struct bus_out_call out = { .name = PASSWORD_BUS_NAME,
					  .path = PASSWORD_BUS_PATH,
					  .interface = PASSWORD_BUS_INTERFACE,
					  .method = "Grant",
					  .user = user,
					  .timeout_ms = BUS_OUT_MS };
	struct grant_call *call = calloc(1, sizeof(*call));
	int r = -ENOMEM;

	if (call) {
		call->wait = wait;
		call->out.done = answered;
		call->out.arg = call;
		r = bus_call_out(*all->bus, &out, &call->out);
	}
	if (r < 0) {
		log_error(PASSWORD_BUS_NAME " cannot be asked for a grant: %s", strerror(-r));
		free(call);
		return r;
	}
	wait->call = call;
	return 0;
}

static void
cancel(struct grants *grants, struct grant_wait *wait)
{
	struct grant_call *call = wait->call;

	(void)grants;
	if (!call)
		return;
	bus_out_cancel(&call->out);
	free(call);
	wait->call = NULL;
}

void
bus_grants_init(struct bus_grants *grants, struct bus **bus)
{
	*grants = (struct bus_grants){ .grants = { .ask = ask, .cancel = cancel }, .bus = bus };
}
