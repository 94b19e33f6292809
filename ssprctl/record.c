/*
 * One user's record, printed.
 */
#include "ssprctl/record.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/words.h"
#include "ssprctl/output.h"
#include "ssprctl/safe.h"
#include "text/language.h"

/* What a state means, to the user and about the user. */
static const struct sentence {
	const char *own, *about;
} sentences[STATE_COUNT] = {
	[STATE_OK] = { N_("You are registered. Nothing is due."),
		       N_("registered, nothing is due") },
	[STATE_REGISTER] = { N_("You have to register: your next login will ask."),
			     N_("must register at the next login") },
	[STATE_RECONFIRM] = { N_("You have to confirm what you registered: your next login will "
				 "ask."),
			      N_("must confirm at the next login") },
	[STATE_REMIND] = { N_("There is something to tell you: see your next login."),
			   N_("is reminded at the next login") },
	[STATE_NOTICE] = { N_("Something was changed: your next login will tell you."),
			   N_("is told of a change at the next login") },
	[STATE_NOT_ENABLED] = { N_("Your account is not enabled for password reset here."),
				N_("not enabled by the policy") },
};

static const struct column method_columns[] = {
	{ "method", N_("METHOD"), KIND_TEXT },
	{ "masked", N_("SHOWN AS"), KIND_TEXT },
	{ "registered_at", N_("REGISTERED"), KIND_TIME },
	{ "proven_at", N_("LAST PROVEN"), KIND_TIME },
	{ "stale_at", N_("ASKED AGAIN"), KIND_TIME },
	{ "standing", N_("STATE"), KIND_TEXT },
	{ "filled_by", N_("FILLED IN BY"), KIND_TEXT },
};

/* Said only where they are not 0, or not so. */
static const struct column rare_columns[] = {
	{ "frozen_at", N_("Resets frozen since"), KIND_TIME },
	{ "blocked_until", N_("Blocked until"), KIND_TIME },
	{ "required_by", N_("To be confirmed by"), KIND_TIME },
	{ "needs_code", N_("Needs a help desk code to register"), KIND_YES_NO },
};

static const struct column export_columns[] = {
	{ "user", "", KIND_TEXT },         { "uid", "", KIND_NUMBER },
	{ "state", "", KIND_TEXT },        { "enabled", "", KIND_YES_NO },
	{ "registered", "", KIND_YES_NO }, { "required", "", KIND_NUMBER },
	{ "done", "", KIND_NUMBER },       { "method", "", KIND_TEXT },
	{ "masked", "", KIND_TEXT },       { "registered_at", "", KIND_TIME },
	{ "proven_at", "", KIND_TIME },    { "stale_at", "", KIND_TIME },
	{ "standing", "", KIND_TEXT },     { "filled_by", "", KIND_TEXT },
	{ "filled_at", "", KIND_TIME },    { "codes_left", "", KIND_NUMBER },
	{ "capable", "", KIND_YES_NO },    { "blocked_until", "", KIND_TIME },
	{ "frozen_at", "", KIND_TIME },    { "required_by", "", KIND_TIME },
	{ "needs_code", "", KIND_YES_NO },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *
sentence_of(const json_t *record, bool own)
{
	enum state state = state_from_word(json_string_value(json_object_get(record, "state")));
	bool registered = json_is_true(json_object_get(record, "registered"));

	if (state == STATE_OK && !registered && own)
		return _("You said \"not now\", or nothing is asked of you at the moment.");
	if (state == STATE_OK && !registered)
		return _("not registered, but nothing is asked now");
	if (state == STATE_COUNT)
		return "?";
	return _(own ? sentences[state].own : sentences[state].about);
}

void
record_sentence(const json_t *record, bool own)
{
	json_int_t required = json_integer_value(json_object_get(record, "required"));
	json_int_t done = json_integer_value(json_object_get(record, "done"));
	const json_t *until = json_object_get(record, "postponed_until");
	char *text;

	printf("%s", sentence_of(record, own));
	if (required > 0)
		printf(own ? _(" %lld of %lld methods are done.") : _(" (%lld of %lld methods)"),
		       (long long)done, (long long)required);
	printf("\n");
	if (json_integer_value(until) <= 0)
		return;
	text = output_value(until, KIND_TIME, FORMAT_TEXT);
	printf(_("Postponed until %s.\n"), text ? text : "?");
	free(text);
}

/* Is it 0, no, or not there? */
static bool
is_usual(const json_t *value)
{
	return json_is_integer(value) ? json_integer_value(value) == 0 : !json_is_true(value);
}

/* What stands in the way, and how many recovery codes are left. */
static void
print_rare(const json_t *record)
{
	const json_t *left = json_object_get(record, "codes_left");
	size_t i;

	for (i = 0; i < COUNT(rare_columns); i++) {
		const json_t *value = json_object_get(record, rare_columns[i].key);
		char *text;

		if (is_usual(value))
			continue;
		text = output_value(value, rare_columns[i].kind, FORMAT_TEXT);
		printf("%s: %s\n", _(rare_columns[i].title), text ? text : "?");
		free(text);
	}
	if (json_is_integer(left) && json_integer_value(left) >= 0)
		printf(_("Recovery codes left: %lld\n"), (long long)json_integer_value(left));
}

int
record_methods(const json_t *record)
{
	const json_t *methods = json_object_get(record, "methods");

	print_rare(record);
	if (json_array_size(methods) == 0) {
		printf("%s", _("No method is registered.\n"));
		return 0;
	}
	return output_rows(stdout, FORMAT_TEXT, method_columns, COUNT(method_columns), methods);
}

/* The record with one of its methods beside it; a method's fields win. */
static int
append_row(json_t *rows, const json_t *record, json_t *method)
{
	json_t *row = json_copy((json_t *)(uintptr_t)record);

	if (!row || (method && json_object_update(row, method) < 0)) {
		json_decref(row);
		return -ENOMEM;
	}
	return json_array_append_new(rows, row) < 0 ? -ENOMEM : 0;
}

int
record_export(const struct invocation *in, const json_t *record)
{
	const json_t *methods = json_object_get(record, "methods");
	json_t *rows;
	size_t i;
	int r;

	if (in->format == FORMAT_JSON)
		return output_json(stdout, record);
	rows = json_array();
	r = rows ? 0 : -ENOMEM;
	if (r == 0 && json_array_size(methods) == 0)
		r = append_row(rows, record, NULL);
	for (i = 0; r == 0 && i < json_array_size(methods); i++)
		r = append_row(rows, record, json_array_get(methods, i));
	if (r == 0)
		r = output_rows(stdout, FORMAT_CSV, export_columns, COUNT(export_columns), rows);
	json_decref(rows);
	return r;
}
