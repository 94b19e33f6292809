/*
 * A user as the daemon knows them: what root told last (stored, so that it serves where no root
 * program asks), and which methods are registered.
 */
#ifndef SSPRD_USER_H
#define SSPRD_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "ssprd/core/plan.h"
#include "ssprd/core/store.h"

struct context;
struct judge;

#define USER_TELL_EVERY                                                                            \
	(24 * 3600) /* seconds: told again without a change, it is stored so often */

struct user {
	struct store_user stored; /* id 0: no record */
	const char **groups;      /* group_count names, pointing into group_text */
	size_t group_count;
	char *group_text;
	bool unstored; /* root's word was not stored: it stands here alone, and is kept by user_again */
};

void user_done(struct user *user); /* an empty one ({ 0 }) is fine */

/* Find the record. STORE_DONE, STORE_NONE (user is then empty but for its name), -errno. */
int user_load(struct user *user, struct store *store, const char *name);

/*
 * Load, and take over what root told in this context; when that changed, or a day has passed, it
 * is stored. A record of that name with another uid is set aside first, audited, and its stamp
 * removed: whoever has the name now starts anew. STORE_DONE; STORE_NONE: no record and no uid
 * told; -errno. With write false nothing is stored and a record that would be set aside is as if
 * absent (stored.id 0).
 */
int user_tell(struct user *user, struct judge *judge, const char *name,
	      const struct context *context, int64_t now, bool write);

/*
 * The record as the store has it now, in the place of an older copy; but for what root told and was
 * not stored. 0 (also where it was set aside meanwhile: the copy stays, and writes nothing) or
 * -errno.
 */
int user_again(struct user *user, struct store *store);

/* What this user owes now. 0 or -errno. */
int user_plan(struct judge *judge, const struct user *user, int64_t now, struct plan *plan);

/*
 * Keep it that this user was seen dormant, where the plan says so: what they need stays until they
 * are registered. 0 or -errno.
 */
int user_keep_dormant(struct user *user, struct store *store, const struct plan *plan, int64_t now);

/*
 * Nothing is owed (plan.settled): what counted towards it is set back, and when it was so first is
 * kept. 0 or -errno.
 */
int user_settle(struct user *user, struct store *store, int64_t now);

/* Does this bus uid belong to that name? 1 yes, 0 no or no record, -errno. */
int user_is(struct store *store, const char *name, uint64_t uid);

/* The line of one day: true, and stored, when none was shown to this user within a day. -errno. */
int user_remind(struct user *user, struct store *store, int64_t now, bool *show);

#endif
