/* One proof, and words about those that did not succeed. */
#include <time.h>

#include "methods/ask.h"
#include "session/answer.h"
#include "session/menu.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

enum outcome
proof_follows(struct session *s, const struct method_ask *ask, struct round *round, enum outcome o)
{
	round->last = ask->method;
	round->done = o == PROVEN;
	if (o == BLOCKED)
		return session_finish(s, FINISH_DONE);
	if (o != PROVEN)
		return o == ENDED ? ENDED : ANSWERED;
	s->proven |= 1U << ask->method;
	return request_facts(s);
}

enum outcome
proof_by(struct session *s, const struct method_ask *ask, struct round *round)
{
	enum outcome o = proof_follows(s, ask, round, ask->prove(s));

	if (o == ANSWERED)
		say_gap(s);
	return o;
}

void
proof_wrong(struct session *s, const struct told *told)
{
	int left = (int)told->number;

	say(s,
	    ngettext("That code is not right. There is %d try left.",
		     "That code is not right. There are %d tries left.", (unsigned long)left),
	    left);
}

void
proof_blocked(struct session *s, const struct told *told)
{
	char moment[MOMENT_TEXT_MAX];

	moment_text(told->number, time(NULL), moment);
	say(s,
	    _("There were too many wrong proofs. Until %s nothing that you have registered can be "
	      "confirmed, changed or used to reset the password."),
	    moment);
	if (s->purpose == PURPOSE_ENROLL)
		say(s, _("This sign-in goes on."));
	say(s, _("Was that not you? Then tell %s at once."), s->facts.contact);
	s->case_told = true;
}

void
proof_slip(struct session *s, enum recovery_typed typed)
{
	if (typed == RECOVERY_SYMBOL)
		say(s, _("No code holds a 0, O, 1, I or L, or anything but letters and digits. "
			 "Please look again; nothing was counted."));
	else
		say(s, _("There is a slip in that code: a character is wrong, or two are "
			 "exchanged. Please look again; nothing was counted."));
}
