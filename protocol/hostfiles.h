/*
 * What stands in the host's own files about a user: no NSS, so that a directory's user is never
 * taken for a local one. Every file is read to its end whoever is asked for: the time tells nothing.
 */
#ifndef SSPR_PROTOCOL_HOSTFILES_H
#define SSPR_PROTOCOL_HOSTFILES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Does the user stand in both files, and is the hash in the shadow file one that a password can match: not
 * empty, not beginning with ! or *? The first line of a name counts. 0: *local is set (a file that
 * is absent has nobody). -errno: a file could not be read.
 */
int hostfiles_local_password(const char *passwd, const char *shadow, const char *user, bool *local);

/* When the user logged in last, by a lastlog file; 0 when it does not say. */
int64_t hostfiles_last_login(const char *lastlog, uint64_t uid);

#endif
