/* Office phone: an administrator's number, which its user can only confirm, by a code in a call (session/sent_code.h). */
#include "methods/asks.h"
#include "methods/phone/ask_words.h"
#include "session/sent_code.h"
#include "text/language.h"

static const struct sent_code office_phone = {
	.method = METHOD_OFFICE_PHONE,
	.title = N_("Office phone"),
	.filled = N_("[Enter] call it now, [b] back: "),
	.reasons = phone_reasons,
	.voice = true,
	.tell_sent = phone_tell_sent,
};

static enum outcome
office_phone_enrol(struct session *s)
{
	return sent_code_enrol(s, &office_phone);
}

static enum outcome
office_phone_prove(struct session *s)
{
	return sent_code_prove(s, &office_phone);
}

const struct method_ask office_phone_ask = {
	.method = METHOD_OFFICE_PHONE,
	.title = N_("Office phone"),
	.hint = N_("you are called at work, and a voice says a code"),
	.administrators = true,
	.enrol = office_phone_enrol,
	.prove = office_phone_prove,
};
