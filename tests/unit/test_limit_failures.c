/*
 * Failures: counted before anything is compared, taken back by a success, a block after so many, exact to the second.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "ssprd/core/limit.h"
#include "ssprd/core/store_sql.h"
#include "ssprd/core/vault.h"
#include "tests/unit/store_fixture.h"

#define START 1000000
#define DAY   86400

static const struct limit_rule failures = { .count = 5, .window = DAY, .block = DAY };
static const limit_key user = { 'u' }, other = { 'o' };

/* One try that fails: what limit_fail answers, and the end of the block in *until. */
static int
fail_at(int64_t now, int64_t *until)
{
	*until = -1;
	return limit_fail(store, user, &failures, now, until);
}

static void
fail_times(int times, int64_t now)
{
	int64_t until;

	for (int i = 0; i < times; i++)
		assert_int_equal(fail_at(now, &until), LIMIT_PERMITTED);
}

static int64_t
blocked_at(int64_t now)
{
	int64_t until = -1;

	assert_int_equal(limit_blocked(store, user, failures.block, now, &until), 0);
	return until;
}

static void
the_fifth_failure_blocks_and_says_until_when(void **state)
{
	int64_t until;

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(fail_at(START + i, &until), LIMIT_PERMITTED);
		assert_int_equal(until, 0);
		assert_int_equal(blocked_at(START + i), 0);
	}
	assert_int_equal(fail_at(START + 4, &until), LIMIT_PERMITTED);
	assert_int_equal(until, START + 4 + DAY);
	assert_int_equal(blocked_at(START + 4), START + 4 + DAY);
	assert_int_equal(blocked_at(START + 4 + DAY - 1), START + 4 + DAY);
	assert_int_equal(blocked_at(START + 4 + DAY), 0);
}

static void
failures_while_blocked_neither_count_nor_extend(void **state)
{
	int64_t until;
	int count;

	(void)state;
	fail_times(5, START);
	for (int i = 0; i < 200; i++) {
		assert_int_equal(fail_at(START + i * 432, &until), LIMIT_REACHED);
		assert_int_equal(until, START + DAY);
	}
	assert_int_equal(store_event_count(store, user, 0, &count), 0);
	assert_int_equal(count, 5);
	fail_times(4, START + DAY); /* five more, as at first */
	assert_int_equal(blocked_at(START + DAY), 0);
	fail_times(1, START + DAY);
	assert_int_equal(blocked_at(START + DAY), START + 2 * DAY);
}

static void
of_fifty_tries_at_once_five_are_compared(void **state)
{
	int64_t until;
	int compared = 0;

	(void)state;
	for (int i = 0; i < 50; i++)
		compared += fail_at(START, &until) == LIMIT_PERMITTED;
	assert_int_equal(compared, 5);
}

static void
a_success_forgets_the_failures_and_its_own_block(void **state)
{
	(void)state;
	fail_times(5, START); /* the fifth one turns out right */
	assert_int_equal(limit_clear(store, user), 0);
	assert_int_equal(blocked_at(START), 0);
	fail_times(4, START + 1);
	assert_int_equal(blocked_at(START + 1), 0);
}

static void
a_success_that_was_not_committed_forgets_nothing(void **state)
{
	(void)state;
	fail_times(5, START);
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(limit_clear(store, user), 0);
	assert_int_equal(blocked_at(START), 0);
	store_rollback(store);
	assert_int_equal(blocked_at(START), START + DAY);
}

static void
one_users_failures_are_nobody_elses(void **state)
{
	int64_t until;

	(void)state;
	fail_times(5, START);
	assert_int_equal(limit_fail(store, other, &failures, START, &until), LIMIT_PERMITTED);
	assert_int_equal(limit_clear(store, other), 0);
	assert_int_equal(blocked_at(START), START + DAY);
}

static void
failures_leave_the_window_one_by_one(void **state)
{
	(void)state;
	fail_times(1, START);
	fail_times(3, START + 100);
	fail_times(1, START + DAY); /* the first one is a day old */
	assert_int_equal(blocked_at(START + DAY), 0);
	fail_times(1, START + DAY + 99); /* the three are not */
	assert_int_equal(blocked_at(START + DAY + 99), START + 2 * DAY + 99);
}

