/*
 * org.sspr.Sspr1: Check and Converse. One rule: when the store cannot be written the answer is
 * Unavailable, before anything else is looked at; the module then does what onerr says.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ssprd/check.h"
#include "ssprd/context.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/daemon.h"
#include "ssprd/user.h"
#include "ssprd/words.h"
#include "text/log.h"

/*
 * The context, and what root told with it. BUS_FINE, or an enum bus_error, or -errno. Root that
 * tells no uid of a name without a record has left out what only root can know.
 */
static int
read_user(struct daemon *daemon, struct bus_call *call, int argument, struct context *context,
	  struct user *user, int64_t now)
{
	int r = context_read(context, call, argument);

	if (r == -EBADMSG)
		return BUS_BAD_REQUEST;
	if (r < 0)
		return r;
	r = user_tell(user, &daemon->judge, bus_call_user(call), context, now, true);
	if (r == STORE_NONE)
		return BUS_BAD_REQUEST;
	return r;
}

/* The line of a day, for a login that cannot hold the dialog. */
static int
remind(struct daemon *daemon, struct user *user, const struct plan *plan,
       const struct context *context, int64_t now, char line[WORDS_LINE_MAX])
{
	bool show;
	int r = user_remind(user, daemon->judge.store, now, &show);

	if (r == 0 && show)
		words_reminder(line, WORDS_LINE_MAX, context->lang, plan, daemon->config, now);
	return r;
}

static bool
nothing_due(enum state state)
{
	return state == STATE_OK || state == STATE_NOT_ENABLED;
}

static int
answer(struct daemon *daemon, struct bus_call *call, struct user *user,
       const struct context *context, int64_t now)
{
	const struct config *config = daemon->config;
	char line[WORDS_LINE_MAX] = "";
	struct plan plan;
	enum state state;
	int r = user_plan(&daemon->judge, user, now, &plan);

	if (r < 0)
		return r;
	state = check_state(&plan, config, context->interactive, now);
	if (!nothing_due(state)) /* nobody is asked for what could not be kept */
		r = store_writable(daemon->judge.store);
	if (r == 0 && state == STATE_REMIND)
		r = remind(daemon, user, &plan, context, now, line);
	if (r < 0)
		return r;
	if (nothing_due(state))
		stamps_write(&daemon->stamps, user->stored.name, (uint64_t)user->stored.uid,
			     plan.quiet_until, now);
	else
		stamps_remove(&daemon->stamps, (uint64_t)user->stored.uid);
	reply_text(call, NULL, state_word(state));
	reply_open_dict(call);
	reply_text(call, "message", line);
	reply_int(call, "postpones_left", plan.postpones_left);
	reply_long(call, "due", check_due(&plan, config, now));
	reply_close(call);
	return BUS_FINE;
}

static int
on_check(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	struct context context = { 0 };
	struct user user = { 0 };
	int64_t now = time(NULL);
	int r = read_user(daemon, call, 1, &context, &user, now);

	if (r == BUS_FINE)
		r = answer(daemon, call, &user, &context, now);
	user_done(&user);
	context_done(&context);
	return r;
}

static int
start(struct daemon *daemon, struct bus_call *call, struct user *user,
      const struct context *context, int64_t now)
{
	int terminal = -1;
	int r = store_writable(daemon->judge.store);

	if (r == 0)
		r = session_start(&daemon->sessions, PURPOSE_ENROLL, user, context, now, &terminal);

	if (r < 0)
		return r;
	if (r == SESSION_TOO_MANY)
		return BUS_TOO_MANY_SESSIONS;
	reply_fd(call, terminal);
	close(terminal);
	return BUS_FINE;
}

/*
 * Only root can say that the password was just checked: a program that runs as the user must not
 * be able to register for them.
 */
static int
on_converse(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	const char *purpose = bus_call_text(call, 1);
	struct context context = { 0 };
	struct user user = { 0 };
	int64_t now = time(NULL);
	int r;

	if (!purpose || purpose_from_word(purpose) != PURPOSE_ENROLL)
		return BUS_BAD_REQUEST;
	if (bus_call_uid(call) != 0)
		return BUS_NOT_ALLOWED;
	r = read_user(daemon, call, 2, &context, &user, now);
	if (r == BUS_FINE)
		r = start(daemon, call, &user, &context, now);
	user_done(&user);
	context_done(&context);
	return r;
}

const struct bus_method service_methods[] = {
	/* name       in           out        who may call  handler */
	{ "Check", "aya{sv}", "sa{sv}", CALLER_SELF, on_check },
	{ "Converse", "aysa{sv}", "h", CALLER_SELF, on_converse },
	{ 0 },
};
