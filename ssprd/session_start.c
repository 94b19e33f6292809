/* A session's beginning: who may have one, its process, its place on the list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ssprd/check.h"
#include "ssprd/context.h"
#include "ssprd/core/config.h"
#include "ssprd/dialog.h"
#include "ssprd/launch.h"
#include "ssprd/remote_hosts.h"
#include "ssprd/reset.h"
#include "ssprd/session.h"
#include "ssprd/session_private.h"
#include "text/log.h"

static bool
is_of(const struct session *s, int64_t user, enum purpose purpose)
{
	return s->dialog.user.stored.id == user && s->dialog.purpose == purpose;
}

/*
 * Anybody may ask to manage, as often as they like: nobody takes the place of those who log in by
 * it.
 */
static bool
manages_enough(const struct sessions *all, int64_t user, enum purpose purpose)
{
	int own = 0;

	for (const struct session *s = all->first; s; s = s->next)
		own += is_of(s, user, PURPOSE_MANAGE);
	return purpose == PURPOSE_MANAGE && own >= SESSIONS_MANAGE_MAX;
}

static bool
all_taken(const struct sessions *all)
{
	return all->count >= DIALOGS_MAX ||
	       all->count + all->ending >= DIALOGS_MAX + SESSIONS_ENDING_MAX;
}

/* Resets that run: all of them, of this name, and of this name from that host. */
struct reset_count {
	size_t all, name, host;
};

static struct reset_count
count_resets(const struct sessions *all, const struct dialog *d)
{
	struct reset_count count = { 0 };

	for (const struct session *s = all->first; s; s = s->next) {
		bool same = strcmp(s->dialog.user.stored.name, d->user.stored.name) == 0;

		if (s->ending || s->dialog.purpose != PURPOSE_RESET)
			continue;
		count.all++;
		count.name += same;
		count.host += same && remote_host_same(s->dialog.rhost, d->rhost);
	}
	return count;
}

/* Past its limits a reset is held, and nothing in it succeeds: who is known is not to be seen by being refused. */
static int
begin_reset(struct session *s)
{
	struct reset_count count = count_resets(s->all, &s->dialog);
	int r;

	if (count.all >= RESETS_MAX || all_taken(s->all))
		return SESSION_TOO_MANY;
	r = reset_begin(&s->dialog,
			count.name >= RESETS_A_NAME || count.host >= RESETS_A_NAME_HOST);
	return r < 0 ? r : SESSION_STARTED;
}

/* On the list, counted, watched. */
static int
session_enter(struct session *s, int fd)
{
	struct sessions *all = s->all;
	int64_t ms = all->judge->config->registration.time_limit * (int64_t)1000;
	int r = loop_watch(all->loop, &s->watch, fd, LOOP_READ, session_request_ready, s);

	if (r < 0)
		return r;
	s->fd = fd;
	s->ends_at = loop_now() + ms;
	loop_timer_set(all->loop, &s->limit, ms + SESSION_GRACE_SECONDS * 1000,
		       session_limit_reached, s);
	s->next = all->first;
	if (all->first)
		all->first->previous = s;
	all->first = s;
	all->count++;
	return 0;
}

static int
session_new(struct sessions *all, enum purpose purpose, struct user *user,
	    const struct context *context, int64_t now, struct session **out)
{
	struct session *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->all = all;
	s->fd = -1;
	s->number = ++all->last_number;
	r = dialog_init(&s->dialog, all->judge, purpose, user, context, s->number, now);
	if (r < 0) {
		free(s);
		return r;
	}
	s->dialog.slot.granted = session_slot_granted;
	s->dialog.slot.arg = s;
	s->dialog.grant.came = session_grant_came;
	s->dialog.grant.arg = s;
	*out = s;
	return 0;
}

/* The process, with its two sockets: one is ours, one the caller's. */
static int
launch(struct session *s, unsigned int columns, int *terminal)
{
	int requests = -1;
	int r = launch_session(s->all->children, &s->child, s->all->program, &s->dialog, columns,
			       session_child_ended, &requests, terminal);

	if (r == 0)
		r = session_enter(s, requests);
	if (r == 0)
		return 0;
	child_drop(s->all->children, &s->child);
	if (requests >= 0) {
		close(requests);
		close(*terminal);
	}
	return r;
}

static int
begin(struct session *s)
{
	struct dialog *d = &s->dialog;
	int r;

	if (d->purpose == PURPOSE_RESET)
		return begin_reset(s);
	if (manages_enough(s->all, d->user.stored.id, d->purpose))
		return SESSION_TOO_MANY;
	if (all_taken(s->all))
		session_replace_older(s); /* there is no room to wait for its first prompt */
	if (all_taken(s->all))
		return SESSION_TOO_MANY;
	r = dialog_begins(d);
	return r < 0 ? r : SESSION_STARTED;
}

static int
start(struct session *s, const struct context *context, int *terminal)
{
	struct dialog *d = &s->dialog;
	int r;

	if (d->purpose == PURPOSE_ENROLL && !check_needs_dialog(d->plan.state)) {
		r = launch_nothing(d, terminal);
		return r < 0 ? r : SESSION_NOT_NEEDED;
	}
	r = begin(s);
	if (r == SESSION_TOO_MANY)
		return r;
	if (r == SESSION_STARTED)
		r = launch(s, context->columns, terminal);
	if (r < 0)
		log_error("a session cannot be started: %s", strerror(-r));
	return r < 0 ? r : SESSION_STARTED;
}

int
session_start(struct sessions *all, enum purpose purpose, struct user *user,
	      const struct context *context, int64_t now, int *terminal)
{
	struct session *s;
	int r;

	if (all->all_gone) /* ssprd is about to end */
		return -ESHUTDOWN;
	r = session_new(all, purpose, user, context, now, &s);
	if (r < 0)
		return r;
	r = start(s, context, terminal);
	if (r == SESSION_STARTED)
		return r;
	dialog_done(&s->dialog);
	free(s);
	return r;
}
