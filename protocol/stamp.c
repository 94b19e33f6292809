/*
 * The stamp's line, and how new the configuration is. Nothing here allocates: a registered user's
 * login comes by.
 */
#include "protocol/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAMP_WORD   "sspr1 "
#define STAMP_DIGITS 18 /* of VALID_UNTIL, at most: more would not fit into 64 bits */
#define CONFIG_NAMES 1024

static bool
name_fits(const char *user)
{
	const size_t len = strlen(user);

	return len > 0 && len <= USER_NAME_MAX && strchr(user, '\n') == NULL;
}

int
stamp_format(char *out, size_t size, const char *user, int64_t valid_until)
{
	int n;

	if (!name_fits(user) || valid_until < 0)
		return -EINVAL;
	n = snprintf(out, size, STAMP_WORD "%s %" PRId64 "\n", user, valid_until);
	return n > 0 && (size_t)n < size ? n : -EINVAL;
}

/* Digits to the end of the line and nothing behind it; -1: anything else. */
static int64_t
read_moment(const char *p, size_t len)
{
	int64_t value = 0;
	size_t i;

	if (len < 2 || len > STAMP_DIGITS + 1 || p[len - 1] != '\n')
		return -1;
	for (i = 0; i < len - 1; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

bool
stamp_valid(const char *line, size_t len, const char *user, int64_t now)
{
	const size_t word = strlen(STAMP_WORD);
	const size_t head = word + strlen(user) + 1;
	int64_t until;

	/* The name is the user's and a space follows; then only digits: no other reading is left. */
	if (!name_fits(user) || len <= head || len > STAMP_LINE_MAX)
		return false;
	if (memcmp(line, STAMP_WORD, word) != 0 || line[head - 1] != ' ' ||
	    memcmp(line + word, user, head - 1 - word) != 0)
		return false;
	until = read_moment(line + head, len - head);
	return now >= 0 && until > now && until - now <= STAMP_AHEAD_MAX;
}

static void
keep_newer(struct timespec *newest, const struct stat *st)
{
	const struct timespec *t = &st->st_mtim;

	if (t->tv_sec > newest->tv_sec ||
	    (t->tv_sec == newest->tv_sec && t->tv_nsec > newest->tv_nsec))
		*newest = *t;
}

/* What is absent does not count. */
static int
look_at(int folder, const char *name, struct timespec *newest)
{
	struct stat st;

	if (fstatat(folder, name, &st, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	keep_newer(newest, &st);
	return 0;
}

static int
look_at_names(int folder, struct timespec *newest)
{
	_Alignas(struct dirent64) char room[4096];
	int left = CONFIG_NAMES, r;
	ssize_t n, pos;

	while ((n = getdents64(folder, room, sizeof(room))) > 0) {
		for (pos = 0; pos < n;) {
			const struct dirent64 *entry = (const void *)(room + pos);

			pos += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (left-- == 0)
				return -E2BIG;
			r = look_at(folder, entry->d_name, newest);
			if (r < 0)
				return r;
		}
	}
	return n < 0 ? -errno : 0;
}

static int
look_at_folder(const char *path, struct timespec *newest)
{
	struct stat st;
	int fd, r;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0) {
		r = -errno;
	} else {
		keep_newer(newest, &st);
		r = look_at_names(fd, newest);
	}
	close(fd);
	return r;
}

int
config_newest(const char *file, struct timespec *newest)
{
	struct timespec found = { 0 };
	char folder[PATH_MAX];
	int n, r;

	n = snprintf(folder, sizeof(folder), "%s.d", file);
	if (n < 0 || (size_t)n >= sizeof(folder))
		return -ENAMETOOLONG;
	r = look_at(AT_FDCWD, file, &found);
	if (r == 0)
		r = look_at_folder(folder, &found);
	if (r == 0)
		*newest = found;
	return r;
}
