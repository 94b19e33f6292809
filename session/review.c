/* The list of what is registered. */
#include "session/review.h"
#include "methods/ask.h"
#include "session/answer.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

/* One line that says what it is. */
static void
tell_what(struct session *s, const struct method_fact *fact, const char *title)
{
	if (fact->method == METHOD_RECOVERY_CODES)
		say(s, ngettext("- %s: %d left", "- %s: %d left", (unsigned long)fact->left), title,
		    fact->left);
	else if (fact->masked[0] != '\0')
		say(s, "- %s: %s", title, fact->masked);
	else
		say(s, "- %s", title);
}

/* And one that says what is to be done about it. */
static void
tell_when(struct session *s, const struct method_fact *fact)
{
	char date[MOMENT_TEXT_MAX];

	if (fact->state == METHOD_STALE) {
		/* TRANSLATORS: stands below the method that it is about. */
		say(s, _("  to be confirmed now"));
	} else if (fact->stale_at > 0) {
		date_text(fact->stale_at, date);
		/* TRANSLATORS: stands below the method that it is about. */
		say(s, _("  to be confirmed again after %s"), date);
	}
}

static void
tell_methods(struct session *s, bool when)
{
	for (int i = 0; i < s->facts.method_count; i++) {
		const struct method_fact *fact = &s->facts.methods[i];
		const struct method_ask *method = method_ask(fact->method);

		if (method == NULL || !method_is_registered(fact))
			continue;
		tell_what(s, fact, _(method->title));
		if (when)
			tell_when(s, fact);
	}
}

void
review_methods(struct session *s)
{
	tell_methods(s, false);
}

void
review_tell(struct session *s)
{
	say(s, _("This is registered for %s on %s:"), s->user, s->facts.host);
	tell_methods(s, true);
}
