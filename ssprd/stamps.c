/*
 * Stamps: the folder is opened anew each time (tmpfiles may have made it again) and never
 * followed through a link.
 */
#include "ssprd/stamps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/stamp.h"
#include "text/log.h"

#define NEW_STAMP ".new"

static int
folder_open(const struct stamps *s)
{
	int fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		log_warning("%s: %s: every login asks the daemon", s->folder, strerror(errno));
	return fd;
}

/* Is a file of the configuration newer than what runs, or can that not be told? */
static bool
policy_outdated(const struct stamps *s)
{
	struct timespec newest = { 0 };

	if (config_newest(s->config_file, &newest) < 0)
		return true;
	return newest.tv_sec != s->policy.tv_sec || newest.tv_nsec != s->policy.tv_nsec;
}

static int
write_line(int folder, const char *line, size_t len, const char *name)
{
	int fd, r = 0;

	unlinkat(folder, NEW_STAMP, 0);
	fd = openat(folder, NEW_STAMP, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (write(fd, line, len) != (ssize_t)len)
		r = -EIO;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(folder, NEW_STAMP, folder, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(folder, NEW_STAMP, 0);
	return r;
}

void
stamps_write(struct stamps *s, const char *user, uint64_t uid, int64_t valid_until, int64_t now)
{
	char line[STAMP_LINE_MAX + 1], name[24];
	int folder, len, r;

	if (valid_until > now + STAMP_AHEAD_MAX)
		valid_until = now + STAMP_AHEAD_MAX;
	len = valid_until > now ? stamp_format(line, sizeof(line), user, valid_until) : -EINVAL;
	if (len < 0 || policy_outdated(s)) {
		stamps_remove(s, uid);
		return;
	}
	folder = folder_open(s);
	if (folder < 0)
		return;
	snprintf(name, sizeof(name), "%" PRIu64, uid);
	r = write_line(folder, line, (size_t)len, name);
	if (r < 0)
		log_warning("%s/%s: %s", s->folder, name, strerror(-r));
	close(folder);
}

void
stamps_remove(struct stamps *s, uint64_t uid)
{
	char name[24];
	int folder = folder_open(s);

	if (folder < 0)
		return;
	snprintf(name, sizeof(name), "%" PRIu64, uid);
	if (unlinkat(folder, name, 0) < 0 && errno != ENOENT)
		log_error("%s/%s: %s", s->folder, name, strerror(errno));
	close(folder);
}

void
stamps_remove_all(struct stamps *s)
{
	int fd = folder_open(s);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(folder)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    unlinkat(fd, e->d_name, 0) < 0 && errno != EISDIR)
			log_error("%s/%s: %s", s->folder, e->d_name, strerror(errno));
	closedir(folder);
}
