/*
 * The frame of every dialog: the facts, the dialog itself, the verdict, the closing words. Which dialog is held follows
 * from its purpose and, at a login, from what the judge says is due.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "session/close.h"
#include "session/enrol.h"
#include "session/manage.h"
#include "session/notice.h"
#include "session/reconfirm.h"
#include "session/request.h"
#include "session/reset.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

int64_t
session_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
session_init(struct session *s, const struct session_arguments *a, int terminal, int judge)
{
	memset(s, 0, sizeof *s);
	s->terminal = terminal;
	s->judge = judge;
	s->grant = -1;
	snprintf(s->user, sizeof s->user, "%s", a->user);
	snprintf(s->lang, sizeof s->lang, "%s", a->lang == NULL ? "" : a->lang);
	s->purpose = a->purpose;
	s->columns = a->columns == 0 ? COLUMNS_MAX : a->columns;
	if (s->columns > COLUMNS_MAX)
		s->columns = COLUMNS_MAX;
	if (s->columns < COLUMNS_MIN)
		s->columns = COLUMNS_MIN;
	s->finish = FINISH_DONE;
	s->verdict = VERDICT_FAILED;
	s->granted = VERDICT_COUNT;
	s->heard = s->turn = session_now();
}

const struct method_fact *
session_method(const struct session *s, enum method method)
{
	for (int i = 0; i < s->facts.method_count; i++)
		if (s->facts.methods[i].method == method)
			return &s->facts.methods[i];
	return NULL;
}

/* Who stops at the offer of one more method has registered all the same. */
static bool
complete(const struct session *s)
{
	if (s->purpose != PURPOSE_ENROLL ||
	    (s->held != STATE_REGISTER && s->held != STATE_RECONFIRM))
		return false;
	return s->facts.required > 0 && s->facts.done >= s->facts.required && s->facts.stale == 0;
}

enum outcome
session_finish(struct session *s, enum finish reason)
{
	if (s->ending != RUNNING)
		return ENDED;
	s->ending = FINISHING;
	s->finish = reason != FINISH_BROKEN && complete(s) ? FINISH_DONE : reason;
	if (s->purpose != PURPOSE_ENROLL && reason == FINISH_NOT_NOW) /* nothing was due */
		s->finish = FINISH_DONE;
	if (reason == FINISH_TIMED_OUT)
		say(s, _("The time for this dialog is over."));
	return ENDED;
}

enum outcome
session_decided(struct session *s, enum verdict verdict)
{
	if (s->ending == GONE || s->ending == DECIDED)
		return ENDED;
	s->ending = DECIDED;
	s->verdict = verdict;
	return ENDED;
}

enum outcome
session_gone(struct session *s)
{
	s->ending = GONE;
	return ENDED;
}

static void
forget(struct session *s)
{
	explicit_bzero(s->text, sizeof s->text);
	s->text_len = 0;
}

static void
end_dialog(struct session *s)
{
	if (s->finish != FINISH_NO_DIALOG)
		close_by_verdict(s);
	else if (s->tell && s->purpose == PURPOSE_ENROLL)
		close_no_dialog(s);
	tell_end(s, s->verdict == VERDICT_FAILED);
}

static enum outcome
hold(struct session *s)
{
	static const struct {
		enum state state;
		enum outcome (*dialog)(struct session *);
	} dialogs[] = {
		{ STATE_REGISTER, enrol },
		{ STATE_RECONFIRM, reconfirm },
		{ STATE_NOTICE, notice },
	};

	s->held = s->facts.state;
	if (s->purpose == PURPOSE_MANAGE)
		return manage(s);
	if (s->purpose == PURPOSE_RESET)
		return reset(s);
	for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++)
		if (dialogs[i].state == s->held)
			return dialogs[i].dialog(s);
	return session_finish(s, FINISH_DONE);
}

bool
session_run(struct session *s)
{
	log_to(request_log, s);
	if (request_facts(s) == ANSWERED)
		hold(s);
	if (s->ending == FINISHING)
		request_finish(s);
	if (s->ending == DECIDED)
		end_dialog(s);
	forget(s);
	return s->ending == DECIDED && s->verdict != VERDICT_FAILED;
}
