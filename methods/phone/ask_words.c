/* Words of both phones. */
#include <stddef.h>
#include <string.h>

#include "methods/phone/ask_words.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

#define NO_NUMBER                                                                                  \
	N_("That is not a phone number with its country in front. A number looks like "            \
	   "+49-30-1234567; blanks are fine too.")

const char *const phone_reasons[REASON_COUNT] = {
	[REASON_SYNTAX] = NO_NUMBER,
	[REASON_TOO_LONG] = N_("That number is too long: at most 15 digits are possible."),
	[REASON_DOMAIN_FORBIDDEN] = NO_NUMBER,
	[REASON_THIS_HOST] = NO_NUMBER,
	[REASON_SAME] = N_("That number is registered already, or it is your office phone. Please "
			   "type another one."),
	[REASON_LATER] = N_("Messages and calls cannot be passed on at the moment."),
	[REASON_BOUNCED] = N_("The code cannot be delivered to that number."),
	[REASON_MISCONFIGURED] =
		N_("Sending codes in this way does not work on this host: its administrator has to "
		   "mend it."),
	[REASON_NUMBER_FORBIDDEN] =
		N_("Codes are not sent to numbers that begin like that one. Please type another "
		   "one, or take another method."),
	[REASON_NEEDED] = N_("That number is kept by an administrator, and cannot be deleted."),
};

static void
tell_way(struct session *s, const struct told *told, const char *via)
{
	int digits = s->facts.code_digits;

	if (via == NULL)
		say(s, _("A code of %d digits is on its way to %s."), digits, told->masked);
	else if (strcmp(via, VIA_VOICE) == 0)
		say(s, _("A call that says a code of %d digits, twice, is on its way to %s."),
		    digits, told->masked);
	else
		say(s, _("A text message with a code of %d digits is on its way to %s."), digits,
		    told->masked);
}

void
phone_tell_sent(struct session *s, const struct told *told, const char *via)
{
	int minutes = s->facts.code_minutes;

	tell_way(s, told, via);
	say(s,
	    ngettext("It is valid for %d minute.", "It is valid for %d minutes.",
		     (unsigned long)minutes),
	    minutes);
}
