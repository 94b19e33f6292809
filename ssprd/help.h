/*
 * Help desk codes (`ssprctl code`): made by an administrator, kept as a keyed hash, good once and
 * for a while. One opens, for HELP_OPEN_SECONDS, the first registration of somebody who needs a
 * code for it, or the replacing of what can no longer be proven.
 */
#ifndef SSPRD_HELP_H
#define SSPRD_HELP_H

#include <stdint.h>

#include "protocol/request.h"
#include "ssprd/core/plan.h"
#include "ssprd/core/store.h"

struct dialog;
struct vault;

/*
 * So long what it permits stays open for logins, so that a dropped line does not cost the code; the
 * dialog that settles everything ends it. In manage it opens the dialog where it was typed alone:
 * else a program that runs as the user had only to wait for it. At a reset it is a violation.
 */
#define HELP_OPEN_SECONDS PLAN_CODE_OPEN

/*
 * The keyed hash of a code of this user (id in the store). plain: as recovery_read (RECOVERY_HELP)
 * gives it.
 */
void help_hash(struct vault *vault, int64_t user, const char *plain,
	       unsigned char hash[STORE_HASH_SIZE]);

/* REQUEST_HELP: count, compare, open. As a judge_handler. */
int help_redeem(struct dialog *d, const struct fields *request, struct message *reply);

#endif
