/*
 * org.sspr.Sspr1.Admin: what changes a record. Each change is one transaction with its audit and its messages (changes.h), so that nothing
 * is done to an account of which its user is not told. What an administrator fills in counts for nothing before its user proved it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/admin.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/help_code.h"
#include "ssprd/judge.h"
#include "ssprd/value.h"
#include "text/log.h"

/* A method's row, and its value where it is an address. STORE_DONE, STORE_NONE, -errno. */
static int
read_record(struct admin_work *w, enum method method, struct store_method *m, struct secret *plain)
{
	struct vault_place place = { w->user.stored.id, method_word(method), "record" };
	int r = store_method_get(w->judge->store, w->user.stored.id, method, true, m);

	if (r != STORE_DONE || !value_is_address(method) || !m->sealed)
		return r;
	r = vault_unseal(w->judge->vault, &place, m->sealed, m->sealed_len, plain);
	if (r == VAULT_SHUT) /* it can still be replaced and removed */
		log_error("a record of %s does not open", method_word(method));
	return r < 0 ? r : STORE_DONE;
}

/* What was on its way to the value before proves nothing any more. */
static int
put_filled_in(struct admin_work *w, enum method method, const char *wire)
{
	struct vault_place place = { w->user.stored.id, method_word(method), "record" };
	struct store_method m = { .method = method, .filled_at = w->now };
	int r = vault_seal(w->judge->vault, &place, wire, strlen(wire), &m.sealed, &m.sealed_len);

	snprintf(m.filled_by, sizeof(m.filled_by), "%s", w->actor);
	if (r == 0)
		r = store_method_put(w->judge->store, w->user.stored.id, &m);
	if (r == 0)
		r = store_code_remove(w->judge->store, w->user.stored.id, method);
	store_method_done(&m);
	return r < 0 ? r : 0;
}

/* A value that stands already is left as it is, proven or not. */
static int
fill_in(struct admin_work *w, enum method method, const char *wire)
{
	struct change change = admin_change_of(w, AUDIT_FILLED_IN, method);
	struct store_method m = { 0 };
	struct secret old = { 0 };
	int r = read_record(w, method, &m, &old);

	if (r == STORE_DONE && strcmp(secret_text(&old), wire) == 0)
		goto out;
	if (r == STORE_DONE && m.registered_at && old.data)
		change.old = secret_text(&old);
	if (r >= 0)
		r = put_filled_in(w, method, wire);
	if (r == 0)
		r = change_record(w->judge, &change);
out:
	secret_done(&old);
	store_method_done(&m);
	return r;
}

static int
set(struct admin_work *w)
{
	enum method method = method_from_word(bus_call_text(w->call, 1));
	const char *value = bus_call_text(w->call, 2);
	char wire[VALUE_WIRE_MAX + 1];
	int why, r = BUS_FINE;

	if (!value_is_address(method) || !value)
		return BUS_BAD_REQUEST;
	why = value_check(w->judge, w->user.stored.id, method, value, strlen(value), wire);
	if (why < 0)
		return why;
	if (why == REASON_COUNT)
		r = fill_in(w, method, wire);
	if (r == BUS_FINE)
		reply_text(w->call, NULL, why == REASON_COUNT ? "" : reason_word((enum reason)why));
	explicit_bzero(wire, sizeof(wire));
	return r;
}

int
admin_set(void *arg, struct bus_call *call)
{
	return admin_run(arg, call, 3, set);
}

/* Its row, and what belongs to it. STORE_DONE, STORE_NONE, -errno. */
static int
remove_rows(struct admin_work *w, enum method method)
{
	struct store *store = w->judge->store;
	int64_t user = w->user.stored.id;
	int r = store_method_remove(store, user, method), more = 0;

	if (r == STORE_DONE)
		more = store_code_remove(store, user, method);
	if (r == STORE_DONE && more >= 0 && method == METHOD_RECOVERY_CODES)
		more = store_recovery_remove(store, user);
	return more < 0 ? more : r;
}

