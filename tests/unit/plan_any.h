/*
 * Any policy and any user, at random. Included once by a test of the plan.
 */
#ifndef SSPR_TESTS_UNIT_PLAN_ANY_H
#define SSPR_TESTS_UNIT_PLAN_ANY_H

#include <stdlib.h>

#include "protocol/stamp.h"
#include "ssprd/core/plan.h"

#define NOW 1800000000ll
#define ALL ((1u << METHOD_COUNT) - 1)

static char none[] = "", some[] = "smtp://mail.example.org", name_a[] = "a", group_g[] = "@g";
static char *names[] = { name_a, group_g };
static const char *const groups[] = { "g", "h" };

static inline int
below(int limit)
{
	return rand() % limit;
}

static inline int64_t
around_now(void)
{
	static const int64_t moments[] = {
		0,       NOW - 2000000, NOW - 90000,           NOW - 1,     NOW,
		NOW + 1, NOW + 43200,   NOW + STAMP_AHEAD_MAX, NOW + 900000
	};

	return moments[below(9)];
}

static inline struct name_list
any_list(void)
{
	size_t first = (size_t)below(2);

	return (struct name_list){ names + first, (size_t)below(3 - (int)first) };
}

static inline void
any_methods(struct registration_config *policy)
{
	unsigned int left = ALL;

	policy->method_count = below(METHOD_COUNT + 1);
	for (int i = 0; i < policy->method_count; i++) {
		int m = below(METHOD_COUNT);

		while (!(left >> m & 1))
			m = (m + 1) % METHOD_COUNT;
		left &= ~(1u << m);
		policy->methods[i] = (enum method)m;
	}
}

static inline struct config
any_policy(void)
{
	struct config config = {
		.registration = { .enforce = (enum enforce)below(3),
				  .users_all = below(4) > 0,
				  .users = any_list(),
				  .exclude = below(4) ? (struct name_list){ 0 } : any_list(),
				  .min_uid = below(3) * 1000,
				  .methods_required = 1 + below(6),
				  .methods_to_reset = 1 + below(2),
				  .reconfirm_days = below(2) * (1 + below(30)),
				  .first_proof = (enum first_proof)below(2),
				  .dormant_days = below(2) * (1 + below(30)),
				  .postpone_limit = below(4),
				  .postpone_until = around_now(),
				  .privileged = any_list(),
				  .keyed_logins = (enum keyed_logins)below(2) },
		.questions = { .alone = (enum local_or_never)below(2) },
		.email = { .url = below(2) ? some : none },
		.sms = { .preset = none, .url = below(2) ? some : none, .program = none },
		.voice = { .preset = none, .url = below(2) ? some : none, .program = none },
	};

	any_methods(&config.registration);
	return config;
}

static inline struct plan_user
any_user(void)
{
	static const uint64_t uids[] = { 0, 1, 999, 1000, 1001, 2000, UINT32_MAX, UINT64_MAX };
	struct plan_user user = { .name = below(2) ? "a" : "b",
				  .uid = below(2) ? 2000 : uids[below(8)],
				  .local_password = below(8) != 0,
				  .groups = groups,
				  .group_count = (size_t)below(3),
				  .no_questions = below(4) == 0,
				  .codes_left = below(11),
				  .postpones_used = below(6),
				  .postponed_until = around_now(),
				  .last_login = around_now(),
				  .dormant_seen = below(2) * NOW,
				  .registered_at = below(2) * NOW,
				  .code_open_until = around_now(),
				  .required_at = around_now(),
				  .required_by = around_now(),
				  .blocked_until = around_now(),
				  .frozen = below(4) == 0,
				  .notice = below(2) };

	for (int m = 0; m < METHOD_COUNT; m++)
		user.methods[m] = (struct plan_method){ below(2), below(3) == 0, around_now() };
	return user;
}

#endif
