/*
 * The lines are read whole, with fixed buffers: stdio's own buffer and getline's would stay on the heap unwiped.
 */
#include "passwd/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/limits.h"

enum passwd_field { PASSWD_HASH = 1, PASSWD_UID = 2, PASSWD_HOME = 5, PASSWD_FIELDS = 7 };
enum shadow_field {
	SHADOW_HASH = 1,
	SHADOW_CHANGED = 2,
	SHADOW_MOST = 4,
	SHADOW_INACTIVE = 6,
	SHADOW_EXPIRES = 7,
	SHADOW_FIELDS = 9
};

bool
entry_name_fine(const char *user)
{
	const size_t len = strlen(user);

	if (len == 0 || len > USER_NAME_MAX || user[0] == '-' || user[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)user[i] <= ' ' || user[i] == 0x7f ||
		    strchr(":/,*?[]\\'\"", user[i]) != NULL)
			return false;
	return true;
}

static FILE *
file_open(const char *root, const char *file, char *buffer, size_t size)
{
	char path[4096];
	FILE *f = NULL;
	int n, fd;

	n = snprintf(path, sizeof(path), "%s%s", root, file);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0)
		f = fdopen(fd, "r");
	if (f != NULL)
		(void)setvbuf(f, buffer, _IOFBF, size);
	else if (fd >= 0)
		close(fd);
	return f;
}

/* The one line of the user among those of an open file. */
static int
find_line(FILE *f, const char *user, char line[ENTRY_LINE_MAX])
{
	const size_t len = strlen(user);
	char chunk[ENTRY_LINE_MAX];
	bool starts = true;
	int found = 0;

	while (fgets(chunk, sizeof(chunk), f) != NULL) {
		const bool whole = strchr(chunk, '\n') != NULL;

		if (starts && strncmp(chunk, user, len) == 0 && chunk[len] == ':') {
			found += whole || feof(f) ? 1 : 2;
			memcpy(line, chunk, sizeof(chunk));
			line[strcspn(line, "\n")] = '\0';
		}
		starts = whole;
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (ferror(f))
		return -EIO;
	return found == 0 ? ENTRY_NONE : found == 1 ? ENTRY_FOUND : ENTRY_DOUBTFUL;
}

static int
read_line(const char *root, const char *file, const char *user, char line[ENTRY_LINE_MAX])
{
	char buffer[4096];
	FILE *f;
	int r;

	f = file_open(root, file, buffer, sizeof(buffer));
	if (f == NULL)
		return errno == ENOENT ? ENTRY_NONE : -errno;
	r = find_line(f, user, line);
	(void)fclose(f);
	explicit_bzero(buffer, sizeof(buffer));
	return r;
}

/* Exactly so many fields. */
static bool
split(char *line, char **fields, int count)
{
	int n = 0;

	for (char *rest = line, *field; (field = strsep(&rest, ":")) != NULL; n++)
		if (n < count)
			fields[n] = field;
	return n == count;
}

/* A number of digits alone, up to max. */
static bool
number(const char *text, uint64_t max, uint64_t *value)
{
	const size_t len = strlen(text);

	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return false;
	*value = strtoull(text, NULL, 10);
	return *value <= max;
}

static int
take_passwd(char *line, struct entry *e)
{
	char *fields[PASSWD_FIELDS];
	uint64_t uid;

	if (!split(line, fields, PASSWD_FIELDS) || strcmp(fields[PASSWD_HASH], "x") != 0 ||
	    !number(fields[PASSWD_UID], UINT32_MAX, &uid) ||
	    strlen(fields[PASSWD_HOME]) > ENTRY_HOME_MAX)
		return ENTRY_DOUBTFUL;
	e->uid = (uint32_t)uid;
	memcpy(e->home, fields[PASSWD_HOME], strlen(fields[PASSWD_HOME]) + 1);
	return ENTRY_FOUND;
}

/* A number of days; -1: none is said. */
static bool
days(const char *text, int64_t *value)
{
	uint64_t n;

	*value = -1;
	if (text[0] == '\0' || strcmp(text, "-1") == 0)
		return true;
	if (!number(text, INT64_MAX, &n))
		return false;
	*value = (int64_t)n;
	return true;
}

static int
take_shadow(char *line, struct entry *e)
{
	char *fields[SHADOW_FIELDS];

	if (!split(line, fields, SHADOW_FIELDS) || !days(fields[SHADOW_EXPIRES], &e->expires) ||
	    !days(fields[SHADOW_CHANGED], &e->changed) || !days(fields[SHADOW_MOST], &e->most) ||
	    !days(fields[SHADOW_INACTIVE], &e->inactive))
		return ENTRY_DOUBTFUL;
	return secret_set(&e->hash, fields[SHADOW_HASH], strlen(fields[SHADOW_HASH]));
}

int
entry_read(const char *root, const char *user, struct entry *e)
{
	struct entry found = { 0 };
	char line[ENTRY_LINE_MAX];
	int r, s;

	r = read_line(root, "/etc/passwd", user, line);
	if (r == ENTRY_FOUND)
		r = take_passwd(line, &found);
	if (r == ENTRY_FOUND) {
		s = read_line(root, "/etc/shadow", user, line);
		r = s == ENTRY_FOUND ? take_shadow(line, &found) : s;
	}
	explicit_bzero(line, sizeof(line));
	if (r == ENTRY_FOUND)
		*e = found;
	else
		entry_done(&found);
	return r;
}

void
entry_done(struct entry *e)
{
	secret_done(&e->hash);
}
