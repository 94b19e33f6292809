/*
 * What simulate found, in one line: USER through SERVICE: what would happen: why.
 */
#include "ssprctl/explain.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/facts.h"
#include "protocol/words.h"
#include "ssprctl/safe.h"
#include "text/language.h"

static const char *const outcomes[STATE_COUNT] = {
	[STATE_OK] = N_("would not be asked"),
	[STATE_REGISTER] = N_("would be asked to register"),
	[STATE_RECONFIRM] = N_("would be asked to confirm"),
	[STATE_REMIND] = N_("would be shown one line"),
	[STATE_NOTICE] = N_("would be told of a change"),
	[STATE_NOT_ENABLED] = N_("left alone"),
};

static bool
is_asked(const struct simulation *s)
{
	enum state state = state_from_word(s->state);

	return state == STATE_REGISTER || state == STATE_RECONFIRM;
}

/* The daemon may say more words than this program knows; they are shown as they are. */
static const char *
outcome_of(const struct simulation *s)
{
	enum state state = state_from_word(s->state);

	if (s->alone != ALONE_NOT)
		return _("left alone");
	return state == STATE_COUNT ? s->state : _(outcomes[state]);
}

/* How far registration is, and how often it may be put off. */
static void
put_counts(FILE *out, const struct simulation *s)
{
	const json_t *left = json_object_get(s->facts, "postpones_left");
	long long required = json_integer_value(json_object_get(s->facts, "required"));
	long long done = json_integer_value(json_object_get(s->facts, "done"));
	long long postpones = json_integer_value(left);

	fprintf(out, _(" (%lld of %lld done"), done, required);
	if (json_is_integer(left) && postpones == POSTPONES_FREE)
		fprintf(out, "%s", _(", postponing is free"));
	else if (json_is_integer(left))
		fprintf(out,
			ngettext(", %lld postpone left", ", %lld postpones left",
				 (unsigned long)postpones),
			postpones);
	fprintf(out, ")");
}

static void
put_why_alone(FILE *out, const struct simulation *s)
{
	const struct pamfile *p = &s->pam;

	switch (s->alone) {
	case ALONE_NO_FILE:
		fprintf(out, "%s",
			_("there is no PAM file for this service, nor one called other"));
		break;
	case ALONE_NO_LINE:
		fprintf(out, _("%s has no account line with pam_sspr.so"), p->path);
		break;
	case ALONE_NOT_LISTED:
		fprintf(out, _("service %s is not on the list of %s:%d (%s)"), s->service, p->path,
			p->line, p->services);
		break;
	case ALONE_ROOT:
		fprintf(out, "%s", _("root is never asked"));
		break;
	case ALONE_NOT:
		break;
	}
}

static void
put_why_asked(FILE *out, const struct simulation *s)
{
	const char *reason = json_string_value(json_object_get(s->facts, "reason"));

	fprintf(out, _("%s:%d has pam_sspr.so, service %s is on its list"), s->pam.path,
		s->pam.line, s->service);
	if (s->pam.other)
		fprintf(out, _(" (%s has no account lines of its own)"), s->service);
	/* The reason for asking is what the counts said. */
	if (reason && *reason && !is_asked(s))
		fprintf(out, "; %s", reason);
	if (is_asked(s) && json_is_true(json_object_get(s->facts, "refuses_keyed")))
		fprintf(out, "%s", _("; a login without a dialog is refused"));
	else if (is_asked(s))
		fprintf(out, "%s", _("; a login without a dialog gets one line"));
	fprintf(out, "%s",
		s->pam.fails ? _("; onerr=fail: refused while sspr cannot answer")
			     : _("; let in while sspr cannot answer"));
}

static void
put_why(FILE *out, const struct simulation *s)
{
	if (s->alone != ALONE_NOT)
		put_why_alone(out, s);
	else
		put_why_asked(out, s);
}

static void
put_line(FILE *out, const struct simulation *s)
{
	/* "alice through sshd: would be asked to register (0 of 2 done): because of this" */
	fprintf(out, _("%s through %s: %s"), s->user, s->service, outcome_of(s));
	if (is_asked(s))
		put_counts(out, s);
	fprintf(out, ": ");
	put_why(out, s);
}

/* What put writes, as text that is safe to show; malloc'd. NULL: no memory. */
static char *
text_of(void (*put)(FILE *, const struct simulation *), const struct simulation *s)
{
	char *text = NULL, *safe = NULL;
	size_t size = 0;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	put(out, s);
	if (fclose(out) == 0)
		safe = safe_text(text, size);
	free(text);
	return safe;
}

int
explain_print(const struct simulation *s)
{
	char *line = text_of(put_line, s);

	if (!line)
		return -ENOMEM;
	printf("%s\n", line);
	free(line);
	return 0;
}

/* The user's name, which need not be UTF-8, as a JSON text. */
static json_t *
name_text(const char *name)
{
	char *utf8 = safe_utf8(name, strlen(name));
	json_t *text = utf8 ? json_string(utf8) : NULL;

	free(utf8);
	return text;
}

/* Where the line stands; there is no such field when there is no such line. */
static int
put_pam(json_t *object, const struct simulation *s)
{
	if (s->alone == ALONE_NO_FILE)
		return 0;
	if (json_object_set_new(object, "file", name_text(s->pam.path)) < 0)
		return -1;
	if (s->alone == ALONE_NO_LINE)
		return 0;
	if (json_object_set_new(object, "line", json_integer(s->pam.line)) < 0 ||
	    json_object_set_new(object, "services", name_text(s->pam.services)) < 0)
		return -1;
	return json_object_set_new(object, "onerr", json_string(s->pam.fails ? "fail" : "ignore"));
}

/* json_object_set_new takes NULL for a failure. */
static int
put_answer(json_t *object, const struct simulation *s, const char *why)
{
	if (json_object_set_new(object, "user", name_text(s->user)) < 0 ||
	    json_object_set_new(object, "service", name_text(s->service)) < 0 ||
	    json_object_set_new(object, "asked", json_boolean(is_asked(s))) < 0 ||
	    json_object_set_new(object, "reason", json_string(why)) < 0)
		return -1;
	return s->state ? json_object_set_new(object, "state", json_string(s->state)) : 0;
}

json_t *
explain_object(const struct simulation *s)
{
	json_t *object = s->facts ? json_copy((json_t *)(uintptr_t)s->facts) : json_object();
	char *why = text_of(put_why, s);

	if (!object || !why || put_answer(object, s, why) < 0 || put_pam(object, s) < 0) {
		json_decref(object);
		object = NULL;
	}
	free(why);
	return object;
}
