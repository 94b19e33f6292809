/*
 * A folder of a test's own, and a look into its files. Included once by each test that needs it.
 */
#ifndef SSPR_TESTS_UNIT_SCRATCH_H
#define SSPR_TESTS_UNIT_SCRATCH_H

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
	char folder[64];
};

/* 0, or -1. */
static inline int
scratch_make(struct scratch *s)
{
	snprintf(s->folder, sizeof(s->folder), "/tmp/sspr-unit-XXXXXX");
	return mkdtemp(s->folder) ? 0 : -1;
}

/* The path of a name in the folder; good until the next call but three. */
static inline const char *
scratch_path(const struct scratch *s, const char *name)
{
	static char paths[4][PATH_MAX];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", s->folder, name);
	return path;
}

/* Remove the folder and the files in it (it has no folders). */
static inline void
scratch_remove(const struct scratch *s)
{
	DIR *folder = opendir(s->folder);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		unlink(scratch_path(s, entry->d_name)); /* which . and .. survive */
	if (folder)
		closedir(folder);
	rmdir(s->folder);
}

/* How many names are in the folder. */
static inline int
scratch_count(const struct scratch *s)
{
	DIR *folder = opendir(s->folder);
	struct dirent *entry;
	int count = 0;

	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return count;
}

/* -1: absent. */
static inline long
scratch_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static inline int
scratch_write(const char *path, long at, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool good = fd >= 0 && pwrite(fd, data, len, at) == (ssize_t)len;

	if (fd >= 0)
		close(fd);
	return good ? 0 : -1;
}

/* Do these bytes stand anywhere in the file? False when it is absent. */
static inline bool
scratch_holds(const char *path, const void *bytes, size_t len)
{
	long size = scratch_size(path);
	FILE *file = fopen(path, "re");
	char *content = size > 0 ? malloc((size_t)size) : NULL;
	bool found = file && content && fread(content, 1, (size_t)size, file) == (size_t)size &&
		     memmem(content, (size_t)size, bytes, len);

	free(content);
	if (file)
		fclose(file);
	return found;
}

#endif
