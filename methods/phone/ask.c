/* Phone: a number of the user's own, proven by a code in a text message or a call (session/sent_code.h). */
#include "methods/asks.h"
#include "methods/phone/ask_words.h"
#include "session/sent_code.h"
#include "text/language.h"

static const struct sent_code phone = {
	.method = METHOD_PHONE,
	.title = N_("Phone"),
	.intro = N_("Which phone do you have with you, besides the one at work? A code is sent "
		    "there. Type its number with the country in front: +49-30-1234567."),
	.ask = N_("Number ([b] another method): "),
	.filled = N_("[Enter] send a code there, [c] another one, [d] delete it, [b] back: "),
	.reasons = phone_reasons,
	.sms = true,
	.voice = true,
	.tell_sent = phone_tell_sent,
};

static enum outcome
phone_enrol(struct session *s)
{
	return sent_code_enrol(s, &phone);
}

static enum outcome
phone_prove(struct session *s)
{
	return sent_code_prove(s, &phone);
}

const struct method_ask phone_ask = {
	.method = METHOD_PHONE,
	.title = N_("Phone"),
	.hint = N_("a code is sent to it, as a text message or in a call"),
	.enrol = phone_enrol,
	.prove = phone_prove,
};
