/* A slip of the finger is told here, without a request. */
#include <string.h>

#include "session/help_code.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/recovery.h"

static void
tell_outcome(struct session *s, enum outcome o, const struct told *told)
{
	if (o == WRONG)
		proof_wrong(s, told);
	else if (o == SPENT)
		say(s,
		    _("Too many wrong codes were typed, so the help desk code is done with. Ask %s "
		      "for a new one."),
		    s->facts.contact);
	else if (o == EXPIRED)
		say(s,
		    _("No help desk code is valid for you now: it was used, or its time is over. "
		      "Ask %s for a new one."),
		    s->facts.contact);
}

static enum outcome
redeem(struct session *s, const char *code)
{
	struct told told = { 0 };
	enum outcome o = request_help(s, code, &told);

	tell_outcome(s, o, &told);
	if (o == PROVEN) {
		say(s, _("The help desk code is right."));
		say_gap(s);
		return request_facts(s);
	}
	return o == ENDED ? ENDED : WRONG;
}

enum outcome
help_code_try(struct session *s, const struct secret *typed)
{
	char plain[RECOVERY_PLAIN];
	enum recovery_typed form = recovery_read(RECOVERY_HELP, typed->data, typed->len, plain);
	enum outcome o = WRONG;

	if (form == RECOVERY_FINE)
		o = redeem(s, plain);
	else if (form == RECOVERY_FORM)
		say(s, _("A help desk code has 10 letters and digits."));
	else
		proof_slip(s, form);
	explicit_bzero(plain, sizeof plain);
	return o;
}
