/*
 * Whose password may be set here. Nobody else's word counts: root would give `!` and `*` accounts a password, even daemon, and
 * lock a home for good whose encryption the old password opens.
 */
#ifndef SSPR_PASSWD_ACCOUNT_H
#define SSPR_PASSWD_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "passwd/entry.h"

#define ACCOUNT_HASH_MIN                                                                           \
	13 /* the shortest hash there is (DES); what is shorter only stands for one: x, NP, LK */

struct account_rules {
	const char *root; /* as in entry.h */
	int64_t min_uid;  /* [registration] min_uid of sspr.conf */
	int64_t today;    /* days since 1970 */
};

enum account_result {
	ACCOUNT_FINE = 0,
	ACCOUNT_REFUSED = 1, /* *why: for the log, in English */
};

/*
 * Look at the account. ACCOUNT_FINE: *e is the caller's (entry_done). What cannot be found out is a refusal too, and
 * *why tells: never -errno.
 */
enum account_result account_look(const struct account_rules *rules, const char *user,
				 struct entry *e, const char **why);

#endif
