/*
 * Help desk codes, made by an administrator for one user (help.h redeems them). One a user; a new one ends the old one.
 */
#ifndef SSPRD_HELP_CODE_H
#define SSPRD_HELP_CODE_H

#include <stdint.h>

#include "text/recovery.h"

struct judge;

#define HELP_CODE_MINUTES     60
#define HELP_CODE_MINUTES_MIN 10
#define HELP_CODE_MINUTES_MAX 480

struct help_code {
	int64_t user;
	int minutes;
	const char *made_by;
	int64_t now;
};

/*
 * Make one, in the caller's transaction. shown (10 characters) is the caller's to wipe. 0, -ESTALE: there is no such record;
 * other -errno.
 */
int help_code_make(struct judge *judge, const struct help_code *code, char shown[RECOVERY_SHOWN]);

#endif
