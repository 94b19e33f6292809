/*
 * Registration at login, told as it happens. Which methods there are, how many are needed and what "not now" costs are
 * the judge's facts; they are asked for anew whenever a method was proven.
 */
#include <stdio.h>
#include <string.h>

#include "methods/ask.h"
#include "session/answer.h"
#include "session/enrol.h"
#include "session/help_code.h"
#include "session/menu.h"
#include "session/notice.h"
#include "session/reconfirm.h"
#include "session/request.h"
#include "session/review.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

/* "1 of 2 done: Authenticator app" */
static void
tell_progress(struct session *s)
{
	int required = s->facts.required;
	int done = s->facts.done < required ? s->facts.done : required;
	struct rows registered;
	char names[512];

	rows_of(s, fact_is_registered, &registered);
	rows_titles(&registered, names, sizeof names);
	if (done == 0)
		say(s, _("%d of %d done."), done, required);
	else
		say(s, _("%d of %d done: %s"), done, required, names);
}

static void
tell_opening(struct session *s)
{
	const struct facts *f = &s->facts;

	say(s, _("Hello %s. %s asks you to register security information."), s->user, f->host);
	say(s, _("It lets you prove that you are you if you ever forget your password."));
	say_gap(s);
	say(s,
	    ngettext("You need %d way to prove it, and choose which. It takes a few minutes.",
		     "You need %d ways to prove it, and choose which. It takes a few minutes.",
		     (unsigned long)f->required),
	    f->required);
	tell_progress(s);
	if (f->needs_code)
		say(s, _("To begin, a help desk code is needed. You get one from %s."), f->contact);
	if (f->postpones_left == 0)
		say(s, _("This is required now: without it this sign-in ends."));
	say_gap(s);
}

static void
tell_why(struct session *s)
{
	say(s, _("Why is this asked?"));
	say(s, _("A forgotten password locks you out, and whoever helps you then has to be sure "
		 "that it "
		 "is you, not somebody who pretends to be. What you register now is how you prove "
		 "it."));
	say(s, _("It is kept encrypted, and used for nothing else. Answers to security questions "
		 "cannot be read by anybody, administrators included."));
	if (s->facts.postpones_left != 0)
		say(s, _("With \"not now\" you sign in as usual and are asked again later."));
	else
		say(s, _("\"Not now\" is no longer possible. If you stop here you are not signed "
			 "in, but "
			 "you can sign in again and register then."));
	say(s, _("Questions? Turn to %s."), s->facts.contact);
	say_gap(s);
}

/* Before anything is registered, where the policy asks for it. ANSWERED: the help desk code was right. */
static enum outcome
help_desk_code(struct session *s)
{
	struct secret typed = { 0 };
	char not_now[NOT_NOW_TEXT_MAX];
	enum outcome o = ANSWERED;

	while (o == ANSWERED && s->facts.needs_code) {
		menu_not_now_text(s, not_now);
		/* TRANSLATORS: %s is ", [n] not now (2 left)" or nothing. */
		o = ask(s, &typed, _("Help desk code%s: "), not_now);
		if (o == ANSWERED && answer_is(&typed, 'n'))
			o = menu_not_now(s);
		else if (o == ANSWERED && help_code_try(s, &typed) == ENDED)
			o = ENDED;
	}
	secret_done(&typed);
	return o;
}

/* The methods that can be registered, by number; what was filled in is shown, since it needs a code only. */
static void
tell_choices(struct session *s, const struct rows *rows, bool spare)
{
	if (spare)
		say(s, _("It is wise to have one more, as a spare. You can still register:"));
	else
		say(s, _("Choose method %d of %d:"), s->facts.done + 1, s->facts.required);
	for (int i = 0; i < rows->count; i++) {
		const struct method_fact *fact = session_method(s, rows->ask[i]->method);
		const char *title = _(rows->ask[i]->title);

		if (fact != NULL && fact->state == METHOD_FILLED_IN)
			say(s, _("%d %s: %s, filled in for you and to be confirmed"), i + 1, title,
			    fact->masked);
		else
			say(s, "%d %s: %s", i + 1, title, _(rows->ask[i]->hint));
	}
	say_gap(s);
}

static enum outcome
ask_number(struct session *s, const struct round *round, const struct rows *rows, bool spare,
	   struct choice *choice)
{
	const char *first = _(rows->ask[round_first(round, rows)]->title);
	char not_now[NOT_NOW_TEXT_MAX];

