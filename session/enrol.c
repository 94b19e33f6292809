/*
 * Registration at login, told as it happens. Which methods there are, how many are needed and what "not now" costs are
 * the judge's facts; they are asked for anew whenever a method was proven.
 */
#include <stdio.h>
#include <string.h>

#include "methods/ask.h"
#include "session/answer.h"
#include "session/enrol.h"
#include "session/menu.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

/* "1 of 2 done: Authenticator app" */
static void
tell_progress(struct session *s)
{
	char names[512];
	int required = s->facts.required;
	int done = s->facts.done < required ? s->facts.done : required;

	menu_registered_titles(s, names, sizeof names);
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

static enum outcome
ask_opening(struct session *s, struct secret *answer)
{
	char not_now[NOT_NOW_TEXT_MAX];

	menu_not_now_text(s, not_now);
	/* TRANSLATORS: %s is ", [n] not now (2 left)" or nothing. */
	return ask_enter(s, ENTER_CHOOSES, answer,
			 _("[Enter] start now%s, [?] why is this asked: "), not_now);
}

/* ANSWERED: the user starts. */
static enum outcome
opening(struct session *s)
{
	struct secret answer = { 0 };
	enum outcome o;

	tell_opening(s);
	do {
		o = ask_opening(s, &answer);
		if (o != ANSWERED)
			break;
		if (answer_is(&answer, '?'))
			tell_why(s);
		else if (answer_is(&answer, 'n'))
			o = menu_not_now(s);
		else
			say(s, _("Please press Enter, or type what stands in brackets."));
	} while (o == ANSWERED);
	secret_done(&answer);
	return o == EMPTY ? ANSWERED : o;
}

/* Let the user choose a method and hold its dialog. ANSWERED: go on, whether it was registered or not. */
static enum outcome
one_method(struct session *s, struct menu *menu)
{
	const struct method_ask *method;
	enum outcome o = menu_choose(s, menu, &method);

	if (o != ANSWERED)
		return o;
	o = method->enrol(s);
	menu->last = method->method;
	menu->proven = o == PROVEN;
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

static void
tell_method(struct session *s, const struct method_fact *fact, const struct method_ask *method)
{
	char date[MOMENT_TEXT_MAX];
	const char *title = _(method->title);

	if (fact->masked[0] == '\0')
		say(s, "- %s", title);
	else
		say(s, "- %s: %s", title, fact->masked);
	if (fact->stale_at <= 0)
		return;
	date_text(fact->stale_at, date);
	/* TRANSLATORS: stands below the method that it is about. */
	say(s, _("  to be confirmed again after %s"), date);
}

static void
tell_review(struct session *s)
{
	say(s, _("This is registered for %s on %s:"), s->user, s->facts.host);
	for (int i = 0; i < s->facts.method_count; i++) {
		const struct method_fact *fact = &s->facts.methods[i];
		const struct method_ask *method = method_ask(fact->method);

		if (fact->registered && method != NULL)
			tell_method(s, fact, method);
	}
	say(s, _("It can be changed later, for example when you have a new phone: turn to %s."),
	    s->facts.contact);
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
	struct menu menu = { .last = METHOD_COUNT, .proven = true, .spare = true };
	enum outcome o = ANSWERED;

	while (o == ANSWERED) {
		if (menu.proven)
			tell_review(s);
		o = menu_left(s) > 0 ? one_method(s, &menu) : ask_finish(s);
	}
	return o == ENDED ? o : session_finish(s, FINISH_DONE);
}

enum outcome
enrol(struct session *s)
{
	struct menu menu = { .last = METHOD_COUNT, .proven = true };
	enum outcome o;

	if (s->facts.done >= s->facts.required)
		return session_finish(s, FINISH_DONE);
	o = opening(s);
	while (o == ANSWERED && s->facts.done < s->facts.required) {
		if (menu_left(s) == 0) {
			log_error("a method is missing, but none is left to be offered");
			return session_finish(s, FINISH_BROKEN);
		}
		o = one_method(s, &menu);
	}
	return o == ANSWERED ? review(s) : o;
}
