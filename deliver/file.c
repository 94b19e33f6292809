/*
 * Whole small files, read with a limit. What is read may be a password, so nothing is left in
 * buffers of stdio.
 */
#include "deliver/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE_BITS 07777

static int
file_trusted(int fd, mode_t permitted)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((st.st_mode & MODE_BITS & ~permitted) != 0)
		return -EACCES;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return -EACCES;
	return 0;
}

int
file_read_fd(int fd, size_t max, struct secret *out)
{
	struct secret room = { 0 };
	size_t len = 0;
	ssize_t n;
	int r;

	r = secret_room(&room, max + 1);
	while (r == 0 && len <= max) {
		n = read(fd, room.data + len, max + 1 - len);
		if (n == 0)
			break;
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			r = -errno;
	}
	if (r == 0 && len > max)
		r = -EFBIG;
	if (r == 0)
		r = secret_set(out, room.data, len);
	secret_done(&room);
	return r;
}

int
file_read(const char *path, size_t max, mode_t permitted, struct secret *out)
{
	int fd, r;

	/* Not blocking: a fifo in its place must not hold a delivery. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	r = file_trusted(fd, permitted);
	if (r == 0)
		r = file_read_fd(fd, max, out);
	close(fd);
	return r;
}
