/* Users: root's word, kept. */
#include "ssprd/user.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/context.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/limit.h"
#include "ssprd/judge.h"
#include "ssprd/stamps.h"

#define DAY (24 * 3600)

void
user_done(struct user *u)
{
	store_user_done(&u->stored);
	free(u->groups);
	free(u->group_text);
	*u = (struct user){ 0 };
}

/* Take the stored names apart. */
static int
split_groups(struct user *u)
{
	size_t n = 1;
	char *rest;

	free(u->groups);
	free(u->group_text);
	u->groups = NULL;
	u->group_text = NULL;
	u->group_count = 0;
	if (!u->stored.groups || !*u->stored.groups)
		return 0;
	for (const char *c = u->stored.groups; *c; c++)
		n += *c == '\n';
	u->groups = calloc(n, sizeof(*u->groups));
	u->group_text = strdup(u->stored.groups);
	if (!u->groups || !u->group_text)
		return -ENOMEM;
	rest = u->group_text;
	while (rest)
		u->groups[u->group_count++] = strsep(&rest, "\n");
	return 0;
}

int
user_load(struct user *u, struct store *store, const char *name)
{
	int r, groups;

	*u = (struct user){ 0 };
	r = store_user_get(store, name, &u->stored);
	if (r < 0)
		return r;
	if (r == STORE_NONE) {
		u->stored = (struct store_user){ 0 };
		snprintf(u->stored.name, sizeof(u->stored.name), "%s", name);
	}
	groups = split_groups(u);
	return groups < 0 ? groups : r;
}

/* Somebody else's record stood under this name. */
static int
set_aside(struct user *u, struct judge *j, const struct context *context, int64_t now)
{
	struct audit_entry entry = { .event = AUDIT_RECORD_SET_ASIDE,
				     .user = u->stored.name,
				     .actor = "root",
				     .reason = "the uid changed",
				     .service = context->service,
				     .rhost = context->rhost,
				     .uid = u->stored.uid,
				     .now = now };
	int r = store_begin(j->store);

	if (r < 0)
		return r;
	r = store_user_set_aside(j->store, u->stored.id, now);
	if (r == 0)
		r = audit_write(j->store, j->vault, &entry);
	if (r == 0)
		r = store_commit(j->store);
	store_rollback(j->store);
	if (r == 0)
		stamps_remove(j->stamps, (uint64_t)u->stored.uid);
	return r;
}

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Take over what was told. True: something is different. */
static int
take_over(struct user *u, const struct context *c, bool *changed)
{
	struct store_user *s = &u->stored;

	*changed = s->id == 0;
	s->uid = (int64_t)c->uid;
	if (c->has_local_password && s->local_password != c->local_password) {
		s->local_password = c->local_password;
		*changed = true;
	}
	if (c->has_last_login && s->last_login != c->last_login) {
		s->last_login = c->last_login;
		*changed = true;
	}
	if (c->has_groups && !same_text(s->groups, c->groups)) {
		char *copy = strdup(c->groups ? c->groups : "");

		if (!copy)
			return -ENOMEM;
		free(s->groups);
		s->groups = copy;
		*changed = true;
	}
	return split_groups(u);
}

/*
 * A record of another uid is not this user's: it is set aside (or left out of sight), and an
 * empty one takes its place.
 */
static int
start_anew(struct user *u, struct judge *j, const char *name, const struct context *c, int64_t now,
	   bool write)
{
	int r = write ? set_aside(u, j, c, now) : 0;

	if (r < 0)
		return r;
	user_done(u);
	snprintf(u->stored.name, sizeof(u->stored.name), "%s", name);
	return 0;
}

int
user_tell(struct user *u, struct judge *j, const char *name, const struct context *c, int64_t now,
	  bool write)
{
	bool changed;
	int r = user_load(u, j->store, name);

	if (r < 0 || !c->has_uid)
		return r;
	if (u->stored.id != 0 && u->stored.uid != (int64_t)c->uid) {
		r = start_anew(u, j, name, c, now, write);
		if (r < 0)
			return r;
	}
	r = take_over(u, c, &changed);
	if (r < 0)
		return r;
	u->unstored = !write;
	if (!write || (!changed && now - u->stored.told_at < USER_TELL_EVERY))
		return STORE_DONE;
	u->stored.told_at = now;
	return store_user_put(j->store, &u->stored);
}

/* What root told of a user stays in force where the store does not have it. */
static void
keep_told(struct user *u, struct user *now)
{
	char *groups = now->stored.groups;
	struct user older = *now;

	now->stored.uid = u->stored.uid;
	now->stored.local_password = u->stored.local_password;
	now->stored.last_login = u->stored.last_login;
	now->stored.groups = u->stored.groups;
	now->groups = u->groups;
	now->group_count = u->group_count;
	now->group_text = u->group_text;
	now->unstored = true;
	u->stored.groups = groups;
	u->groups = older.groups;
	u->group_text = older.group_text;
}

