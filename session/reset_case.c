/* The cases, by one table. */
#include <time.h>

#include "session/answer.h"
#include "session/request.h"
#include "session/reset.h"
#include "session/reset_case.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/secret.h"

static void
contact_case(struct session *s)
{
	say(s, _("SSPR-CONTACT: the password of this account is managed elsewhere, or the account "
		 "is locked. It cannot be reset here."));
	say(s, _("Please turn to %s."), s->facts.contact);
}

static void
not_enabled_case(struct session *s)
{
	say(s, _("SSPR-NOTENABLED: your account is not enabled for password reset."));
	say(s, _("Please turn to %s."), s->facts.contact);
}

static void
not_registered_case(struct session *s)
{
	say(s, _("SSPR-NOTREGISTERED: we could not verify your account, because too little is "
		 "registered that could show who you are."));
	say(s,
	    _("Please turn to %s. Once you can sign in again, register what shows who you are: you "
	      "are asked for it then."),
	    s->facts.contact);
}

static void
blocked_case(struct session *s)
{
	char moment[MOMENT_TEXT_MAX];

	moment_text(s->facts.reset_until, time(NULL), moment);
	say(s,
	    _("SSPR-BLOCKED: there were too many wrong proofs. Until %s this password cannot be "
	      "reset."),
	    moment);
	say(s,
	    _("Please wait until then, or turn to %s. Was that not you? Then tell them at once."),
	    s->facts.contact);
}

static void
frozen_case(struct session *s)
{
	say(s, _("SSPR-FROZEN: password resets of this account were stopped by somebody who got a "
		 "message about it."));
	say(s, _("An administrator can allow them again: please turn to %s."), s->facts.contact);
}

void
reset_case_tell(struct session *s, enum reset_case which)
{
	static void (*const words[CASE_COUNT])(struct session *) = {
		[CASE_CONTACT] = contact_case,
		[CASE_NOT_ENABLED] = not_enabled_case,
		[CASE_NOT_REGISTERED] = not_registered_case,
		[CASE_BLOCKED] = blocked_case,
		[CASE_FROZEN] = frozen_case,
	};

	if (words[which] != NULL)
		words[which](s);
	say_gap(s);
	s->case_told = true;
}

/* ANSWERED: all is said. */
static enum outcome
ask_for_help(struct session *s)
{
	struct told told = { 0 };
	enum outcome o = request_assist(s, &told);
	char moment[MOMENT_TEXT_MAX];

	if (o == THROTTLED) {
		moment_text(told.number, time(NULL), moment);
		say(s,
		    _("The administrator was asked for help already, and can be asked again from "
		      "%s."),
		    moment);
	} else if (o == REFUSED) {
		say(s, _("The administrator cannot be asked from here. Please turn to %s."),
		    s->facts.contact);
	}
	return o == ENDED ? o : ANSWERED;
}

/* A freeze code works for who is blocked too. WRONG: ask again. */
static enum outcome
try_freeze_code(struct session *s, const struct secret *typed)
{
	const struct secret nothing = { 0 };
	enum outcome o = reset_try(s, typed, &nothing);

	if (o != WRONG)
		return o;
	say(s, _("That is no freeze code that works."));
	return s->facts.rounds == 0 ? ANSWERED : WRONG;
}

static const char *
offer(bool help, bool freeze)
{
	if (help && freeze)
		return _(
			"[a] ask the administrator for help, [Enter] end, or type a freeze code: ");
	if (help)
		return _("[a] ask the administrator for help, [Enter] end: ");
	return _("[Enter] end, or type a freeze code: ");
}

/* WRONG: ask again. */
static enum outcome
ask_once(struct session *s, bool help, bool freeze)
{
	struct secret typed = { 0 };
	enum outcome o = ask_raw(s, &typed, offer(help, freeze));

	if (o == ANSWERED && help && answer_is(&typed, 'a')) {
		o = ask_for_help(s);
	} else if (o == ANSWERED && freeze) {
		o = try_freeze_code(s, &typed);
	} else if (o == ANSWERED) {
		say(s, _("Please press Enter, or type what is offered."));
		o = WRONG;
	}
	secret_done(&typed);
	return o;
}

enum outcome
reset_case_hold(struct session *s)
{
	bool freeze = s->facts.reset_case == CASE_BLOCKED && s->facts.rounds > 0;
	bool help = s->facts.assist;
	enum outcome o = WRONG;

	reset_case_tell(s, (enum reset_case)s->facts.reset_case);
	while (o == WRONG && (help || freeze))
		o = ask_once(s, help, freeze);
	return o == ENDED ? o : session_finish(s, FINISH_DONE);
}
