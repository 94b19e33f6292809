/*
 * What is owed, by policy and by what is registered. What is required is never more than this user can register, and
 * nothing that a wrong clock wrote makes anybody owe it for ever: a time in the future counts as now, or not at all.
 */
#include "ssprd/core/plan.h"

#include <string.h>

#include "protocol/facts.h"
#include "protocol/stamp.h"

#define DAY                (24 * 3600)
#define PRIVILEGED_METHODS 2 /* for registering and for a reset */

static bool
is_enabled(const struct registration_config *policy, const struct plan_user *user)
{
	if (user->uid == 0 || user->uid > INT64_MAX || (int64_t)user->uid < policy->min_uid)
		return false;
	if (!user->local_password)
		return false;
	if (name_list_has(&policy->exclude, user->name, user->groups, user->group_count))
		return false;
	return policy->users_all ||
	       name_list_has(&policy->users, user->name, user->groups, user->group_count);
}

/* Can this user register that method, or has done so? */
static bool
is_offered(enum method method, bool privileged, const struct config *config,
	   unsigned int implemented, const struct plan_user *user)
{
	const struct plan_method *m = &user->methods[method];

	if (!(implemented & (1u << method)) || !config_deliverable(config, method))
		return false;
	if (method == METHOD_QUESTIONS && privileged)
		return false;
	if (method == METHOD_OFFICE_PHONE) /* only an administrator sets it */
		return m->registered || m->filled_in;
	return true;
}

int64_t
plan_stale_at(const struct config *config, int64_t proven_at, int64_t required_at, int64_t now)
{
	int64_t days = config->registration.reconfirm_days;
	int64_t at = days ? (proven_at < now ? proven_at : now) + days * DAY : 0;

	if (required_at > 0 && proven_at < required_at && (at == 0 || required_at < at))
		at = required_at;
	return at;
}

static enum plan_standing
standing_of(enum method method, const struct config *config, const struct plan_user *user,
	    int64_t now)
{
	const struct plan_method *m = &user->methods[method];
	bool proven = m->registered;
	int64_t stale_at;

	if (method == METHOD_RECOVERY_CODES &&
	    user->codes_left <= 0) /* nothing left to prove with */
		proven = false;
	if (!proven)
		return m->filled_in ? STANDING_FILLED_IN : STANDING_MISSING;
	stale_at = plan_stale_at(config, m->proven_at, user->required_at, now);
	return stale_at && stale_at <= now ? STANDING_STALE : STANDING_PROVEN;
}

static void
count_methods(struct plan *plan, const struct config *config, unsigned int implemented,
	      const struct plan_user *user, int64_t now)
{
	const struct registration_config *policy = &config->registration;

	for (int i = 0; i < policy->method_count; i++) {
		enum method method = policy->methods[i];
		enum plan_standing standing;

		if (!is_offered(method, plan->privileged, config, implemented, user))
			continue;
		standing = standing_of(method, config, user, now);
		plan->offered[plan->offered_count++] = method;
		plan->standing[method] = standing;
		if (standing == STANDING_PROVEN || standing == STANDING_STALE)
			plan->done++;
		if (standing == STANDING_STALE)
			plan->stale[plan->stale_count++] = method;
	}
}

static void
count_required(struct plan *plan, const struct registration_config *policy)
{
	int required = policy->methods_required;

	if (plan->privileged && required < PRIVILEGED_METHODS)
		required = PRIVILEGED_METHODS;
	plan->required = required < plan->offered_count ? required : plan->offered_count;
	plan->registered = plan->done >= plan->required;
	plan->settled = plan->enabled && plan->registered && plan->stale_count == 0;
}

static bool
is_capable(const struct plan *plan, const struct config *config, const struct plan_user *user,
	   int64_t now)
{
	int needed = plan->privileged ? PRIVILEGED_METHODS : config->registration.methods_to_reset;

	if (!plan->enabled || user->frozen || user->blocked_until > now || plan->done < needed)
		return false;
	return plan->done > 1 || plan->standing[METHOD_QUESTIONS] == STANDING_MISSING ||
	       config->questions.alone == CHOICE_LOCAL;
}

static void
count_codes(struct plan *plan, const struct plan_user *user)
{
	plan->codes_left = -1;
	if (!user->methods[METHOD_RECOVERY_CODES].registered)
		return;
	plan->codes_left = user->codes_left;
	for (int i = 0; i < plan->offered_count; i++)
		if (plan->offered[i] == METHOD_RECOVERY_CODES)
			plan->few_codes = user->codes_left < PLAN_FEW_CODES;
}

/* Nothing but the password says who this is: never registered, or all that was is gone. */
static bool
is_first_registration(const struct plan *plan, const struct plan_user *user)
{
	if (plan->registered)
		return false;
	if (user->registered_at == 0)
		return true;
	for (int m = 0; m < METHOD_COUNT; m++)
		if (user->methods[m].registered)
			return false;
	return true;
}

