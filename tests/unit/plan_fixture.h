/*
 * A policy and a user that differ from the plainest in what a test says. Included once by a test of the plan.
 */
#ifndef SSPR_TESTS_UNIT_PLAN_FIXTURE_H
#define SSPR_TESTS_UNIT_PLAN_FIXTURE_H

#include "ssprd/core/plan.h"

#define NOW  1800000000ll
#define HOUR 3600ll
#define DAY  (24 * HOUR)
#define ALL  ((1u << METHOD_COUNT) - 1)

#define APP       (1u << METHOD_APP)
#define EMAIL     (1u << METHOD_EMAIL)
#define PHONE     (1u << METHOD_PHONE)
#define OFFICE    (1u << METHOD_OFFICE_PHONE)
#define QUESTIONS (1u << METHOD_QUESTIONS)
#define RECOVERY  (1u << METHOD_RECOVERY_CODES)

static char none[] = "", some[] = "smtp://mail.example.org", sudo[] = "@sudo";
static char *list_sudo[] = { sudo };
static const char *const in_sudo[] = { "sudo" };

/* Mail, and no phones; two are required, for everybody. */
static const struct config plainest = {
	.registration = { .enforce = ENFORCE_REQUIRED,
			  .users_all = true,
			  .min_uid = 1000,
			  .methods = { METHOD_APP, METHOD_EMAIL, METHOD_PHONE, METHOD_OFFICE_PHONE,
				       METHOD_QUESTIONS, METHOD_RECOVERY_CODES },
			  .method_count = 6,
			  .methods_required = 2,
			  .postpone_limit = 3,
			  .privileged = { list_sudo, 1 } },
	.email = { .url = some },
	.sms = { .preset = none, .url = none, .program = none },
	.voice = { .preset = none, .url = none, .program = none },
};

/* alice, uid 1000, a local password, in no group; registered: bits, ten recovery codes among them. */
static inline struct plan_user
user_with(unsigned int registered)
{
	struct plan_user user = {
		.name = "alice", .uid = 1000, .local_password = true, .codes_left = 10
	};

	for (int m = 0; m < METHOD_COUNT; m++) {
		user.methods[m].registered = registered >> m & 1;
		user.methods[m].proven_at = user.methods[m].registered ? NOW - 5 * DAY : 0;
	}
	return user;
}

static inline void
make_privileged(struct plan_user *user)
{
	user->groups = in_sudo;
	user->group_count = 1;
}

#endif
