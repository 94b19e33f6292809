/*
 * Confirmation at login. What is stale and what "not now" costs are the judge's facts, asked for anew whenever a method
 * was proven. Who cannot prove a method any more is told where to turn, and has lost no sign-in by saying so.
 */
#include "session/reconfirm.h"
#include "methods/ask.h"
#include "session/answer.h"
#include "session/enrol.h"
#include "session/help_code.h"
#include "session/menu.h"
#include "session/notice.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

static void
tell_opening(struct session *s)
{
	struct rows stale;

	rows_of(s, fact_is_stale, &stale);
	say(s, _("Hello %s. %s asks you to confirm your security information."), s->user,
	    s->facts.host);
	say(s, _("Please show that it still works and is still yours. It takes a minute."));
	say_gap(s);
	say(s, _("To be confirmed:"));
	rows_tell(s, &stale);
	if (s->facts.postpones_left == 0)
		say(s, _("This is required now: without it this sign-in ends."));
	say_gap(s);
}

static void
tell_why(struct session *s)
{
	say(s, _("Why is this asked?"));
	say(s, _("Phones are replaced, addresses are given up, papers get lost. If you ever forget "
		 "your password, it is too late to find out; and what is no longer yours must not "
		 "open your account to somebody else."));
	if (s->facts.postpones_left != 0)
		say(s, _("With \"not now\" you sign in as usual and are asked again later."));
	else
		say(s, _("\"Not now\" is no longer possible. If you stop here you are not signed "
			 "in, but you can sign in again and confirm it then."));
	say(s, _("Questions? Turn to %s."), s->facts.contact);
	say_gap(s);
}

static bool
fact_is_fresh(const struct method_fact *fact)
{
	return fact->state == METHOD_REGISTERED;
}

static void
tell_where_to_turn(struct session *s)
{
	struct rows fresh;
	char titles[512];

	rows_of(s, fact_is_fresh, &fresh);
	rows_titles(&fresh, titles, sizeof titles);
	say(s,
	    _("Then turn to %s for a help desk code. With it you register anew what you no longer "
	      "have."),
	    s->facts.contact);
	if (fresh.count > 0)
		/* TRANSLATORS: %s is a list like "E-mail, Phone". */
		say(s,
		    _("Or do it yourself, once you are signed in: run \"ssprctl manage\". What "
		      "shows there that it is you: %s"),
		    titles);
}

/* None of the stale ones works any more. ANSWERED: a help desk code was right, or the user thought better of it. */
static enum outcome
cannot_prove(struct session *s)
{
	struct secret typed = { 0 };
	enum outcome o;

	tell_where_to_turn(s);
	do {
		o = ask_enter(s, ENTER_CHOOSES, &typed, "%s",
			      _("[Enter] sign in without confirming, [b] back, or type the help "
				"desk code: "));
		if (o == ANSWERED && !answer_is(&typed, 'b'))
			o = help_code_try(s, &typed);
	} while (o == WRONG);
	secret_done(&typed);
	return o == EMPTY ? session_finish(s, FINISH_CANNOT_PROVE) : o;
}

static enum outcome
ask_number(struct session *s, const struct round *round, const struct rows *rows,
	   struct choice *choice)
{
	const char *first = _(rows->ask[round_first(round, rows)]->title);
	char not_now[NOT_NOW_TEXT_MAX];

	menu_not_now_text(s, not_now);
	if (rows->count == 1)
		/* TRANSLATORS: the second %s is ", [n] not now (2 left)" or nothing. */
		return choose(s, round_enter(round), 1, "xn", choice,
			      _("[Enter] %s, [x] it no longer works%s: "), first, not_now);
	/* TRANSLATORS: the second %s is ", [n] not now (2 left)" or nothing. */
	return choose(s, round_enter(round), rows->count, "xn", choice,
		      _("[Enter] %s, or a number, [x] none works any more%s: "), first, not_now);
}

/* With a help desk code a method may be registered anew instead. ANSWERED: *anew says it. BACK. */
static enum outcome
anew_or_not(struct session *s, const struct method_ask *ask, bool *anew)
{
	struct choice choice;
	enum outcome o;

	*anew = false;
	if (!s->facts.open || ask->administrators)
		return ANSWERED;
	o = choose(s, ENTER_ASKS_AGAIN, 2, "b", &choice,
		   _("%s: [1] confirm it, [2] register it anew, [b] another method: "),
		   _(ask->title));
	*anew = choice.number == 2;
	return o == ANSWERED && choice.letter == 'b' ? BACK : o;
}

/* ANSWERED: go on, whether it was proven or not. */
static enum outcome
confirm_one(struct session *s, struct round *round, const struct method_ask *ask)
{
	bool anew;
	enum outcome o = anew_or_not(s, ask, &anew);

	if (o == ANSWERED)
		o = anew ? ask->enrol(s) : ask->prove(s);
	o = proof_follows(s, ask, round, o);
	if (o == ANSWERED && round->done)
		say(s, anew ? _("Registered: %s") : _("Confirmed: %s"), _(ask->title));
	else if (o == ANSWERED && anew)
		o = request_facts(s); /* what was begun and not proven is forgotten */
	if (o == ANSWERED)
		say_gap(s);
	return o;
}

/* One choice and what follows from it. ANSWERED: go on. */
static enum outcome
choose_one(struct session *s, struct round *round, const struct rows *rows)
{
	struct choice choice;
	enum outcome o = ask_number(s, round, rows, &choice);
	const struct method_ask *taken = round_taken(round, rows, o, &choice);

	if (taken)
		return confirm_one(s, round, taken);
	if (o != ANSWERED)
		return o;
	return choice.letter == 'x' ? cannot_prove(s) : menu_not_now(s);
}

enum outcome
reconfirm_all(struct session *s, bool listed)
{
	struct round round = { .last = METHOD_COUNT, .done = true };
	enum outcome o = ANSWERED;
	struct rows rows;

	rows_of(s, fact_is_stale, &rows);
	while (o == ANSWERED && rows.count > 0) {
		if (!listed) {
			say(s, _("Still to be confirmed:"));
			rows_tell(s, &rows);
			say_gap(s);
		}
		listed = false;
		o = choose_one(s, &round, &rows);
		rows_of(s, fact_is_stale, &rows);
	}
	return o;
}

enum outcome
reconfirm(struct session *s)
{
	enum outcome o = notice_tell(s);

	if (o == ANSWERED && s->facts.stale > 0) {
		tell_opening(s);
		o = menu_opening(s, tell_why);
	}
	if (o == ANSWERED)
		o = reconfirm_all(s, true);
	if (o == ANSWERED && s->facts.done < s->facts.required)
		o = enrol_missing(s);
	return o == ANSWERED ? session_finish(s, FINISH_DONE) : o;
}
