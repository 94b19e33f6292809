/*
 * Codes that are sent. A dialog goes from the value (typed, or on record) to the way, to the sending, to the code; every
 * step says by its outcome which one comes next: SENT asks for the code, REFUSED for another value.
 */
#include <string.h>
#include <time.h>

#include "session/answer.h"
#include "session/menu.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/sent_code.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

struct message_sent {
	const struct sent_code *how;
	struct secret to;   /* empty: the value on record */
	struct secret code; /* as typed */
	const char *via;    /* VIA_SMS, VIA_VOICE, NULL: there is one way only */
	bool under_way;     /* a code was sent, and no fault was told since */
};

static void
message_sent_done(struct message_sent *m)
{
	secret_done(&m->to);
	secret_done(&m->code);
}

static void
tell_reason(struct session *s, const struct message_sent *m, const struct told *told)
{
	const char *text = m->how->reasons[told->reason];

	if (text != NULL)
		say(s, "%s", _(text));
	else
		log_error("%s: no words for %s", m->how->title, reason_word(told->reason));
}

static void
tell_until(struct session *s, enum outcome o, const struct told *told)
{
	char moment[MOMENT_TEXT_MAX];

	moment_text(told->number, time(NULL), moment);
	if (o == SPENT)
		say(s,
		    _("Too many wrong codes were typed. A new code can be sent from %s; until "
		      "then, please take another method."),
		    moment);
	else
		say(s,
		    _("Too many codes were sent. The next one can be sent from %s; until then, "
		      "please take another method."),
		    moment);
}

/* ANSWERED: m->via is the way. */
static enum outcome
choose_way(struct session *s, struct message_sent *m)
{
	bool sms = m->how->sms && s->facts.sms, voice = m->how->voice && s->facts.voice;
	struct choice choice;
	enum outcome o;

	if (!sms || !voice) {
		m->via = sms ? VIA_SMS : voice ? VIA_VOICE : NULL;
		return ANSWERED;
	}
	o = choose(s, ENTER_ASKS_AGAIN, 2, "b", &choice, "%s",
		   _("[1] text message, [2] call, [b] another method: "));
	if (o != ANSWERED)
		return o;
	m->via = choice.number == 2 ? VIA_VOICE : VIA_SMS;
	return choice.letter == 'b' ? BACK : ANSWERED;
}

/* Ask the judge to send a code, and tell what came of it. */
static enum outcome
send_code(struct session *s, struct message_sent *m)
{
	struct told told = { 0 };
	enum outcome o = choose_way(s, m);

	if (o != ANSWERED)
		return o;
	o = request_send(s, m->how->method, &m->to, m->via, &told);
	m->under_way = m->under_way || o == SENT;
	if (o == SENT)
		m->how->tell_sent(s, &told, m->via);
	else if (o == REFUSED)
		tell_reason(s, m, &told);
	else if (o == THROTTLED || o == SPENT)
		tell_until(s, o, &told);
	else if (o == BLOCKED)
		proof_blocked(s, &told);
	return o;
}

/* Too many were sent: a code that is under way is good all the same. */
static enum outcome
send_again(struct session *s, struct message_sent *m)
{
	enum outcome o = send_code(s, m);

	if (o == BACK)
		return SENT;
	if (o != THROTTLED || !m->under_way)
		return o;
	say(s, _("A code that you have already is still good."));
	return SENT;
}

static void
tell_undelivered(struct session *s, const struct message_sent *m, const struct told *told)
{
	say(s, _("The code was not sent."));
	tell_reason(s, m, told);
	say(s, _("Nothing was counted. Type r to send it again, or b to go back."));
}

static void
tell_nothing_typed(struct session *s, const struct message_sent *m)
{
	if (m->under_way)
		say(s, _("No fault was reported so far: the code is on its way or was handed "
			 "over."));
	else
		say(s, _("No code is on its way. Type r to send one, or b to go back."));
}

