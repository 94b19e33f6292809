/*
 * Closing words. What is said follows from the verdict by one table; whether it speaks of registering, confirming or changing
 * follows from what the dialog was held for.
 */
#include <stdbool.h>
#include <stddef.h>

#include "session/answer.h"
#include "session/close.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

enum about { ABOUT_REGISTERING, ABOUT_CONFIRMING, ABOUT_CHANGING, ABOUTS };

static enum about
about(const struct session *s)
{
	if (s->purpose == PURPOSE_MANAGE)
		return ABOUT_CHANGING;
	return s->held == STATE_RECONFIRM ? ABOUT_CONFIRMING : ABOUT_REGISTERING;
}

static void
close_registered(struct session *s)
{
	if (about(s) == ABOUT_CHANGING)
		return;
	say(s, _("Thank you, the registration is complete."));
	say(s,
	    _("If you ever forget your password, enter ? in its place where the sign-in offers "
	      "that, or turn to %s. What you have registered shows that it is really you."),
	    s->facts.contact);
}

/* When the first of the methods will be asked for again; 0 never. */
static int64_t
asked_again(const struct session *s)
{
	int64_t first = 0;

	for (int i = 0; i < s->facts.method_count; i++) {
		const struct method_fact *fact = &s->facts.methods[i];

		if (method_is_registered(fact) && fact->stale_at > 0 &&
		    (first == 0 || fact->stale_at < first))
			first = fact->stale_at;
	}
	return first;
}

static void
close_confirmed(struct session *s)
{
	int64_t again = asked_again(s);
	char date[MOMENT_TEXT_MAX];

	if (about(s) == ABOUT_CHANGING)
		return;
	say(s, _("Thank you, your security information is confirmed."));
	if (again == 0)
		return;
	date_text(again, date);
	say(s, _("You will be asked again after %s."), date);
}

static void
close_postponed(struct session *s)
{
	if (about(s) == ABOUT_CHANGING)
		return;
	if (s->finish == FINISH_NOT_NOW)
		say(s,
		    _("All right, not now. You will be asked again at your first sign-in after 12 "
		      "hours."));
	else if (s->finish == FINISH_CANNOT_PROVE)
		say(s,
		    _("You are signed in. Please turn to %s soon; you will be asked again when you "
		      "next sign in."),
		    s->facts.contact);
	else if (s->finish != FINISH_DONE)
		say(s, _("You will be asked again when you next sign in."));
	if (about(s) == ABOUT_REGISTERING && s->facts.done > 0)
		say(s, _("What you have registered so far is kept."));
	if (about(s) == ABOUT_CONFIRMING && s->proven != 0)
		say(s, _("What you have confirmed so far counts."));
}

static void
close_declined(struct session *s)
{
	if (about(s) == ABOUT_CONFIRMING) {
		say(s, _("This sign-in ends here: your security information has to be confirmed "
			 "first, and \"not now\" is no longer possible."));
		say(s, _("Please sign in again to confirm it. If you cannot do that, turn to %s."),
		    s->facts.contact);
		return;
	}
	say(s,
	    _("This sign-in ends here: security information has to be registered first, and \"not "
	      "now\" is no longer possible."));
	say(s, _("Please sign in again to register. If you cannot do that, turn to %s."),
	    s->facts.contact);
}

static void
close_timed_out(struct session *s)
{
	static const char *const kept[ABOUTS] = {
		N_("What you have registered so far is kept. Please sign in again to go on there."),
		N_("What you have confirmed so far counts. Please sign in again to go on there."),
		N_("What you have changed so far is kept."),
	};

	say(s, "%s", _(kept[about(s)]));
	say(s, _("If you need more time, or help, turn to %s."), s->facts.contact);
}

static void
close_replaced(struct session *s)
{
	static const char *const elsewhere[ABOUTS] = {
		N_("You have started the same registration in another sign-in, so this one ends. "
		   "Please go on there; what you have registered so far is kept."),
		N_("You are asked the same in another sign-in that began later, so this one ends. "
		   "Please go on there; what you have confirmed so far counts."),
		N_("A later sign-in asks for your security information, so this ends. What you "
		   "have changed so far is kept."),
	};

	say(s, "%s", _(elsewhere[about(s)]));
}

static void
close_too_much(struct session *s)
{
	if (about(s) == ABOUT_CHANGING)
		say(s, _("Too much was typed in this dialog, so it ends. What you have changed so "
			 "far is kept."));
	else
		say(s,
		    _("Too much was typed in this dialog, so it ends. Please sign in again to go "
		      "on."));
}

/* Blocked before anything was asked; where a proof was one too many, it was said then. */
static void
close_blocked(struct session *s)
{
	if (s->text_len > 0)
		return;
	say(s, _("There were too many wrong proofs, so nothing can be changed now. Please try "
		 "again later."));
	if (s->facts.contact[0] != '\0')
		say(s, _("Questions? Turn to %s."), s->facts.contact);
}

static void
close_failed(struct session *s)
{
	say(s, _("Sorry, something went wrong on this host, and this cannot go on now. Nothing "
		 "that you have registered is lost."));
	if (s->facts.contact[0] != '\0')
		say(s, _("If it happens again, tell %s."), s->facts.contact);
}

void
close_by_verdict(struct session *s)
{
	static const struct {
		enum verdict verdict;
		void (*words)(struct session *);
	} closing[] = {
		{ VERDICT_REGISTERED, close_registered },   { VERDICT_CONFIRMED, close_confirmed },
		{ VERDICT_POSTPONED, close_postponed },     { VERDICT_DECLINED, close_declined },
		{ VERDICT_TIMED_OUT, close_timed_out },     { VERDICT_REPLACED, close_replaced },
		{ VERDICT_TOO_MUCH_INPUT, close_too_much }, { VERDICT_BLOCKED, close_blocked },
		{ VERDICT_FAILED, close_failed },
	};

	if (s->purpose == PURPOSE_RESET) {
		close_reset(s);
		return;
	}
	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (closing[i].verdict == s->verdict)
			closing[i].words(s);
}

/*
 * This lands on the stderr of every scp and git, so it names the sender, it is one line for whatever program counts
 * them, and the judge says how often.
 */
void
close_no_dialog(struct session *s)
{
	const char *host = s->facts.host, *contact = s->facts.contact;
	bool declined = s->verdict == VERDICT_DECLINED;

	s->columns = COLUMNS_UNBROKEN;
	if (s->held == STATE_NOTICE)
		say(s,
		    _("sspr: the security information of %s on %s was changed. To see what, sign "
		      "in with a password, in a terminal. Was that not you? Turn to %s."),
		    s->user, host, contact);
	else if (s->held == STATE_RECONFIRM)
		say(s,
		    declined ? _("sspr: %s can no longer sign in to %s in this way without "
				 "confirming security information. Sign in with a password, in a "
				 "terminal, to confirm it. Questions? Turn to %s.")
			     : _("sspr: the security information of %s on %s has to be confirmed. "
				 "To do that, sign in with a password once, in a terminal. "
				 "Questions? Turn to %s."),
		    s->user, host, contact);
	else
		say(s,
		    declined ? _("sspr: %s can no longer sign in to %s in this way without "
				 "registered security information. Sign in with a password, in a "
				 "terminal, to register. Questions? Turn to %s.")
			     : _("sspr: %s has not yet registered security information on %s. To "
				 "register, sign in with a password once, in a terminal. "
				 "Questions? Turn to %s."),
		    s->user, host, contact);
}
