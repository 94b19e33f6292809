/*
 * The stamp: /run/sspr/stamps/UID, one line "sspr1 NAME VALID_UNTIL\n". ssprd writes it when nothing
 * is due for that user; pam_sspr that finds a valid one asks nobody. Here is what both must agree on;
 * who may own a stamp and how it is opened is the reader's (pam_sspr/), how it is written the writer's.
 */
#ifndef SSPR_PROTOCOL_STAMP_H
#define SSPR_PROTOCOL_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "protocol/limits.h"

#define STAMP_FOLDER    "/run/sspr/stamps"
#define STAMP_AHEAD_MAX (24 * 3600)          /* seconds: no stamp is valid for longer */
#define STAMP_LINE_MAX  (USER_NAME_MAX + 64) /* bytes, newline included */

/*
 * Write the line for this user into out. The number of bytes, or -EINVAL: the name is empty, too
 * long or has a newline (then there is no stamp for this user). VALID_UNTIL follows the last space.
 */
int stamp_format(char *out, size_t size, const char *user, int64_t valid_until);

/*
 * Is this (len bytes, as read) a stamp of that user that is valid now? False on any doubt: another
 * name, garbage after the number, past, or more than STAMP_AHEAD_MAX ahead.
 */
bool stamp_valid(const char *line, size_t len, const char *user, int64_t now);

/*
 * The newest modification time of FILE, the folder FILE.d and each file FILE.d/... (any name).
 * What is absent does not count. 0, or -errno: something could not be looked at, or the folder holds
 * more than 1,024 names: doubt.
 */
int config_newest(const char *file, struct timespec *newest);

#endif
