/* The texts of messages about changes. */
#include "ssprd/words_change.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "protocol/limits.h"
#include "ssprd/words.h"
#include "text/contact.h"
#include "text/language.h"

#define CONTACT_MAX  255
#define WHEN_MAX     64
#define SMS_FROM_MAX 45 /* bytes of a remote host in a short message: any numeric address fits */

/* What was typed by others, made fit for a mail; and the times as text. */
struct printed {
	char user[USER_NAME_MAX + 1], host[HOST_NAME_MAX_BYTES + 1], rhost[HOST_NAME_MAX_BYTES + 1];
	char service[SERVICE_NAME_MAX + 1], contact[CONTACT_MAX + 1];
	char time[WHEN_MAX], until[WHEN_MAX];
};

static const char *const titles[METHOD_COUNT] = {
	[METHOD_APP] = N_("Authenticator app"),
	[METHOD_EMAIL] = N_("E-mail"),
	[METHOD_PHONE] = N_("Phone"),
	[METHOD_OFFICE_PHONE] = N_("Office phone"),
	[METHOD_QUESTIONS] = N_("Security questions"),
	[METHOD_RECOVERY_CODES] = N_("Recovery codes"),
};

/* Behind the method's title, or alone; and to others than the user, where that reads otherwise. */
static const struct {
	enum audit_event event;
	const char *text, *of_another;
} events[] = {
	{ AUDIT_METHOD_ADDED, N_("registered"), NULL },
	{ AUDIT_METHOD_REPLACED, N_("replaced"), NULL },
	{ AUDIT_METHOD_REMOVED, N_("removed"), NULL },
	{ AUDIT_FILLED_IN, N_("filled in by an administrator, to be confirmed by you"), NULL },
	{ AUDIT_HELP_CODE_MADE, N_("a help desk code was made for your account"), NULL },
	{ AUDIT_HELP_CODE_USED, N_("a help desk code was used for your account"), NULL },
	{ AUDIT_BLOCKED, N_("too many wrong proofs, so your account was blocked for resets"),
	  NULL },
	{ AUDIT_UNBLOCKED, N_("an administrator lifted a block of your account"), NULL },
	{ AUDIT_FROZEN, N_("password resets of your account were stopped"), NULL },
	{ AUDIT_RESET_CHANGED, N_("your password was reset"), N_("the password was reset") },
	{ AUDIT_UNLOCKED, N_("your account was unlocked"), N_("the account was unlocked") },
	{ AUDIT_REGISTRATION_FINISHED, N_("registered for password reset for the first time"),
	  NULL },
	{ AUDIT_CANNOT_PROVE, N_("nothing that is registered can be proven any more"), NULL },
	{ AUDIT_RESET_REFUSED, N_("a forgotten password could not be reset"), NULL },
};

static const char *
event_text(enum audit_event event, bool to_another)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i].event == event)
			return to_another && events[i].of_another ? _(events[i].of_another)
								  : _(events[i].text);
	return _("your security information was changed");
}

/* After these somebody else may be in the account already: stopping resets is not enough. */
static bool
is_reset(enum audit_event event)
{
	return event == AUDIT_RESET_CHANGED || event == AUDIT_UNLOCKED;
}

static void
moment(int64_t seconds, char out[WHEN_MAX])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!seconds || !localtime_r(&t, &tm) || !strftime(out, WHEN_MAX, "%Y-%m-%d %H:%M %Z", &tm))
		out[0] = '\0';
}

static void
print(const struct words_change *c, struct printed *p)
{
	words_printable(c->user, p->user, sizeof(p->user));
	words_printable(c->host, p->host, sizeof(p->host));
	words_printable(c->rhost, p->rhost, sizeof(p->rhost));
	words_printable(c->service, p->service, sizeof(p->service));
	words_printable(contact_shown(c->contact), p->contact, sizeof(p->contact));
	moment(c->time, p->time);
	moment(c->until, p->until);
}

static FILE *
open_text(struct secret *out, const char *lang)
{
	FILE *f = NULL;

	if (secret_room(out, WORDS_CHANGE_MAX) == 0)
		f = fmemopen(out->data, WORDS_CHANGE_MAX, "w");
	language_use(lang);
	return f;
}

/* The end of a text: what did not fit is no text. */
static int
close_text(struct secret *out, FILE *f)
{
	long len = f ? ftell(f) : -1;
	int r = f ? 0 : -ENOMEM;

	language_use("");
	if (f && (fclose(f) != 0 || len < 0 || len >= WORDS_CHANGE_MAX))
		r = -EMSGSIZE;
	if (r == 0)
		out->len = (size_t)len;
	else
		secret_done(out);
	return r;
}

static void
put_what(FILE *f, const struct words_change *c, bool to_another)
{
	if (c->method != METHOD_COUNT)
		fprintf(f, "%s: ", _(titles[c->method]));
	fputs(event_text(c->event, to_another), f);
}

