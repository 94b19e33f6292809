/*
 * The audit: its rows, and whether their chain is whole. The daemon answers a piece at a time, so that nothing else waits for it.
 */
#include <jansson.h>
#include <stdio.h>

#include "ssprctl/bus.h"
#include "ssprctl/command.h"
#include "ssprctl/output.h"
#include "ssprctl/safe.h"
#include "text/language.h"

static const char only_administrators[] = N_("only an administrator may see the audit");

static const struct column columns[] = {
	{ "time", N_("TIME"), KIND_TIME },     { "event", N_("EVENT"), KIND_TEXT },
	{ "user", N_("USER"), KIND_TEXT },     { "method", N_("METHOD"), KIND_TEXT },
	{ "result", N_("RESULT"), KIND_TEXT }, { "actor", N_("BY"), KIND_TEXT },
	{ "rhost", N_("FROM"), KIND_TEXT },
};

/* For programs, all that is kept of a row. */
static const struct column export_columns[] = {
	{ "row", "", KIND_NUMBER },   { "time", "", KIND_TIME },   { "event", "", KIND_TEXT },
	{ "user", "", KIND_TEXT },    { "uid", "", KIND_NUMBER },  { "actor", "", KIND_TEXT },
	{ "method", "", KIND_TEXT },  { "result", "", KIND_TEXT }, { "reason", "", KIND_TEXT },
	{ "service", "", KIND_TEXT }, { "rhost", "", KIND_TEXT },  { "session", "", KIND_NUMBER },
	{ "head", "", KIND_TEXT },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* One piece behind this row. As bus_ask. */
static enum exit_code
ask_after(const char *method, json_int_t after, const char *shape, json_t **answer)
{
	const struct question_number number = { 'x', after };
	const struct question q = { .method = method,
				    .number = &number,
				    .not_allowed = only_administrators };

	return bus_ask(&q, shape, answer);
}

static enum exit_code
odd_answer(void)
{
	fprintf(stderr, "%s",
		_("ssprctl: the sspr daemon is not reachable: it answered in another form than was "
		  "agreed\n"));
	return EXIT_UNREACHABLE;
}

/* All rows, piece by piece; each begins behind the one before. */
static enum exit_code
collect(json_t *rows)
{
	json_int_t last = 0;

	for (;;) {
		json_t *answer = NULL, *piece;
		enum exit_code code = ask_after("Audit", last, "a", &answer);
		json_int_t before = last;
		size_t count;

		if (code != EXIT_DONE)
			return code;
		piece = json_array_get(answer, 0);
		count = json_array_size(piece);
		if (count > 0)
			last = json_integer_value(
				json_object_get(json_array_get(piece, count - 1), "row"));
		if (json_array_extend(rows, piece) < 0)
			code = EXIT_REFUSED;
		json_decref(answer);
		if (code != EXIT_DONE || count == 0)
			return code;
		if (last <= before)
			return odd_answer();
	}
}

enum exit_code
audit_run(const struct invocation *in)
{
	bool people = in->format == FORMAT_TEXT;
	json_t *rows = json_array();
	enum exit_code code = rows ? collect(rows) : EXIT_REFUSED;
	int r = 0;

	if (code == EXIT_DONE)
		r = output_rows(stdout, in->format, people ? columns : export_columns,
				people ? COUNT(columns) : COUNT(export_columns), rows);
	json_decref(rows);
	return r < 0 ? EXIT_REFUSED : code;
}

static json_int_t
number_in(const json_t *found, const char *key)
{
	return json_integer_value(json_object_get(found, key));
}

/* The end of the walk: true; *code and what is printed say how it ended. */
static bool
tell(const json_t *found, json_int_t rows, json_int_t before, enum exit_code *code)
{
	json_int_t broken = number_in(found, "broken"), last = number_in(found, "last");

	*code = EXIT_DONE;
	if (broken > 0) {
		fprintf(stderr,
			_("ssprctl: the audit is broken: row %lld was changed, or is missing\n"),
			(long long)broken);
		*code = EXIT_REFUSED;
		return true;
	}
	if (json_is_true(json_object_get(found, "more"))) {
		if (last > before)
			return false;
		*code = odd_answer();
		return true;
	}
	printf(_("%lld rows, whole: row=%lld head="), (long long)rows, (long long)last);
	safe_print(stdout, json_string_value(json_object_get(found, "head"))
				   ? json_string_value(json_object_get(found, "head"))
				   : "-");
	printf("\n");
	return true;
}

enum exit_code
audit_verify_run(const struct invocation *in)
{
	json_int_t last = 0, rows = 0, before;
	enum exit_code code;
	bool done;

	(void)in;
	do {
		json_t *answer = NULL;
		const json_t *found;

		code = ask_after("AuditVerify", last, "o", &answer);
		if (code != EXIT_DONE)
			return code;
		found = json_array_get(answer, 0);
		before = last;
		last = number_in(found, "last");
		rows += number_in(found, "rows");
		done = tell(found, rows, before, &code);
		json_decref(answer);
	} while (!done);
	return code;
}
