/*
 * Authenticator app (TOTP): the judge makes the key, the user brings it into the app and types what the app shows. The
 * key is shown as text always, for every terminal and for screen readers; as a picture only to who asks for one.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "methods/app/ask_qr.h"
#include "methods/asks.h"
#include "session/answer.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

#define APP_DIGITS  6
#define GROUP       4
#define GROUPED_MAX 160
#define QR_ROOM                                                                                    \
	(PACKET_TEXT_MAX - 400) /* bytes of a picture: the words and the prompt below it fit too */

enum { KEY, URI, SEEDS };

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

/* In front of the next prompt, and on lines of its own there. *inverted changes for the next time. */
static enum outcome
tell_picture(struct session *s, const struct secret *uri, bool *inverted)
{
	struct secret picture = { 0 };
	int columns = s->columns;
	int r = qr_draw(uri, *inverted, &columns, QR_ROOM, &picture);

	if (r < 0) {
		log_error("no memory for a QR code");
		return session_finish(s, FINISH_BROKEN);
	}
	if (r == QR_DRAWN) {
		say(s, "%s", secret_text(&picture));
		say(s,
		    _("Can the app not read it? Type q again: dark and light change places. Where "
		      "no picture is seen, please type the key."));
		*inverted = !*inverted;
	} else if (r == QR_WIDE) {
		say(s,
		    _("The QR code needs %d columns, and the terminal has %d. Please make it wider "
		      "before you sign in, or type the key."),
		    columns, s->columns);
	} else {
		say(s, _("This key is too long for a QR code here. Please type it."));
	}
	secret_done(&picture);
	return ANSWERED;
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
	if (o == WRONG) {
		proof_wrong(s, told);
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
		say(s, _("The app is not possible now. Please take another method."));
	} else if (o == BLOCKED) {
		proof_blocked(s, told);
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

static bool
once_more(enum outcome o)
{
	return o == WRONG || o == USED || o == EXPIRED || o == ANSWERED;
}

static enum outcome
ask_new_code(struct session *s, const struct secret *uri)
{
	struct secret code = { 0 };
	bool inverted = false;
	enum outcome o;

	do {
		o = ask(s, &code, "%s", _("Code ([q] show a QR code, [b] another method): "));
		if (o == ANSWERED && answer_is(&code, 'q'))
			o = tell_picture(s, uri, &inverted);
		else if (o == ANSWERED)
			o = try_code(s, &code);
	} while (once_more(o));
	secret_done(&code);
	return o;
}

static enum outcome
app_enrol(struct session *s)
{
	struct secret seeds[SEEDS] = { 0 };
	struct told told = { 0 };
	enum outcome o = request_seed(s, METHOD_APP, seeds, SEEDS, &told);

	if (o == ANSWERED) {
		tell_steps(s, &seeds[KEY], &seeds[URI]);
		o = ask_new_code(s, &seeds[URI]);
	} else {
		tell_outcome(s, o, &told);
	}
	secret_done(&seeds[KEY]);
	secret_done(&seeds[URI]);
	return o;
}

static enum outcome
app_prove(struct session *s)
{
	struct secret code = { 0 };
	enum outcome o;

	say(s, _("Authenticator app"));
	do {
		o = ask(s, &code, "%s", _("Code that the app shows now ([b] another method): "));
		if (o == ANSWERED)
			o = try_code(s, &code);
	} while (once_more(o));
	secret_done(&code);
	return o;
}

const struct method_ask app_ask = {
	.method = METHOD_APP,
	.title = N_("Authenticator app"),
	.hint = N_("shows a new code every 30 seconds, on your phone"),
	.enrol = app_enrol,
	.prove = app_prove,
};
