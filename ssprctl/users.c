/*
 * What administrators ask about users.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "ssprctl/bus.h"
#include "ssprctl/command.h"
#include "ssprctl/output.h"
#include "ssprctl/record.h"
#include "text/language.h"

static const struct column user_columns[] = {
	{ "user", N_("USER"), KIND_TEXT },
	{ "uid", N_("UID"), KIND_NUMBER },
	{ "state", N_("STATE"), KIND_TEXT },
	{ "enabled", N_("ENABLED"), KIND_YES_NO },
	{ "registered", N_("REGISTERED"), KIND_YES_NO },
	{ "done", N_("DONE"), KIND_NUMBER },
	{ "required", N_("NEEDED"), KIND_NUMBER },
	{ "postpones_used", N_("NOT NOW"), KIND_NUMBER },
	{ "methods", N_("METHODS"), KIND_LIST },
};

/* For programs: a table of these is too wide for people, who have `show`. */
static const struct column export_columns[] = {
	{ "user", "", KIND_TEXT },         { "uid", "", KIND_NUMBER },
	{ "state", "", KIND_TEXT },        { "enabled", "", KIND_YES_NO },
	{ "registered", "", KIND_YES_NO }, { "done", "", KIND_NUMBER },
	{ "required", "", KIND_NUMBER },   { "postpones_used", "", KIND_NUMBER },
	{ "methods", "", KIND_LIST },      { "capable", "", KIND_YES_NO },
	{ "stale", "", KIND_NUMBER },      { "blocked_until", "", KIND_TIME },
	{ "frozen", "", KIND_YES_NO },
};

static const struct column fact_columns[] = {
	{ "uid", N_("Uid"), KIND_NUMBER },
	{ "local_password", N_("Password kept on this host"), KIND_YES_NO },
	{ "postpones_used", N_("Times \"not now\" was used"), KIND_NUMBER },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum exit_code
users_run(const struct invocation *in)
{
	const struct question q = {
		.method = "Users",
		.not_allowed = N_("only an administrator may see all users"),
	};
	json_t *answer = NULL;
	enum exit_code code;
	int r;

	code = bus_ask(&q, "a", &answer);
	if (code != EXIT_DONE)
		return code;
	if (in->format == FORMAT_TEXT)
		r = output_rows(stdout, FORMAT_TEXT, user_columns, COUNT(user_columns),
				json_array_get(answer, 0));
	else
		r = output_rows(stdout, in->format, export_columns, COUNT(export_columns),
				json_array_get(answer, 0));
	json_decref(answer);
	return r < 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int
print_record(const json_t *record)
{
	const struct column user = { "user", "", KIND_TEXT };
	char *text;
	size_t i;

	text = output_value(json_object_get(record, user.key), user.kind, FORMAT_TEXT);
	printf("%s: ", text ? text : "?");
	free(text);
	record_sentence(record, false);
	for (i = 0; i < COUNT(fact_columns); i++) {
		text = output_value(json_object_get(record, fact_columns[i].key),
				    fact_columns[i].kind, FORMAT_TEXT);
		printf("%s: %s\n", _(fact_columns[i].title), text ? text : "?");
		free(text);
	}
	return record_methods(record);
}

enum exit_code
show_run(const struct invocation *in)
{
	const struct question q = {
		.method = "Show",
		.user = in->argument[0],
		.not_allowed = N_("only an administrator may see another user's record"),
	};
	json_t *answer = NULL;
	const json_t *record;
	enum exit_code code;
	int r;

	code = bus_ask(&q, "o", &answer);
	if (code != EXIT_DONE)
		return code;
	record = json_array_get(answer, 0);
	r = in->format == FORMAT_TEXT ? print_record(record) : record_export(in, record);
	json_decref(answer);
	return r < 0 ? EXIT_REFUSED : EXIT_DONE;
}
