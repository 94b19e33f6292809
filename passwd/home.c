/*
 * Homes are walked with O_PATH, a component at a time.
 */
#include "passwd/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "passwd/fscrypt.h"

#define DEPTH_MAX 64   /* folders from a home up to the root */
#define NAMES_MAX 4096 /* of a folder of keyrings that are looked at */

static int
answer_of(int r)
{
	if (r == 0)
		return 1;
	return errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP ? 0
											: -errno;
}

static int __attribute__((format(printf, 1, 2))) exists(const char *format, ...)
{
	char path[8192];
	struct stat st;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return answer_of(fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW));
}

/* The home itself may be a link of the administrator's. */
static int
home_open(const char *root, const struct entry *e)
{
	char path[8192];
	int n;

	n = snprintf(path, sizeof(path), "%s%s", root, e->home);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int
home_is_homed(const char *root, const char *user, const struct entry *e)
{
	(void)e;
	return exists("%s/var/lib/systemd/home/%s.identity", root, user);
}

int
home_has_ecryptfs(const char *root, const char *user, const struct entry *e)
{
	struct stat st;
	int home, r;

	r = exists("%s/home/.ecryptfs/%s", root, user);
	if (r != 0)
		return r;
	home = home_open(root, e);
	if (home < 0)
		return answer_of(-1);
	r = answer_of(fstatat(home, ".ecryptfs", &st, AT_SYMLINK_NOFOLLOW));
	close(home);
	return r;
}

/* From here up to the root; closes here. */
static int
walk_up(int here, uint32_t uid)
{
	struct stat now, before = { 0 };
	int r = 0, up;

	for (int depth = 0; r == 0 && depth < DEPTH_MAX; depth++) {
		if (fstat(here, &now) < 0) {
			r = -errno;
			break;
		}
		if (depth > 0 && now.st_ino == before.st_ino && now.st_dev == before.st_dev)
			break;
		before = now;
		r = fscrypt_has_login(here, uid);
		up = openat(here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (up < 0) {
			r = r == 0 ? -errno : r;
			break;
		}
		close(here);
		here = up;
	}
	close(here);
	return r;
}

int
home_has_fscrypt(const char *root, const char *user, const struct entry *e)
{
	int folder, r;

	(void)user;
	folder = open(root[0] != '\0' ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	r = fscrypt_has_login(folder, e->uid);
	close(folder);
	if (r != 0)
		return r;
	folder = home_open(root, e);
	return folder < 0 ? answer_of(-1) : walk_up(folder, e->uid);
}

static bool
ends_in(const char *name, const char *ending)
{
	const size_t n = strlen(name), m = strlen(ending);

	return n > m && strcmp(name + n - m, ending) == 0;
}

/* Is there a file of that ending in the open folder? Closes it. */
static bool
holds(int folder, const char *ending)
{
	struct dirent *file;
	bool found = false;
	DIR *d;

	d = fdopendir(folder);
	if (d == NULL) {
		close(folder);
		return false;
	}
	for (int n = 0; !found && n < NAMES_MAX && (file = readdir(d)) != NULL; n++)
		found = ends_in(file->d_name, ending);
	closedir(d);
	return found;
}

/* The folder .local/share/NAME below the home, opened for its names; -1. */
static int
share_open(int home, const char *name)
{
	static const char *const way[] = { ".local", "share" };
	int here = home, next;

	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]) && here >= 0; i++) {
		next = openat(here, way[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (here != home)
			close(here);
		here = next;
	}
	if (here < 0)
		return -1;
	next = openat(here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(here);
	return next;
}

bool
home_has_keyring(const char *root, const struct entry *e)
{
	static const struct {
		const char *folder, *ending;
	} kept[] = { { "keyrings", ".keyring" }, { "kwalletd", ".kwl" } };
	bool found = false;
	int home, folder;

	home = home_open(root, e);
	for (size_t i = 0; home >= 0 && !found && i < sizeof(kept) / sizeof(kept[0]); i++) {
		folder = share_open(home, kept[i].folder);
		found = folder >= 0 && holds(folder, kept[i].ending);
	}
	if (home >= 0)
		close(home);
	return found;
}
