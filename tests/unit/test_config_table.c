/*
 * The table of options, the sample policy/sspr.conf and the manual man/sspr.conf.5 say the same: each key once,
 * with its default and its range or choices. Run from the source tree, built for the PREFIX /usr.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ssprd/core/config_options.h"
#include "tests/unit/config_text.h"

#define SAMPLE "policy/sspr.conf"
#define MANUAL "man/sspr.conf.5"

/* A key as one of the two texts shows it. */
struct shown {
	char sections[64]; /* "[sms] and [voice]" */
	char key[64], preset[128];
	char range[128]; /* "" none */
	int line;
};

/* Told of each key. */
typedef void see(const struct shown *s, void *arg);

static void
cut_line_end(char *line)
{
	line[strcspn(line, "\n")] = '\0';
}

static FILE *
open_text(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		fail_msg("%s: not found; run this in the source tree", path);
	return file;
}

/* "key = preset" into the two; false when it is nothing of the kind. */
static bool
take_key(struct shown *s, const char *text)
{
	s->preset[0] = '\0';
	return sscanf(text, "%63[a-z_.NAME] = %127[^\n]", s->key, s->preset) >= 1 &&
	       strncmp(text + strlen(s->key), " =", 2) == 0;
}

/* "... (1-6)" */
static void
take_range(struct shown *s, const char *comment)
{
	const char *open = strrchr(comment, '(');

	s->range[0] = '\0';
	if (open && comment[strlen(comment) - 1] == ')')
		snprintf(s->range, sizeof(s->range), "%.*s", (int)strcspn(open + 1, ")"), open + 1);
}

/* The sample: a comment, at its end the range in parentheses, then "#key = preset". */
static void
walk_sample(see *see_key, void *arg)
{
	FILE *file = open_text(SAMPLE);
	char line[256], before[256] = "";
	struct shown s = { 0 };

	while (fgets(line, sizeof(line), file)) {
		cut_line_end(line);
		s.line++;
		if (line[0] == '[')
			snprintf(s.sections, sizeof(s.sections), "%.60s", line);
		if (line[0] == '#' && line[1] != ' ' && take_key(&s, line + 1)) {
			if (strncmp(before, "# ", 2) != 0)
				fail_msg("%s:%d: %s is not explained", SAMPLE, s.line, s.key);
			take_range(&s, before);
			see_key(&s, arg);
		}
		memcpy(before, line, sizeof(before));
	}
	fclose(file);
}

/* One line of the manual that is no key. */
static void
take_manual_line(struct shown *s, const char *line)
{
	if (strncmp(line, ".Ss ", 4) == 0) {
		snprintf(s->sections, sizeof(s->sections), "%.60s", line + 4);
	} else if (sscanf(line, "Range %100[0-9-].", s->range) == 1 ||
		   sscanf(line, "One of %100[a-zA-Z, ].", s->range) == 1) {
		return;
	}
}

/* The manual: ".It Cm key No = preset", then "Range ..." or "One of ...", then its text. */
static void
walk_manual(see *see_key, void *arg)
{
	static const char item[] = ".It Cm ";
	FILE *file = open_text(MANUAL);
	struct shown s = { 0 };
	bool open = false;
	char line[256], *no;

	while (fgets(line, sizeof(line), file)) {
		cut_line_end(line);
		s.line++;
		if (open && (strncmp(line, ".It", 3) == 0 || strncmp(line, ".El", 3) == 0)) {
			see_key(&s, arg);
			open = false;
		}
		no = strstr(line, " No =");
		if (strncmp(line, item, strlen(item)) != 0 || !no) {
			take_manual_line(&s, line);
			continue;
		}
		memmove(no + 1, no + 4, strlen(no + 4) + 1);
		open = take_key(&s, line + strlen(item));
		s.range[0] = '\0';
	}
	fclose(file);
}

/* The default as the texts say it, for the PREFIX /usr. */
static void
preset_of(const struct option *o, char *out, size_t size)
{
	size_t n = strlen(SSPR_DATADIR);

	if (strncmp(o->preset, SSPR_DATADIR "/", n + 1) == 0)
		snprintf(out, size, "/usr/share/sspr%s", o->preset + n);
	else
		snprintf(out, size, "%s", o->preset);
}

struct seen {
	const char *file;
	int times[CONFIG_OPTIONS_MAX];
};

