/*
 * The key file of core/vault_key.h. It is linked into place, not renamed: of two daemons that start at once the
 * second finds the first one's key and uses it, and no key that sealed something is ever overwritten.
 */
#include "ssprd/core/vault_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ssprd/core/durable.h"
#include "text/log.h"

#define HEADER      "sspr master key 1\n"
#define HEADER_SIZE (sizeof(HEADER) - 1)
#define FILE_SIZE   (HEADER_SIZE + VAULT_KEY_SIZE)

static int
write_all(int fd, const unsigned char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* At most len bytes; fewer at the end of the file. */
static ssize_t
read_all(int fd, unsigned char *data, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, data + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static int
fill(int fd)
{
	unsigned char content[FILE_SIZE];
	int r;

	memcpy(content, HEADER, HEADER_SIZE);
	randombytes_buf(content + HEADER_SIZE, VAULT_KEY_SIZE);
	r = fchmod(fd, 0600) < 0 ? -errno : write_all(fd, content, sizeof(content));
	sodium_memzero(content, sizeof(content));
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

/* 0 also when another daemon was quicker. */
static int
make(const char *file)
{
	char *temporary = NULL;
	int fd = -1, r;

	if (asprintf(&temporary, "%s.XXXXXX", file) < 0)
		return -ENOMEM;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		goto out;
	}
	r = fill(fd);
	if (r == 0 && link(temporary, file) < 0 && errno != EEXIST)
		r = -errno;
	unlink(temporary);
	if (r == 0)
		r = durable_folder_of(file);
out:
	if (fd >= 0)
		close(fd);
	free(temporary);
	return r;
}

/* Is it a file that nobody but this program's user could have read or written? */
static int
check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return -EPERM;
	return st.st_size == (off_t)FILE_SIZE ? 0 : -EINVAL;
}

static int
take(int fd, unsigned char key[VAULT_KEY_SIZE])
{
	unsigned char content[FILE_SIZE + 1];
	ssize_t n;
	int r = check(fd);

	if (r < 0)
		return r;
	n = read_all(fd, content, sizeof(content));
	if (n < 0)
		r = (int)n;
	else if ((size_t)n != FILE_SIZE || memcmp(content, HEADER, HEADER_SIZE) != 0 ||
		 sodium_is_zero(content + HEADER_SIZE, VAULT_KEY_SIZE))
		r = -EINVAL;
	else
		memcpy(key, content + HEADER_SIZE, VAULT_KEY_SIZE);
	sodium_memzero(content, sizeof(content));
	return r;
}

/* What an administrator can do about a key that cannot be used. */
static const struct {
	int error;
	const char *text;
} problems[] = {
	{ ENOENT, "the key is missing: restore it from a backup; what was sealed with it cannot be "
		  "opened without it" },
	{ EINVAL, "this is not a key file" },
	{ ELOOP, "this is a link, not a key file" },
	{ EPERM, "the key must belong to the daemon's user and be readable by nobody else (0600)" },
};

static int
report(const char *file, int error)
{
	const char *text = "the key cannot be used";

	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (problems[i].error == error)
			text = problems[i].text;
	log_error("vault: %s: %s (%s)", file, text, strerror(error));
	return -error;
}

static int
open_key(const char *file)
{
	int fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int
vault_key_load(const char *file, bool may_make, unsigned char key[VAULT_KEY_SIZE])
{
	int fd = open_key(file);
	int r;

	if (fd == -ENOENT && may_make) {
		r = make(file);
		if (r < 0) {
			log_error("vault: %s: the key cannot be made (%s)", file, strerror(-r));
			return r;
		}
		fd = open_key(file);
	}
	if (fd < 0)
		return report(file, -fd);
	r = take(fd, key);
	close(fd);
	return r < 0 ? report(file, -r) : 0;
}
