/*
 * A session's life: answered, ended, reaped. The order of an end: its secrets are wiped
 * and its socket closed as soon as nothing more may be asked; the entry itself, and whose it was,
 * goes when the process has been reaped.
 */
#include "ssprd/session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol/request.h"
#include "ssprd/dialog.h"
#include "ssprd/finish.h"
#include "ssprd/sending.h"
#include "ssprd/session_private.h"
#include "text/log.h"

static void
session_close(struct session *s)
{
	if (s->fd < 0)
		return;
	loop_unwatch(&s->watch);
	close(s->fd);
	s->fd = -1;
	loop_timer_clear(&s->slot);
	loop_timer_clear(&s->replace);
	dialog_close(&s->dialog); /* may grant its slot to another session */
}

void
session_limit_reached(void *arg)
{
	struct session *s = arg;

	if (!s->ending)
		log_warning("dialog %lld: the session ran on past its time: it is killed",
			    (long long)s->number);
	session_close(s);
	child_kill(&s->child);
}

/* From here it has a moment to say goodbye, and no longer counts as a dialog. */
static void
session_ending(struct session *s)
{
	if (s->ending)
		return;
	s->ending = true;
	s->all->count--;
	s->all->ending++;
	loop_timer_set(s->all->loop, &s->limit, SESSION_GOODBYE_MS, session_limit_reached, s);
}

static void
session_kill(struct session *s)
{
	session_ending(s);
	session_close(s);
	child_kill(&s->child);
}

/* End it from our side, with a word for the login. */
static void
session_over(struct session *s, enum verdict verdict)
{
	struct message m;

	if (s->ending || s->fd < 0)
		return;
	message_start(&m, REPLY_OVER);
	if (message_put_text(&m, verdict_word(finish_ended(&s->dialog, verdict))) < 0 ||
	    message_send(s->fd, &m, 0) < 0) {
		session_kill(s);
		return;
	}
	s->dialog.state = DIALOG_OVER;
	s->crossing = true;
	dialog_slot_release(&s->dialog);
	grant_drop(&s->dialog);
	loop_timer_clear(&s->slot);
	loop_timer_clear(&s->replace);
	session_ending(s);
}

static void
slot_held_too_long(void *arg)
{
	struct session *s = arg;

	log_warning("dialog %lld: no hash within %d s: the session is killed", (long long)s->number,
		    SLOT_HELD_MS / 1000);
	session_kill(s);
}

/*
 * The reply goes out whole or not at all; a session that does not read its replies is not one of
 * ours.
 */
static void
session_reply(struct session *s, const struct message *reply)
{
	struct dialog *d = &s->dialog;
	int r = message_send_passing(s->fd, reply, d->passing, 0);

	if (d->passing >= 0)
		close(d->passing);
	d->passing = -1;
	if (r < 0) {
		session_kill(s);
		return;
	}
	sending_start(d, s->all->deliveries);
	if (d->state == DIALOG_HASHING)
		loop_timer_set(s->all->loop, &s->slot, SLOT_HELD_MS, slot_held_too_long, s);
	else
		loop_timer_clear(&s->slot);
	if (d->state == DIALOG_OVER)
		session_ending(s);
}

/* The reply to a request of before. */
static void
session_reply_late(struct session *s, int judged, struct message *reply)
{
	if (judged == JUDGED_REPLY)
		session_reply(s, reply);
	else
		session_over(s, VERDICT_FAILED);
	message_done(reply);
}

void
session_slot_granted(void *arg)
{
	struct session *s = arg;
	struct message reply;

	session_reply_late(s, judge_slot_granted(&s->dialog, &reply), &reply);
}

void
session_grant_came(void *arg, int fd)
{
	struct session *s = arg;
	struct message reply;

	s->dialog.now = time(NULL);
	session_reply_late(s, grant_came(&s->dialog, fd, &reply), &reply);
}

struct dialog *
sessions_granted(struct sessions *all, int64_t user)
{
	struct dialog *reported = NULL;

	for (struct session *s = all->first; s; s = s->next) {
		struct dialog *d = &s->dialog;

		if (!d->grant.passed || d->user.stored.id != user)
			continue;
		if (d->reset.outcome == VERDICT_COUNT)
			return d;
		reported = d;
	}
	return reported;
}

