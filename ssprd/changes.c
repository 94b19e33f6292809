/* Who is told of what: a row an event. */
#include "ssprd/changes.h"

#include <stdio.h>

#include "ssprd/core/store.h"
#include "ssprd/judge.h"
#include "ssprd/stamps.h"
#include "ssprd/user.h"

static const struct telling {
	enum audit_event event;
	bool next_login; /* a line at the next login, where it was not made in one */
} tellings[] = {
	{ AUDIT_METHOD_ADDED, true },    { AUDIT_METHOD_REPLACED, true },
	{ AUDIT_METHOD_REMOVED, true },  { AUDIT_FILLED_IN, true },
	{ AUDIT_HELP_CODE_MADE, true },  { AUDIT_BLOCKED, true },
	{ AUDIT_RESET_CHANGED, true },   { AUDIT_UNLOCKED, true },
	{ AUDIT_FROZEN, true },          { AUDIT_UNBLOCKED, true },
	{ AUDIT_CANNOT_PROVE, false },   { AUDIT_REGISTRATION_FINISHED, false },
	{ AUDIT_HELP_CODE_USED, false },
};

static bool
told_at_login(const struct change *c)
{
	for (size_t i = 0; i < sizeof(tellings) / sizeof(tellings[0]); i++)
		if (tellings[i].event == c->event)
			return tellings[i].next_login && !c->in_login;
	return false;
}

static int
keep_notice(struct judge *j, const struct change *c)
{
	const struct store_user *user = &c->user->stored;
	const char *method = method_word(c->method);
	struct store_notice n = { .time = c->now };

	snprintf(n.kind, sizeof(n.kind), "%s", audit_word(c->event));
	snprintf(n.method, sizeof(n.method), "%s", method ? method : "");
	snprintf(n.from, sizeof(n.from), "%s", c->rhost ? c->rhost : "");
	stamps_remove(j->stamps, (uint64_t)user->uid);
	return store_notice_add(j->store, user->id, &n);
}

static int
audit(struct judge *j, const struct change *c)
{
	struct audit_entry entry = { .event = c->event,
				     .user = c->user->stored.name,
				     .actor = c->actor,
				     .method = method_word(c->method),
				     .result = c->result,
				     .reason = c->reason,
				     .service = c->service,
				     .rhost = c->rhost,
				     .uid = c->user->stored.uid,
				     .session = c->session,
				     .now = c->now };

	return audit_write(j->store, j->vault, &entry);
}

int
change_record(struct judge *j, const struct change *c)
{
	int r = audit(j, c);

	if (r == 0 && told_at_login(c))
		r = keep_notice(j, c);
	return r;
}
