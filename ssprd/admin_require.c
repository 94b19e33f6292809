/*
 * `require`: from now on what was proven before counts as stale, and is asked for again; until the date that was set postponing is free.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ssprd/admin.h"
#include "ssprd/core/store.h"
#include "ssprd/judge.h"
#include "ssprd/stamps.h"

#define AHEAD_MAX ((int64_t)10 * 366 * 24 * 3600) /* of the date */

/* The date until which postponing is free; 0: at once. */
static bool
date_of(struct admin_work *w, int n, int64_t *by)
{
	return bus_call_number(w->call, n, by) && *by >= 0 &&
	       (*by == 0 || (*by > w->now && *by < w->now + AHEAD_MAX));
}

static void
date_text(int64_t by, char out[32])
{
	time_t t = (time_t)by;
	struct tm tm;

	if (!by || !localtime_r(&t, &tm) || !strftime(out, 32, "by %Y-%m-%d", &tm))
		snprintf(out, 32, "at once");
}

/* What was proven in this very second was proven before, too: then the requirement begins with the next one. */
static int
mark_required(struct admin_work *w, int64_t user, int64_t by)
{
	struct store_method methods[METHOD_COUNT] = { 0 };
	int64_t at = w->now;
	int r = store_methods(w->judge->store, user, methods);

	for (int m = 0; m < METHOD_COUNT; m++)
		if (methods[m].proven_at == w->now)
			at = w->now + 1;
	if (r >= 0)
		r = store_user_mark(w->judge->store, user, MARK_REQUIRED_AT, at);
	return r < 0 ? r : store_user_mark(w->judge->store, user, MARK_REQUIRED_BY, by);
}

static int
require(struct admin_work *w)
{
	struct change change = admin_change_of(w, AUDIT_REQUIRED, METHOD_COUNT);
	char date[32];
	int64_t by;
	int r;

	if (!date_of(w, 1, &by))
		return BUS_BAD_REQUEST;
	date_text(by, date);
	change.reason = date;
	r = mark_required(w, w->user.stored.id, by);
	return r < 0 ? r : change_record(w->judge, &change);
}

int
admin_require(void *arg, struct bus_call *call)
{
	return admin_run(arg, call, 2, require);
}

/* The ids of all users: they are marked after the walk. */
struct ids {
	int64_t *list;
	size_t count, room;
};

static int
keep_id(const struct store_user *user, void *arg)
{
	struct ids *ids = arg;

	if (ids->count == ids->room) {
		size_t room = ids->room ? 2 * ids->room : 64;
		int64_t *list = reallocarray(ids->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		ids->list = list;
		ids->room = room;
	}
	ids->list[ids->count++] = user->id;
	return 0;
}

/* One row of the audit for all of them: a journal line each would be a flood. */
static int
audit_all(struct admin_work *w, size_t count, int64_t by)
{
	char users[32], date[32];
	struct audit_entry entry = { .event = AUDIT_REQUIRED,
				     .actor = w->actor,
				     .result = users,
				     .reason = date,
				     .uid = -1,
				     .now = w->now };

	snprintf(users, sizeof(users), "%zu users", count);
	date_text(by, date);
	return audit_write(w->judge->store, w->judge->vault, &entry);
}

static int
require_all(struct admin_work *w, int64_t by)
{
	struct store *store = w->judge->store;
	struct ids ids = { 0 };
	int r = store_begin(store);

	if (r == 0)
		r = store_users_each(store, keep_id, &ids);
	for (size_t i = 0; r == 0 && i < ids.count; i++)
		r = mark_required(w, ids.list[i], by);
	if (r == 0)
		r = audit_all(w, ids.count, by);
	stamps_remove_all(w->judge->stamps);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	if (r == 0)
		reply_int(w->call, NULL, (int32_t)ids.count);
	free(ids.list);
	return r;
}

int
admin_require_all(void *arg, struct bus_call *call)
{
	struct admin_work w;
	int64_t by;

	admin_init(&w, arg, call);
	if (!date_of(&w, 0, &by))
		return BUS_BAD_REQUEST;
	return require_all(&w, by);
}
