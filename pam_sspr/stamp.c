/*
 * Opening and judging a stamp. Who could write it could skip the dialog of anybody, so the folder
 * and the file are looked at through the descriptors that are read, never by name again.
 */
#include "pam_sspr/stamp.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/account.h"
#include "protocol/stamp.h"

#define DAEMON_USER "sspr"

/* Root's or the daemon's. The daemon's uid is looked up only when somebody but root owns a thing. */
static bool
owner_trusted(uid_t owner, uid_t *daemon)
{
	gid_t gid;

	if (owner == 0)
		return true;
	if (*daemon == 0 && account_find(DAEMON_USER, daemon, &gid) < 0)
		return false;
	return owner == *daemon;
}

static bool
others_write(const struct stat *st)
{
	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static bool
older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* What is wrong with the open stamp, *daemon as in owner_trusted. */
static const char *
judge_file(int fd, uid_t *daemon, const char *user, const char *config, int64_t now)
{
	char line[STAMP_LINE_MAX + 1];
	struct timespec newest = { 0 };
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return "it is not a file";
	if (!owner_trusted(st.st_uid, daemon) || others_write(&st))
		return "others could have written it";
	if (st.st_size > STAMP_LINE_MAX)
		return "it is too long";
	len = read(fd, line, sizeof(line));
	if (len < 0 || !stamp_valid(line, (size_t)len, user, now))
		return "it is of another name, has expired or is no stamp";
	if (config_newest(config, &newest) < 0)
		return "the configuration's age is not known";
	return older(&st.st_mtim, &newest) ? "the configuration is newer" : NULL;
}

static const char *
judge_folder(int fd, uid_t uid, const char *user, const char *config, int64_t now)
{
	char name[24];
	const char *doubt;
	struct stat st;
	uid_t daemon = 0;
	int file;

	if (fstat(fd, &st) < 0 || !owner_trusted(st.st_uid, &daemon) || others_write(&st))
		return "others could have written its folder";
	snprintf(name, sizeof(name), "%lu", (unsigned long)uid);
	file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file < 0)
		return "there is none";
	doubt = judge_file(file, &daemon, user, config, now);
	close(file);
	return doubt;
}

const char *
stamp_doubt(const char *folder, uid_t uid, const char *user, const char *config, int64_t now)
{
	const char *doubt;
	int fd;

	fd = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return "there is no folder of stamps";
	doubt = judge_folder(fd, uid, user, config, now);
	close(fd);
	return doubt;
}
