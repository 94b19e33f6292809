/* The daemon's few texts. */
#include "ssprd/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "protocol/limits.h"
#include "ssprd/core/config.h"
#include "ssprd/core/plan.h"
#include "text/contact.h"
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

static int
register_words(char *out, size_t size, const struct plan *plan, bool refused)
{
	if (refused)
		return snprintf(out, size,
				_("Password reset must be set up first (%d of %d done): log in "
				  "with your password."),
				plan->done, plan->required);
	return snprintf(out, size,
			_("Password reset is not set up yet (%d of %d done): log in with your "
			  "password once."),
			plan->done, plan->required);
}

static int
reconfirm_words(char *out, size_t size, const struct plan *plan, bool refused)
{
	(void)plan;
	return snprintf(out, size, "%s",
			refused ? _("Password reset must be confirmed again first: log in with "
				    "your password.")
				: _("Password reset must be confirmed again: log in with your "
				    "password once."));
}

static int
notice_words(char *out, size_t size, const struct plan *plan, bool refused)
{
	(void)plan;
	(void)refused;
	return snprintf(out, size, "%s",
			_("Your password reset was changed: log in with your password to see "
			  "what."));
}

static int
few_codes_words(char *out, size_t size, const struct plan *plan, bool refused)
{
	(void)refused;
	if (plan->codes_left <= 0)
		return snprintf(out, size, "%s",
				_("You have no recovery codes left. Make new ones: ssprctl "
				  "manage"));
	return snprintf(out, size,
			ngettext("You have %d recovery code left. Make new ones: ssprctl manage",
				 "You have %d recovery codes left. Make new ones: ssprctl manage",
				 (unsigned long)plan->codes_left),
			plan->codes_left);
}

/* The day from which logins without a dialog are refused, while that is still to come. */
static void
add_day(char *out, size_t size, int n, const struct plan *plan, const struct config *config,
	int64_t now)
{
	char day[16] = "";
	struct tm tm;

	if (plan->state == STATE_NOTICE || plan->state == STATE_REMIND ||
	    config->registration.keyed_logins != KEYED_REFUSE || plan->keyed_from <= now)
		return;
	if (n > 0 && (size_t)n < size && localtime_r(&plan->keyed_from, &tm) &&
	    strftime(day, sizeof(day), "%Y-%m-%d", &tm) > 0)
		snprintf(out + n, size - (size_t)n, _(" Without it, keys stop working on %s."),
			 day);
}

void
words_reminder(char *out, size_t size, const char *lang, const struct plan *plan,
	       const struct config *config, int64_t now)
{
	static int (*const writers[STATE_COUNT])(char *, size_t, const struct plan *, bool) = {
		[STATE_REGISTER] = register_words,
		[STATE_RECONFIRM] = reconfirm_words,
		[STATE_NOTICE] = notice_words,
		[STATE_REMIND] = few_codes_words,
	};
	int n;

	*out = '\0';
	if (!writers[plan->state])
		return;
	language_use(lang);
	n = writers[plan->state](out, size, plan, plan_refuses_keyed(plan, config, now));
	add_day(out, size, n, plan, config, now);
	language_use("");
}

/* What the message with a code has to say. */
struct code_words {
	char user[USER_NAME_MAX + 1], host[HOST_NAME_MAX_BYTES + 1];
	const char *code, *contact;
	int minutes;
	bool reset; /* the code opens a new password */
};

static const char mail_text[] =
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

static const char reset_mail_text[] =
	N_("Password reset on %s: your code\n"
	   "\n"
	   "%s\n"
	   "\n"
	   "Type this code where you reset your password. It works for %d minutes, once.\n"
	   "\n"
	   "Whoever has it can set a new password for %s on %s: tell it to\n"
	   "nobody, not even to somebody who says that they help you.\n"
	   "\n"
	   "If you did not ask for this, somebody else tries to get into that account.\n"
	   "This code does not let them in as long as they do not have it. Tell\n"
	   "%s.\n");

static int
mail_words(char *out, size_t size, const struct code_words *w)
{
	return snprintf(out, size, w->reset ? _(reset_mail_text) : _(mail_text), w->host, w->code,
			w->minutes, w->user, w->host, w->contact);
}

/*
 * Short: a text message has 160 characters. The code comes first, where notifications show it
 * whole.
 */
static int
sms_words(char *out, size_t size, const struct code_words *w)
{
	return snprintf(
		out, size,
		/* TRANSLATORS: a text message: code, user, host, minutes, whom to tell. */
		w->reset ? _("%s resets the password of %s on %s. It works for %d minutes, once. "
			     "Tell it to nobody. If you did not ask for it, tell %s.")
			 : _("%s is your code for %s on %s. It works for %d minutes, once. If you "
			     "did not ask for it, tell %s."),
		w->code, w->user, w->host, w->minutes, w->contact);
}

#define SPOKEN_MAX 64

/* "1, 2, 3": a voice that is given 123456 says a number of six digits. */
static void
spoken_digits(const char *code, char out[SPOKEN_MAX])
{
	size_t n = 0;

	for (; *code && n + 4 < SPOKEN_MAX; code++) {
		if (n) {
			out[n++] = ',';
			out[n++] = ' ';
		}
		out[n++] = *code;
	}
	out[n] = '\0';
}

static int
call_words(char *out, size_t size, const struct code_words *w)
{
	char digits[SPOKEN_MAX];
	int n;

	spoken_digits(w->code, digits);
	/* TRANSLATORS: spoken by a machine, over the phone: host, digits, digits again. */
	n = snprintf(out, size,
		     w->reset ? _("Hello. Your code to reset the password on %s is: %s. Once more: "
				  "%s. Tell it to nobody. Goodbye.")
			      : _("Hello. Your code for %s is: %s. Once more: %s. Goodbye."),
		     w->host, digits, digits);
	explicit_bzero(digits, sizeof(digits));
	return n;
}

int
words_code(struct secret *out, enum way way, enum purpose purpose, const char *lang,
	   const char *user, const char *host, const char *code, int minutes, const char *contact)
{
	static int (*const writers[])(char *, size_t, const struct code_words *) = {
		[WAY_EMAIL] = mail_words,
		[WAY_SMS] = sms_words,
		[WAY_VOICE] = call_words,
	};
	struct code_words w = { .code = code,
				.minutes = minutes,
				.reset = purpose == PURPOSE_RESET };
	int n, r = secret_room(out, WORDS_MESSAGE_MAX);

	if (r < 0)
		return r;
	words_printable(user, w.user, sizeof(w.user));
	words_printable(host, w.host, sizeof(w.host));
	language_use(lang);
	w.contact = contact_shown(contact);
	n = writers[way]((char *)out->data, out->len, &w);
	language_use("");
	if (n < 0 || (size_t)n >= out->len) {
		secret_done(out);
		return -EMSGSIZE;
	}
	out->len = (size_t)n;
	return 0;
}
