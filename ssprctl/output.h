/*
 * What is printed: rows of JSON objects as a table for people, as JSON, or as CSV (RFC 4180).
 * Nothing reaches a terminal unescaped (ssprctl/safe.h).
 */
#ifndef SSPRCTL_OUTPUT_H
#define SSPRCTL_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

#include "ssprctl/command.h"

struct json_t;

enum kind {
	KIND_TEXT,
	KIND_NUMBER,
	KIND_YES_NO,
	KIND_TIME, /* seconds since the epoch; 0 is never */
	KIND_LIST, /* an array of texts, or of objects with a "method" */
};

struct column {
	const char *key;   /* of the objects, and the head of CSV */
	const char *title; /* of the table, translated here */
	enum kind kind;
};

/*
 * A value as text: local time to the minute for people, UTC as 2026-11-22T22:18:00Z in CSV; "-"
 * (people) or nothing (CSV) for what is absent, of another type, or never. malloc'd and safe; NULL:
 * no memory.
 */
char *output_value(const struct json_t *value, enum kind kind, enum format format);

/* Print the rows, an array of objects, in this format. 0 or -errno (nothing more was printed). */
int output_rows(FILE *out, enum format format, const struct column *columns, size_t count,
		const struct json_t *rows);

/* Print one object as JSON. 0 or -errno. */
int output_json(FILE *out, const struct json_t *value);

#endif
