/*
 * org.sspr.Sspr1: Check, Converse, Freeze, Outcome. One rule: when the store cannot be written the answer is
 * Unavailable, before anything else is looked at; the module then does what onerr says.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "protocol/grant.h"
#include "ssprd/check.h"
#include "ssprd/context.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/daemon.h"
#include "ssprd/freeze.h"
#include "ssprd/grant.h"
#include "ssprd/user.h"
#include "ssprd/words.h"
#include "text/log.h"

/* As if there were none of that name. */
static int
forget_record(struct user *user, const char *name)
{
	user_done(user);
	snprintf(user->stored.name, sizeof(user->stored.name), "%s", name);
	return STORE_NONE;
}

/*
 * The context, and what root told with it. BUS_FINE, or an enum bus_error, or -errno. Root that
 * tells no uid of a name without a record has left out what only root can know, but at a reset: there it does so of names that
 * nobody has, and a record that stands under one is of somebody who is gone: left out of sight. A reset writes nothing of what
 * was told: a stranger began it.
 */
static int
read_user(struct daemon *daemon, struct bus_call *call, int argument, enum purpose purpose,
	  struct context *context, struct user *user, int64_t now)
{
	bool reset = purpose == PURPOSE_RESET;
	int r = context_read(context, call, argument);

	if (r == -EBADMSG)
		return BUS_BAD_REQUEST;
	if (r < 0)
		return r;
	r = user_tell(user, &daemon->judge, bus_call_user(call), context, now, !reset);
	if (r == STORE_DONE && reset && !context->has_uid)
		r = forget_record(user, bus_call_user(call));
	if (r == STORE_NONE) /* of a reset: a name that nobody has, which must not show */
		return reset ? BUS_FINE : BUS_BAD_REQUEST;
	return r;
}

/* One line: at every login that can show it, and of those without a conversation at one a day. */
static int
remind(struct daemon *daemon, struct user *user, const struct plan *plan,
       const struct context *context, int64_t now, char line[WORDS_LINE_MAX])
{
	bool show = true;
	int r = context->interactive ? 0 : user_remind(user, daemon->judge.store, now, &show);

	if (r == 0 && show)
		words_reminder(line, WORDS_LINE_MAX, context->lang, plan, daemon->config, now);
	return r;
}

static bool
nothing_due(enum state state)
{
	return state == STATE_OK || state == STATE_NOT_ENABLED;
}

static void
write_stamp(struct daemon *daemon, const struct user *user, const struct plan *plan,
	    enum state state, int64_t now)
{
	uint64_t uid = (uint64_t)user->stored.uid;

	if (nothing_due(state))
		stamps_write(&daemon->stamps, user->stored.name, uid, plan->quiet_until, now);
	else
		stamps_remove(&daemon->stamps, uid);
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

	if (r == 0)
		r = user_keep_dormant(user, daemon->judge.store, &plan, now);
	if (r < 0)
		return r;
	state = check_state(&plan, config, context->interactive, now);
	if (!nothing_due(state)) /* nobody is asked for what could not be kept */
		r = store_writable(daemon->judge.store);
	if (r == 0 && state == STATE_REMIND)
		r = remind(daemon, user, &plan, context, now, line);
	if (r < 0)
		return r;
	write_stamp(daemon, user, &plan, state, now);
	reply_text(call, NULL, state_word(state));
	reply_open_dict(call);
	reply_text(call, "message", line);
	reply_int(call, "postpones_left", plan.postpones_left);
	reply_long(call, "due", check_due(&plan));
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
	int r = read_user(daemon, call, 1, PURPOSE_ENROLL, &context, &user, now);

	if (r == BUS_FINE)
		r = answer(daemon, call, &user, &context, now);
	user_done(&user);
	context_done(&context);
	return r;
}

