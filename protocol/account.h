/*
 * The host's own lookup of a name (NSS), with a bounded buffer and without the C library's static one.
 */
#ifndef SSPR_PROTOCOL_ACCOUNT_H
#define SSPR_PROTOCOL_ACCOUNT_H

#include <sys/types.h>

/*
 * The ids of a user. 0: both are filled in. -ENOENT: no such user. Other -errno: the lookup failed,
 * or the entry is larger than 1 MiB. Waits as long as NSS does.
 */
int account_find(const char *user, uid_t *uid, gid_t *gid);

#endif
