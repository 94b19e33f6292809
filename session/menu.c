/* A menu's numbers count its own lines, so that 1 is always the first. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "methods/ask.h"
#include "session/answer.h"
#include "session/menu.h"
#include "session/session.h"
#include "text/language.h"

bool
fact_is_registered(const struct method_fact *fact)
{
	return method_is_registered(fact);
}

bool
fact_is_stale(const struct method_fact *fact)
{
	return fact->state == METHOD_STALE;
}

bool
fact_is_open(const struct method_fact *fact)
{
	const struct method_ask *ask = method_ask(fact->method);

	if (fact->state == METHOD_MISSING)
		return ask != NULL && !ask->administrators;
	return fact->state == METHOD_FILLED_IN;
}

void
rows_of(const struct session *s, bool (*wanted)(const struct method_fact *fact), struct rows *rows)
{
	rows->count = 0;
	for (int i = 0; i < s->facts.method_count; i++) {
		const struct method_fact *fact = &s->facts.methods[i];
		const struct method_ask *ask = method_ask(fact->method);

		if (ask != NULL && wanted(fact))
			rows->ask[rows->count++] = ask;
	}
}

void
rows_tell(struct session *s, const struct rows *rows)
{
	for (int i = 0; i < rows->count; i++) {
		const struct method_fact *fact = session_method(s, rows->ask[i]->method);
		const char *title = _(rows->ask[i]->title);

		if (fact == NULL || fact->masked[0] == '\0')
			say(s, "%d %s", i + 1, title);
		else
			say(s, "%d %s: %s", i + 1, title, fact->masked);
	}
}

void
rows_drop(struct rows *rows, enum method method)
{
	int at = 0;

	while (at < rows->count && rows->ask[at]->method != method)
		at++;
	if (at == rows->count)
		return;
	rows->count--;
	for (int i = at; i < rows->count; i++)
		rows->ask[i] = rows->ask[i + 1];
}

void
rows_titles(const struct rows *rows, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (int i = 0; i < rows->count && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%s", len > 0 ? ", " : "",
					_(rows->ask[i]->title));
}

/* Is it one of the numbers or letters? */
static bool
chosen(const struct secret *answer, int most, const char *letters, struct choice *choice)
{
	choice->letter = '\0';
	choice->number = answer_number(answer, most);
	if (choice->number > 0)
		return true;
	for (; *letters != '\0'; letters++) {
		if (answer_is(answer, *letters)) {
			choice->letter = *letters;
			return true;
		}
	}
	return false;
}

enum outcome
choose(struct session *s, enum enter enter, int most, const char *letters, struct choice *choice,
       const char *format, ...)
{
	char prompt[PACKET_TEXT_MAX + 1];
	struct secret answer = { 0 };
	enum outcome o;
	va_list args;

	*choice = (struct choice){ 0 };
	va_start(args, format);
	vsnprintf(prompt, sizeof prompt, format, args);
	va_end(args);
	do {
		o = ask_enter(s, enter, &answer, "%s", prompt);
		if (o != ANSWERED || chosen(&answer, most, letters, choice))
			break;
		say(s, enter == ENTER_ASKS_AGAIN
			       ? _("Please type what is offered.")
			       : _("Please press Enter, or type what is offered."));
	} while (true);
	secret_done(&answer);
	return o;
}

int
round_first(const struct round *round, const struct rows *rows)
{
	return !round->done && rows->count > 1 && rows->ask[0]->method == round->last ? 1 : 0;
}

enum enter
round_enter(const struct round *round)
{
	return round->done ? ENTER_CHOOSES : ENTER_COUNTS;
}

const struct method_ask *
round_taken(const struct round *round, const struct rows *rows, enum outcome o,
	    const struct choice *choice)
{
	if (o == EMPTY)
		return rows->ask[round_first(round, rows)];
	return o == ANSWERED && choice->number > 0 ? rows->ask[choice->number - 1] : NULL;
}

void
menu_not_now_text(const struct session *s, char out[NOT_NOW_TEXT_MAX])
{
	int left = s->facts.postpones_left;

	out[0] = '\0';
	if (left == POSTPONES_FREE)
		snprintf(out, NOT_NOW_TEXT_MAX, "%s", _(", [n] not now"));
	else if (left > 0)
		snprintf(out, NOT_NOW_TEXT_MAX,
			 ngettext(", [n] not now (%d left)", ", [n] not now (%d left)",
				  (unsigned long)left),
			 left);
}

enum outcome
menu_not_now(struct session *s)
{
	if (s->facts.postpones_left != 0 || s->refused_not_now)
		return session_finish(s, FINISH_NOT_NOW);
	s->refused_not_now = true;
	if (s->held == STATE_RECONFIRM)
		say(s,
		    _("\"Not now\" is no longer possible: this has to be confirmed before you are "
		      "signed in. To stop all the same, type n once more: then you are not signed "
		      "in."));
	else
		say(s,
		    _("\"Not now\" is no longer possible: this has to be registered before you are "
		      "signed in. To stop all the same, type n once more: then you are not signed "
		      "in."));
	return ANSWERED;
}

enum outcome
menu_opening(struct session *s, void (*why)(struct session *))
{
	char not_now[NOT_NOW_TEXT_MAX];
	struct choice choice;
	enum outcome o;

	do {
		menu_not_now_text(s, not_now);
		/* TRANSLATORS: %s is ", [n] not now (2 left)" or nothing. */
		o = choose(s, ENTER_CHOOSES, 0, "?n", &choice,
			   _("[Enter] start now%s, [?] why is this asked: "), not_now);
		if (o == ANSWERED && choice.letter == '?')
			why(s);
		else if (o == ANSWERED)
			o = menu_not_now(s);
	} while (o == ANSWERED);
	return o == EMPTY ? ANSWERED : o;
}
