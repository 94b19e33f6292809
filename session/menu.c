/* The menu's numbers count the methods that are left, so that 1 is always the first line. */
#include <stdio.h>
#include <string.h>

#include "methods/ask.h"
#include "session/answer.h"
#include "session/menu.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

/* Fill in the rows of the methods that can be chosen; answers how many. */
static int
choices(const struct session *s, const struct method_ask *rows[METHOD_COUNT])
{
	int count = 0;

	for (int i = 0; i < s->facts.method_count; i++) {
		const struct method_fact *fact = &s->facts.methods[i];
		const struct method_ask *row = method_ask(fact->method);

		if (!fact->registered && row != NULL)
			rows[count++] = row;
	}
	return count;
}

int
menu_left(const struct session *s)
{
	const struct method_ask *rows[METHOD_COUNT] = { NULL };

	return choices(s, rows);
}

void
menu_registered_titles(const struct session *s, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (int i = 0; i < s->facts.method_count && len < size; i++) {
		const struct method_ask *row = method_ask(s->facts.methods[i].method);

		if (s->facts.methods[i].registered && row != NULL)
			len += (size_t)snprintf(out + len, size - len, "%s%s", len > 0 ? ", " : "",
						_(row->title));
	}
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
	say(s, _("\"Not now\" is no longer possible: this has to be registered before you are "
		 "signed in. To stop all the same, type n once more: then you are not signed in."));
	return ANSWERED;
}

/* What Enter takes. */
static const struct method_ask *
first_choice(const struct menu *menu, const struct method_ask **rows, int count)
{
	if (!menu->proven && rows[0]->method == menu->last && count > 1)
		return rows[1];
	return rows[0];
}

static void
tell_choices(struct session *s, const struct menu *menu, const struct method_ask **rows, int count)
{
	if (menu->spare)
		say(s, _("It is wise to have one more, as a spare. You can still register:"));
	else
		say(s, _("Choose method %d of %d:"), s->facts.done + 1, s->facts.required);
	for (int i = 0; i < count; i++)
		say(s, "%d %s: %s", i + 1, _(rows[i]->title), _(rows[i]->hint));
	say_gap(s);
}

/*
 * Where a method was just given up Enter counts: a method that ends by itself, chosen by an endless row of empty
 * answers (ssh without a tty sends them), would go round for ever.
 */
static enum enter
menu_enter(const struct menu *menu)
{
	return menu->proven ? ENTER_CHOOSES : ENTER_COUNTS;
}

static enum outcome
ask_number(struct session *s, const struct menu *menu, struct secret *answer,
	   const struct method_ask *first)
{
	const char *title = _(first->title);
	char not_now[NOT_NOW_TEXT_MAX];

	if (menu->spare)
		return ask_enter(s, ENTER_CHOOSES, answer, "%s",
				 _("[Enter] finish, or a number for one more method: "));
	menu_not_now_text(s, not_now);
	if (menu_left(s) == 1)
		return ask_enter(s, menu_enter(menu), answer, _("[Enter] %s%s: "), title, not_now);
	/* TRANSLATORS: the second %s is ", [n] not now (2 left)" or nothing. */
	return ask_enter(s, menu_enter(menu), answer, _("[Enter] %s, or a number for another%s: "),
			 title, not_now);
}

enum outcome
menu_choose(struct session *s, const struct menu *menu, const struct method_ask **method)
{
	const struct method_ask *rows[METHOD_COUNT] = { NULL };
	struct secret answer = { 0 };
	int count = choices(s, rows), number;
	enum outcome o;

	*method = first_choice(menu, rows, count);
	tell_choices(s, menu, rows, count);
	do {
		o = ask_number(s, menu, &answer, *method);
		if (o != ANSWERED)
			break;
		number = answer_number(&answer, count);
		if (number > 0) {
			*method = rows[number - 1];
			break;
		}
		if (answer_is(&answer, 'n') && !menu->spare)
			o = menu_not_now(s);
		else
			say(s, _("Please press Enter, or type what is offered."));
	} while (o == ANSWERED);
	secret_done(&answer);
	return o == EMPTY && !menu->spare ? ANSWERED : o;
}
