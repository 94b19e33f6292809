/* E-mail: an address that works without this password, proven by a code (session/sent_code.h). */
#include "methods/asks.h"
#include "session/request.h"
#include "session/sent_code.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

static const char *const reasons[REASON_COUNT] = {
	[REASON_SYNTAX] =
		N_("That is not an e-mail address, or it holds a character that is not taken "
		   "here. An address looks like name@example.org."),
	[REASON_TOO_LONG] = N_("That address is too long: at most 254 characters are possible."),
	[REASON_DOMAIN_FORBIDDEN] = N_(
		"Mail at that address needs the very password that you may have forgotten one day. "
		"Please type an address at another provider, a private one for example."),
	[REASON_THIS_HOST] =
		N_("That mailbox is on this very host, where you could not read it without "
		   "the password. Please type an address elsewhere."),
	[REASON_SAME] = N_("That address is registered already. Please type another one."),
	[REASON_LATER] = N_("The mail server cannot be reached or does not take the mail now."),
	[REASON_BOUNCED] = N_("The mail server refuses to deliver to that address."),
	[REASON_MISCONFIGURED] =
		N_("Sending mail does not work on this host: its administrator has to "
		   "mend it."),
	[REASON_NUMBER_FORBIDDEN] = N_("Mail to that address is not possible here."),
	[REASON_NEEDED] = N_("That is needed, so it cannot be deleted."),
};

static void
tell_sent(struct session *s, const struct told *told, const char *via)
{
	const struct facts *f = &s->facts;

	(void)via;
	say(s, _("A code of %d digits is on its way to %s."), f->code_digits, told->masked);
	say(s,
	    ngettext("It is valid for %d minute. Look among the unwanted mail too.",
		     "It is valid for %d minutes. Look among the unwanted mail too.",
		     (unsigned long)f->code_minutes),
	    f->code_minutes);
}

static const struct sent_code email = {
	.method = METHOD_EMAIL,
	.title = N_("E-mail"),
	.intro = N_("Which e-mail address can you read without this password? A code is sent "
		    "there."),
	.ask = N_("Address ([b] another method): "),
	.filled = N_("[Enter] send a code there, [c] another one, [d] delete it, [b] back: "),
	.reasons = reasons,
	.tell_sent = tell_sent,
};

static enum outcome
email_enrol(struct session *s)
{
	return sent_code_enrol(s, &email);
}

static enum outcome
email_prove(struct session *s)
{
	return sent_code_prove(s, &email);
}

const struct method_ask email_ask = {
	.method = METHOD_EMAIL,
	.title = N_("E-mail"),
	.hint = N_("a code is sent to an address that you can read without this password"),
	.enrol = email_enrol,
	.prove = email_prove,
};
