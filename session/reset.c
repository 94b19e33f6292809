/*
 * A reset. One rule: until the first proof has succeeded no text depends on who the user is or on what was typed, only on whether
 * something was typed, unless the judge says that it may be told (the console). Whoever types an address learns nothing about it,
 * and a name that does not exist looks like any other.
 */
#include "session/reset.h"
#include "methods/ask.h"
#include "session/answer.h"
#include "session/menu.h"
#include "session/proof.h"
#include "session/relay.h"
#include "session/request.h"
#include "session/reset_case.h"
#include "session/review.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

static void
tell_opening(struct session *s)
{
	say(s, _("Here you can reset the forgotten password of your account on %s."),
	    s->facts.host);
	say(s, _("Show who you are, by something that you have registered: a code of your app or "
		 "from your paper, or the whole address or number that a code shall go to."));
	say(s, _("Whether an address is the right one is not told here: look whether a code "
		 "arrives. A freeze code (F-...) from a message can be typed here too."));
	say(s, _("Press Enter where you have nothing to type. Enter twice ends this dialog."));
	say_gap(s);
}

static bool
case_is_told(const struct session *s)
{
	return s->facts.told && s->facts.reset_case != CASE_NONE;
}

static bool
may_ask_questions(const struct session *s)
{
	return s->facts.told && s->facts.alone;
}

/* On the console, where its user may know. */
static void
tell_registered(struct session *s)
{
	if (!s->facts.told)
		return;
	say(s, _("This is registered:"));
	review_methods(s);
	if (may_ask_questions(s))
		say(s, _("To answer your security questions instead, type q."));
	say_gap(s);
}

static void
tell_rounds(struct session *s)
{
	int left = s->facts.rounds;

	if (left > 0)
		say(s,
		    ngettext("You can try %d more time.", "You can try %d more times.",
			     (unsigned long)left),
		    left);
	say_gap(s);
}

static enum outcome
check(struct session *s, const struct secret *typed)
{
	struct told told = { 0 };
	enum outcome o = request_check(s, typed, &told);

	if (o == WRONG)
		s->facts.rounds = (int)told.number;
	return o;
}

enum outcome
reset_try(struct session *s, const struct secret *claimed, const struct secret *checked)
{
	enum outcome o = request_claim(s, claimed);

	return o == ANSWERED ? check(s, checked) : o;
}

/* The second prompt, once the claim was made: what was typed first has been sent on its way by then. */
static enum outcome
check_claimed(struct session *s, struct secret *typed)
{
	enum outcome o = ask_raw(s, typed, _("Code, if one was sent: "));

	return o == ANSWERED || o == EMPTY ? check(s, typed) : o;
}

/* Nothing was claimed: a code from an earlier dialog may be typed. EMPTY: both were left empty. */
static enum outcome
check_alone(struct session *s, struct secret *typed)
{
	const struct secret nothing = { 0 };
	enum outcome o = ask_raw(s, typed, _("Code, if one was sent: "));

	return o == ANSWERED ? reset_try(s, &nothing, typed) : o;
}

/* What the round's proof is: the questions, where q may be typed. WRONG: not proven, go on. */
static enum outcome
answer_questions(struct session *s)
{
	struct round round = { .last = METHOD_COUNT, .done = true };
	const struct method_ask *questions = method_ask(METHOD_QUESTIONS);
	enum outcome o;

	if (questions == NULL)
		return session_finish(s, FINISH_BROKEN);
	o = proof_by(s, questions, &round);
	if (o != ANSWERED)
		return o;
	return round.done ? PROVEN : WRONG;
}

/* Both prompts of a round, and the judge's word on them. EMPTY: both were left empty. */
static enum outcome
ask_proof(struct session *s, struct secret *first)
{
	struct secret second = { 0 };
	enum outcome o;

	if (first->len == 0) {
		o = check_alone(s, &second);
	} else {
		o = request_claim(s, first);
		if (o == ANSWERED)
			o = check_claimed(s, &second);
	}
	secret_done(&second);
	if (o == WRONG)
		say(s, _("That did not show who you are."));
	return o;
}

/* PROVEN, ANSWERED (a freeze code), WRONG, EMPTY (the user ends it), ENDED. */
static enum outcome
hold_round(struct session *s)
{
	struct secret first = { 0 };
	enum outcome o;

	o = ask_raw(s, &first,
		    _("App code, recovery code, or the full e-mail address or phone number that a "
		      "code shall go to: "));
	if (o == ANSWERED && may_ask_questions(s) && answer_is(&first, 'q'))
		o = answer_questions(s);
	else if (o == ANSWERED || o == EMPTY)
		o = ask_proof(s, &first);
	secret_done(&first);
	return o;
}

/* On the console: that was perhaps one failure too many. WRONG: it was not. */
static enum outcome
look_again(struct session *s)
{
	enum outcome o = request_facts(s);

	if (o != ANSWERED)
		return o;
	if (!case_is_told(s))
		return WRONG;
	say_gap(s);
	return reset_case_hold(s);
}

/* PROVEN, or all that ends the dialog. */
static enum outcome
prove_first(struct session *s)
{
	enum outcome o = WRONG;

	tell_opening(s);
	tell_registered(s);
	while (o == WRONG && s->facts.rounds > 0) {
		o = hold_round(s);
		if (o == WRONG && s->facts.told)
			o = look_again(s);
		if (o == WRONG)
			tell_rounds(s);
	}
	return o;
}

/* ANSWERED: s->unlocking. */
static enum outcome
choose_what(struct session *s)
{
	struct choice choice;
	enum outcome o;

	if (!s->facts.unlock)
		return ANSWERED;
	o = choose(
		s, ENTER_ASKS_AGAIN, 2, "", &choice, "%s",
		_("[1] set a new password, [2] only unlock the account (you know the password): "));
	s->unlocking = choice.number == 2;
	return o;
}

static enum outcome
do_it(struct session *s)
{
	struct told told = { 0 };
	int grant = -1;
	enum outcome o = request_grant(s, &grant, &told);

	if (o == REFUSED) {
		log_error("no grant: %s", reason_word(told.reason));
		say(s, _("Passwords cannot be set on this host at the moment."));
	}
	return o == ANSWERED ? relay(s, grant) : o;
}

enum outcome
reset(struct session *s)
{
	enum outcome o;

	if (case_is_told(s))
		return reset_case_hold(s);
	o = prove_first(s);
	if (o == PROVEN) {
		say(s, _("Thank you, you have shown who you are."));
		say_gap(s);
		o = request_facts(s);
		if (o == ANSWERED)
			o = reset_prove_more(s);
		if (o == ANSWERED)
			o = choose_what(s);
		if (o == ANSWERED)
			o = do_it(s);
	}
	return o == ENDED ? o : session_finish(s, FINISH_DONE);
}
