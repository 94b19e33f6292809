/*
 * The reader of sspr.conf: a line is blank, a comment (# or ; first), a [section], or key = value. Strict:
 * whatever is not understood is an error with its line, and the reading goes on, so that all are told at once.
 */
#include "ssprd/core/config_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/config_options.h"
#include "ssprd/core/config_rules.h"
#include "text/normal.h"

#define BLANKS " \t"

/* Takes the text, also when it fails. */
static int
errors_add(struct config_errors *errors, const char *file, int line, char *text)
{
	struct config_error *grown;
	char *name;

	if (errors->count >= CONFIG_ERRORS_MAX) {
		errors->more++;
		free(text);
		return 0;
	}
	name = strdup(file);
	grown = reallocarray(errors->list, errors->count + 1, sizeof(*grown));
	if (grown)
		errors->list = grown;
	if (!name || !grown) {
		free(name);
		free(text);
		return -ENOMEM;
	}
	grown[errors->count++] = (struct config_error){ name, line, text };
	return 0;
}

int
reader_wrong(struct reader *r, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? -ENOMEM : errors_add(r->errors, r->file, r->line, text);
}

void
reader_file(struct reader *r, const char *file)
{
	r->file = file;
	r->number++;
	r->line = 0;
	r->in_section = false;
	r->skip = false;
}

static int
put_value(struct reader *r, const struct option *option, struct origin *origin,
	  const struct option_value *value)
{
	char *why = NULL;
	int result;

	result = option->kind->put(r->config, option, value, &why);
	if (result == 1) {
		origin->wrong = true;
		result = reader_wrong(r, "%s: %s", value->key, why);
	}
	free(why);
	return result;
}

static int
read_key(struct reader *r, const char *key, const char *text)
{
	struct option_value value = { .key = key, .text = text, .file = r->number };
	const struct option *option;
	struct origin *origin;
	size_t index;

	if (!r->in_section)
		return reader_wrong(r, "\"%s\" stands before any [section]", key);
	option = option_find(r->section, key, &index);
	if (!option)
		return reader_wrong(r, "[%s] has no key \"%s\"", r->section, key);
	origin = &r->origins[index];
	/* Of a pair's row many are set; it looks for itself whether one is set twice. */
	if (origin->number == r->number && option->kind != &kind_pair)
		return reader_wrong(r, "%s is set twice, before in line %d", key, origin->line);
	origin->file = r->file;
	origin->number = r->number;
	origin->line = r->line;
	r->config->set[index] = true;
	return put_value(r, option, origin, &value);
}

static int
read_section(struct reader *r, char *line)
{
	size_t n = strlen(line);

	r->in_section = true;
	r->skip = true;
	if (line[n - 1] != ']')
		return reader_wrong(r, "a section is written [name]");
	line[n - 1] = '\0';
	if (strlen(line + 1) > CONFIG_SECTION_MAX || !option_section_exists(line + 1))
		return reader_wrong(r, "there is no section [%s]", line + 1);
	memcpy(r->section, line + 1, n - 1);
	r->skip = false;
	return 0;
}

/* Cut the blanks at the end off; where the rest begins. */
static char *
trim(char *text)
{
	size_t n;

	text += strspn(text, BLANKS);
	for (n = strlen(text); n > 0 && strchr(BLANKS, text[n - 1]); n--)
		;
	text[n] = '\0';
	return text;
}

/* line: at most CONFIG_LINE_MAX bytes and a NUL, ours to write into. */
static int
read_line(struct reader *r, char *line)
{
	char *equals;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
		return 0;
	if (line[0] == '[')
		return read_section(r, line);
	if (r->skip)
		return 0;
	equals = strchr(line, '=');
	if (!equals || equals == line)
		return reader_wrong(r, "this is neither [section] nor key = value");
	*equals = '\0';
	return read_key(r, trim(line), trim(equals + 1));
}

/* Is there a control character in it, of C0 but the tab, DEL, or of C1 (in UTF-8: C2 80 to C2 9F)? */
static bool
has_control(const unsigned char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f ||
		    (line[i] == 0xc2 && i + 1 < len && line[i + 1] < 0xa0))
			return true;
	return false;
}

/* Why the line cannot be read at all, or NULL. */
static const char *
line_flaw(const char *line, size_t len)
{
	if (len > CONFIG_LINE_MAX)
		return "the line is longer than 4096 bytes";
	if (memchr(line, '\0', len))
		return "the line has a NUL byte";
	if (normal_length(line, len) < 0)
		return "the line is not UTF-8";
	if (len > 0 && line[len - 1] == '\r')
		return "the line ends in CR LF: a plain LF is needed";
	if (has_control((const unsigned char *)line, len))
		return "the line has a control character";
	return NULL;
}
_Static_assert(CONFIG_LINE_MAX == 4096, "line_flaw says it");

int
reader_text(struct reader *r, const char *text, size_t len)
{
	char line[CONFIG_LINE_MAX + 1];
	const char *end, *flaw;
	size_t n;
	int result = 0;

	while (len > 0 && result == 0) {
		end = memchr(text, '\n', len);
		n = end ? (size_t)(end - text) : len;
		r->line++;
		flaw = line_flaw(text, n);
		if (flaw) {
			result = reader_wrong(r, "%s", flaw);
		} else {
			memcpy(line, text, n);
			line[n] = '\0';
			result = read_line(r, line);
		}
		text += n + (end ? 1 : 0);
		len -= n + (end ? 1 : 0);
	}
	return result;
}

/* The keys that a rule looks at: was one of them wrong, and which was set first in the rule's order? */
static bool
rule_applies(const struct reader *r, const struct config_rule *rule, const struct origin **first)
{
	const struct origin *origin;
	size_t i, index;

	*first = NULL;
	for (i = 0; rule->keys[i] != 0; i++) {
		if (!option_at(rule->keys[i] - 1, &index))
			continue;
		origin = &r->origins[index];
		if (origin->wrong)
			return false;
		if (origin->file && !*first)
			*first = origin;
	}
	return true;
}

int
reader_rules(struct reader *r, const char *whole)
{
	const struct config_rule *rule;
	const struct origin *first;
	char *why;
	size_t i;
	int result;

	for (i = 0; (rule = config_rule(i)); i++) {
		why = NULL;
		if (!rule_applies(r, rule, &first))
			continue;
		result = rule->check(r->config, &why);
		r->file = first ? first->file : whole;
		r->line = first ? first->line : 0;
		if (result == 1)
			result = reader_wrong(r, "%s", why);
		free(why);
		if (result < 0)
			return result;
	}
	return 0;
}
