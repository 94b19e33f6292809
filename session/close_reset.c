/*
 * Closing words of a reset. What sspr-passwd said it did is what counts, whatever became of the judge meanwhile; else the verdict's
 * words. Before the first proof they are the same for everybody, and always name who can help.
 */
#include <stdbool.h>
#include <stddef.h>

#include "session/close.h"
#include "session/reset_case.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

static void
turn_to(struct session *s)
{
	if (s->facts.contact[0] != '\0')
		say(s, _("Questions? Turn to %s."), s->facts.contact);
}

static void
close_changed(struct session *s)
{
	say(s, _("Your password is changed. Please sign in with the new one now."));
	say(s, _("What is open already stays open: a reset ends no session, and keys of ssh work "
		 "as before. Was the old password known to somebody else? Then look at both once "
		 "you are signed in."));
	turn_to(s);
}

static void
close_unlocked(struct session *s)
{
	say(s, _("Your account is unlocked, and your password is the same as before. Please sign "
		 "in with it now."));
	turn_to(s);
}

static void
close_contact(struct session *s)
{
	if (!s->case_told)
		reset_case_tell(s, CASE_CONTACT);
}

/* The host's rules took none of the passwords, or its user stopped. */
static void
close_declined(struct session *s)
{
	if (s->granted == VERDICT_DECLINED && s->passed_on)
		say(s, _("This host's rules took none of the new passwords."));
	if (s->unlocking)
		say(s, _("Nothing was changed."));
	else
		say(s, _("Nothing was changed: the old password stands."));
	say(s, _("You can start again at the password prompt, or turn to %s."), s->facts.contact);
}

static void
close_failed(struct session *s)
{
	if (s->granted == VERDICT_FAILED && s->unlocking)
		say(s, _("The account could not be unlocked. Nothing was changed."));
	else if (s->granted == VERDICT_FAILED)
		say(s, _("The password could not be set. Nothing was changed: the old password "
			 "stands."));
	else
		say(s, _("Sorry, something went wrong on this host, and this cannot go on now. No "
			 "password was changed."));
	if (s->facts.contact[0] != '\0')
		say(s, _("If it happens again, tell %s."), s->facts.contact);
}

static void
close_uncertain(struct session *s)
{
	if (s->unlocking) {
		say(s, _("It is not known whether the account is unlocked: the part that does it "
			 "did not answer. Please try to sign in."));
		say(s, _("If that does not help, turn to %s."), s->facts.contact);
	} else {
		say(s, _("It is not known whether the new password holds: the part that sets it "
			 "did not answer. Please try to sign in with the new one, and if that "
			 "does not work, with the old one."));
		say(s, _("If neither helps, turn to %s."), s->facts.contact);
	}
}

static void
close_not_verified(struct session *s)
{
	if (s->case_told)
		return;
	say(s, _("Your account could not be verified, so nothing was changed."));
	say(s,
	    _("You can start again at the password prompt. If you cannot show who you are, turn to "
	      "%s."),
	    s->facts.contact);
}

static void
close_not_enabled(struct session *s)
{
	if (!s->case_told)
		reset_case_tell(s, CASE_NOT_ENABLED);
}

static void
close_blocked(struct session *s)
{
	if (s->case_told)
		return;
	say(s,
	    _("There were too many wrong proofs, so nothing can be reset now. Please try again "
	      "later, or turn to %s."),
	    s->facts.contact);
}

/* A freeze code was typed, or this account's resets were stopped before. */
static void
close_frozen(struct session *s)
{
	if (s->case_told && s->facts.reset_case == CASE_FROZEN)
		return;
	say(s, _("Password resets of that account are stopped until an administrator allows them "
		 "again."));
	say(s, _("Please tell %s what happened."), s->facts.contact);
}

static void
close_asked(struct session *s)
{
	say(s, _("The administrator was asked for help: a message says who asks, where, and why. "
		 "It can be sent once a day."));
	turn_to(s);
}

static void
close_timed_out(struct session *s)
{
	say(s, _("No password was changed. You can start again at the password prompt; a code that "
		 "was sent can be typed there as long as it is valid."));
	say(s, _("If you need more time, or help, turn to %s."), s->facts.contact);
}

static void
close_too_much(struct session *s)
{
	say(s, _("Too much was typed in this dialog, so it ends. No password was changed."));
	turn_to(s);
}

static const struct {
	enum verdict verdict;
	void (*words)(struct session *);
} closing[] = {
	{ VERDICT_PASSWORD_CHANGED, close_changed },
	{ VERDICT_UNLOCKED, close_unlocked },
	{ VERDICT_NOT_VERIFIED, close_not_verified },
	{ VERDICT_NOT_ENABLED, close_not_enabled },
	{ VERDICT_CONTACT_ADMINISTRATOR, close_contact },
	{ VERDICT_BLOCKED, close_blocked },
	{ VERDICT_FROZEN, close_frozen },
	{ VERDICT_ASKED_ADMINISTRATOR, close_asked },
	{ VERDICT_DECLINED, close_declined },
	{ VERDICT_TIMED_OUT, close_timed_out },
	{ VERDICT_TOO_MUCH_INPUT, close_too_much },
	{ VERDICT_FAILED, close_failed },
};

/* sspr-passwd tells ssprd what it did before it tells us: if it died in between, ssprd knows. */
static bool
known_to_be_done(const struct session *s)
{
	return s->verdict == VERDICT_PASSWORD_CHANGED || s->verdict == VERDICT_UNLOCKED;
}

void
close_reset(struct session *s)
{
	bool done = known_to_be_done(s);
	enum verdict verdict = done || s->granted == VERDICT_COUNT ? s->verdict : s->granted;

	if (s->uncertain && !done) {
		close_uncertain(s);
		return;
	}
	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (closing[i].verdict == verdict)
			closing[i].words(s);
}
