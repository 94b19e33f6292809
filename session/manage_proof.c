/*
 * Proofs before a change: whoever sits down at an open screen, or runs as the user, must not take the account over by
 * registering a phone of his own. A method never opens its own replacement.
 */
#include "methods/ask.h"
#include "session/answer.h"
#include "session/help_code.h"
#include "session/manage.h"
#include "session/menu.h"
#include "session/proof.h"
#include "session/session.h"
#include "text/language.h"

bool
manage_may_change(const struct session *s, enum method method)
{
	unsigned int itself = method == METHOD_COUNT ? 0 : 1U << method;

	return s->facts.open || (s->proven & ~itself) != 0;
}

static enum outcome
help_desk_code(struct session *s)
{
	struct secret typed = { 0 };
	enum outcome o;

	do {
		o = ask(s, &typed, "%s", _("Help desk code ([b] back): "));
		if (o == ANSWERED && !answer_is(&typed, 'b'))
			o = help_code_try(s, &typed);
	} while (o == WRONG);
	secret_done(&typed);
	return o;
}

/* One choice and what follows from it. ANSWERED: go on. EMPTY: back. */
static enum outcome
prove_once(struct session *s, struct round *round, const struct rows *rows)
{
	const struct method_ask *taken;
	struct choice choice;
	enum outcome o;

	rows_tell(s, rows);
	say_gap(s);
	o = choose(s, round_enter(round), rows->count, "he", &choice,
		   rows->count == 1 ? _("[Enter] %s, [h] help desk code, [e] end: ")
				    : _("[Enter] %s, or a number, [h] help desk code, [e] end: "),
		   _(rows->ask[round_first(round, rows)]->title));
	taken = round_taken(round, rows, o, &choice);
	if (taken)
		return proof_by(s, taken, round);
	if (o != ANSWERED)
		return o;
	return choice.letter == 'h' ? help_desk_code(s) : EMPTY;
}

enum outcome
manage_prove(struct session *s, enum method but)
{
	struct round round = { .last = METHOD_COUNT, .done = true };
	enum outcome o = ANSWERED;
	struct rows rows;

	rows_of(s, fact_is_registered, &rows);
	rows_drop(&rows, but);
	if (rows.count == 0) {
		say(s,
		    _("That takes a proof by another method, and you have no other one. Register "
		      "one more first, or turn to %s for a help desk code."),
		    s->facts.contact);
		say_gap(s);
		return EMPTY;
	}
	while (o == ANSWERED && !manage_may_change(s, but)) {
		say(s, _("Show that it is you, by:"));
		o = prove_once(s, &round, &rows);
	}
	return o;
}