static int
start(struct daemon *daemon, struct bus_call *call, enum purpose purpose, struct user *user,
      const struct context *context, int64_t now)
{
	int terminal = -1;
	int r = store_writable(daemon->judge.store);

	if (r == 0)
		r = session_start(&daemon->sessions, purpose, user, context, now, &terminal);

	if (r < 0)
		return r;
	if (r == SESSION_TOO_MANY)
		return BUS_TOO_MANY_SESSIONS;
	reply_fd(call, terminal);
	close(terminal);
	return BUS_FINE;
}

/*
 * Only root can say that the password was just checked: a program that runs as the user must not be
 * able to register for them, nor try their proofs as from the console. And nobody but they themselves, root neither, manages what they
 * registered.
 */
static int
may_converse(struct daemon *daemon, const struct bus_call *call, enum purpose purpose)
{
	int r;

	if (purpose == PURPOSE_ENROLL || purpose == PURPOSE_RESET)
		return bus_call_uid(call) == 0 ? BUS_FINE : BUS_NOT_ALLOWED;
	if (purpose != PURPOSE_MANAGE)
		return BUS_BAD_REQUEST;
	r = user_is(daemon->judge.store, bus_call_user(call), bus_call_uid(call));
	if (r < 0)
		return r;
	return r == 1 ? BUS_FINE : BUS_NOT_ALLOWED;
}

static int
on_converse(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	const char *word = bus_call_text(call, 1);
	enum purpose purpose = word ? purpose_from_word(word) : PURPOSE_COUNT;
	struct context context = { 0 };
	struct user user = { 0 };
	int64_t now = time(NULL);
	int r = may_converse(daemon, call, purpose);

	if (r == BUS_FINE)
		r = read_user(daemon, call, 2, purpose, &context, &user, now);
	if (r == BUS_FINE)
		r = start(daemon, call, purpose, &user, &context, now);
	user_done(&user);
	context_done(&context);
	return r;
}

static int
on_freeze(void *arg, struct bus_call *call)
{
	static const int errors[] = { [FREEZE_DONE] = BUS_FINE,
				      [FREEZE_FORM] = BUS_BAD_REQUEST,
				      [FREEZE_WRONG] = BUS_NOT_ALLOWED,
				      [FREEZE_TOO_MANY] = BUS_TOO_MANY_SESSIONS };
	struct daemon *daemon = arg;
	const char *typed = bus_call_text(call, 0);
	char caller[32];
	int r;

	snprintf(caller, sizeof(caller), "uid %" PRIu64, bus_call_uid(call));
	r = freeze_use(&daemon->judge, &(struct freeze_try){ .typed = typed ? typed : "",
							     .caller = caller,
							     .actor = caller,
							     .now = time(NULL) });
	return r < 0 ? r : errors[r];
}

/* What sspr-passwd did; nobody but root may say so. */
static int
on_outcome(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	enum verdict what = verdict_from_word(bus_call_text(call, 1));
	struct user user = { 0 };
	int r;

	if (what != VERDICT_PASSWORD_CHANGED && what != VERDICT_UNLOCKED)
		return BUS_BAD_REQUEST;
	r = user_load(&user, daemon->judge.store, bus_call_user(call));
	if (r == STORE_NONE)
		r = BUS_NO_SUCH_USER;
	else if (r == STORE_DONE)
		r = grant_outcome(&daemon->judge,
				  sessions_granted(&daemon->sessions, user.stored.id), &user, what,
				  time(NULL));
	user_done(&user);
	return r;
}

const struct bus_method service_methods[] = {
	/* name       in           out        who may call  handler */
	{ "Check", "aya{sv}", "sa{sv}", CALLER_SELF, on_check },
	{ "Converse", "aysa{sv}", "h", CALLER_SELF, on_converse },
	{ "Freeze", "s", "", CALLER_ANYBODY, on_freeze },
	{ OUTCOME_METHOD, "ays", "", CALLER_ROOT, on_outcome },
	{ 0 },
};