static void
put_where(FILE *f, const struct words_change *c, const struct printed *p)
{
	if (c->by_administrator)
		fprintf(f, _("on %s, by an administrator"), p->host);
	else if (p->rhost[0])
		fprintf(f, _("on %s, from %s"), p->host, p->rhost);
	else if (c->from_unknown)
		fprintf(f, _("on %s; where from is not known"), p->host);
	else
		fprintf(f, _("on %s itself"), p->host);
	if (p->service[0])
		fprintf(f, " (%s)", p->service);
}

/* What, when, where: a line each. */
static void
put_facts(FILE *f, const struct words_change *c, const struct printed *p, bool to_another)
{
	fprintf(f, "\n%s ", _("What:"));
	put_what(f, c, to_another);
	fprintf(f, "\n%s %s\n%s ", _("When:"), p->time, _("Where:"));
	put_where(f, c, p);
	if (p->until[0])
		fprintf(f, "\n%s %s", _("Until:"), p->until);
	fputs("\n\n", f);
}

/* What to do if it was not you. */
static void
put_what_to_do(FILE *f, const struct words_change *c, const struct printed *p)
{
	if (!c->freeze) {
		fprintf(f, _("If not, tell %s at once.\n"), p->contact);
		return;
	}
	if (is_reset(c->event))
		fprintf(f,
			_("If not, somebody else may be able to log in as you: tell %s\n"
			  "at once. Also stop all further password resets of your account; "
			  "anybody\n"
			  "on %s can type this:\n"),
			p->contact, p->host);
	else
		fprintf(f,
			_("If not, somebody may be trying to take your account. Stop all\n"
			  "password resets of it at once; anybody on %s can type this:\n"),
			p->host);
	fprintf(f, "\n    ssprctl freeze %s\n\n", c->freeze);
	fputs(_("Or, without logging in: where a password reset can be begun at the\n"
		"password prompt, begin one, and type this code at its first question.\n"),
	      f);
	if (is_reset(c->event))
		fputs(_("The code works once.\n"), f);
	else
		fprintf(f, _("The code works once. Then tell %s.\n"), p->contact);
}

int
words_change_mail(struct secret *out, const struct words_change *c)
{
	struct printed p;
	FILE *f = open_text(out, c->lang);

	print(c, &p);
	if (f) {
		fprintf(f, _("A change of your account %s on %s"), p.user, p.host);
		fputs("\n", f);
		put_facts(f, c, &p, false);
		fputs(_("If that was you, or you know of it, there is nothing to do.\n\n"), f);
		put_what_to_do(f, c, &p);
	}
	return close_text(out, f);
}

int
words_change_sms(struct secret *out, const struct words_change *c)
{
	struct printed p;
	FILE *f = open_text(out, c->lang);

	print(c, &p);
	if (f) {
		fprintf(f, _("Your account %s on %s"), p.user, p.host);
		fputs(": ", f);
		put_what(f, c, false);
		fprintf(f, ", %s", p.time);
		if (is_reset(c->event) && p.rhost[0]) {
			fputs(", ", f);
			fprintf(f, _("from %.*s"), SMS_FROM_MAX, p.rhost);
		}
		fputs(". ", f);
		if (c->freeze)
			fprintf(f, _("Not you? ssprctl freeze %s"), c->freeze);
		else
			fprintf(f, _("Not you? Tell %s."), p.contact);
	}
	return close_text(out, f);
}

int
words_change_admins(struct secret *out, const struct words_change *c)
{
	struct printed p;
	FILE *f = open_text(out, "");

	print(c, &p);
	if (f) {
		fprintf(f, _("The privileged account %s on %s"), p.user, p.host);
		fputs("\n", f);
		put_facts(f, c, &p, true);
		fputs(_("Is it known to whoever has this account? Else lock it, and look at\n"
			"its logins.\n"),
		      f);
	}
	return close_text(out, f);
}

/* Anybody who sits at the console can have asked: the mail says what is known, and no more. */
static void
put_asked(FILE *f, const struct words_change *c, const struct printed *p)
{
	fprintf(f, _("%s on %s asks for help with a forgotten password"), p->user, p->host);
	fputs("\n", f);
	put_facts(f, c, p, true);
	if (c->code[0])
		fprintf(f, "%s %s\n\n", _("Case:"), c->code);
	fputs(_("Whoever sits at that machine can have asked. Be sure who it is before you\n"
		"help; ssprctl shows how the account stands:\n"
		"\n"),
	      f);
	fprintf(f, "    ssprctl show %s\n", p->user);
}

int
words_change_support(struct secret *out, const struct words_change *c)
{
	struct printed p;
	FILE *f = open_text(out, "");

	print(c, &p);
	if (f && c->event == AUDIT_RESET_REFUSED) {
		put_asked(f, c, &p);
	} else if (f) {
		fprintf(f, _("%s on %s cannot prove who they are"), p.user, p.host);
		fputs("\n", f);
		put_facts(f, c, &p, true);
		fputs(_("The login went on. Once you are sure who it is, make a help desk code,\n"
			"with which new ways can be registered in the place of the lost ones:\n"
			"\n"),
		      f);
		fprintf(f, "    ssprctl code %s\n", p.user);
	}
	return close_text(out, f);
}
