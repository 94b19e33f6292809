/* The judge's words for events are those of the audit; one that is not in the table is told without saying what it was. */
#include <string.h>
#include <time.h>

#include "methods/ask.h"
#include "session/answer.h"
#include "session/notice.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

static const struct {
	const char *event;
	const char *text; /* behind the method's title, or alone */
} events[] = {
	{ "method-added", N_("registered") },
	{ "method-confirmed", N_("confirmed") },
	{ "method-replaced", N_("replaced") },
	{ "method-removed", N_("removed") },
	{ "filled-in", N_("filled in by an administrator, to be confirmed by you") },
	{ "help-code-used", N_("a help desk code was used for your account") },
	{ "reset-changed", N_("your password was reset") },
	{ "unlocked", N_("your account was unlocked") },
	{ "blocked", N_("too many wrong proofs, so your account was blocked for resets") },
	{ "unblocked", N_("an administrator lifted a block of your account") },
	{ "frozen", N_("password resets of your account were stopped") },
};

static const char *
event_text(const char *event)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (strcmp(events[i].event, event) == 0)
			return _(events[i].text);
	return _("your security information was changed");
}

/* Behind what was changed. */
static void
tell_from(struct session *s, const char *what, const char *moment, const char *from)
{
	if (strcmp(from, CHANGE_FROM_UNKNOWN) == 0)
		say(s, _("- %s, %s; where from is not known"), moment, what);
	else if (from[0] != '\0')
		say(s, _("- %s, %s, from %s"), moment, what, from);
	else
		say(s, _("- %s, %s, on this host"), moment, what);
}

static void
tell_change(struct session *s, const struct change *change)
{
	const struct method_ask *method = method_ask(method_from_word(change->method));
	const char *text = event_text(change->event), *from = change->from;
	char moment[MOMENT_TEXT_MAX];

	moment_text(change->time, time(NULL), moment);
	if (method == NULL)
		tell_from(s, text, moment, from);
	else if (from[0] != '\0')
		/* TRANSLATORS: 2026-11-20 14:05, E-mail: replaced, from 192.0.2.7 */
		say(s, _("- %s, %s: %s, from %s"), moment, _(method->title), text, from);
	else
		say(s, _("- %s, %s: %s, on this host"), moment, _(method->title), text);
}

enum outcome
notice_tell(struct session *s)
{
	struct change changes[CHANGES_MAX];
	size_t count = 0;
	enum outcome o;

	if (s->facts.changes == 0)
		return ANSWERED;
	o = request_changes(s, changes, &count);
	if (o != ANSWERED || count == 0)
		return o;
	say(s, _("Since you last signed in, this was changed:"));
	for (size_t i = 0; i < count; i++)
		tell_change(s, &changes[i]);
	say(s, _("Was that not you? Then tell %s at once."), s->facts.contact);
	say_gap(s);
	return ANSWERED;
}

enum outcome
notice(struct session *s)
{
	struct secret answer = { 0 };
	enum outcome o = notice_tell(s);

	if (o == ANSWERED)
		o = ask_enter(s, ENTER_CHOOSES, &answer, "%s", _("[Enter] go on: "));
	secret_done(&answer);
	return o == ENDED ? ENDED : session_finish(s, FINISH_DONE);
}
