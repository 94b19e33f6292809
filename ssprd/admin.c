/*
 * org.sspr.Sspr1.Admin: what ssprctl shows, and the table. Nothing in this file changes a record; a look by an administrator at one is
 * audited.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ssprd/admin.h"
#include "ssprd/check.h"
#include "ssprd/context.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/daemon.h"
#include "ssprd/user.h"
#include "text/log.h"

#define MASK_MAX 256

/* Until when too many failures block this user; 0: not at all. 0 or -errno. */
static int
blocked(struct daemon *daemon, const struct user *user, int64_t now, int64_t *until)
{
	limit_key key;

	limit_user_key(daemon->judge.vault, LIMIT_FAILURES, user->stored.id, key);
	return limit_blocked(daemon->judge.store, key, daemon->config->throttle.block, now, until);
}

/* What Users and Show say alike. */
static void
put_user(struct bus_call *call, const struct user *user, const struct plan *plan,
	 int64_t blocked_until)
{
	reply_bytes(call, "user", user->stored.name);
	reply_uid(call, "uid", (uint64_t)user->stored.uid);
	reply_text(call, "state", state_word(plan->state));
	reply_bool(call, "enabled", plan->enabled);
	reply_bool(call, "registered", plan->registered);
	reply_int(call, "required", plan->required);
	reply_int(call, "done", plan->done);
	reply_int(call, "postpones_used", user->stored.postpones_used);
	reply_bool(call, "capable", plan->capable);
	reply_int(call, "stale", plan->stale_count);
	reply_bool(call, "frozen", user->stored.frozen_at != 0);
	reply_long(call, "blocked_until", blocked_until);
}

struct listing {
	struct daemon *daemon;
	struct bus_call *call;
	int64_t now;
};

static int
put_method_words(struct listing *l, int64_t user)
{
	struct store_method methods[METHOD_COUNT] = { 0 };
	const char *words[METHOD_COUNT];
	size_t n = 0;
	int r = store_methods(l->daemon->judge.store, user, methods);

	for (int m = 0; r == 0 && m < METHOD_COUNT; m++)
		if (methods[m].registered_at)
			words[n++] = method_word((enum method)m);
	reply_texts(l->call, "methods", words, n);
	return r;
}

static int
list_user(const struct store_user *stored, void *arg)
{
	struct listing *l = arg;
	struct user user = { 0 };
	int64_t until = 0;
	struct plan plan;
	int r = user_load(&user, l->daemon->judge.store, stored->name);

	if (r == 0)
		r = user_plan(&l->daemon->judge, &user, l->now, &plan);
	if (r == 0)
		r = blocked(l->daemon, &user, l->now, &until);
	if (r == 0) {
		reply_open_dict(l->call);
		put_user(l->call, &user, &plan, until);
		r = put_method_words(l, stored->id);
		reply_close(l->call);
	}
	user_done(&user);
	return r < 0 ? r : 0;
}

static int
on_users(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	struct listing l = { daemon, call, time(NULL) };
	int r;

	reply_open_list(call, NULL);
	r = store_users_each(daemon->judge.store, list_user, &l);
	reply_close(call);
	return r;
}

/* What a registered method is, masked; a record that does not open is shown as nothing. */
static int
mask_of(struct daemon *daemon, const struct store_method *m, int64_t user, char *out, size_t size)
{
	const struct method_judge *row = method_judge(m->method);
	struct vault_place place = { user, method_word(m->method), "record" };
	struct secret plain = { 0 };
	int r = 0;

	*out = '\0';
	if (row && row->mask && m->sealed)
		r = vault_unseal(daemon->judge.vault, &place, m->sealed, m->sealed_len, &plain);
	if (r == VAULT_DONE && plain.data)
		row->mask(plain.data, plain.len, out, size);
	secret_done(&plain);
	return r < 0 ? r : 0;
}

static int
put_method(struct daemon *daemon, struct bus_call *call, const struct user *user,
	   const struct plan *plan, enum method method, int64_t now)
{
	static const char *const standings[] = { [STANDING_MISSING] = "not-offered",
						 [STANDING_FILLED_IN] = "filled-in",
						 [STANDING_PROVEN] = "proven",
						 [STANDING_STALE] = "stale" };
	struct store_method m = { 0 };
	char masked[MASK_MAX];
	int r = store_method_get(daemon->judge.store, user->stored.id, method, true, &m);

	if (r == STORE_NONE)
		return 0;
	if (r == STORE_DONE)
		r = mask_of(daemon, &m, user->stored.id, masked, sizeof(masked));
	if (r == 0) {
		reply_open_dict(call);
		reply_text(call, "method", method_word(method));
		reply_text(call, "masked", masked);
		reply_long(call, "registered_at", m.registered_at);
		reply_long(call, "proven_at", m.proven_at);
		reply_long(call, "stale_at",
			   m.registered_at ? plan_stale_at(daemon->config, m.proven_at,
							   user->stored.required_at, now)
					   : 0);
		reply_text(call, "standing", standings[plan->standing[method]]);
		reply_text(call, "filled_by", m.registered_at ? "" : m.filled_by);
		reply_long(call, "filled_at", m.registered_at ? 0 : m.filled_at);
		reply_close(call);
	}
	store_method_done(&m);
	return r;
}

