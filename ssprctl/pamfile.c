/*
 * What the PAM file of a service says about sspr, by Linux-PAM's rules: '#' begins a comment, a '\'
 * at the end continues a line, [...] holds a word together, types are of any case and may have a
 * '-' before them.
 */
#include "ssprctl/pamfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocol/services.h"

#define MODULE "pam_sspr.so"
#define BLANKS " \t\r\v\f"

/* A file that is being read. */
struct text {
	const char *at, *end;
	int line;
};

/* The walk through a service's file and all that it includes. */
struct walk {
	const struct pamfile_source *source;
	struct pamfile *found;
	int depth, files;
	bool any_account; /* an account line of any module was seen */
};

static int walk_include(struct walk *w, const char *name);

/*
 * Append the next line of the file to out, its comment and outer blanks cut. True: it ended in a
 * '\\', which stands as a blank, and goes on in the line after it.
 */
static bool
take_physical(struct text *t, char *out, size_t *len)
{
	const char *stop = memchr(t->at, '\n', (size_t)(t->end - t->at));
	const size_t n = stop ? (size_t)(stop - t->at) : (size_t)(t->end - t->at);
	char *line = out + *len;
	bool comment, more;

	memcpy(line, t->at, n);
	line[n] = '\0';
	t->at += n + (stop ? 1 : 0);
	t->line++;
	comment = strchr(line, '#') != NULL;
	*len += strcspn(line, "#");
	while (*len > 0 && strchr(BLANKS, out[*len - 1]))
		(*len)--;
	more = !comment && *len > 0 && out[*len - 1] == '\\';
	if (more)
		out[*len - 1] = ' ';
	out[*len] = '\0';
	return more;
}

/* The next line, continued ones joined: malloc'd. NULL: the end (*r is 0), or *r is -ENOMEM. */
static char *
next_line(struct text *t, int *begins, int *r)
{
	size_t len = 0;
	char *line;

	*r = 0;
	*begins = t->line;
	if (t->at == t->end)
		return NULL;
	line = malloc((size_t)(t->end - t->at) + 1);
	if (!line) {
		*r = -ENOMEM;
		return NULL;
	}
	while (t->at < t->end && take_physical(t, line, &len))
		;
	return line;
}

/* The next word into out, [brackets] taken off. False: there is none, or it is too long. */
static bool
next_word(const char **at, char out[PAMFILE_WORD_MAX + 1])
{
	const char *p = *at + strspn(*at, BLANKS);
	bool bracket = *p == '[';
	size_t n = 0;

	out[0] = '\0';
	if (!*p)
		return false;
	for (p += bracket ? 1 : 0; *p && n < PAMFILE_WORD_MAX; p++) {
		if (bracket ? *p == ']' : strchr(BLANKS, *p) != NULL)
			break;
		if (bracket && p[0] == '\\' && p[1] == ']')
			p++;
		out[n++] = *p;
	}
	out[n] = '\0';
	if (n == PAMFILE_WORD_MAX)
		return false;
	*at = p + (bracket && *p ? 1 : 0);
	return true;
}

static bool
is_module(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, MODULE) == 0;
}

/* As the module reads them: a bad value is left out, the last good one counts. */
static void
take_options(struct pamfile *found, const char *rest)
{
	char word[PAMFILE_WORD_MAX + 1];
	const char *value;

	while (next_word(&rest, word)) {
		value = strchr(word, '=') ? strchr(word, '=') + 1 : "";
		if (strncmp(word, "services=", 9) == 0 && value[strspn(value, ", \t")])
			memcpy(found->services, value, strlen(value) + 1);
		else if (strcmp(word, "onerr=fail") == 0)
			found->fails = true;
		else if (strcmp(word, "onerr=ignore") == 0)
			found->fails = false;
	}
}

/* One account line, or an include of them. As pamfile_find, with PAMFILE_NO_LINE for "go on". */
static int
take_account(struct walk *w, const char *rest, int line)
{
	char control[PAMFILE_WORD_MAX + 1], module[PAMFILE_WORD_MAX + 1];

	if (!next_word(&rest, control) || !next_word(&rest, module))
		return PAMFILE_NO_LINE;
	if (strcasecmp(control, "include") == 0 || strcasecmp(control, "substack") == 0)
		return walk_include(w, module);
	w->any_account = true;
	if (!is_module(module))
		return PAMFILE_NO_LINE;
	w->found->line = line;
	take_options(w->found, rest);
	return PAMFILE_FOUND;
}

static int
take_line(struct walk *w, const char *text, int line)
{
	char word[PAMFILE_WORD_MAX + 1];
	const char *type = word;

	if (!next_word(&text, word))
		return PAMFILE_NO_LINE;
	if (strcasecmp(word, "@include") == 0)
		return next_word(&text, word) ? walk_include(w, word) : PAMFILE_NO_LINE;
	if (*type == '-')
		type++;
	return strcasecmp(type, "account") == 0 ? take_account(w, text, line) : PAMFILE_NO_LINE;
}

static int
walk_text(struct walk *w, const char *text, size_t len)
{
	struct text t = { text, text + len, 1 };
	int line = 0, r, answer = PAMFILE_NO_LINE;
	char *one;

	while (answer == PAMFILE_NO_LINE && (one = next_line(&t, &line, &r)) != NULL) {
		answer = take_line(w, one, line);
		free(one);
	}
	return answer == PAMFILE_NO_LINE && r < 0 ? r : answer;
}

static int
walk_file(struct walk *w, const char *name)
{
	char *text = NULL;
	size_t len = 0;
	int r;

	if (w->depth >= PAMFILE_DEPTH_MAX || w->files >= PAMFILE_FILES_MAX)
		return -ELOOP;
	w->files++; /* absent ones too: asking costs */
	r = w->source->read(w->source->arg, name, &text, &len, w->found->path);
	if (r < 0)
		return r;
	w->depth++;
	r = walk_text(w, text, len);
	w->depth--;
	free(text);
	return r;
}

static int
walk_include(struct walk *w, const char *name)
{
	char path[PAMFILE_NAME_MAX + 1];
	int r;

	memcpy(path, w->found->path, sizeof(path));
	r = walk_file(w, name);
	if (r == -ENOENT) {
		/* To Linux-PAM that is a line that always fails: a mistake, but none of ours. */
		w->any_account = true;
		r = PAMFILE_NO_LINE;
	}
	if (r == PAMFILE_NO_LINE)
		memcpy(w->found->path, path, sizeof(path));
	return r;
}

int
pamfile_find(const struct pamfile_source *source, const char *service, struct pamfile *found)
{
	struct walk w = { .source = source, .found = found };
	int r;

	memset(found, 0, sizeof(*found));
	memcpy(found->services, SERVICES_DEFAULT, sizeof(SERVICES_DEFAULT));
	r = walk_file(&w, service);
	if (r == PAMFILE_FOUND || (r < 0 && r != -ENOENT) || w.any_account)
		return r;
	/* Linux-PAM asks `other` when the service has no account line at all. */
	found->other = true;
	r = walk_file(&w, "other");
	return r == -ENOENT ? PAMFILE_NO_FILE : r;
}
