/*
 * Recovery codes: shown once, to be kept on paper; one is typed back to show that they were. A slip of the finger is told
 * here, by the check symbols, and the judge never hears of it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "methods/asks.h"
#include "session/answer.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/recovery.h"

#define TWO_COLUMNS_WIDTH 56 /* terminals that are narrower get one below the other */
#define LINE_MAX_BYTES    160

/* Numbered, in two columns: 1 beside 6. */
static void
tell_codes(struct session *s, const struct secret codes[RECOVERY_CODES])
{
	bool two = s->columns >= TWO_COLUMNS_WIDTH;
	int rows = two ? RECOVERY_CODES / 2 : RECOVERY_CODES;
	char line[LINE_MAX_BYTES];

	for (int i = 0; i < rows; i++) {
		snprintf(line, sizeof line, "%2d  %s", i + 1, secret_text(&codes[i]));
		if (two)
			say(s, "%s     %2d  %s", line, rows + i + 1, secret_text(&codes[rows + i]));
		else
			say(s, "%s", line);
	}
	explicit_bzero(line, sizeof line);
}

static void
tell_new(struct session *s, const struct secret codes[RECOVERY_CODES])
{
	say(s, _("Recovery codes"));
	say(s,
	    _("Each of these %d codes works once, for a day when you have nothing else at hand. "
	      "Write them down or print them, and keep them on paper, where nobody else finds "
	      "them. They are shown only now."),
	    RECOVERY_CODES);
	say_gap(s);
	tell_codes(s, codes);
	say_gap(s);
	say(s, _("To show that you have them, type one of them from the paper. It is used up by "
		 "this: cross it out."));
}

static void
tell_spent(struct session *s, const struct told *told)
{
	char moment[MOMENT_TEXT_MAX];
	int64_t now = time(NULL);

	if (told->number <= now) {
		say(s, _("Too many wrong codes were typed, so these are done with. Choose the "
			 "recovery codes again to get new ones, or take another method."));
		return;
	}
	moment_text(told->number, now, moment);
	say(s,
	    _("Too many wrong codes were typed. Recovery codes can be tried again from %s; until "
	      "then, please take another method."),
	    moment);
}

static void
tell_outcome(struct session *s, enum outcome o, const struct told *told)
{
	if (o == WRONG)
		proof_wrong(s, told);
	else if (o == USED)
		say(s, _("That code was used already; each works once. Type another one."));
	else if (o == EXPIRED)
		say(s, _("That code is no longer valid. Type another one."));
	else if (o == SPENT)
		tell_spent(s, told);
	else if (o == BLOCKED)
		proof_blocked(s, told);
	else if (o == REFUSED)
		say(s, _("Recovery codes are not possible now. Please take another method."));
}

static enum outcome
try_code(struct session *s, const struct secret *typed)
{
	char plain[RECOVERY_PLAIN];
	enum recovery_typed form = recovery_read(RECOVERY_CODE, typed->data, typed->len, plain);
	struct told told = { 0 };
	enum outcome o = WRONG;

	if (form == RECOVERY_FINE) {
		o = request_try(s, METHOD_RECOVERY_CODES, plain, strlen(plain), NULL, &told);
		tell_outcome(s, o, &told);
	} else if (form == RECOVERY_FORM) {
		say(s, _("A recovery code has 16 letters and digits, in groups of four."));
	} else {
		proof_slip(s, form);
	}
	explicit_bzero(plain, sizeof plain);
	return o;
}

static enum outcome
ask_code(struct session *s)
{
	struct secret typed = { 0 };
	enum outcome o;

	do {
		o = ask(s, &typed, "%s", _("Recovery code ([b] another method): "));
		if (o == ANSWERED)
			o = answer_is(&typed, 'b') ? BACK : try_code(s, &typed);
	} while (o == WRONG || o == USED || o == EXPIRED);
	secret_done(&typed);
	return o;
}

static enum outcome
recovery_codes_enrol(struct session *s)
{
	struct secret codes[RECOVERY_CODES] = { 0 };
	struct told told = { 0 };
	enum outcome o = request_seed(s, METHOD_RECOVERY_CODES, codes, RECOVERY_CODES, &told);

	if (o == ANSWERED) {
		tell_new(s, codes);
		o = ask_code(s);
	} else {
		tell_outcome(s, o, &told);
	}
	for (int i = 0; i < RECOVERY_CODES; i++)
		secret_done(&codes[i]);
	return o;
}

static enum outcome
recovery_codes_prove(struct session *s)
{
	say(s, _("Recovery codes"));
	say(s, _("Type one that you have not used yet. It is used up by this: cross it out."));
	return ask_code(s);
}

const struct method_ask recovery_codes_ask = {
	.method = METHOD_RECOVERY_CODES,
	.title = N_("Recovery codes"),
	.hint = N_("codes on paper, for a day when you have nothing else at hand"),
	.enrol = recovery_codes_enrol,
	.prove = recovery_codes_prove,
};