static int
remove_method(struct admin_work *w, enum method method)
{
	struct change change = admin_change_of(w, AUDIT_METHOD_REMOVED, method);
	struct store_method m = { 0 };
	struct secret old = { 0 };
	int r = read_record(w, method, &m, &old);

	if (r == STORE_DONE) {
		if (!m.registered_at)
			change.reason = "filled-in";
		else if (old.data)
			change.old = secret_text(&old);
		r = remove_rows(w, method);
	}
	if (r == STORE_DONE)
		r = change_record(w->judge, &change);
	secret_done(&old);
	store_method_done(&m);
	return r;
}

static int
take_away(struct admin_work *w)
{
	enum method method = method_from_word(bus_call_text(w->call, 1));
	int r;

	if (method == METHOD_COUNT)
		return BUS_BAD_REQUEST;
	r = remove_method(w, method);
	if (r < 0)
		return r;
	reply_bool(w->call, NULL, r == STORE_DONE);
	return BUS_FINE;
}

int
admin_remove(void *arg, struct bus_call *call)
{
	return admin_run(arg, call, -1, take_away);
}

/* May this caller make one for this user? Never for oneself: it would prove nothing. For the privileged root alone. */
static int
may_make_code(struct admin_work *w, bool *may)
{
	uint64_t caller = bus_call_uid(w->call);
	struct plan plan;
	int r = user_plan(w->judge, &w->user, w->now, &plan);

	*may = r == 0 && (uint64_t)w->user.stored.uid != caller &&
	       (!plan.privileged || caller == 0);
	return r;
}

static int
make_code(struct admin_work *w)
{
	struct change change = admin_change_of(w, AUDIT_HELP_CODE_MADE, METHOD_COUNT);
	struct help_code code = { .user = w->user.stored.id, .made_by = w->actor, .now = w->now };
	char shown[RECOVERY_SHOWN] = "", lasts[32];
	int64_t minutes;
	bool may;
	int r;

	if (!bus_call_number(w->call, 1, &minutes) || minutes < HELP_CODE_MINUTES_MIN ||
	    minutes > HELP_CODE_MINUTES_MAX)
		return BUS_BAD_REQUEST;
	r = may_make_code(w, &may);
	if (r < 0)
		return r;
	if (!may)
		return BUS_NOT_ALLOWED;
	code.minutes = (int)minutes;
	snprintf(lasts, sizeof(lasts), "%d minutes", code.minutes);
	change.reason = lasts;
	r = help_code_make(w->judge, &code, shown);
	if (r == 0)
		r = change_record(w->judge, &change);
	if (r == 0)
		reply_text(w->call, NULL, shown);
	explicit_bzero(shown, sizeof(shown));
	return r;
}

int
admin_code(void *arg, struct bus_call *call)
{
	return admin_run(arg, call, 2, make_code);
}

/* Was anything to be lifted? 1 yes, 0 no, -errno. */
static int
is_blocked(struct admin_work *w, limit_key failures, limit_key sends)
{
	int64_t failed_until = 0, sent_until = 0;
	int r = limit_blocked(w->judge->store, failures, w->judge->config->throttle.block, w->now,
			      &failed_until);

	if (r == 0)
		r = limit_blocked(w->judge->store, sends, w->judge->config->throttle.block, w->now,
				  &sent_until);
	return r < 0 ? r : failed_until || sent_until || w->user.stored.frozen_at;
}

static int
unblock(struct admin_work *w)
{
	struct change change = admin_change_of(w, AUDIT_UNBLOCKED, METHOD_COUNT);
	int64_t user = w->user.stored.id;
	limit_key failures, sends;
	int r, was;

	limit_user_key(w->judge->vault, LIMIT_FAILURES, user, failures);
	limit_user_key(w->judge->vault, LIMIT_SENDS, user, sends);
	was = r = is_blocked(w, failures, sends);
	if (r >= 0)
		r = limit_clear(w->judge->store, failures);
	if (r == 0)
		r = limit_clear(w->judge->store, sends);
	if (r == 0)
		r = store_user_mark(w->judge->store, user, MARK_FROZEN_AT, 0);
	change.reason = w->user.stored.frozen_at ? "frozen" : "blocked";
	if (r == 0 && was)
		r = change_record(w->judge, &change);
	if (r == 0)
		reply_bool(w->call, NULL, was);
	return r;
}

int
admin_unblock(void *arg, struct bus_call *call)
{
	return admin_run(arg, call, -1, unblock);
}