/* An end that lies more than a day ahead was set under a wrong clock. */
static bool
runs(int64_t until, int64_t now)
{
	return until > now && until <= now + STAMP_AHEAD_MAX;
}

static void
decide_code(struct plan *plan, const struct registration_config *policy,
	    const struct plan_user *user, int64_t now)
{
	bool first = is_first_registration(plan, user);
	bool asked = policy->first_proof == FIRST_PROOF_CODE;

	if (policy->dormant_days > 0) {
		plan->dormant = first && user->last_login > 0 &&
				now - user->last_login >= (int64_t)policy->dormant_days * DAY;
		asked = asked || plan->dormant || user->dormant_seen > 0;
	}
	plan->code_open = runs(user->code_open_until, now);
	plan->needs_code = first && asked && !plan->code_open;
}

static void
decide_deadline(struct plan *plan, const struct registration_config *policy,
		const struct plan_user *user, int64_t now)
{
	bool required = user->required_at > 0 && user->required_at <= now && !plan->settled;

	plan->deadline = required ? user->required_by : policy->postpone_until;
	plan->keyed_from = plan->deadline ? plan->deadline : policy->postpone_until;
	if (policy->enforce != ENFORCE_REQUIRED || now < plan->deadline)
		plan->postpones_left = POSTPONES_FREE;
	else if (user->postpones_used < policy->postpone_limit)
		plan->postpones_left = policy->postpone_limit - user->postpones_used;
}

static enum state
state_of(const struct plan *plan, const struct registration_config *policy,
	 const struct plan_user *user, int64_t now)
{
	bool quiet = policy->enforce == ENFORCE_OFF || runs(user->postponed_until, now);

	if (!plan->enabled)
		return STATE_NOT_ENABLED;
	if (!plan->registered && !quiet)
		return STATE_REGISTER;
	if (plan->stale_count > 0 && !quiet && user->blocked_until <= now)
		return STATE_RECONFIRM;
	if (plan->notice)
		return STATE_NOTICE;
	if (plan->few_codes && policy->enforce != ENFORCE_OFF)
		return STATE_REMIND;
	return STATE_OK;
}

/* When the first of the methods that are fresh now falls stale; 0 never. */
static int64_t
next_stale(const struct plan *plan, const struct config *config, const struct plan_user *user,
	   int64_t now)
{
	int64_t first = 0;

	for (int i = 0; i < plan->offered_count; i++) {
		enum method m = plan->offered[i];
		int64_t at;

		if (plan->standing[m] != STANDING_PROVEN)
			continue;
		at = plan_stale_at(config, user->methods[m].proven_at, user->required_at, now);
		if (at && (first == 0 || at < first))
			first = at;
	}
	return first;
}

/* When may this state be over at the earliest? */
static int64_t
quiet_until(const struct plan *plan, const struct plan_user *user, int64_t stale_at, int64_t now)
{
	bool due = !plan->registered || plan->stale_count > 0;
	const int64_t ends[] = {
		stale_at,
		due ? user->postponed_until : 0,
		due ? user->blocked_until : 0,
	};
	int64_t until = now + STAMP_AHEAD_MAX;

	if (!plan->enabled)
		return until;
	if (plan->state != STATE_OK)
		return 0;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i] > now && ends[i] < until)
			until = ends[i];
	return until;
}

static void
decide_times(struct plan *plan, const struct config *config, const struct plan_user *user,
	     int64_t now)
{
	int64_t stale_at = next_stale(plan, config, user, now);

	plan->due_at = stale_at;
	if (plan->state == STATE_REGISTER || plan->state == STATE_RECONFIRM)
		plan->due_at = plan->deadline > now ? plan->deadline : now;
	plan->quiet_until = quiet_until(plan, user, stale_at, now);
}

void
plan_make(struct plan *plan, const struct config *config, unsigned int implemented,
	  const struct plan_user *user, int64_t now)
{
	const struct registration_config *policy = &config->registration;

	memset(plan, 0, sizeof(*plan));
	plan->enabled = is_enabled(policy, user);
	plan->privileged =
		name_list_has(&policy->privileged, user->name, user->groups, user->group_count);
	plan->notice = user->notice;
	plan->blocked_until = user->blocked_until > now ? user->blocked_until : 0;
	count_methods(plan, config, implemented, user, now);
	count_required(plan, policy);
	count_codes(plan, user);
	plan->capable = is_capable(plan, config, user, now);
	decide_code(plan, policy, user, now);
	decide_deadline(plan, policy, user, now);
	plan->state = state_of(plan, policy, user, now);
	decide_times(plan, config, user, now);
}

bool
plan_refuses_keyed(const struct plan *plan, const struct config *config, int64_t now)
{
	const struct registration_config *policy = &config->registration;

	return (plan->state == STATE_REGISTER || plan->state == STATE_RECONFIRM) &&
	       policy->enforce == ENFORCE_REQUIRED && policy->keyed_logins == KEYED_REFUSE &&
	       plan->keyed_from && now >= plan->keyed_from;
}
