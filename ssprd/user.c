/* Users: root's word, kept. */
#include "ssprd/user.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/context.h"
#include "ssprd/core/audit.h"
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
	if (!write || (!changed && now - u->stored.told_at < USER_TELL_EVERY))
		return STORE_DONE;
	u->stored.told_at = now;
	return store_user_put(j->store, &u->stored);
}

int
user_plan(struct judge *j, const struct user *u, int64_t now, struct plan *plan)
{
	struct store_method methods[METHOD_COUNT] = { 0 };
	struct plan_user p = { .name = u->stored.name,
			       .uid = (uint64_t)u->stored.uid,
			       .local_password = u->stored.local_password,
			       .groups = u->groups,
			       .group_count = u->group_count,
			       .postpones_used = u->stored.postpones_used,
			       .postponed_until = u->stored.postponed_until };

	if (u->stored.id != 0) {
		int r = store_methods(j->store, u->stored.id, methods);

		if (r < 0)
			return r;
	}
	for (int m = 0; m < METHOD_COUNT; m++) {
		p.methods[m].registered = methods[m].registered_at != 0;
		p.methods[m].proven_at = methods[m].proven_at;
	}
	plan_make(plan, j->config, j->implemented, &p, now);
	return 0;
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
