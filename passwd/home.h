/*
 * What in or around a home depends on the password. Tests for existence alone: links that users placed are not followed, nothing of
 * theirs is read but names and fscrypt's protectors.
 */
#ifndef SSPR_PASSWD_HOME_H
#define SSPR_PASSWD_HOME_H

#include <stdbool.h>

#include "passwd/entry.h"

/* All of them: root as in entry.h. 1 yes, 0 no, -errno: it cannot be told. */

/* Is the account one of systemd-homed, which keeps its password itself? */
int home_is_homed(const char *root, const char *user, const struct entry *e);
/* Does the password open the home: eCryptfs, or a login protector of fscrypt in any folder from the home up? */
int home_has_ecryptfs(const char *root, const char *user, const struct entry *e);
int home_has_fscrypt(const char *root, const char *user, const struct entry *e);

/* Is there a GNOME keyring or a KWallet, which keeps the old password? What cannot be told is no. */
bool home_has_keyring(const char *root, const struct entry *e);

#endif