static void
a_try_whose_program_is_killed_is_counted(void **state)
{
	int64_t until;
	pid_t child;
	int status;

	(void)state;
	fail_times(4, START);
	close_store();
	child = fork();
	if (child == 0) {
		open_store();
		limit_fail(store, user, &failures, START, &until);
		kill(getpid(), SIGKILL); /* before it compared */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	open_store();
	assert_int_equal(fail_at(START + 1, &until), LIMIT_REACHED);
	assert_int_equal(until, START + DAY);
}

static void
a_store_that_fails_permits_no_comparison(void **state)
{
	int64_t until;

	(void)state;
	assert_int_equal(store_run(store, "DROP TABLE event"), 0);
	assert_true(fail_at(START, &until) < 0);
	assert_int_equal(until, -1);
	assert_false(store_in_transaction(store));
	assert_true(limit_clear(store, user) < 0);
}

static void
sends_and_failures_of_each_user_have_keys_of_their_own(void **state)
{
	struct vault *vault = NULL;
	limit_key keys[4], again;

	(void)state;
	assert_int_equal(vault_start(&vault, scratch_path(&scratch, "key"), 1), 0);
	limit_user_key(vault, LIMIT_SENDS, 1, keys[0]);
	limit_user_key(vault, LIMIT_FAILURES, 1, keys[1]);
	limit_user_key(vault, LIMIT_SENDS, 11, keys[2]);
	limit_user_key(vault, LIMIT_FAILURES, 11, keys[3]);
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_memory_not_equal(keys[i], keys[k], sizeof(limit_key));
	limit_user_key(vault, LIMIT_FAILURES, 1, again);
	assert_memory_equal(again, keys[1], sizeof(limit_key));
	vault_stop(vault);
}

static int
counted(void)
{
	int count = -1;

	assert_int_equal(store_event_count(store, user, 0, &count), 0);
	return count;
}

static void
one_failure_is_taken_back_with_the_block_that_it_began(void **state)
{
	int64_t until;

	(void)state;
	fail_times(4, START);
	assert_int_equal(fail_at(START + 1, &until), LIMIT_PERMITTED);
	assert_int_equal(limit_take_back(store, user, START + 1, until), 0);
	assert_int_equal(counted(), 4);
	assert_int_equal(blocked_at(START + 1), 0);
	assert_int_equal(fail_at(START + 2, &until), LIMIT_PERMITTED);
	assert_int_equal(until, START + 2 + DAY);
}

static void
a_failure_that_is_taken_back_leaves_a_block_that_another_began(void **state)
{
	int64_t until;

	(void)state;
	fail_times(1, START);
	fail_times(3, START + 1);
	assert_int_equal(fail_at(START + 2, &until), LIMIT_PERMITTED);
	assert_int_equal(limit_take_back(store, user, START, 0), 0);
	assert_int_equal(counted(), 4);
	assert_int_equal(blocked_at(START + 2), START + 2 + DAY);
}

static void
what_is_gone_already_takes_nothing_back(void **state)
{
	(void)state;
	fail_times(1, START);
	assert_int_equal(limit_clear(store, user), 0);
	fail_times(1, START + 1);
	assert_int_equal(limit_take_back(store, user, START, 0), 0);
	assert_int_equal(limit_take_back(store, other, START + 1, 0), 0);
	assert_int_equal(counted(), 1);
	assert_int_equal(store_event_take_back(store, user, START, 0), STORE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(the_fifth_failure_blocks_and_says_until_when),
		T(failures_while_blocked_neither_count_nor_extend),
		T(of_fifty_tries_at_once_five_are_compared),
		T(a_success_forgets_the_failures_and_its_own_block),
		T(a_success_that_was_not_committed_forgets_nothing),
		T(one_users_failures_are_nobody_elses),
		T(failures_leave_the_window_one_by_one),
		T(a_try_whose_program_is_killed_is_counted),
		T(a_store_that_fails_permits_no_comparison),
		T(sends_and_failures_of_each_user_have_keys_of_their_own),
		T(one_failure_is_taken_back_with_the_block_that_it_began),
		T(a_failure_that_is_taken_back_leaves_a_block_that_another_began),
		T(what_is_gone_already_takes_nothing_back),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
