/*
 * The proofs after the first. The judge lists those methods by which another one can be given; who has none left is told where to
 * turn.
 */
#include "methods/ask.h"
#include "session/menu.h"
#include "session/proof.h"
#include "session/reset.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

static void
rows_left(const struct session *s, struct rows *rows)
{
	rows_of(s, fact_is_registered, rows);
	for (enum method method = 0; method < METHOD_COUNT; method++)
		if ((s->proven & 1U << method) != 0)
			rows_drop(rows, method);
}

/* ANSWERED: go on. EMPTY: the user ends it. */
static enum outcome
prove_once(struct session *s, struct round *round, const struct rows *rows)
{
	const struct method_ask *taken;
	struct choice choice;
	enum outcome o;

	say(s, _("One more proof is needed, by another method:"));
	rows_tell(s, rows);
	say_gap(s);
	o = choose(s, round_enter(round), rows->count, "e", &choice,
		   rows->count == 1 ? _("[Enter] %s, [e] end: ")
				    : _("[Enter] %s, or a number, [e] end: "),
		   _(rows->ask[round_first(round, rows)]->title));
	taken = round_taken(round, rows, o, &choice);
	if (taken)
		return proof_by(s, taken, round);
	return o == ANSWERED ? EMPTY : o;
}

enum outcome
reset_prove_more(struct session *s)
{
	struct round round = { .last = METHOD_COUNT, .done = true };
	enum outcome o = ANSWERED;
	struct rows rows;

	while (o == ANSWERED && s->facts.proofs > 0) {
		rows_left(s, &rows);
		if (rows.count > 0) {
			o = prove_once(s, &round, &rows);
			continue;
		}
		say(s, _("One more proof is needed, and there is no other method that could give "
			 "it."));
		return session_finish(s, FINISH_DONE);
	}
	return o;
}
