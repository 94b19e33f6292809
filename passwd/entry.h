/*
 * One user's lines in the host's passwd and shadow files, read from the files themselves: a directory's user is never taken for
 * a local one. Hashes pass through buffers that are wiped.
 */
#ifndef SSPR_PASSWD_ENTRY_H
#define SSPR_PASSWD_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "text/secret.h"

#define ENTRY_LINE_MAX 4096 /* bytes of a user's line in either file */
#define ENTRY_HOME_MAX 1023

enum entry_result {
	ENTRY_FOUND = 0,
	ENTRY_NONE = 1, /* no line in one of the files, or the file is absent */
	ENTRY_DOUBTFUL =
		2, /* two lines, a line that is none, or a hash that does not stand in the shadow file */
};

struct entry {
	uint32_t uid;
	char home[ENTRY_HOME_MAX + 1];
	struct secret hash;
	int64_t expires; /* days since 1970; -1 never */
	/* The password: when it was changed (0: it is to be changed now), how many days it holds, how many more it lets in. -1: not said */
	int64_t changed, most, inactive;
};

/*
 * May this be a user's name: 1 to USER_NAME_MAX bytes, nothing that could be an option, a path or another field? Every other
 * function here wants a name that may.
 */
bool entry_name_fine(const char *user);

/*
 * root: what stands before /etc/passwd and /etc/shadow ("" on a host). Answers an enum entry_result, or -errno. *e is filled in on
 * ENTRY_FOUND alone and the caller's, released with entry_done.
 */
int entry_read(const char *root, const char *user, struct entry *e);
void entry_done(struct entry *e);

#endif