/* An administrator's look at somebody's record. */
static int
audit_view(struct daemon *daemon, const struct bus_call *call, const struct user *user, int64_t now)
{
	struct audit_entry entry = { .event = AUDIT_RECORD_VIEWED,
				     .user = user->stored.name,
				     .actor = "root",
				     .result = "masked",
				     .uid = user->stored.uid,
				     .now = now };

	if (bus_call_uid(call) != 0 || user->stored.uid == 0)
		return 0;
	return audit_write(daemon->judge.store, daemon->judge.vault, &entry);
}

static int
show(struct daemon *daemon, struct bus_call *call, const struct user *user, int64_t now)
{
	int64_t until = 0;
	struct plan plan;
	int r = user_plan(&daemon->judge, user, now, &plan);

	if (r == 0)
		r = blocked(daemon, user, now, &until);
	if (r == 0)
		r = audit_view(daemon, call, user, now);
	if (r < 0)
		return r;
	reply_open_dict(call);
	put_user(call, user, &plan, until);
	reply_long(call, "frozen_at", user->stored.frozen_at);
	reply_long(call, "required_by", user->stored.required_by);
	reply_int(call, "codes_left", plan.codes_left);
	reply_bool(call, "needs_code", plan.needs_code);
	reply_long(call, "postponed_until", user->stored.postponed_until);
	reply_bool(call, "local_password", user->stored.local_password);
	reply_open_list(call, "methods");
	for (int m = 0; r == 0 && m < METHOD_COUNT; m++)
		r = put_method(daemon, call, user, &plan, (enum method)m, now);
	reply_close(call);
	reply_close(call);
	return r;
}

static int
on_show(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	struct user user = { 0 };
	int r = user_load(&user, daemon->judge.store, bus_call_user(call));

	if (r == STORE_NONE)
		r = BUS_NO_SUCH_USER;
	else if (r == STORE_DONE)
		r = show(daemon, call, &user, time(NULL));
	user_done(&user);
	return r;
}

static int
simulate(struct daemon *daemon, struct bus_call *call, const struct user *user,
	 const struct context *context, int64_t now)
{
	const struct config *config = daemon->config;
	char reason[REASON_TEXT_MAX];
	struct plan plan;
	int r = user_plan(&daemon->judge, user, now, &plan);

	if (r < 0)
		return r;
	check_reason(reason, sizeof(reason), &plan, config, user, context->interactive, now);
	reply_text(call, NULL, state_word(check_state(&plan, config, context->interactive, now)));
	reply_open_dict(call);
	reply_text(call, "reason", reason);
	reply_int(call, "required", plan.required);
	reply_int(call, "done", plan.done);
	reply_int(call, "postpones_left", plan.postpones_left);
	reply_bool(call, "refuses_keyed", plan_refuses_keyed(&plan, config, now));
	reply_close(call);
	return BUS_FINE;
}

static int
on_simulate(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	struct context context = { 0 };
	struct user user = { 0 };
	int64_t now = time(NULL);
	int r = context_read(&context, call, 1);

	if (r == -EBADMSG)
		r = BUS_BAD_REQUEST;
	if (r == 0) {
		r = user_tell(&user, &daemon->judge, bus_call_user(call), &context, now, false);
		if (r == STORE_NONE)
			r = BUS_NO_SUCH_USER;
		else if (r == STORE_DONE)
			r = simulate(daemon, call, &user, &context, now);
	}
	user_done(&user);
	context_done(&context);
	return r;
}

const struct bus_method admin_methods[] = {
	/* name       in          out          who may call  handler */
	{ "Users", "", "aa{sv}", CALLER_ROOT, on_users },
	{ "Show", "ay", "a{sv}", CALLER_SELF, on_show },
	{ "Simulate", "aya{sv}", "sa{sv}", CALLER_ROOT, on_simulate },
	{ "Set", "ayssa{sv}", "s", CALLER_ROOT, admin_set },
	{ "Remove", "ays", "b", CALLER_ROOT, admin_remove },
	{ "Code", "ayua{sv}", "s", CALLER_ROOT, admin_code },
	{ "Unblock", "ay", "b", CALLER_ROOT, admin_unblock },
	{ "Require", "ayxa{sv}", "", CALLER_ROOT, admin_require },
	{ "RequireAll", "x", "i", CALLER_ROOT, admin_require_all },
	{ "Audit", "x", "aa{sv}", CALLER_ROOT, admin_audit },
	{ "AuditVerify", "x", "a{sv}", CALLER_ROOT, admin_audit_verify },
	{ 0 },
};
