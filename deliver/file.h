/*
 * Whole small files, read with a limit.
 */
#ifndef SSPR_DELIVER_FILE_H
#define SSPR_DELIVER_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "text/secret.h"

/*
 * Read a regular file of at most max bytes. permitted: the mode bits that it may have; one more, or
 * an owner who is neither root nor this process, is refused, since somebody else could read or
 * replace it. 0: *out is the caller's. -EACCES: mode or owner. -EFBIG. -EINVAL: not a regular file.
 * Other -errno.
 */
int file_read(const char *path, size_t max, mode_t permitted, struct secret *out);

/* Read fd to its end, at most max bytes. 0, -EFBIG, other -errno. */
int file_read_fd(int fd, size_t max, struct secret *out);

#endif
