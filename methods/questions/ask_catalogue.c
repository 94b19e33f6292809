/* Numbers stay with their questions; what was chosen is left out, so that no question is taken twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "methods/questions/ask_catalogue.h"
#include "session/answer.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/normal.h"

#define OWN_SHORTEST 3
#define OWN_LONGEST  200

struct entry {
	char *text;
	bool chosen;
};

struct catalogue {
	struct entry entries[CATALOGUE_MAX];
	int count;
	int page; /* index of the first one on the page */
};

/* ANSWERED: there is one more. EMPTY: that was all. */
static enum outcome
fetch(struct session *s, struct catalogue *c)
{
	char text[CATALOGUE_TEXT_MAX + 1];
	enum outcome o;

	if (c->count == CATALOGUE_MAX)
		return EMPTY;
	o = request_question(s, c->count, text, sizeof text);
	if (o != ANSWERED)
		return o;
	c->entries[c->count].text = strdup(text);
	if (c->entries[c->count].text == NULL)
		return session_finish(s, FINISH_BROKEN);
	c->count++;
	return ANSWERED;
}

static enum outcome
too_few(struct session *s)
{
	say(s,
	    _("There are not enough questions to choose from. Please tell %s, and take another "
	      "method."),
	    s->facts.contact);
	return REFUSED;
}

enum outcome
catalogue_get(struct session *s, struct catalogue **out)
{
	struct catalogue *c = calloc(1, sizeof *c);
	enum outcome o;

	if (c == NULL)
		return session_finish(s, FINISH_BROKEN);
	do {
		o = fetch(s, c);
	} while (o == ANSWERED);
	if (o == EMPTY)
		o = c->count < s->facts.questions && !s->facts.questions_custom ? too_few(s)
										: ANSWERED;
	if (o == ANSWERED)
		*out = c;
	else
		catalogue_free(c);
	return o;
}

void
catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < CATALOGUE_MAX; i++)
		free(c->entries[i].text);
	free(c);
}

static int
next_free(const struct catalogue *c, int from)
{
	while (from < c->count && c->entries[from].chosen)
		from++;
	return from;
}

/* Say one page; answers where the next one starts, or 0 when this was the last. */
static int
tell_page(struct session *s, const struct catalogue *c)
{
	int at = next_free(c, c->page);

	for (int shown = 0; shown < CATALOGUE_PAGE && at < c->count; shown++) {
		say(s, "%d %s", at + 1, c->entries[at].text);
		at = next_free(c, at + 1);
	}
	return at < c->count ? at : 0;
}

static enum outcome
ask_number(struct session *s, const struct catalogue *c, struct secret *answer, bool pages)
{
	bool own = s->facts.questions_custom && c->count < CATALOGUE_MAX;

	if (own && pages)
		return ask(
			s, answer, "%s",
			_("Number, [m] more questions, [o] write your own, [b] another method: "));
	if (own)
		return ask(s, answer, "%s", _("Number, [o] write your own, [b] another method: "));
	if (pages)
		return ask(s, answer, "%s", _("Number, [m] more questions, [b] another method: "));
	return ask(s, answer, "%s", _("Number, [b] another method: "));
}

/* Take the entry out of the list. */
static enum outcome
take(struct catalogue *c, int index, const char **question)
{
	c->entries[index].chosen = true;
	c->page = 0;
	*question = c->entries[index].text;
	return ANSWERED;
}

/* Is it one of the list, however it is written? 1 yes, 0 no, -errno. */
static int
known(const struct catalogue *c, const struct secret *own)
{
	struct secret normal = { 0 }, other = { 0 };
	int r = normal_answer(&normal, own->data, own->len);

	for (int i = 0; r == 0 && i < c->count; i++) {
		r = normal_answer(&other, c->entries[i].text, strlen(c->entries[i].text));
		if (r == 0)
			r = secret_equal(&normal, &other);
	}
	secret_done(&normal);
	secret_done(&other);
	return r;
}

/* Can it be taken? WRONG: no, and the user knows why. */
static enum outcome
judge_own(struct session *s, const struct catalogue *c, const struct secret *own)
{
	int length = normal_length(own->data, own->len), r;

	if (length < OWN_SHORTEST || length > OWN_LONGEST) {
		say(s, _("A question has 3 to 200 characters."));
		return WRONG;
	}
	r = known(c, own);
	if (r < 0)
		return session_finish(s, FINISH_BROKEN);
	if (r > 0)
		say(s, _("That question is on the list, or was chosen already."));
	return r > 0 ? WRONG : ANSWERED;
}

/* A question of the user's own. WRONG: not taken, the user knows why. */
static enum outcome
ask_own(struct session *s, struct catalogue *c, const char **question)
{
	struct secret own = { 0 };
	enum outcome o = ask(s, &own, "%s", _("Your question: "));

	if (o == ANSWERED) {
		answer_trim(&own);
		o = judge_own(s, c, &own);
	}
	if (o == ANSWERED) {
		c->entries[c->count].text = strdup(secret_text(&own));
		if (c->entries[c->count].text == NULL)
			o = session_finish(s, FINISH_BROKEN);
		else
			o = take(c, c->count++, question);
	}
	secret_done(&own);
	return o;
}

/* WRONG: ask again. */
static enum outcome
take_choice(struct session *s, struct catalogue *c, const struct secret *answer, int next,
	    const char **question)
{
	int number = answer_number(answer, c->count);

	if (number > 0 && !c->entries[number - 1].chosen)
		return take(c, number - 1, question);
	if (answer_is(answer, 'b'))
		return BACK;
	if (answer_is(answer, 'm')) {
		c->page = next;
		return WRONG;
	}
	if (answer_is(answer, 'o') && s->facts.questions_custom && c->count < CATALOGUE_MAX)
		return ask_own(s, c, question);
	say(s, _("Please type one of the numbers, or a letter that is offered."));
	say_gap(s);
	return WRONG;
}

enum outcome
catalogue_choose(struct session *s, struct catalogue *c, const char **question)
{
	struct secret answer = { 0 };
	enum outcome o;
	int next;

	if (next_free(c, 0) == c->count && !s->facts.questions_custom)
		return too_few(s);
	do {
		next = tell_page(s, c);
		o = ask_number(s, c, &answer, next > 0 || c->page > 0);
		if (o == ANSWERED)
			o = take_choice(s, c, &answer, next, question);
	} while (o == WRONG);
	secret_done(&answer);
	return o;
}
