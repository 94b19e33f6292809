/* The word of Check. */
#include "ssprd/check.h"

#include <stdio.h>
#include <time.h>

#include "protocol/facts.h"
#include "ssprd/core/config.h"
#include "ssprd/core/plan.h"
#include "ssprd/user.h"

bool
check_needs_dialog(enum state state)
{
	return state == STATE_REGISTER || state == STATE_RECONFIRM || state == STATE_NOTICE;
}

enum state
check_state(const struct plan *plan, const struct config *config, bool interactive, int64_t now)
{
	if (!check_needs_dialog(plan->state) || interactive ||
	    plan_refuses_keyed(plan, config, now))
		return plan->state;
	return STATE_REMIND;
}

int64_t
check_due(const struct plan *plan)
{
	bool owed = plan->state == STATE_REGISTER || plan->state == STATE_RECONFIRM;

	return owed ? plan->due_at : plan->quiet_until;
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

/* What is owed, in a few words. */
static void
owed_text(char *out, size_t size, const struct plan *plan)
{
	if (plan->state == STATE_REGISTER)
		snprintf(out, size, "%d of %d methods are registered%s", plan->done, plan->required,
			 plan->needs_code ? ", a help desk code is needed first" : "");
	else
		snprintf(out, size, "%d registered methods must be proven again",
			 plan->stale_count);
}

static void
owed_reason(char *out, size_t size, const struct plan *plan, const struct config *config,
	    bool interactive, int64_t now)
{
	char owed[128], left[48] = "postponing is free";

	owed_text(owed, sizeof(owed), plan);
	if (plan->postpones_left != POSTPONES_FREE)
		snprintf(left, sizeof(left), "%d postpones left", plan->postpones_left);
	if (interactive)
		snprintf(out, size, "%s; %s", owed, left);
	else
		snprintf(out, size, "%s; a login without a dialog is %s", owed,
			 plan_refuses_keyed(plan, config, now) ? "refused" : "reminded once a day");
}

/* Why nothing is owed although something is missing or stale. */
static void
quiet_reason(char *out, size_t size, const struct plan *plan, const struct user *user)
{
	char when[32] = "";
	bool not_now = user->stored.postponed_until == plan->quiet_until;
	struct tm tm;

	if (localtime_r(&plan->quiet_until, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	snprintf(out, size, "%s until %s",
		 plan->registered && !not_now ? "too many failures: nothing can be proven"
					      : "a \"not now\" runs",
		 when);
}

void
check_reason(char *out, size_t size, const struct plan *plan, const struct config *config,
	     const struct user *user, bool interactive, int64_t now)
{
	if (!plan->enabled)
		snprintf(out, size, "%s", not_enabled(config, user));
	else if (plan->state == STATE_REGISTER || plan->state == STATE_RECONFIRM)
		owed_reason(out, size, plan, config, interactive, now);
	else if (plan->state == STATE_NOTICE)
		snprintf(out, size, "a change is to be told");
	else if (plan->state == STATE_REMIND)
		snprintf(out, size, "registered; %d recovery codes are left", plan->codes_left);
	else if (plan->registered && plan->stale_count == 0)
		snprintf(out, size, "registered: %d methods, %d required", plan->done,
			 plan->required);
	else if (config->registration.enforce == ENFORCE_OFF)
		snprintf(out, size, "[registration] enforce is off");
	else
		quiet_reason(out, size, plan, user);
}