static void
tell_tried(struct session *s, const struct message_sent *m, enum outcome o, const struct told *told)
{
	if (o == WRONG)
		proof_wrong(s, told);
	else if (o == EXPIRED)
		say(s, _("That code is no longer valid. Type r to get a new one."));
	else if (o == USED)
		say(s, _("That code was used already. Type r to get a new one."));
	else if (o == UNDELIVERED)
		tell_undelivered(s, m, told);
	else if (o == EMPTY)
		tell_nothing_typed(s, m);
	else if (o == REFUSED)
		tell_reason(s, m, told);
	else if (o == SPENT)
		tell_until(s, o, told);
	else if (o == BLOCKED)
		proof_blocked(s, told);
}

/*
 * The judge is asked with an empty code too: then it says what became of the message. SENT: ask for the code again.
 * REFUSED: ask for another value.
 */
static enum outcome
try_code(struct session *s, struct message_sent *m)
{
	struct told told = { 0 };
	enum outcome o =
		request_try(s, m->how->method, secret_text(&m->code), m->code.len, NULL, &told);

	if (o == UNDELIVERED)
		m->under_way = false;
	tell_tried(s, m, o, &told);
	if (o == WRONG || o == EXPIRED || o == USED || o == UNDELIVERED || o == EMPTY)
		return SENT;
	return o;
}

static enum outcome
ask_code(struct session *s, struct message_sent *m)
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

/* From a first sending to the end of the method, or to another value (REFUSED). */
static enum outcome
send_and_prove(struct session *s, struct message_sent *m)
{
	enum outcome o = send_code(s, m);

	while (o == SENT)
		o = ask_code(s, m);
	return o;
}

/* Values are asked for until one is not refused. */
static enum outcome
enrol_typed(struct session *s, struct message_sent *m)
{
	enum outcome o;

	say(s, "%s", _(m->how->intro));
	do {
		o = ask(s, &m->to, "%s", _(m->how->ask));
		if (o == ANSWERED)
			o = answer_is(&m->to, 'b') ? BACK : send_and_prove(s, m);
	} while (o == REFUSED);
	return o;
}

/* Its user does not want what was filled in. BACK, whether the judge removed it or not. */
static enum outcome
delete_filled(struct session *s, struct message_sent *m)
{
	struct told told = { 0 };
	enum outcome o = request_remove(s, m->how->method, &told);

	if (o == REFUSED) {
		tell_reason(s, m, &told);
		return BACK;
	}
	if (o == ANSWERED)
		o = request_facts(s);
	if (o != ANSWERED)
		return o;
	say(s, _("It is deleted."));
	return BACK;
}

static enum outcome
enrol_filled(struct session *s, struct message_sent *m, const struct method_fact *fact)
{
	const char *letters = m->how->ask != NULL ? "cdb" : "b";
	struct choice choice;
	enum outcome o;

	if (fact->filled_by[0] == '\0')
		say(s, _("This was filled in: %s"), fact->masked);
	else
		say(s, _("This was filled in by %s: %s"), fact->filled_by, fact->masked);
	if (m->how->ask == NULL)
		say(s, _("Is that not yours? Then tell %s."), s->facts.contact);
	o = choose(s, ENTER_CHOOSES, 0, letters, &choice, "%s", _(m->how->filled));
	if (o == EMPTY)
		return send_and_prove(s, m);
	if (o != ANSWERED || choice.letter == 'b')
		return o == ANSWERED ? BACK : o;
	return choice.letter == 'd' ? delete_filled(s, m) : enrol_typed(s, m);
}

enum outcome
sent_code_enrol(struct session *s, const struct sent_code *how)
{
	const struct method_fact *fact = session_method(s, how->method);
	struct message_sent m = { .how = how };
	enum outcome o;

	say(s, "%s", _(how->title));
	if (fact != NULL && fact->state == METHOD_FILLED_IN)
		o = enrol_filled(s, &m, fact);
	else if (how->ask != NULL)
		o = enrol_typed(s, &m);
	else
		o = session_finish(s, FINISH_BROKEN);
	message_sent_done(&m);
	return o;
}

enum outcome
sent_code_prove(struct session *s, const struct sent_code *how)
{
	const struct method_fact *fact = session_method(s, how->method);
	struct message_sent m = { .how = how };
	enum outcome o;

	if (fact != NULL && fact->masked[0] != '\0')
		say(s, "%s: %s", _(how->title), fact->masked);
	else
		say(s, "%s", _(how->title));
	o = send_and_prove(s, &m);
	message_sent_done(&m);
	return o;
}
