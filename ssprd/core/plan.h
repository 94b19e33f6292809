/*
 * The plan: what is owed at this moment. Pure: policy, what is registered, what root says of the user,
 * and the time go in; nothing is read or written.
 */
#ifndef SSPR_CORE_PLAN_H
#define SSPR_CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/words.h"
#include "ssprd/core/config.h"

struct plan_method {
	bool registered;
	int64_t proven_at;
};

struct plan_user {
	const char *name;
	uint64_t uid;
	bool local_password;
	const char *const *groups;
	size_t group_count;
	struct plan_method methods[METHOD_COUNT];
	int postpones_used;
	int64_t postponed_until; /* a "not now" runs until then; 0 none */
};

struct plan {
	enum state state; /* OK, REGISTER or NOT_ENABLED */
	bool enabled;
	bool registered;
	bool privileged;
	enum method offered[METHOD_COUNT]; /* what this user can register, in the policy's order */
	int offered_count;
	int required;       /* never more than offered_count */
	int done;           /* registered ones among the offered */
	int postpones_left; /* POSTPONES_FREE (protocol/facts.h), 0 none, or the count */
	/*
	 * While state is OK or NOT_ENABLED: it may change then at the earliest, for the stamp. At most a day ahead; the end
	 * of a "not now" (one that ends later than that was said under a wrong clock and is not believed).
	 */
	int64_t quiet_until;
};

/* Fill in the plan for this user at this time. implemented: a bit (1 << method) for each method this program has. */
void plan_make(struct plan *plan, const struct config *config, unsigned int implemented,
	       const struct plan_user *user, int64_t now);

/*
 * Is a login without a dialog refused now (keyed_logins = refuse, after postpone_until)? Only when something is due, only
 * with enforce = required, and never without a date.
 */
bool plan_refuses_keyed(const struct plan *plan, const struct config *config, int64_t now);

#endif
