/*
 * E-mail: an address that works without this password, proven by a code. The code's prompt stands while the mail is
 * still on its way; what became of it is told at the next step.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "methods/asks.h"
#include "session/answer.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

struct mailing {
	struct secret to;
	struct secret code; /* as typed */
	bool under_way;     /* a code was sent, and no fault was told since */
};

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
};

static void
tell_reason(struct session *s, const struct told *told)
{
	say(s, "%s", _(reasons[told->reason]));
}

static void
tell_undelivered(struct session *s, const struct told *told)
{
	say(s, _("The code was not sent. %s"), _(reasons[told->reason]));
	say(s, _("Nothing was counted. Type r to send it again, or b to take another address or "
		 "method."));
}

static void
tell_until(struct session *s, enum outcome o, const struct told *told)
{
	char moment[MOMENT_TEXT_MAX];

	moment_text(told->number, time(NULL), moment);
	if (o == SPENT)
		say(s,
		    _("Too many wrong codes were typed. A new code can be sent from %s; until "
		      "then, "
		      "please take another method."),
		    moment);
	else
		say(s,
		    _("Too many codes were sent. The next one can be sent from %s; until then, "
		      "please "
		      "take another method."),
		    moment);
}

static void
tell_sent(struct session *s, const struct told *told)
{
	const struct facts *f = &s->facts;

	say(s, _("A code of %d digits is on its way to %s."), f->code_digits, told->masked);
	say(s,
	    ngettext("It is valid for %d minute. Look among the unwanted mail too.",
		     "It is valid for %d minutes. Look among the unwanted mail too.",
		     (unsigned long)f->code_minutes),
	    f->code_minutes);
}

/* Ask the judge to send a code, and tell what came of it. */
static enum outcome
send_code(struct session *s, struct mailing *m)
{
	struct told told = { 0 };
	enum outcome o = request_send(s, METHOD_EMAIL, &m->to, &told);

	m->under_way = m->under_way || o == SENT;
	if (o == SENT)
		tell_sent(s, &told);
	else if (o == REFUSED)
		tell_reason(s, &told);
	else if (o == THROTTLED || o == SPENT)
		tell_until(s, o, &told);
	return o;
}

/* Too many were sent: a code that is under way is good all the same. */
static enum outcome
send_again(struct session *s, struct mailing *m)
{
	enum outcome o = send_code(s, m);

	if (o != THROTTLED || !m->under_way)
		return o;
	say(s, _("A code that you have already is still good."));
	return SENT;
}

static void
tell_nothing_typed(struct session *s, const struct mailing *m)
{
	if (m->under_way)
		say(s,
		    _("No fault was reported so far: the mail is on its way or was handed over."));
	else
		say(s, _("No code is on its way. Type r to send one, or b to take another address "
			 "or method."));
}

static void
tell_tried(struct session *s, enum outcome o, const struct told *told, const struct mailing *m)
{
	int left = (int)told->number;

	if (o == WRONG)
		say(s,
		    ngettext("That code is not right. There is %d try left.",
			     "That code is not right. There are %d tries left.",
			     (unsigned long)left),
		    left);
	else if (o == EXPIRED)
		say(s, _("That code is no longer valid. Type r to get a new one."));
	else if (o == USED)
		say(s, _("That code was used already. Type r to get a new one."));
	else if (o == UNDELIVERED)
		tell_undelivered(s, told);
	else if (o == EMPTY)
		tell_nothing_typed(s, m);
	else if (o == REFUSED)
		tell_reason(s, told);
	else if (o == SPENT)
		tell_until(s, o, told);
}

/*
 * The judge is asked with an empty code too: then it says what became of the mail. SENT: ask for the code again.
 * REFUSED: ask for another address.
 */
static enum outcome
try_code(struct session *s, struct mailing *m)
{
	struct told told = { 0 };
	enum outcome o =
		request_try(s, METHOD_EMAIL, secret_text(&m->code), m->code.len, NULL, &told);

	if (o == UNDELIVERED)
		m->under_way = false;
	tell_tried(s, o, &told, m);
	if (o == WRONG || o == EXPIRED || o == USED || o == UNDELIVERED || o == EMPTY)
		return SENT;
	return o;
}

static enum outcome
ask_code(struct session *s, struct mailing *m)
{
	enum outcome o = ask_enter(s, ENTER_COUNTS, &m->code, "%s",
				   _("Code ([Enter] was it sent?, [r] send again, [b] another "
				     "method): "));

	if (o == EMPTY)
		return try_code(s, m);
	if (o != ANSWERED)
		return o;
	if (answer_is(&m->code, 'b'))
		return BACK;
	if (answer_is(&m->code, 'r'))
		return send_again(s, m);
	if (answer_code(&m->code, s->facts.code_digits))
		return try_code(s, m);
	say(s, _("The code has %d digits."), s->facts.code_digits);
	return SENT;
}

static enum outcome
ask_address(struct session *s, struct mailing *m)
{
	enum outcome o = ask(s, &m->to, "%s", _("Address ([b] another method): "));

	if (o != ANSWERED)
		return o;
	return answer_is(&m->to, 'b') ? BACK : send_code(s, m);
}

static enum outcome
email_enrol(struct session *s)
{
	struct mailing m = { 0 };
	enum outcome o;

	say(s, _("E-mail"));
	say(s, _("Which e-mail address can you read without this password? A code is sent there."));
	do {
		o = ask_address(s, &m);
		while (o == SENT)
			o = ask_code(s, &m);
	} while (o == REFUSED);
	secret_done(&m.to);
	secret_done(&m.code);
	return o;
}

const struct method_ask email_ask = {
	.method = METHOD_EMAIL,
	.title = N_("E-mail"),
	.hint = N_("a code is sent to an address that you can read without this password"),
	.enrol = email_enrol,
};
