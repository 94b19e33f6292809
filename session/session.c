/*
 * The frame of every dialog: the facts, the dialog itself, the verdict, the closing words. Which words close
 * a dialog follows from its verdict alone, by one table.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "session/enrol.h"
#include "session/request.h"
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
	snprintf(s->user, sizeof s->user, "%s", a->user);
	s->columns = a->columns == 0 ? COLUMNS_MAX : a->columns;
	if (s->columns > COLUMNS_MAX)
		s->columns = COLUMNS_MAX;
	if (s->columns < COLUMNS_MIN)
		s->columns = COLUMNS_MIN;
	s->finish = FINISH_DONE;
	s->verdict = VERDICT_FAILED;
	s->heard = s->turn = session_now();
}

/* Who stops at the offer of one more method has registered all the same. */
static bool
complete(const struct session *s)
{
	return s->facts.required > 0 && s->facts.done >= s->facts.required;
}

enum outcome
session_finish(struct session *s, enum finish reason)
{
	if (s->ending != RUNNING)
		return ENDED;
	s->ending = FINISHING;
	s->finish = reason != FINISH_BROKEN && complete(s) ? FINISH_DONE : reason;
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
close_registered(struct session *s)
{
	say(s, _("Thank you, the registration is complete."));
	say(s,
	    _("If you ever forget your password, turn to %s. What you have registered shows that "
	      "it is really you."),
	    s->facts.contact);
}

static void
close_postponed(struct session *s)
{
	if (s->finish == FINISH_NOT_NOW)
		say(s,
		    _("All right, not now. You will be asked again at your first sign-in after 12 "
		      "hours."));
	else
		say(s, _("You will be asked again when you next sign in."));
	if (s->facts.done > 0)
		say(s, _("What you have registered so far is kept."));
}

static void
close_declined(struct session *s)
{
	say(s,
	    _("This sign-in ends here: security information has to be registered first, and \"not "
	      "now\" is no longer possible."));
	say(s, _("Please sign in again to register. If you cannot do that, turn to %s."),
	    s->facts.contact);
}

static void
close_timed_out(struct session *s)
{
	say(s, _("What you have registered so far is kept. Please sign in again to go on there."));
	say(s, _("If you need more time, or help, turn to %s."), s->facts.contact);
}

static void
close_replaced(struct session *s)
{
	say(s,
	    _("You have started the same registration in another sign-in, so this one ends. Please "
	      "go on there; what you have registered so far is kept."));
}

static void
close_too_much(struct session *s)
{
	say(s, _("Too much was typed in this dialog, so it ends. Please sign in again to go on."));
}

static void
close_failed(struct session *s)
{
	say(s, _("Sorry, something went wrong on this host, and the registration cannot go on now. "
		 "Nothing that you have registered is lost."));
	if (s->facts.contact[0] != '\0')
		say(s, _("If it happens again, tell %s."), s->facts.contact);
}

/*
 * A login without a dialog: this lands on the stderr of every scp and git, so it names the sender, it is one line
 * for whatever program counts them, and the judge says how often.
 */
static void
close_no_dialog(struct session *s)
{
	s->columns = COLUMNS_UNBROKEN;
	if (s->verdict == VERDICT_DECLINED)
		say(s,
		    _("sspr: %s can no longer sign in to %s in this way without registered "
		      "security "
		      "information. Sign in with a password, in a terminal, to register. "
		      "Questions? Turn to %s."),
		    s->user, s->facts.host, s->facts.contact);
	else
		say(s,
		    _("sspr: %s has not yet registered security information on %s. To register, "
		      "sign "
		      "in with a password once, in a terminal. Questions? Turn to %s."),
		    s->user, s->facts.host, s->facts.contact);
}

static void
close_by_verdict(struct session *s)
{
	static const struct {
		enum verdict verdict;
		void (*words)(struct session *);
	} closing[] = {
		{ VERDICT_REGISTERED, close_registered },
		{ VERDICT_POSTPONED, close_postponed },
		{ VERDICT_DECLINED, close_declined },
		{ VERDICT_TIMED_OUT, close_timed_out },
		{ VERDICT_REPLACED, close_replaced },
		{ VERDICT_TOO_MUCH_INPUT, close_too_much },
		{ VERDICT_FAILED, close_failed },
	};

	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (closing[i].verdict == s->verdict)
			closing[i].words(s);
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
	else if (s->tell)
		close_no_dialog(s);
	tell_end(s, s->verdict == VERDICT_FAILED);
}

bool
session_run(struct session *s)
{
	log_to(request_log, s);
	if (request_facts(s) == ANSWERED)
		enrol(s);
	if (s->ending == FINISHING)
		request_finish(s);
	if (s->ending == DECIDED)
		end_dialog(s);
	forget(s);
	return s->ending == DECIDED && s->verdict != VERDICT_FAILED;
}
