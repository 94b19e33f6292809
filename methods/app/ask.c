/*
 * Authenticator app (TOTP): the judge makes the key, the user brings it into the app and types what the app shows. The
 * key is shown as text always, for every terminal and for screen readers.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "methods/asks.h"
#include "session/answer.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"

#define APP_DIGITS  6
#define GROUP       4
#define GROUPED_MAX 160

/* The key in groups of four, as it is easiest to type. */
static void
group(const struct secret *key, char out[GROUPED_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < key->len && len + 2 < GROUPED_MAX; i++) {
		if (i > 0 && i % GROUP == 0)
			out[len++] = ' ';
		out[len++] = (char)key->data[i];
	}
	out[len] = '\0';
}

static void
tell_steps(struct session *s, const struct secret *key, const struct secret *uri)
{
	char grouped[GROUPED_MAX];

	group(key, grouped);
	say(s, _("Authenticator app"));
	say(s, _("1. Open an authenticator app (FreeOTP, Aegis, Google or Microsoft Authenticator, "
		 "...) and add an account by typing its key."));
	say(s, _("2. Type this key; it is time based and has 6 digits:"));
	say(s, "   %s", grouped);
	say(s, _("   Or give this address to an app that takes one:"));
	say(s, "%s", secret_text(uri));
	say(s, _("3. Type the code that the app shows then."));
	explicit_bzero(grouped, sizeof grouped);
}

/* The judge lets a new key begin anew, at once or from a moment on. */
static void
tell_spent(struct session *s, const struct told *told)
{
	char moment[MOMENT_TEXT_MAX];
	int64_t now = time(NULL);

	if (told->number <= now) {
		say(s, _("Too many wrong codes were typed, so that key is done with. Choose the "
			 "app again to get a new one, or take another method."));
		return;
	}
	moment_text(told->number, now, moment);
	say(s,
	    _("Too many wrong codes were typed. An authenticator app can be tried again from %s; "
	      "until then, please take another method."),
	    moment);
}

static void
tell_outcome(struct session *s, enum outcome o, const struct told *told)
{
	int left = (int)told->number;

	if (o == WRONG) {
		say(s,
		    ngettext("That code is not right. There is %d try left.",
			     "That code is not right. There are %d tries left.",
			     (unsigned long)left),
		    left);
		say(s, _("Is the clock of the phone right? The code depends on it. Wait for a new "
			 "code and type that."));
	} else if (o == USED) {
		say(s,
		    _("That code was used already; each works once. Wait until the app shows a new "
		      "one, and type that."));
	} else if (o == EXPIRED) {
		say(s, _("That code is no longer valid. Type the one that the app shows now."));
	} else if (o == SPENT) {
		tell_spent(s, told);
	} else if (o == REFUSED) {
		say(s, _("The app could not be registered. Please take another method."));
	}
}

static enum outcome
try_code(struct session *s, struct secret *code)
{
	struct told told = { 0 };
	enum outcome o;

	if (answer_is(code, 'b'))
		return BACK;
	if (!answer_code(code, APP_DIGITS)) {
		say(s, _("A code of the app has %d digits."), APP_DIGITS);
		return WRONG;
	}
	o = request_try(s, METHOD_APP, secret_text(code), code->len, NULL, &told);
	tell_outcome(s, o, &told);
	return o;
}

static enum outcome
app_enrol(struct session *s)
{
	struct secret key = { 0 }, uri = { 0 }, code = { 0 };
	struct told told = { 0 };
	enum outcome o = request_seed(s, METHOD_APP, &key, &uri, &told);

	if (o == ANSWERED) {
		tell_steps(s, &key, &uri);
		do {
			o = ask(s, &code, "%s", _("Code ([b] another method): "));
			if (o == ANSWERED)
				o = try_code(s, &code);
		} while (o == WRONG || o == USED || o == EXPIRED);
	} else {
		tell_outcome(s, o, &told);
	}
	secret_done(&key);
	secret_done(&uri);
	secret_done(&code);
	return o;
}

const struct method_ask app_ask = {
	.method = METHOD_APP,
	.title = N_("Authenticator app"),
	.hint = N_("shows a new code every 30 seconds, on your phone"),
	.enrol = app_enrol,
};
