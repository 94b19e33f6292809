/*
 * What is printed. Each format is a few lines; how a value looks is decided once, in output_value.
 */
#include "ssprctl/output.h"

#include <errno.h>
#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ssprctl/safe.h"
#include "text/language.h"

static char *
absent(enum format format)
{
	return strdup(format == FORMAT_CSV ? "" : "-");
}

static char *
time_text(json_int_t seconds, enum format format)
{
	const time_t t = (time_t)seconds;
	char text[64];
	struct tm tm;
	bool csv = format == FORMAT_CSV;

	if (seconds <= 0 || !(csv ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)) ||
	    strftime(text, sizeof(text), csv ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d %H:%M", &tm) == 0)
		return absent(format);
	return strdup(text);
}

/* The text of one item of a list: itself, or the method that it is about. */
static const char *
item_text(const json_t *item)
{
	const char *text =
		json_string_value(json_is_object(item) ? json_object_get(item, "method") : item);

	return text ? text : "?";
}

static char *
list_text(const json_t *list, enum format format)
{
	size_t i, size = 0;
	char *joined = NULL, *safe;
	FILE *out;

	if (json_array_size(list) == 0)
		return absent(format);
	out = open_memstream(&joined, &size);
	if (!out)
		return NULL;
	for (i = 0; i < json_array_size(list); i++)
		fprintf(out, "%s%s", i ? " " : "", item_text(json_array_get(list, i)));
	if (fclose(out) != 0) {
		free(joined);
		return NULL;
	}
	safe = safe_text(joined, size);
	free(joined);
	return safe;
}

static char *
number_text(json_int_t number)
{
	char *text = NULL;

	return asprintf(&text, "%lld", (long long)number) < 0 ? NULL : text;
}

char *
output_value(const json_t *value, enum kind kind, enum format format)
{
	if (kind == KIND_TEXT && json_is_string(value) && json_string_length(value) > 0)
		return safe_text(json_string_value(value), json_string_length(value));
	if (kind == KIND_NUMBER && json_is_integer(value))
		return number_text(json_integer_value(value));
	if (kind == KIND_YES_NO && json_is_boolean(value) && format == FORMAT_CSV)
		return strdup(json_is_true(value) ? "yes" : "no");
	if (kind == KIND_YES_NO && json_is_boolean(value))
		return strdup(json_is_true(value) ? _("yes") : _("no"));
	if (kind == KIND_TIME && json_is_integer(value))
		return time_text(json_integer_value(value), format);
	if (kind == KIND_LIST && json_is_array(value))
		return list_text(value, format);
	return absent(format);
}

int
output_json(FILE *out, const json_t *value)
{
	/*
	 * In ASCII: jansson would pass C1 control characters and turned writing on to the terminal.
	 */
	if (json_dumpf(value, out, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) < 0)
		return -ENOMEM;
	return fputc('\n', out) == EOF ? -EIO : 0;
}

static void
csv_field(FILE *out, const char *text, bool last)
{
	bool quote = text[strcspn(text, ",\"\r\n")] != '\0';

	if (quote)
		fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputs(quote ? "\"" : "", out);
	fputs(last ? "\r\n" : ",", out);
}

static int
output_csv(FILE *out, const struct column *columns, size_t count, const json_t *rows)
{
	size_t i, row;
	char *text;

	for (i = 0; i < count; i++)
		csv_field(out, columns[i].key, i + 1 == count);
	for (row = 0; row < json_array_size(rows); row++) {
		for (i = 0; i < count; i++) {
			text = output_value(
				json_object_get(json_array_get(rows, row), columns[i].key),
				columns[i].kind, FORMAT_CSV);
			if (!text)
				return -ENOMEM;
			csv_field(out, text, i + 1 == count);
			free(text);
		}
	}
	return 0;
}

static int
table_row(struct libscols_table *table, const struct column *columns, size_t count,
	  const json_t *row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;
	char *text;

	if (!line)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		text = output_value(json_object_get(row, columns[i].key), columns[i].kind,
				    FORMAT_TEXT);
		if (!text || scols_line_refer_data(line, i, text) < 0) {
			free(text);
			return -ENOMEM;
		}
	}
	return 0;
}

static int
output_table(FILE *out, const struct column *columns, size_t count, const json_t *rows)
{
	struct libscols_table *table = scols_new_table();
	size_t i;
	int r = -ENOMEM;

	if (!table)
		return r;
	scols_table_set_stream(table, out);
	scols_table_enable_noencoding(table,
				      1); /* output_value made it safe; twice would not read well */
	for (i = 0; i < count; i++) {
		if (!scols_table_new_column(table, _(columns[i].title), 0,
					    columns[i].kind == KIND_NUMBER ? SCOLS_FL_RIGHT : 0))
			goto out;
	}
	for (i = 0; i < json_array_size(rows); i++) {
		r = table_row(table, columns, count, json_array_get(rows, i));
		if (r < 0)
			goto out;
	}
	r = scols_print_table(table);
out:
	scols_unref_table(table);
	return r;
}

int
output_rows(FILE *out, enum format format, const struct column *columns, size_t count,
	    const json_t *rows)
{
	switch (format) {
	case FORMAT_JSON:
		return output_json(out, rows);
	case FORMAT_CSV:
		return output_csv(out, columns, count, rows);
	case FORMAT_TEXT:
		break;
	}
	return output_table(out, columns, count, rows);
}
