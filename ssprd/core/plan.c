/*
 * What is owed, by policy and by what is registered. What is required is never more than this user can register.
 */
#include "ssprd/core/plan.h"

#include <string.h>

#include "protocol/facts.h"
#include "protocol/stamp.h"

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
	if (!(implemented & (1u << method)) || !config_deliverable(config, method))
		return false;
	if (method == METHOD_QUESTIONS && privileged)
		return false;
	if (method == METHOD_OFFICE_PHONE) /* only an administrator sets it */
		return user->methods[method].registered;
	return true;
}

static void
count_methods(struct plan *plan, const struct config *config, unsigned int implemented,
	      const struct plan_user *user)
{
	const struct registration_config *policy = &config->registration;

	for (int i = 0; i < policy->method_count; i++) {
		enum method method = policy->methods[i];

		if (!is_offered(method, plan->privileged, config, implemented, user))
			continue;
		plan->offered[plan->offered_count++] = method;
		if (user->methods[method].registered)
			plan->done++;
	}
	plan->required = policy->methods_required < plan->offered_count ? policy->methods_required
									: plan->offered_count;
	plan->registered = plan->done >= plan->required;
}

static int
postpones_left(const struct registration_config *policy, int used, int64_t now)
{
	if (policy->enforce != ENFORCE_REQUIRED || now < policy->postpone_until)
		return POSTPONES_FREE;
	return used < policy->postpone_limit ? policy->postpone_limit - used : 0;
}

/* A "not now" that ends more than a day ahead was said under a wrong clock. */
static bool
not_now_runs(const struct plan_user *user, int64_t now)
{
	return user->postponed_until > now && user->postponed_until <= now + STAMP_AHEAD_MAX;
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
	count_methods(plan, config, implemented, user);
	plan->postpones_left = postpones_left(policy, user->postpones_used, now);

	if (!plan->enabled) {
		plan->state = STATE_NOT_ENABLED;
		plan->quiet_until = now + STAMP_AHEAD_MAX;
	} else if (plan->registered || policy->enforce == ENFORCE_OFF) {
		plan->state = STATE_OK;
		plan->quiet_until = now + STAMP_AHEAD_MAX;
	} else if (not_now_runs(user, now)) {
		plan->state = STATE_OK;
		plan->quiet_until = user->postponed_until;
	} else {
		plan->state = STATE_REGISTER;
	}
}

bool
plan_refuses_keyed(const struct plan *plan, const struct config *config, int64_t now)
{
	const struct registration_config *policy = &config->registration;

	return plan->state == STATE_REGISTER && policy->enforce == ENFORCE_REQUIRED &&
	       policy->keyed_logins == KEYED_REFUSE && policy->postpone_until &&
	       now >= policy->postpone_until;
}