int
user_again(struct user *u, struct store *store)
{
	struct user now;
	int r = user_load(&now, store, u->stored.name); /* also of nobody: that takes as long */

	if (r == STORE_DONE && now.stored.id == u->stored.id) {
		if (u->unstored)
			keep_told(u, &now);
		user_done(u);
		*u = now;
		return 0;
	}
	user_done(&now);
	return r < 0 ? r : 0;
}

/* What stands in rows of their own. */
static int
add_rows(struct judge *j, int64_t id, int64_t now, struct plan_user *p)
{
	struct store_method methods[METHOD_COUNT] = { 0 };
	struct store_notice notices[STORE_NOTICES_MAX];
	limit_key failures;
	int untold = 0;
	int r = store_methods(j->store, id, methods);

	for (int m = 0; m < METHOD_COUNT; m++) {
		p->methods[m].registered = methods[m].registered_at != 0;
		p->methods[m].filled_in = !methods[m].registered_at && methods[m].filled_at;
		p->methods[m].proven_at = methods[m].proven_at;
	}
	limit_user_key(j->vault, LIMIT_FAILURES, id, failures);
	if (r >= 0)
		r = store_recovery_left(j->store, id, &p->codes_left);
	if (r >= 0)
		r = limit_blocked(j->store, failures, j->config->throttle.block, now,
				  &p->blocked_until);
	if (r >= 0)
		r = store_notices(j->store, id, notices, &untold);
	p->notice = untold > 0;
	return r < 0 ? r : 0;
}

int
user_plan(struct judge *j, const struct user *u, int64_t now, struct plan *plan)
{
	const struct store_user *s = &u->stored;
	struct plan_user p = { .name = s->name,
			       .uid = (uint64_t)s->uid,
			       .local_password = s->local_password,
			       .groups = u->groups,
			       .group_count = u->group_count,
			       .postpones_used = s->postpones_used,
			       .postponed_until = s->postponed_until,
			       .last_login = s->last_login,
			       .dormant_seen = s->dormant_seen,
			       .registered_at = s->registered_at,
			       .code_open_until = s->code_open_until,
			       .required_at = s->required_at,
			       .required_by = s->required_by,
			       .frozen = s->frozen_at != 0 };
	int r;

	r = add_rows(j, s->id, now,
		     &p); /* also where there is no record: as much work for nobody */
	if (r < 0)
		return r;
	plan_make(plan, j->config, j->implemented, &p, now);
	return 0;
}

/* Set a mark, in the store and in this copy. */
static int
set_mark(struct user *u, struct store *store, enum store_mark mark, int64_t *copy, int64_t time)
{
	int r;

	if (*copy == time)
		return 0;
	r = store_user_mark(store, u->stored.id, mark, time);
	if (r == 0)
		*copy = time;
	return r;
}

int
user_keep_dormant(struct user *u, struct store *store, const struct plan *plan, int64_t now)
{
	if (!plan->dormant || u->stored.dormant_seen || u->stored.id == 0)
		return 0;
	return set_mark(u, store, MARK_DORMANT_SEEN, &u->stored.dormant_seen, now);
}

/* Within a transaction. */
static int
settle_rows(struct user *u, struct store *store, int64_t now)
{
	struct store_user *s = &u->stored;
	int64_t first = s->registered_at ? s->registered_at : now;
	int r = set_mark(u, store, MARK_REGISTERED_AT, &s->registered_at, first);

	if (r == 0)
		r = set_mark(u, store, MARK_REQUIRED_AT, &s->required_at, 0);
	if (r == 0)
		r = set_mark(u, store, MARK_REQUIRED_BY, &s->required_by, 0);
	if (r == 0)
		r = set_mark(u, store, MARK_DORMANT_SEEN, &s->dormant_seen, 0);
	if (r < 0 || (s->postpones_used == 0 && s->postponed_until == 0))
		return r;
	s->postpones_used = 0;
	s->postponed_until = 0;
	return store_user_put(store, s);
}

int
user_settle(struct user *u, struct store *store, int64_t now)
{
	bool own;
	int r = store_join(store, &own);

	return r < 0 ? r : store_leave(store, own, settle_rows(u, store, now));
}

int
user_is(struct store *store, const char *name, uint64_t uid)
{
	struct store_user stored = { 0 };
	int r = store_user_get(store, name, &stored);

	if (r < 0)
		return r;
	r = r == STORE_DONE && stored.uid >= 0 && (uint64_t)stored.uid == uid;
	store_user_done(&stored);
	return r;
}

int
user_remind(struct user *u, struct store *store, int64_t now, bool *show)
{
	/* A clock that was set back must not silence the line for long. */
	if (u->stored.reminded_at <= now && now - u->stored.reminded_at < DAY) {
		*show = false;
		return 0;
	}
	*show = true;
	u->stored.reminded_at = now;
	return store_user_put(store, &u->stored);
}
