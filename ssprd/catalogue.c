/* Question catalogues, read whole at start and reload. */
#include "ssprd/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/language.h"
#include "text/log.h"
#include "text/normal.h"

struct catalogue {
	char lang[LANG_NAME_MAX + 1];
	char *text; /* the lines, which the questions point into */
	const char **questions;
	size_t count;
};

struct catalogues {
	struct catalogue list[CATALOGUES_MAX];
	size_t count;
};

bool
question_fits(const char *text, size_t len)
{
	int characters;

	if (len > QUESTION_BYTES_MAX || typed_check(text, len) != TYPED_FINE)
		return false;
	characters = normal_length(text, len);
	return characters >= QUESTION_LEAST && characters <= QUESTION_MOST;
}

/* The file's bytes with a NUL behind; NULL: it cannot be read or is too long. */
static char *
read_text(int fd)
{
	char *text = malloc(CATALOGUE_FILE_MAX + 1);
	size_t len = 0;
	ssize_t n;

	if (!text)
		return NULL;
	while ((n = read(fd, text + len, CATALOGUE_FILE_MAX + 1 - len)) > 0)
		len += (size_t)n;
	if (n < 0 || len > CATALOGUE_FILE_MAX || memchr(text, '\0', len)) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static int
take_lines(struct catalogue *c, const char *name)
{
	size_t lines = 1, number = 0;
	char *rest = c->text, *line;

	for (const char *p = c->text; *p; p++)
		lines += *p == '\n';
	c->questions = calloc(lines, sizeof(*c->questions));
	if (!c->questions)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		size_t len = strlen(line);

		number++;
		while (len > 0 && strchr(" \t\r", line[len - 1]))
			line[--len] = '\0';
		line += strspn(line, " \t");
		len = strlen(line);
		if (len == 0 || *line == '#')
			continue;
		if (question_fits(line, len))
			c->questions[c->count++] = line;
		else
			log_warning("%s:%zu: not a question of 3-200 characters", name, number);
	}
	return 0;
}

static int
read_file(struct catalogues *c, int folder, const char *name)
{
	struct catalogue *new = &c->list[c->count];
	char lang[LANG_NAME_MAX + 1];
	size_t len = strlen(name) - strlen(".txt");
	struct stat st;
	int fd, r = 0;

	if (len == 0 || len > LANG_NAME_MAX || c->count == CATALOGUES_MAX)
		return 0;
	memcpy(lang, name, len);
	lang[len] = '\0';
	if (!language_accept(lang, new->lang))
		return 0;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		new->text = read_text(fd);
	if (!new->text)
		log_warning("%s: the questions cannot be read, or are over %d bytes", name,
			    CATALOGUE_FILE_MAX);
	else
		r = take_lines(new, name);
	if (new->text)
		c->count++;
	if (fd >= 0)
		close(fd);
	return r;
}

int
catalogues_read(struct catalogues **out, const char *folder)
{
	struct catalogues *c = calloc(1, sizeof(*c));
	struct dirent **names = NULL;
	int fd = -1, n = -1, r = 0;

	if (!c)
		return -ENOMEM;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		n = scandirat(fd, ".", &names, NULL, alphasort);
	if (n < 0)
		log_warning("%s: %s: there are no security questions", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');

		if (r == 0 && dot && strcmp(dot, ".txt") == 0)
			r = read_file(c, fd, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (fd >= 0)
		close(fd);
	if (r < 0)
		catalogues_free(c);
	else
		*out = c;
	return r;
}

void
catalogues_free(struct catalogues *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++) {
		free(c->list[i].questions);
		free(c->list[i].text);
	}
	free(c);
}

static const struct catalogue *
find(const struct catalogues *c, const char *lang, size_t len)
{
	for (size_t i = 0; i < c->count; i++)
		if (strlen(c->list[i].lang) == len && strncmp(c->list[i].lang, lang, len) == 0)
			return &c->list[i];
	return NULL;
}

const char *
catalogue_question(const struct catalogues *c, const char *lang, size_t index)
{
	const struct catalogue *found = find(c, lang, strlen(lang));

	if (!found)
		found = find(c, lang, strcspn(lang, "_"));
	if (!found)
		found = find(c, "en", 2);
	return found && index < found->count ? found->questions[index] : NULL;
}

bool
catalogue_has_enough(const struct catalogues *c, size_t count)
{
	for (size_t i = 0; c && i < c->count; i++)
		if (c->list[i].count >= count)
			return true;
	return false;
}

bool
catalogue_has(const struct catalogues *c, const char *question)
{
	for (size_t i = 0; i < c->count; i++)
		for (size_t q = 0; q < c->list[i].count; q++)
			if (strcmp(c->list[i].questions[q], question) == 0)
				return true;
	return false;
}
