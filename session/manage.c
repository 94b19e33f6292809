/*
 * Manage: the list, a proof, and then what can be done by number, until its user is content. The judge decides whether a
 * change is permitted; that a proof by another method stands is looked at here only to ask for it in time.
 */
#include <stdio.h>

#include "methods/ask.h"
#include "session/manage.h"
#include "session/menu.h"
#include "session/request.h"
#include "session/review.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

static bool
fact_is_replaceable(const struct method_fact *fact)
{
	return method_is_registered(fact) && fact->method != METHOD_RECOVERY_CODES &&
	       !method_ask(fact->method)->administrators;
}

static bool
fact_is_renewable(const struct method_fact *fact)
{
	return method_is_registered(fact) && fact->method == METHOD_RECOVERY_CODES;
}

static bool
fact_is_removable(const struct method_fact *fact)
{
	return method_is_registered(fact) && !method_ask(fact->method)->administrators;
}

/* What was done is on record: look at it anew, and say so. PROVEN: the list is another one now. */
static enum outcome
done(struct session *s, const char *what, const struct method_ask *ask)
{
	enum outcome o = request_facts(s);

	if (o != ANSWERED)
		return o;
	say(s, "%s: %s", what, _(ask->title));
	say_gap(s);
	return PROVEN;
}

/*
 * How a method's own dialog ended. PROVEN, or ANSWERED: back to the menu; the judge forgets with the facts what was begun
 * and not proven, so that a later proof is one of what is registered.
 */
static enum outcome
after(struct session *s, enum outcome o, const char *what, const struct method_ask *ask)
{
	if (o == ENDED)
		return o;
	if (o == BLOCKED)
		return session_finish(s, FINISH_DONE);
	if (o == PROVEN)
		return done(s, what, ask);
	say_gap(s);
	return request_facts(s);
}

static enum outcome
add(struct session *s, const struct method_ask *ask)
{
	return after(s, ask->enrol(s), _("Registered"), ask);
}

static enum outcome
replace(struct session *s, const struct method_ask *ask)
{
	say(s, _("What you have now stands until the new one is proven."));
	return after(s, ask->enrol(s), _("Replaced"), ask);
}

static enum outcome
renew(struct session *s, const struct method_ask *ask)
{
	say(s, _("With the new codes the old ones end: throw them away then."));
	return after(s, ask->enrol(s), _("Renewed"), ask);
}

static enum outcome
try_out(struct session *s, const struct method_ask *ask)
{
	enum outcome o = ask->prove(s);

	if (o == PROVEN)
		s->proven |= 1U << ask->method;
	return after(s, o, _("It works"), ask);
}

static void
tell_what_is_left(struct session *s, const struct method_ask *ask)
{
	int required = s->facts.required, left;
	struct rows rows;

	rows_of(s, fact_is_registered, &rows);
	left = rows.count - 1;
	say(s, _("%s will be removed, and can then no longer show that it is you."), _(ask->title));
	if (left < required)
		say(s,
		    _("Then %d of %d is done: you will be asked to register one more when you next "
		      "sign in."),
		    left, required);
}

static enum outcome
remove_it(struct session *s, const struct method_ask *ask)
{
	struct told told = { 0 };
	struct choice choice;
	enum outcome o;

	tell_what_is_left(s, ask);
	o = choose(s, ENTER_CHOOSES, 0, "x", &choice, "%s", _("[x] remove it, [Enter] keep it: "));
	if (o != ANSWERED)
		return o == EMPTY ? ANSWERED : o;
	o = request_remove(s, ask->method, &told);
	if (o == ANSWERED)
		return done(s, _("Removed"), ask);
	if (o == REFUSED) {
		say(s, _("That cannot be removed. Questions? Turn to %s."), s->facts.contact);
		say_gap(s);
		o = ANSWERED;
	}
	return o;
}

static const struct action {
	const char *text;
	bool (*wanted)(const struct method_fact *fact);
	bool by_another; /* takes a proof by another method than this one */
	enum outcome (*run)(struct session *s, const struct method_ask *ask); /* NULL: the list */
} actions[] = {
	{ N_("List what is registered"), fact_is_registered, false, NULL },
	{ N_("Register one more method"), fact_is_open, false, add },
	{ N_("Replace a method"), fact_is_replaceable, true, replace },
	{ N_("Make new recovery codes"), fact_is_renewable, true, renew },
	{ N_("Remove a method"), fact_is_removable, true, remove_it },
	{ N_("Try a method out"), fact_is_registered, false, try_out },
};

#define ACTIONS ((int)(sizeof actions / sizeof *actions))

/* Which method? ANSWERED: *ask. EMPTY: back. */
static enum outcome
which(struct session *s, const struct rows *rows, const struct method_ask **ask)
{
	struct choice choice = { .number = 1 };
	enum outcome o = ANSWERED;

	if (rows->count > 1) {
		say(s, _("Which one?"));
		rows_tell(s, rows);
		say_gap(s);
		o = choose(s, ENTER_CHOOSES, rows->count, "", &choice, "%s",
			   _("Number, or [Enter] back: "));
	}
	if (o == ANSWERED)
		*ask = rows->ask[choice.number - 1];
	return o;
}

/* PROVEN: there is another list to be shown. ANSWERED: back to the menu. */
static enum outcome
act(struct session *s, const struct action *action)
{
	const struct method_ask *ask;
	struct rows rows;
	enum outcome o;

	if (action->run == NULL)
		return PROVEN;
	rows_of(s, action->wanted, &rows);
	o = which(s, &rows, &ask);
	if (o == ANSWERED && action->by_another && !manage_may_change(s, ask->method))
		o = manage_prove(s, ask->method);
	if (o == ANSWERED)
		o = action->run(s, ask);
	return o == EMPTY ? ANSWERED : o;
}

/* What act answers. EMPTY: its user is done. */
static enum outcome
menu(struct session *s)
{
	const struct action *offered[ACTIONS];
	struct choice choice;
	struct rows rows;
	enum outcome o;
	int count = 0;

	say(s, _("What would you like to do?"));
	for (int i = 0; i < ACTIONS; i++) {
		rows_of(s, actions[i].wanted, &rows);
		if (rows.count == 0)
			continue;
		offered[count++] = &actions[i];
		say(s, "%d %s", count, _(actions[i].text));
	}
	say_gap(s);
	o = choose(s, ENTER_CHOOSES, count, "", &choice, "%s", _("Number, or [Enter] end: "));
	return o == ANSWERED ? act(s, offered[choice.number - 1]) : o;
}

static void
tell_list(struct session *s)
{
	review_tell(s);
	say_gap(s);
}

static enum outcome
manage_registered(struct session *s)
{
	enum outcome o = ANSWERED;

	tell_list(s);
	if (!manage_may_change(s, METHOD_COUNT))
		o = manage_prove(s, METHOD_COUNT);
	while (o == ANSWERED || o == PROVEN) {
		if (o == PROVEN)
			tell_list(s);
		o = menu(s);
	}
	return o == ENDED ? o : session_finish(s, FINISH_DONE);
}

enum outcome
manage(struct session *s)
{
	struct rows rows;

	rows_of(s, fact_is_registered, &rows);
	if (rows.count > 0)
		return manage_registered(s);
	say(s,
	    _("Nothing is registered for %s on %s yet. The first time, that is done when you sign "
	      "in with your password in a terminal."),
	    s->user, s->facts.host);
	return session_finish(s, FINISH_DONE);
}
