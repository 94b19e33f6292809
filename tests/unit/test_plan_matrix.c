/*
 * The plan against a table written by hand from the rules: every policy of 1-3 methods required, 1-2 to reset and any set
 * of offered methods, with everything that a user can have of them. Also some policies by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/plan_fixture.h"

#define SETS     (1u << METHOD_COUNT)
#define MOST     METHOD_COUNT
#define REQUIRED 3

/*
 * By hand. A row a number of methods that this user can register, a letter a number of those that are proven, from none on:
 * r, more must be registered; o, nothing is due. "At least methods_required confirmed methods that the policy offers
 * today", "never more than this user can register".
 */
static const char *const due[REQUIRED][MOST + 1] = {
	{ "o", "ro", "roo", "rooo", "roooo", "rooooo", "roooooo" },
	{ "o", "ro", "rro", "rroo", "rrooo", "rroooo", "rrooooo" },
	{ "o", "ro", "rro", "rrro", "rrroo", "rrrooo", "rrroooo" },
};

/* Of the privileged "always two methods": as two are required, or three. */
static const char *const *const due_of[2][REQUIRED] = {
	{ due[0], due[1], due[2] },
	{ due[1], due[1], due[2] },
};

/*
 * By hand: who could reset a password, by the number of proven methods from none on: c, capable. One is enough or two are
 * needed; of the privileged two always. "With alone = never questions are only a second proof."
 */
static const char *const capable[2][2] = {
	{ "-cccccc", "--ccccc" },
	{ "--ccccc", "--ccccc" },
};

static int
count_of(unsigned int set)
{
	int count = 0;

	for (; set; set &= set - 1)
		count++;
	return count;
}

static struct config
policy_of(unsigned int listed, int required, int to_reset)
{
	struct config config = plainest;
	struct registration_config *policy = &config.registration;

	config.sms.url = config.voice.url = some;
	policy->methods_required = required;
	policy->methods_to_reset = to_reset;
	policy->method_count = 0;
	for (int m = 0; m < METHOD_COUNT; m++)
		if (listed >> m & 1)
			policy->methods[policy->method_count++] = (enum method)m;
	return config;
}

/* What of the listed methods a user who has `has` can register: questions not if privileged, an office phone only who has it. */
static unsigned int
for_this_user(unsigned int listed, unsigned int has, bool privileged)
{
	unsigned int can = listed;

	if (privileged)
		can &= ~QUESTIONS;
	if (!(has & OFFICE))
		can &= ~OFFICE;
	return can;
}

static void
compare(unsigned int listed, unsigned int has, int required, int to_reset, bool privileged)
{
	struct config config = policy_of(listed, required, to_reset);
	unsigned int can = for_this_user(listed, has, privileged);
	struct plan_user user = user_with(has);
	int proven = count_of(can & has);
	char is_due = due_of[privileged][required - 1][count_of(can)][proven];
	bool can_reset =
		capable[privileged][to_reset - 1][proven] == 'c' && (can & has) != QUESTIONS;
	struct plan plan;

	if (privileged)
		make_privileged(&user);
	plan_make(&plan, &config, ALL, &user, NOW);
	if (plan.state != (is_due == 'r' ? STATE_REGISTER : STATE_OK) ||
	    plan.registered != (is_due == 'o') || plan.capable != can_reset ||
	    plan.done != proven || plan.offered_count != count_of(can))
		fail_msg("required %d, to reset %d, listed %02x, has %02x, privileged %d: state %d,"
			 " done %d of %d, capable %d",
			 required, to_reset, listed, has, privileged, plan.state, plan.done,
			 plan.required, plan.capable);
}

static void
every_policy_with_all_that_a_user_can_have(void **state)
{
	(void)state;
	for (unsigned int listed = 0; listed < SETS; listed++)
		for (unsigned int has = 0; has < SETS; has++)
			for (int required = 1; required <= REQUIRED; required++)
				for (int to_reset = 1; to_reset <= 2; to_reset++) {
					compare(listed, has, required, to_reset, false);
					compare(listed, has, required, to_reset, true);
				}
}

