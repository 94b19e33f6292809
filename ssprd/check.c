/* The word of Check. */
#include "ssprd/check.h"

#include <stdio.h>
#include <time.h>

#include "protocol/facts.h"
#include "ssprd/core/config.h"
#include "ssprd/core/plan.h"
#include "ssprd/user.h"

enum state
check_state(const struct plan *plan, const struct config *config, bool interactive, int64_t now)
{
	if (plan->state != STATE_REGISTER || interactive || plan_refuses_keyed(plan, config, now))
		return plan->state;
	return STATE_REMIND;
}

int64_t
check_due(const struct plan *plan, const struct config *config, int64_t now)
{
	if (plan->state != STATE_REGISTER)
		return plan->quiet_until;
	return config->registration.postpone_until > now ? config->registration.postpone_until
							 : now;
}

/* Why the policy leaves this user alone. */
static const char *
not_enabled(const struct config *config, const struct user *user)
{
	const struct registration_config *r = &config->registration;
	const struct store_user *u = &user->stored;

	if (u->uid == 0)
		return "uid 0 is never asked";
	if (u->uid < r->min_uid)
		return "the uid is below [registration] min_uid";
	if (!u->local_password)
		return "the password is not kept on this host";
	if (name_list_has(&r->exclude, u->name, user->groups, user->group_count))
		return "excluded by [registration] exclude";
	return "not on the list of [registration] users";
}

static void
due_reason(char *out, size_t size, const struct plan *plan, const struct config *config,
	   bool interactive, int64_t now)
{
	char left[48] = "postponing is free";

	if (plan->postpones_left != POSTPONES_FREE)
		snprintf(left, sizeof(left), "%d postpones left", plan->postpones_left);
	if (interactive)
		snprintf(out, size, "%d of %d methods are registered; %s", plan->done,
			 plan->required, left);
	else
		snprintf(out, size,
			 "%d of %d methods are registered; a login without a dialog is %s",
			 plan->done, plan->required,
			 plan_refuses_keyed(plan, config, now) ? "refused" : "reminded once a day");
}

void
check_reason(char *out, size_t size, const struct plan *plan, const struct config *config,
	     const struct user *user, bool interactive, int64_t now)
{
	char when[32] = "";
	struct tm tm;

	if (plan->state == STATE_REGISTER) {
		due_reason(out, size, plan, config, interactive, now);
	} else if (!plan->enabled) {
		snprintf(out, size, "%s", not_enabled(config, user));
	} else if (plan->registered) {
		snprintf(out, size, "registered: %d methods, %d required", plan->done,
			 plan->required);
	} else if (config->registration.enforce == ENFORCE_OFF) {
		snprintf(out, size, "[registration] enforce is off");
	} else {
		if (localtime_r(&plan->quiet_until, &tm))
			strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
		snprintf(out, size, "a \"not now\" runs until %s", when);
	}
}