	if (spare)
		return choose(s, ENTER_CHOOSES, rows->count, "", choice, "%s",
			      _("[Enter] finish, or a number for one more method: "));
	menu_not_now_text(s, not_now);
	if (rows->count == 1)
		return choose(s, round_enter(round), 1, "n", choice, _("[Enter] %s%s: "), first,
			      not_now);
	/* TRANSLATORS: the second %s is ", [n] not now (2 left)" or nothing. */
	return choose(s, round_enter(round), rows->count, "n", choice,
		      _("[Enter] %s, or a number for another%s: "), first, not_now);
}

/* ANSWERED: *ask is the choice. EMPTY: finish (spare only). ENDED. */
static enum outcome
choose_method(struct session *s, const struct round *round, bool spare,
	      const struct method_ask **ask)
{
	struct choice choice;
	struct rows rows;
	enum outcome o;

	rows_of(s, fact_is_open, &rows);
	*ask = rows.ask[round_first(round, &rows)];
	tell_choices(s, &rows, spare);
	do {
		o = ask_number(s, round, &rows, spare, &choice);
		if (o == ANSWERED && choice.number > 0) {
			*ask = rows.ask[choice.number - 1];
			return ANSWERED;
		}
		if (o == ANSWERED)
			o = menu_not_now(s);
	} while (o == ANSWERED);
	return o == EMPTY && !spare ? ANSWERED : o;
}

/* Let the user choose a method and hold its dialog. ANSWERED: go on, whether it was registered or not. */
static enum outcome
one_method(struct session *s, struct round *round, bool spare)
{
	const struct method_ask *method;
	enum outcome o = choose_method(s, round, spare, &method);

	if (o != ANSWERED)
		return o;
	o = method->enrol(s);
	round->last = method->method;
	round->done = o == PROVEN;
	if (o == ENDED)
		return o;
	if (o == PROVEN) {
		o = request_facts(s);
		if (o != ANSWERED)
			return o;
		say(s, _("Registered: %s"), _(method->title));
		tell_progress(s);
	}
	say_gap(s);
	return ANSWERED;
}

static int
methods_left(const struct session *s)
{
	struct rows rows;

	rows_of(s, fact_is_open, &rows);
	return rows.count;
}

static void
tell_review(struct session *s)
{
	review_tell(s);
	say(s, _("It can be changed later, for example when you have a new phone: run \"ssprctl "
		 "manage\"."));
	say_gap(s);
}

/* The review stands in a prompt even when no method is left to be offered: it has to be read. */
static enum outcome
ask_finish(struct session *s)
{
	struct secret answer = { 0 };
	enum outcome o = ask_enter(s, ENTER_CHOOSES, &answer, "%s", _("[Enter] finish: "));

	secret_done(&answer);
	return o == ENDED ? o : EMPTY;
}

/* The review, with an offer of one more method as long as there is one. */
static enum outcome
review(struct session *s)
{
	struct round round = { .last = METHOD_COUNT, .done = true };
	enum outcome o = ANSWERED;

	while (o == ANSWERED) {
		if (round.done)
			tell_review(s);
		o = methods_left(s) > 0 ? one_method(s, &round, true) : ask_finish(s);
	}
	return o == ENDED ? o : session_finish(s, FINISH_DONE);
}

static enum outcome
register_missing(struct session *s)
{
	struct round round = { .last = METHOD_COUNT, .done = true };
	enum outcome o = ANSWERED;

	while (o == ANSWERED && s->facts.done < s->facts.required) {
		if (methods_left(s) == 0) {
			log_error("a method is missing, but none is left to be offered");
			return session_finish(s, FINISH_BROKEN);
		}
		o = one_method(s, &round, false);
	}
	return o;
}

/*
 * What is missing, then what is stale; and once more, since confirming by the last recovery code
 * leaves none of them.
 */
static enum outcome
rest(struct session *s)
{
	enum outcome o;

	do {
		o = register_missing(s);
		if (o == ANSWERED && s->facts.stale > 0)
			o = reconfirm_all(s, false);
	} while (o == ANSWERED && s->facts.done < s->facts.required);
	return o == ANSWERED ? review(s) : o;
}

enum outcome
enrol_missing(struct session *s)
{
	tell_progress(s);
	say_gap(s);
	return rest(s);
}

enum outcome
enrol(struct session *s)
{
	enum outcome o;

	if (s->facts.done >= s->facts.required)
		return session_finish(s, FINISH_DONE);
	o = notice_tell(s);
	if (o == ANSWERED) {
		tell_opening(s);
		o = menu_opening(s, tell_why);
	}
	if (o == ANSWERED)
		o = help_desk_code(s);
	return o == ANSWERED ? rest(s) : o;
}