/* The same, and everything proven so long ago that it is stale: asked for again exactly when nothing is missing. */
static void
what_is_stale_is_asked_for_when_nothing_is_missing(void **state)
{
	(void)state;
	for (unsigned int listed = 0; listed < SETS; listed++)
		for (unsigned int has = 0; has < SETS; has++)
			for (int required = 1; required <= REQUIRED; required++) {
				struct config config = policy_of(listed, required, 1);
				unsigned int can = for_this_user(listed, has, false);
				struct plan_user user = user_with(has);
				char is_due = due[required - 1][count_of(can)][count_of(can & has)];
				enum state expected = is_due == 'r' ? STATE_REGISTER
						      : (can & has) ? STATE_RECONFIRM
								    : STATE_OK;
				struct plan plan;

				config.registration.reconfirm_days = 5;
				plan_make(&plan, &config, ALL, &user, NOW);
				assert_int_equal(plan.state, expected);
				assert_int_equal(plan.stale_count, count_of(can & has));
			}
}

static void
some_policies_by_name(void **state)
{
	static const struct {
		unsigned int listed, has;
		int wanted, to_reset;
		bool privileged;
		enum state state;
		int done, required;
		bool capable;
	} rows[] = {
		/* the shipped policy */
		{ ALL, 0, 2, 1, false, STATE_REGISTER, 0, 2, false },
		{ ALL, APP, 2, 1, false, STATE_REGISTER, 1, 2, true },
		{ ALL, APP | EMAIL, 2, 1, false, STATE_OK, 2, 2, true },
		{ ALL, EMAIL | QUESTIONS, 2, 1, false, STATE_OK, 2, 2, true },
		{ ALL, QUESTIONS, 2, 1, false, STATE_REGISTER, 1, 2, false },
		{ ALL, OFFICE | RECOVERY, 2, 2, false, STATE_OK, 2, 2, true },
		/* questions never count for the privileged */
		{ ALL, EMAIL | QUESTIONS, 2, 1, true, STATE_REGISTER, 1, 2, false },
		{ ALL, EMAIL | APP, 1, 1, true, STATE_OK, 2, 2, true },
		{ ALL, EMAIL, 1, 1, true, STATE_REGISTER, 1, 2, false },
		/* a privileged account with only two deliverable methods is asked for two */
		{ APP | EMAIL | QUESTIONS, APP, 3, 2, true, STATE_REGISTER, 1, 2, false },
		{ APP | EMAIL | QUESTIONS, APP | EMAIL, 3, 2, true, STATE_OK, 2, 2, true },
		/* never more than can be registered, and an office phone only by an administrator */
		{ APP | OFFICE, APP, 2, 1, false, STATE_OK, 1, 1, true },
		{ APP | OFFICE, APP | OFFICE, 2, 2, false, STATE_OK, 2, 2, true },
		{ OFFICE, 0, 1, 1, false, STATE_OK, 0, 0, false },
		{ 0, ALL, 3, 2, false, STATE_OK, 0, 0, false },
		/* what is not offered today does not count */
		{ APP | PHONE, EMAIL | QUESTIONS | RECOVERY, 2, 1, false, STATE_REGISTER, 0, 2,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config config = policy_of(rows[i].listed, rows[i].wanted, rows[i].to_reset);
		struct plan_user user = user_with(rows[i].has);
		struct plan plan;

		if (rows[i].privileged)
			make_privileged(&user);
		plan_make(&plan, &config, ALL, &user, NOW);
		assert_int_equal(plan.state, rows[i].state);
		assert_int_equal(plan.done, rows[i].done);
		assert_int_equal(plan.required, rows[i].required);
		assert_int_equal(plan.capable, rows[i].capable);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_policy_with_all_that_a_user_can_have),
		cmocka_unit_test(what_is_stale_is_asked_for_when_nothing_is_missing),
		cmocka_unit_test(some_policies_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
