/*
 * Limits: so many events in a window, then a block, exact to the second and for all keys together.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/core/limit.h"
#include "ssprd/core/store_sql.h"
#include "tests/unit/store_fixture.h"

#define START 1000000

static const struct limit_rule sends = { .count = 3, .window = 600, .block = 3600 };
static const struct limit_rule short_block = { .count = 3, .window = 600, .block = 60 };
static const limit_key user = { 'u' }, address = { 'a' };

static bool
permitted(const struct limit_rule *rule, const limit_key *keys, size_t count, int64_t now)
{
	int64_t until = -1;
	int r = limit_take(store, keys, count, rule, now, &until);

	assert_true(r == LIMIT_PERMITTED || r == LIMIT_REACHED);
	if (r == LIMIT_PERMITTED)
		assert_int_equal(until, -1);
	return r == LIMIT_PERMITTED;
}

static bool
send_at(int64_t now)
{
	return permitted(&sends, &user, 1, now);
}

/* The end of the block that refuses this key at that time. */
static int64_t
refused_until(const limit_key *keys, size_t count, int64_t now)
{
	int64_t until = -1;

	assert_int_equal(limit_take(store, keys, count, &sends, now, &until), LIMIT_REACHED);
	return until;
}

static void
the_event_that_reaches_the_limit_blocks_from_its_time_on(void **state)
{
	(void)state;
	assert_true(send_at(START));
	assert_true(send_at(START));
	assert_true(send_at(START + 10));
	assert_int_equal(refused_until(&user, 1, START + 10), START + 10 + 3600);
	assert_int_equal(refused_until(&user, 1, START + 10 + 3599), START + 10 + 3600);
	assert_true(send_at(START + 10 + 3600));
}

static void
what_was_counted_under_a_clock_far_ahead_blocks_nobody_for_years(void **state)
{
	const int64_t ahead = START + 10LL * 365 * 24 * 3600;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(send_at(ahead));
	assert_false(send_at(ahead));
	for (int i = 0; i < 3; i++)
		assert_true(send_at(START));
	assert_int_equal(refused_until(&user, 1, START), START + 3600);
}

static void
a_clock_set_back_a_little_lifts_no_block(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(send_at(START));
	assert_int_equal(refused_until(&user, 1, START - 3600), START + 3600);
}

static void
refused_events_neither_count_nor_extend(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(send_at(START));
	for (int i = 0; i < 100; i++)
		assert_int_equal(refused_until(&user, 1, START + i * 30), START + 3600);
	for (int i = 0; i < 3; i++)
		assert_true(send_at(START + 3600));
	assert_false(send_at(START + 3600));
}

static void
events_leave_the_window_one_by_one(void **state)
{
	(void)state;
	assert_true(send_at(START));
	assert_true(send_at(START + 300));
	assert_true(send_at(START + 600)); /* the first is 600 s old: out of the window */
	assert_true(send_at(START + 899)); /* with 300 and 600: the third in the window */
	assert_false(send_at(START + 900));
}

static void
an_event_one_second_before_it_leaves_still_counts(void **state)
{
	(void)state;
	assert_true(send_at(START));
	assert_true(send_at(START + 300));
	assert_true(send_at(START + 599));
	assert_false(send_at(START + 600));
}

static void
after_a_block_shorter_than_the_window_each_event_blocks_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(permitted(&short_block, &user, 1, START));
	assert_false(permitted(&short_block, &user, 1, START + 59));
	assert_true(permitted(&short_block, &user, 1, START + 60));
	assert_false(permitted(&short_block, &user, 1, START + 61));
	assert_true(permitted(&short_block, &user, 1, START + 700));
	assert_true(permitted(&short_block, &user, 1, START + 700));
}

static void
one_blocked_key_refuses_all_and_counts_none(void **state)
{
	limit_key both[2];
	int count = -1;

	(void)state;
	memcpy(both[0], user, sizeof(user));
	memcpy(both[1], address, sizeof(address));
	for (int i = 0; i < 3; i++)
		assert_true(permitted(&sends, &address, 1, START));
	assert_int_equal(refused_until(both, 2, START + 1), START + 3600);
	assert_int_equal(store_event_count(store, user, 0, &count), 0);
	assert_int_equal(count, 0);
	assert_true(permitted(&sends, both, 2, START + 3600));
	assert_int_equal(store_event_count(store, user, 0, &count), 0);
	assert_int_equal(count, 1);
}

static void
the_latest_of_two_blocks_is_told(void **state)
{
	limit_key both[2];

	(void)state;
	memcpy(both[0], user, sizeof(user));
	memcpy(both[1], address, sizeof(address));
	for (int i = 0; i < 3; i++)
		assert_true(permitted(&sends, &user, 1, START + 50));
	for (int i = 0; i < 3; i++)
		assert_true(permitted(&sends, &address, 1, START));
	assert_int_equal(refused_until(both, 2, START + 60), START + 50 + 3600);
}

static void
counts_survive_a_restart(void **state)
{
	(void)state;
	assert_true(send_at(START));
	assert_true(send_at(START));
	close_store();
	open_store();
	assert_true(send_at(START + 1));
	close_store();
	open_store();
	assert_int_equal(refused_until(&user, 1, START + 2), START + 1 + 3600);
}

static void
inside_a_transaction_it_falls_with_it(void **state)
{
	(void)state;
	assert_int_equal(store_begin(store), 0);
	for (int i = 0; i < 3; i++)
		assert_true(send_at(START));
	assert_false(send_at(START));
	assert_true(store_in_transaction(store));
	store_rollback(store);
	assert_true(send_at(START));
	assert_false(store_in_transaction(store));
}

static void
a_store_that_fails_permits_nothing(void **state)
{
	int64_t until = -1;

	(void)state;
	assert_int_equal(store_run(store, "DROP TABLE block"), 0);
	assert_true(limit_take(store, &user, 1, &sends, START, &until) < 0);
	assert_false(store_in_transaction(store));
	assert_int_equal(until, -1);
}

/* Against a plain model: any times, and the answer is the same. */
static void
it_agrees_with_a_plain_model(void **state)
{
	static int64_t taken[2000];
	int64_t now = START, blocked = 0;
	int count = 0;

	(void)state;
	srand(7);
	assert_int_equal(store_run(store, "PRAGMA synchronous = OFF"), 0);
	for (int i = 0; i < 2000; i++) {
		const struct limit_rule *rule = rand() % 2 ? &sends : &short_block;
		bool expected;
		int inside = 0;

		now += rand() % (rand() % 4 ? 200 : 2000);
		expected = blocked <= now;
		assert_int_equal(permitted(rule, &user, 1, now), expected);
		if (!expected)
			continue;
		taken[count++] = now;
		for (int k = 0; k < count; k++)
			inside += taken[k] > now - 600;
		if (inside >= 3)
			blocked = now + rule->block;
	}
	assert_true(count > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(the_event_that_reaches_the_limit_blocks_from_its_time_on),
		T(what_was_counted_under_a_clock_far_ahead_blocks_nobody_for_years),
		T(a_clock_set_back_a_little_lifts_no_block),
		T(refused_events_neither_count_nor_extend),
		T(events_leave_the_window_one_by_one),
		T(an_event_one_second_before_it_leaves_still_counts),
		T(after_a_block_shorter_than_the_window_each_event_blocks_again),
		T(one_blocked_key_refuses_all_and_counts_none),
		T(the_latest_of_two_blocks_is_told),
		T(counts_survive_a_restart),
		T(inside_a_transaction_it_falls_with_it),
		T(a_store_that_fails_permits_nothing),
		T(it_agrees_with_a_plain_model),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
