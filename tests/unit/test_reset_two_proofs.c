/*
 * Where a reset takes two proofs: who has one of them must be stopped at the other by the same five failures as anybody.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/reset_fixture.h"

/* link: @judge */

#define WRONG_CODE "AAAA-AAAA-AAAA-AAAA"

static int
set_up_two(void **state)
{
	int r = set_up_reset(state);

	if (r == 0)
		use_policy(RESET_POLICY "[registration]\nmethods_to_reset = 2\n");
	return r;
}

/* A reset with a first proof, so many steps of the app later. */
static void
prove_one(int later)
{
	reset_later((int64_t)later * STEP);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(reset_proofs_left(&dialog), 1);
}

static int
try_second(const char *code)
{
	return status_of(REQUEST_TRY, "recovery-codes", code);
}

static void
a_first_proof_gives_no_new_tries_at_the_second(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		prove_one(3 * i);
		assert_int_equal(failures(), i);
		assert_int_equal(try_second(WRONG_CODE), i < 4 ? REPLY_WRONG : REPLY_BLOCKED);
	}
	assert_true(blocked_until() > 0);
	reset_later(100 * STEP);
	assert_int_equal(round_of(app_code(0), ""), REPLY_WRONG);
}

static void
the_same_method_again_gives_none_either_and_costs_nothing(void **state)
{
	(void)state;
	prove_one(0);
	assert_int_equal(try_second(WRONG_CODE), REPLY_WRONG);
	dialog.now += 3 * STEP;
	assert_int_equal(status_of(REQUEST_TRY, "app", app_code(0)), REPLY_PROVEN);
	assert_int_equal(reset_proofs_left(&dialog), 1);
	assert_int_equal(failures(), 1);
}

static void
the_block_that_a_first_proof_would_have_begun_is_taken_back_with_it(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		reset();
		assert_int_equal(round_of("x", ""), REPLY_WRONG);
	}
	prove_one(3);
	assert_int_equal(failures(), 4);
	assert_int_equal(blocked_until(), 0);
}

static void
the_second_proof_clears(void **state)
{
	(void)state;
	prove_one(0);
	assert_int_equal(try_second(WRONG_CODE), REPLY_WRONG);
	assert_int_equal(try_second(recovery[3]), REPLY_PROVEN);
	assert_int_equal(reset_proofs_left(&dialog), 0);
	assert_int_equal(failures(), 0);
}

static void
of_the_privileged_too(void **state)
{
	struct context context = reset_context();
	char groups[] = "staff\nsudo";

	(void)state;
	use_policy(RESET_POLICY);
	context.has_groups = true;
	context.groups = groups;
	begin_reset_of("alice", &context, false, 0);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(try_second(WRONG_CODE), REPLY_WRONG);
	begin_reset_of("alice", &context, false, 3 * STEP);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(round_of(app_code(0), ""), REPLY_PROVEN);
	assert_int_equal(failures(), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_two, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_first_proof_gives_no_new_tries_at_the_second),
		T(the_same_method_again_gives_none_either_and_costs_nothing),
		T(the_block_that_a_first_proof_would_have_begun_is_taken_back_with_it),
		T(the_second_proof_clears),
		T(of_the_privileged_too),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
