/*
 * Whether a user's stamp says that nothing is due. Nearly every login ends here, so it is a handful of
 * system calls and no allocation; any doubt means that the daemon is asked.
 */
#ifndef SSPR_PAM_STAMP_H
#define SSPR_PAM_STAMP_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Judge FOLDER/UID for this user at this time. config is sspr.conf: a stamp that is older than it, its
 * folder .d or a file in that is not believed. NULL: the stamp is good; else what is wrong with it
 * (a constant text, for a debug line).
 */
const char *
stamp_doubt(const char *folder, uid_t uid, const char *user, const char *config, int64_t now);

#endif
