/*
 * PAM files from disk.
 */
#include "ssprctl/pamfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { "/etc/pam.d", "/usr/lib/pam.d" };

/* Fill text from a regular file. -EFBIG: larger than a PAM file is. */
static int
read_regular(int fd, char *text, size_t *len)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	for (*len = 0; *len <= PAMFILE_SIZE_MAX; *len += (size_t)n) {
		n = read(fd, text + *len, PAMFILE_SIZE_MAX + 1 - *len);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			n = 0;
	}
	return -EFBIG;
}

static int
read_path(const char *path, char **text, size_t *len)
{
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	*text = malloc(PAMFILE_SIZE_MAX + 1);
	r = *text ? read_regular(fd, *text, len) : -ENOMEM;
	close(fd);
	if (r < 0) {
		free(*text);
		*text = NULL;
	}
	return r;
}

static int
read_from(const char *folder, const char *name, char **text, size_t *len,
	  char path[PAMFILE_NAME_MAX + 1])
{
	int n;

	if (*name == '/')
		n = snprintf(path, PAMFILE_NAME_MAX + 1, "%s", name);
	else
		n = snprintf(path, PAMFILE_NAME_MAX + 1, "%s/%s", folder, name);
	return n < 0 || n > PAMFILE_NAME_MAX ? -ENAMETOOLONG : read_path(path, text, len);
}

static int
read_named(void *folder, const char *name, char **text, size_t *len,
	   char path[PAMFILE_NAME_MAX + 1])
{
	size_t i;
	int r = -ENOENT;

	if (folder)
		return read_from(folder, name, text, len, path);
	for (i = 0; r == -ENOENT && i < sizeof(folders) / sizeof(folders[0]); i++)
		r = read_from(folders[i], name, text, len, path);
	return r;
}

struct pamfile_source
pamfolder_source(const char *folder)
{
	/* Only read_named gets it back, and it does not write. */
	return (struct pamfile_source){ .read = read_named, .arg = (void *)(uintptr_t)folder };
}
