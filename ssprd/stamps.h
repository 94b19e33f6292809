/*
 * Stamps, written: /run/sspr/stamps/UID (protocol/stamp.h), by a temporary file and rename. A
 * stamp that cannot be written is logged and is no failure: the module then asks.
 */
#ifndef SSPRD_STAMPS_H
#define SSPRD_STAMPS_H

#include <stdint.h>
#include <time.h>

struct stamps {
	const char *folder;
	const char
		*config_file;   /* with its FILE.d, the files that a stamp must not be older than */
	struct timespec policy; /* the newest of them when the running policy was read */
};

/*
 * Write the stamp of this user, valid until then (cut to STAMP_AHEAD_MAX). None is written when
 * the name has a newline, or a configuration file is newer than the running policy: the one that
 * stands is removed.
 */
void stamps_write(struct stamps *stamps, const char *user, uint64_t uid, int64_t valid_until,
		  int64_t now);
void stamps_remove(struct stamps *stamps, uint64_t uid);
void stamps_remove_all(struct stamps *stamps);

#endif