/* One enrolment a user: the newer knew the password too. */
void
session_replace_older(void *arg)
{
	struct session *s = arg;

	loop_timer_clear(&s->replace);
	if (s->dialog.purpose == PURPOSE_RESET) /* anybody can begin one: none ends another */
		return;
	for (struct session *o = s->all->first; o; o = o->next)
		if (o->fd >= 0 && o->number < s->number && o->dialog.purpose == s->dialog.purpose &&
		    o->dialog.user.stored.id == s->dialog.user.stored.id)
			session_over(o, VERDICT_REPLACED);
}

/*
 * A login by key knew no password and can hold no dialog: it must not throw out somebody who is
 * registering. It says so at its first prompt; who is silent there, or goes on, is a person.
 */
static void
look_who_replaces(struct session *s, const struct message *request)
{
	int op = request->len > 0 ? request->data[0] : 0;

	if (op == REQUEST_FACTS && s->dialog.state == DIALOG_NEW)
		loop_timer_set(s->all->loop, &s->replace, SESSION_REPLACE_MS, session_replace_older,
			       s);
	else if (op == REQUEST_FINISH)
		loop_timer_clear(&s->replace);
	else if (op != REQUEST_FACTS && op != REQUEST_LOG && s->replace.loop)
		session_replace_older(s);
}

static void
session_answer(struct session *s, const struct message *request)
{
	struct dialog *d = &s->dialog;
	struct message reply = { 0 };
	int64_t left = (s->ends_at - loop_now()) / 1000;

	d->now = time(NULL);
	d->time_left = left > 0 ? (int)left : 0;
	look_who_replaces(s, request);
	switch (judge_request(d, request, &reply)) {
	case JUDGED_REPLY:
		session_reply(s, &reply);
		break;
	case JUDGED_LATER:
		break;
	case JUDGED_VIOLATION:
		session_kill(s);
		break;
	default:
		session_over(s, VERDICT_FAILED);
	}
	message_done(&reply);
}

void
session_request_ready(unsigned int events, void *arg)
{
	struct session *s = arg;
	struct message request;
	int r = message_receive(s->fd, &request, 0);

	(void)events;
	if (r == MESSAGE_GOT) {
		if (s->crossing)
			s->crossing = false;
		else
			session_answer(s, &request);
		message_done(&request);
	} else if (r == MESSAGE_BAD) {
		/* As an empty message, which no row of the table permits. */
		request.len = 0;
		session_answer(s, &request);
	} else if (r != MESSAGE_LATE) {
		session_ending(s);
		session_close(s);
	}
}

static void
session_free(struct session *s)
{
	struct sessions *all = s->all;

	session_close(s);
	dialog_done(&s->dialog);
	loop_timer_clear(&s->limit);
	if (s->ending)
		all->ending--;
	else
		all->count--;
	if (s->next)
		s->next->previous = s->previous;
	if (s->previous)
		s->previous->next = s->next;
	else
		all->first = s->next;
	free(s);
}

void
session_child_ended(struct child *child, int status)
{
	struct session *s = (struct session *)child;
	struct sessions *all = s->all;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		judge_forbidden_call(&s->dialog);
	else if (WIFSIGNALED(status) && !(s->fd < 0 && WTERMSIG(status) == SIGKILL))
		log_error("dialog %lld: the session died by signal %d", (long long)s->number,
			  WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_NO_PROGRAM)
		log_error("%s cannot be executed", all->program);
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		log_warning("dialog %lld: the session ended with status %d", (long long)s->number,
			    WEXITSTATUS(status));
	session_free(s);
	if (!all->first && all->all_gone)
		all->all_gone(all->all_gone_arg);
}

void
sessions_end_resets(void *arg, int64_t user)
{
	struct sessions *all = arg;

	for (struct session *s = all->first; s; s = s->next) {
		struct dialog *d = &s->dialog;

		if (d->purpose != PURPOSE_RESET || d->user.stored.id != user || !d->proven)
			continue;
		d->reset.why_not = CASE_FROZEN;
		session_over(s, VERDICT_FROZEN);
	}
}

void
sessions_end_all(struct sessions *all, void (*all_gone)(void *arg), void *arg)
{
	all->all_gone = all_gone;
	all->all_gone_arg = arg;
	for (struct session *s = all->first; s; s = s->next)
		session_over(s, VERDICT_FAILED);
	if (!all->first)
		all_gone(arg);
}

void
sessions_stop(struct sessions *all)
{
	all->all_gone = NULL;
	while (all->first) {
		struct session *s = all->first;

		child_drop(all->children, &s->child);
		session_free(s);
	}
}
