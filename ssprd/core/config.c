/*
 * The configuration as its users see it: files in, a whole policy or a list of errors out.
 */
#include "ssprd/core/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ssprd/core/config_options.h"
#include "ssprd/core/config_reader.h"

struct drop_ins {
	char *paths[CONFIG_FILES_MAX];
	size_t count;
};

/* In English, whatever language the program speaks at this moment. */
static const char *
error_text(int error)
{
	const char *text = strerrordesc_np(error);

	return text ? text : "unknown error";
}

/* Up to size bytes; how many, or -errno. */
static ssize_t
read_whole(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n > 0) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			return -errno;
		else
			len += (size_t)n;
	}
	return (ssize_t)len;
}

/* What the file holds: 0 and *text, malloc'd, or NULL when an error was told. -ENOMEM. */
static int
load_open(struct reader *r, int fd, char **text, size_t *len)
{
	char *buffer = malloc(CONFIG_FILE_MAX + 1);
	ssize_t n;

	if (!buffer)
		return -ENOMEM;
	n = read_whole(fd, buffer, CONFIG_FILE_MAX + 1);
	if (n >= 0 && n <= CONFIG_FILE_MAX) {
		*text = buffer;
		*len = (size_t)n;
		return 0;
	}
	free(buffer);
	if (n < 0)
		return reader_wrong(r, "cannot be read: %s", error_text((int)-n));
	return reader_wrong(r, "the file is longer than %d bytes", CONFIG_FILE_MAX);
}

/* Opened without waiting, so that a named pipe in the file's place holds nobody up. */
static int
load(struct reader *r, char **text, size_t *len)
{
	struct stat st;
	int fd, result;

	fd = open(r->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		result = reader_wrong(r, "cannot be opened: %s", error_text(errno));
	else if (!S_ISREG(st.st_mode))
		result = reader_wrong(r, "this is not a regular file");
	else
		result = load_open(r, fd, text, len);
	if (fd >= 0)
		close(fd);
	return result;
}

static int
read_file(struct reader *r, const char *file)
{
	char *text = NULL;
	size_t len = 0;
	int result;

	reader_file(r, file);
	result = load(r, &text, &len);
	if (result == 0 && text)
		result = reader_text(r, text, len);
	free(text);
	return result;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
is_drop_in(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > strlen(".conf") &&
	       strcmp(name + n - strlen(".conf"), ".conf") == 0;
}

/* FOLDER/ *.conf in order of their names. 0 (errors were told) or -ENOMEM. */
static int
find_drop_ins(struct reader *r, const char *folder, DIR *dir, struct drop_ins *found)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(dir))) {
		if (!is_drop_in(entry->d_name))
			continue;
		if (found->count == CONFIG_FILES_MAX)
			return reader_wrong(r, "there are more than %d files", CONFIG_FILES_MAX);
		if (asprintf(&found->paths[found->count], "%s/%s", folder, entry->d_name) < 0)
			return -ENOMEM;
		found->count++;
	}
	if (errno != 0)
		return reader_wrong(r, "cannot be read: %s", error_text(errno));
	qsort(found->paths, found->count, sizeof(found->paths[0]), compare_paths);
	return 0;
}

static int
read_drop_ins(struct reader *r, const char *folder, struct drop_ins *found)
{
	int result = 0;
	size_t i;
	DIR *dir;

	reader_file(r, folder);
	dir = opendir(folder);
	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return reader_wrong(r, "cannot be opened: %s", error_text(errno));
	result = find_drop_ins(r, folder, dir, found);
	closedir(dir);
	for (i = 0; i < found->count && result == 0; i++)
		result = read_file(r, found->paths[i]);
	return result;
}

static int
start(struct reader *r, struct config_errors *errors)
{
	*errors = (struct config_errors){ 0 };
	r->errors = errors;
	r->config = calloc(1, sizeof(*r->config));
	return r->config ? options_preset(r->config) : -ENOMEM;
}

/* The end of each reading: the policy, when there was no error. */
static int
finish(struct reader *r, const char *file, int result, struct config **config)
{
	*config = NULL;
	if (result == 0)
		result = reader_rules(r, file);
	if (result == 0 && r->errors->count > 0)
		result = CONFIG_WRONG;
	if (result == CONFIG_GOOD)
		*config = r->config;
	else
		config_free(r->config);
	return result;
}

int
config_read(const char *file, struct config **config, struct config_errors *errors)
{
	struct reader r = { 0 };
	struct drop_ins found = { 0 };
	char *folder = NULL;
	int result;

	result = start(&r, errors);
	if (result == 0)
		result = read_file(&r, file);
	if (result == 0 && asprintf(&folder, "%s.d", file) < 0) {
		folder = NULL;
		result = -ENOMEM;
	}
	if (result == 0)
		result = read_drop_ins(&r, folder, &found);
	result = finish(&r, file, result, config);
	while (found.count > 0)
		free(found.paths[--found.count]);
	free(folder);
	return result;
}

int
config_parse(const char *file, const char *text, size_t len, struct config **config,
	     struct config_errors *errors)
{
	struct reader r = { 0 };
	int result;

	result = start(&r, errors);
	if (result == 0) {
		reader_file(&r, file);
		result = reader_text(&r, text, len);
	}
	return finish(&r, file, result, config);
}

void
config_free(struct config *config)
{
	if (config)
		options_clear(config);
	free(config);
}

void
config_errors_done(struct config_errors *errors)
{
	while (errors->count > 0) {
		errors->count--;
		free(errors->list[errors->count].file);
		free(errors->list[errors->count].text);
	}
	free(errors->list);
	*errors = (struct config_errors){ 0 };
}

static bool
gateway_deliverable(const struct gateway_config *gateway)
{
	return gateway->url[0] || gateway->preset[0] || gateway->program[0];
}

bool
config_deliverable(const struct config *config, enum method method)
{
	switch (method) {
	case METHOD_EMAIL:
		return config->email.url[0] != '\0';
	case METHOD_PHONE:
		return gateway_deliverable(&config->sms) || gateway_deliverable(&config->voice);
	case METHOD_OFFICE_PHONE:
		return gateway_deliverable(&config->voice);
	default:
		return true;
	}
}

int
config_offered(const struct config *config, enum method offered[METHOD_COUNT])
{
	const struct registration_config *c = &config->registration;
	int i, count = 0;

	for (i = 0; i < c->method_count; i++)
		if (config_deliverable(config, c->methods[i]))
			offered[count++] = c->methods[i];
	return count;
}
