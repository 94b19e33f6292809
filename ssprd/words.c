/* The daemon's few texts. */
#include "ssprd/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "protocol/limits.h"
#include "ssprd/core/config.h"
#include "ssprd/core/plan.h"
#include "text/language.h"
#include "text/normal.h"

void
words_printable(const char *text, char *out, size_t size)
{
	bool utf8;

	snprintf(out, size, "%s", text);
	utf8 = normal_length(out, strlen(out)) >= 0;
	for (char *c = out; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || (!utf8 && (unsigned char)*c >= 0x80))
			*c = '?';
}

/* From when are logins without a dialog refused, while that is still to come? 0: no such day. */
static int64_t
refused_from(const struct config *config, int64_t now)
{
	const struct registration_config *r = &config->registration;

	return r->keyed_logins == KEYED_REFUSE && r->postpone_until > now ? r->postpone_until : 0;
}

void
words_reminder(char *out, size_t size, const char *lang, const struct plan *plan,
	       const struct config *config, int64_t now)
{
	int64_t from = refused_from(config, now);
	char day[16] = "";
	struct tm tm;
	int n;

	language_use(lang);
	if (plan_refuses_keyed(plan, config, now)) {
		n = snprintf(out, size,
			     _("Password reset must be set up first (%d of %d done): log in with "
			       "your password."),
			     plan->done, plan->required);
	} else {
		n = snprintf(out, size,
			     _("Password reset is not set up yet (%d of %d done): log in with your "
			       "password once."),
			     plan->done, plan->required);
	}
	if (from && n > 0 && (size_t)n < size && localtime_r(&from, &tm) &&
	    strftime(day, sizeof(day), "%Y-%m-%d", &tm) > 0)
		snprintf(out + n, size - (size_t)n, _(" Without it, keys stop working on %s."),
			 day);
	language_use("");
}

static const char code_text[] =
	N_("Your code for %s\n"
	   "\n"
	   "%s\n"
	   "\n"
	   "Type this code where you are logging in. It works for %d minutes, once.\n"
	   "\n"
	   "It shows that mail to this address reaches you. With it, %s on %s\n"
	   "can set a new password without help after forgetting the old one.\n"
	   "\n"
	   "If you did not ask for this, somebody who knows that password did:\n"
	   "tell %s.\n");

int
words_code(struct secret *out, const char *lang, const char *user, const char *host,
	   const char *code, int minutes, const char *contact)
{
	char name[USER_NAME_MAX + 1], place[HOST_NAME_MAX_BYTES + 1];
	int n, r = secret_room(out, WORDS_MESSAGE_MAX);

	if (r < 0)
		return r;
	words_printable(user, name, sizeof(name));
	words_printable(host, place, sizeof(place));
	language_use(lang);
	n = snprintf((char *)out->data, out->len, _(code_text), place, code, minutes, name, place,
		     contact);
	language_use("");
	if (n < 0 || (size_t)n >= out->len) {
		secret_done(out);
		return -EMSGSIZE;
	}
	out->len = (size_t)n;
	return 0;
}