static void
compare(const struct shown *s, const struct option *o, const struct seen *seen)
{
	char preset[128], range[128];

	preset_of(o, preset, sizeof(preset));
	assert_true(option_range(o, range, sizeof(range)));
	if (strcmp(s->preset, preset) != 0)
		fail_msg("%s:%d: [%s] %s: the default is \"%s\", not \"%s\"", seen->file, s->line,
			 o->section, o->key, preset, s->preset);
	if (strcmp(s->range, range) != 0)
		fail_msg("%s:%d: [%s] %s: the range is \"%s\", not \"%s\"", seen->file, s->line,
			 o->section, o->key, range, s->range);
}

static void
look_up(const struct shown *s, void *arg)
{
	struct seen *seen = arg;
	const struct option *o;
	char section[64];
	bool known = false;
	size_t i;

	for (i = 0; (o = option_row(i)); i++) {
		snprintf(section, sizeof(section), "[%s]", o->section);
		if (!strstr(s->sections, section) || strcmp(s->key, o->key) != 0)
			continue;
		compare(s, o, seen);
		seen->times[i]++;
		known = true;
	}
	if (!known)
		fail_msg("%s:%d: %s has no key %s", seen->file, s->line, s->sections, s->key);
}

static void
assert_each_once(const struct seen *seen)
{
	const struct option *o;
	size_t i;

	for (i = 0; (o = option_row(i)); i++)
		if (seen->times[i] != 1)
			fail_msg("%s: [%s] %s stands there %d times", seen->file, o->section,
				 o->key, seen->times[i]);
	assert_true(i > 50);
}

static void
the_sample_shows_each_key_once_as_the_table_has_it(void **state)
{
	struct seen seen = { .file = SAMPLE };

	(void)state;
	walk_sample(look_up, &seen);
	assert_each_once(&seen);
}

static void
the_manual_shows_each_key_once_as_the_table_has_it(void **state)
{
	struct seen seen = { .file = MANUAL };

	(void)state;
	walk_manual(look_up, &seen);
	assert_each_once(&seen);
}

/* The whole sample, its keys still comments, or not. */
static char *
read_sample(bool uncommented)
{
	FILE *file = open_text(SAMPLE);
	char *text = calloc(1, CONFIG_FILE_MAX), line[256];
	size_t used = 0;

	assert_non_null(text);
	while (fgets(line, sizeof(line), file)) {
		bool key = line[0] == '#' && line[1] >= 'a';

		used += (size_t)snprintf(text + used, CONFIG_FILE_MAX - used, "%s",
					 line + (uncommented && key));
		assert_true(used < CONFIG_FILE_MAX);
	}
	fclose(file);
	return text;
}

static void
the_sample_sets_nothing(void **state)
{
	static const bool nothing[CONFIG_OPTIONS_MAX];
	char *text = read_sample(false);
	struct config *c = good(text);

	(void)state;
	assert_memory_equal(c->set, nothing, sizeof(nothing));
	config_free(c);
	free(text);
}

static void
the_samples_defaults_can_be_set(void **state)
{
	char *text = read_sample(true);
	struct config *c = good(text);
	size_t i;

	(void)state;
	for (i = 0; option_row(i); i++)
		assert_true(c->set[i]);
	config_free(c);
	free(text);
}

static void
every_key_is_found_under_its_own_name_and_place(void **state)
{
	const struct option *o;
	size_t i, found;

	(void)state;
	for (i = 0; (o = option_row(i)); i++) {
		assert_ptr_equal(option_find(o->section, o->key, &found), o);
		assert_int_equal(found, i);
		assert_true(o->place < sizeof(struct config));
		if (o->kind == &kind_pair)
			continue;
		assert_ptr_equal(option_at(o->place, &found), o);
		assert_int_equal(found, i);
	}
	assert_null(option_find("codes", "digit", &found));
	assert_null(option_find("sms", "headers.X", &found));
	assert_false(option_section_exists("code"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_shows_each_key_once_as_the_table_has_it),
		cmocka_unit_test(the_manual_shows_each_key_once_as_the_table_has_it),
		cmocka_unit_test(the_sample_sets_nothing),
		cmocka_unit_test(the_samples_defaults_can_be_set),
		cmocka_unit_test(every_key_is_found_under_its_own_name_and_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
