/*
 * Hash slots: so many at a time, in the order of asking, and none is lost whatever ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/slots.h"

/* link: ssprd/slots.c */

static struct slot_wait *granted[8];
static size_t grants;

static void
grant(void *arg)
{
	granted[grants++] = arg;
}

static struct slot_wait
wait_of(void)
{
	return (struct slot_wait){ .granted = grant };
}

static int
set_up(void **state)
{
	(void)state;
	grants = 0;
	return 0;
}

static void
as_many_as_there_are_slots_hash_at_a_time(void **state)
{
	struct slots s = { .count = 2 };
	struct slot_wait a = wait_of(), b = wait_of(), c = wait_of();

	(void)state;
	assert_true(slot_take(&s, &a));
	assert_true(slot_take(&s, &b));
	assert_false(slot_take(&s, &c));
	assert_int_equal(s.taken, 2);
	assert_int_equal(grants, 0);
}

static void
a_slot_that_comes_free_goes_to_who_waits_longest(void **state)
{
	struct slots s = { .count = 1 };
	struct slot_wait a = wait_of(), b = wait_of(), c = wait_of();

	(void)state;
	b.arg = &b;
	c.arg = &c;
	slot_take(&s, &a);
	slot_take(&s, &b);
	slot_take(&s, &c);
	slot_release(&a);
	assert_int_equal(grants, 1);
	assert_ptr_equal(granted[0], &b);
	slot_release(&b);
	assert_ptr_equal(granted[1], &c);
	slot_release(&c);
	assert_int_equal(s.taken, 0);
	assert_int_equal(grants, 2);
}

static void
who_stops_waiting_is_passed_over(void **state)
{
	struct slots s = { .count = 1 };
	struct slot_wait a = wait_of(), b = wait_of(), c = wait_of();

	(void)state;
	c.arg = &c;
	slot_take(&s, &a);
	slot_take(&s, &b);
	slot_take(&s, &c);
	slot_release(&b);
	slot_release(&a);
	assert_int_equal(grants, 1);
	assert_ptr_equal(granted[0], &c);
	slot_release(&c);
	assert_int_equal(s.taken, 0);
}

static void
releasing_twice_or_nothing_changes_nothing(void **state)
{
	struct slots s = { .count = 1 };
	struct slot_wait a = wait_of(), empty = { 0 };

	(void)state;
	slot_release(&empty);
	slot_take(&s, &a);
	slot_release(&a);
	slot_release(&a);
	assert_int_equal(s.taken, 0);
	assert_true(slot_take(&s, &a));
}

static void
give_back_at_once(void *arg)
{
	grants++;
	slot_release(arg);
}

static void
a_dead_waiter_that_gives_back_at_once_passes_it_on(void **state)
{
	struct slots s = { .count = 1 };
	struct slot_wait a = wait_of(), dead = { .granted = give_back_at_once }, c = wait_of();

	(void)state;
	dead.arg = &dead;
	c.arg = &c;
	slot_take(&s, &a);
	slot_take(&s, &dead);
	slot_take(&s, &c);
	slot_release(&a);
	assert_ptr_equal(granted[1], &c);
	assert_int_equal(s.taken, 1);
	slot_release(&c);
	assert_int_equal(s.taken, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(as_many_as_there_are_slots_hash_at_a_time),
		TEST(a_slot_that_comes_free_goes_to_who_waits_longest),
		TEST(who_stops_waiting_is_passed_over),
		TEST(releasing_twice_or_nothing_changes_nothing),
		TEST(a_dead_waiter_that_gives_back_at_once_passes_it_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
