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

#define PLAN_FEW_CODES 4 /* fewer recovery codes than so many are told at a login */

struct plan_method {
	bool registered; /* its user proved it */
	bool filled_in; /* not registered, but an administrator's value stands and waits for proof */
	int64_t proven_at;
};

/* What is known of a user. All zero but the name, uid and local_password: nothing. Times: seconds since the epoch, 0 never. */
struct plan_user {
	const char *name;
	uint64_t uid;
	bool local_password;
	const char *const *groups;
	size_t group_count;
	struct plan_method methods[METHOD_COUNT];
	int codes_left; /* unused recovery codes; looked at only where these are registered. With 0 they count as not registered */
	int postpones_used;
	int64_t postponed_until; /* a "not now" runs until then */
	int64_t last_login;      /* as root tells it; 0 unknown */
	int64_t dormant_seen;    /* seen dormant then, and not registered since */
	int64_t registered_at;   /* registered (all that was required) for the first time then */
	int64_t code_open_until; /* a help desk code was redeemed: until then nothing needs a further one */
	int64_t required_at; /* an administrator's `require`: what was proven before it is stale */
	int64_t required_by; /* until then postponing is free; 0: not at all. Nothing without required_at */
	int64_t blocked_until; /* too many failures (limit_blocked) */
	bool frozen;           /* no reset until an administrator lifts it */
	bool notice;           /* a change is untold */
};

/* How a method stands with this user today. Where it is not offered: MISSING, whatever the user registered. */
enum plan_standing {
	STANDING_MISSING,
	STANDING_FILLED_IN, /* an administrator's value waits for its user's proof */
	STANDING_PROVEN,
	STANDING_STALE, /* proven, but so long ago that it must be proven again */
};

struct plan {
	/*
	 * The first that applies: NOT_ENABLED; REGISTER, something is missing; RECONFIRM, something is stale; NOTICE, a change
	 * is untold; REMIND, few recovery codes are left: a line, no dialog; OK. A "not now" silences REGISTER and
	 * RECONFIRM, a block RECONFIRM (what is registered cannot be tried); enforce = off these two and REMIND.
	 */
	enum state state;
	bool enabled;
	bool registered; /* enough methods are proven, stale ones too */
	bool capable; /* enabled, and could reset now: [registration] methods_to_reset, not blocked, not frozen */
	bool privileged;
	enum method offered
		[METHOD_COUNT]; /* what this user can register or has, in the policy's order */
	int offered_count;
	enum plan_standing standing[METHOD_COUNT];
	int required; /* never more than offered_count; of the privileged two at least */
	int done;     /* proven ones among the offered */
	enum method stale[METHOD_COUNT]; /* what must be proven again, in the policy's order */
	int stale_count;
	bool needs_code; /* nothing may be registered before a help desk code was redeemed */
	bool code_open;  /* a help desk code was redeemed, and what it permits is still open */
	bool dormant; /* unused for long and never registered: to be kept as dormant_seen (store_user_mark) */
	bool notice;    /* an untold change, whatever the state is: it is told in any dialog */
	bool few_codes; /* recovery codes are registered, and fewer than PLAN_FEW_CODES are left */
	int codes_left; /* -1: not registered */
	int64_t blocked_until; /* of the block that stands; 0 none */
	/*
	 * Registered, and nothing is stale: what counted towards it is over. Its caller sets postpones_used, dormant_seen,
	 * required_at and required_by back to 0 and registered_at where it is 0, in the commit that brought it about.
	 */
	bool settled;
	int postpones_left; /* POSTPONES_FREE (protocol/facts.h), 0 none, or the count */
	/*
	 * REGISTER and RECONFIRM: from when on postponing counts (or counted), at least now. Else: when the first of the
	 * proven methods falls stale; 0 never.
	 */
	int64_t due_at;
	/*
	 * Until then "not now" is free, from then on it counts; 0: it counts now. postpone_until, or the date of a `require`
	 * that is not yet fulfilled (0 without --by: at once).
	 */
	int64_t deadline;
	int64_t keyed_from; /* where keyed_logins = refuse, it refuses who is due from then on; 0: no date was set */
	/*
	 * While state is OK or NOT_ENABLED (else 0): it may change then at the earliest, for the stamp. At most a day ahead; the end
	 * of a "not now" (one that ends later than that was said under a wrong clock and is not believed), of a block, or
	 * the moment at which a method falls stale.
	 */
	int64_t quiet_until;
};

/* Fill in the plan for this user at this time. implemented: a bit (1 << method) for each method this program has. */
void plan_make(struct plan *plan, const struct config *config, unsigned int implemented,
	       const struct plan_user *user, int64_t now);

/*
 * When does a method that was proven then fall stale under this policy, for a user of whom all was required at
 * required_at (0: never)? Past or future; 0: never. For what is shown; the plan uses the same rule.
 */
int64_t
plan_stale_at(const struct config *config, int64_t proven_at, int64_t required_at, int64_t now);

/*
 * Is a login without a dialog refused now? keyed_logins = refuse, enforce = required, something is to be registered or
 * reconfirmed, and a date was set (postpone_until, or by `require --by`) and has passed.
 */
bool plan_refuses_keyed(const struct plan *plan, const struct config *config, int64_t now);

#endif
