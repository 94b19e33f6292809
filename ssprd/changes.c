/* Who is told of what: a row an event. */
#include "ssprd/changes.h"

#include <stdio.h>

#include "protocol/request.h"
#include "ssprd/core/store.h"
#include "ssprd/judge.h"
#include "ssprd/stamps.h"
#include "ssprd/telling.h"
#include "ssprd/user.h"

/* Who is told; bits. */
enum {
	NEXT_LOGIN = 1, /* a line at the next login, where it was not made in one */
	USER = 2,       /* messages to the user's addresses */
	ADMINS =
		4, /* messages to [notify] admins, of a privileged account (a registration: of the first) */
	SUPPORT = 8, /* a message to [support] email */
	STAMP = 16,  /* nothing is told, but what the user owes may be another thing now */
};

static const struct telling {
	enum audit_event event;
	unsigned int to;
} tellings[] = {
	{ AUDIT_METHOD_ADDED, NEXT_LOGIN | USER },
	{ AUDIT_METHOD_REPLACED, NEXT_LOGIN | USER },
	{ AUDIT_METHOD_REMOVED, NEXT_LOGIN | USER },
	{ AUDIT_FILLED_IN, NEXT_LOGIN | USER },
	{ AUDIT_HELP_CODE_MADE, USER },
	{ AUDIT_BLOCKED, NEXT_LOGIN | USER },
	{ AUDIT_UNBLOCKED, NEXT_LOGIN | USER },
	{ AUDIT_FROZEN, NEXT_LOGIN | USER },
	{ AUDIT_RESET_CHANGED, NEXT_LOGIN | USER | ADMINS },
	{ AUDIT_UNLOCKED, NEXT_LOGIN | USER | ADMINS },
	{ AUDIT_REGISTRATION_FINISHED, ADMINS },
	{ AUDIT_CANNOT_PROVE, SUPPORT },
	{ AUDIT_RESET_REFUSED, SUPPORT }, /* as a change: its user asked for help */
	{ AUDIT_REQUIRED, STAMP },
};

static unsigned int
readers(const struct change *c)
{
	unsigned int to = 0;

	for (size_t i = 0; i < sizeof(tellings) / sizeof(tellings[0]); i++)
		if (tellings[i].event == c->event)
			to = tellings[i].to;
	if (c->in_login)
		to &= ~(unsigned int)NEXT_LOGIN;
	if (!c->plan || !c->plan->privileged ||
	    (c->event == AUDIT_REGISTRATION_FINISHED && !c->first))
		to &= ~(unsigned int)ADMINS;
	return to;
}

static int
keep_notice(struct judge *j, const struct change *c)
{
	const struct store_user *user = &c->user->stored;
	const char *method = method_word(c->method);
	struct store_notice n = { .time = c->now };

	snprintf(n.kind, sizeof(n.kind), "%s", audit_word(c->event));
	snprintf(n.method, sizeof(n.method), "%s", method ? method : "");
	snprintf(n.from, sizeof(n.from), "%s",
		 c->from_unknown ? CHANGE_FROM_UNKNOWN
		 : c->rhost      ? c->rhost
				 : "");
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
	unsigned int to = readers(c);
	int r = audit(j, c);

	if (to & (NEXT_LOGIN | STAMP))
		stamps_remove(j->stamps, (uint64_t)c->user->stored.uid);
	if (r == 0 && (to & NEXT_LOGIN))
		r = keep_notice(j, c);
	if (r == 0 && (to & USER))
		r = tell_user(j, c);
	if (r == 0 && (to & ADMINS))
		r = tell_admins(j, c);
	if (r == 0 && (to & SUPPORT))
		r = tell_support(j, c);
	return r;
}
