/*
 * The loop: descriptors, timers in order, signals; handlers that remove each other.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "ssprd/loop.h"

/* link: ssprd/loop.c */

static struct loop *loop;
static char trace[64]; /* what happened, a letter each */

static void
note(char letter)
{
	size_t n = 0;

	while (trace[n])
		n++;
	assert_true(n + 1 < sizeof(trace));
	trace[n] = letter;
}

static int
set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(trace); i++)
		trace[i] = '\0';
	return loop_new(&loop);
}

static int
tear_down(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static void
fire_a(void *arg)
{
	(void)arg;
	note('a');
}

static void
fire_b(void *arg)
{
	(void)arg;
	note('b');
}

static void
fire_stop(void *arg)
{
	loop_stop(loop, *(int *)arg);
}

static void
timers_fire_in_the_order_of_their_time(void **state)
{
	struct loop_timer a = { 0 }, b = { 0 }, stop = { 0 };
	int status = 7;

	(void)state;
	loop_timer_set(loop, &stop, 3, fire_stop, &status);
	loop_timer_set(loop, &b, 2, fire_b, NULL);
	loop_timer_set(loop, &a, 1, fire_a, NULL);
	assert_int_equal(loop_run(loop), 7);
	assert_string_equal(trace, "ab");
}

static void
a_cleared_timer_does_not_fire_and_a_set_one_moves(void **state)
{
	struct loop_timer a = { 0 }, b = { 0 }, stop = { 0 };
	int status = 0;

	(void)state;
	loop_timer_clear(&a); /* an empty one */
	loop_timer_set(loop, &a, 0, fire_a, NULL);
	loop_timer_clear(&a);
	loop_timer_set(loop, &b, 60000, fire_b, NULL);
	loop_timer_set(loop, &b, 0, fire_b, NULL);
	loop_timer_set(loop, &stop, 2, fire_stop, &status);
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(trace, "b");
}

static struct loop_timer again;
static int rounds;

static void
fire_again(void *arg)
{
	(void)arg;
	if (++rounds < 3)
		loop_timer_set(loop, &again, 0, fire_again, NULL);
	else
		loop_stop(loop, 0);
}

static void
a_timer_may_set_itself_again(void **state)
{
	(void)state;
	rounds = 0;
	loop_timer_set(loop, &again, 0, fire_again, NULL);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(rounds, 3);
}

static void
read_one(unsigned int events, void *arg)
{
	char byte;

	assert_true(events & LOOP_READ);
	assert_int_equal(read(*(int *)arg, &byte, 1), 1);
	note(byte);
}

static void
a_readable_descriptor_is_told(void **state)
{
	struct loop_watch w = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(loop_watch(loop, &w, fds[0], LOOP_READ, read_one, &fds[0]), 0);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_string_equal(trace, "");
	assert_int_equal(write(fds[1], "xy", 2), 2);
	assert_int_equal(loop_turn(loop, 1000), 0);
	assert_int_equal(loop_turn(loop, 1000), 0);
	assert_string_equal(trace, "xy");
	loop_unwatch(&w);
	loop_unwatch(&w);
	assert_int_equal(write(fds[1], "z", 1), 1);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_string_equal(trace, "xy");
	close(fds[0]);
	close(fds[1]);
}

static void
note_gone(unsigned int events, void *arg)
{
	(void)arg;
	note(events & LOOP_GONE ? 'g' : '?');
}

static void
a_hang_up_is_told_but_not_to_who_waits_for_nothing(void **state)
{
	struct loop_watch w = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(loop_watch(loop, &w, fds[0], 0, note_gone, NULL), 0);
	close(fds[1]);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_string_equal(trace, "");
	assert_int_equal(loop_watch_events(&w, LOOP_READ), 0);
	assert_int_equal(loop_turn(loop, 1000), 0);
	assert_string_equal(trace, "g");
	assert_int_equal(loop_watch_events(&w, 0), 0);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_string_equal(trace, "g");
	loop_unwatch(&w);
	close(fds[0]);
}

static struct loop_watch pair[2];

static void
remove_the_other(unsigned int events, void *arg)
{
	(void)events;
	note('r');
	loop_unwatch(arg);
}

static void
a_handler_may_remove_a_watch_that_is_ready_too(void **state)
{
	int a[2], b[2];

	(void)state;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	assert_int_equal(loop_watch(loop, &pair[0], a[0], LOOP_READ, remove_the_other, &pair[1]),
			 0);
	assert_int_equal(loop_watch(loop, &pair[1], b[0], LOOP_READ, remove_the_other, &pair[0]),
			 0);
	assert_int_equal(loop_turn(loop, 0), 0);
	assert_true((pair[0].loop == NULL) != (pair[1].loop == NULL));
	assert_string_equal(trace, "r");
	loop_unwatch(&pair[0]);
	loop_unwatch(&pair[1]);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

static void
signal_came(int number, void *arg)
{
	(void)arg;
	note(number == SIGUSR1 ? '1' : '2');
}

static void
signals_are_told_in_the_loop(void **state)
{
	static const int signals[] = { SIGUSR1, SIGUSR2, 0 };

	(void)state;
	assert_int_equal(loop_signals(loop, signals, signal_came, NULL), 0);
	assert_int_equal(raise(SIGUSR2), 0);
	assert_string_equal(trace, "");
	assert_int_equal(loop_turn(loop, 1000), 0);
	assert_string_equal(trace, "2");
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(loop_turn(loop, 1000), 0);
	assert_string_equal(trace, "21");
}

static void
the_first_stop_counts_and_nothing_fires_after_it(void **state)
{
	struct loop_timer a = { 0 }, first = { 0 }, second = { 0 };
	int one = 1, two = 2;

	(void)state;
	loop_timer_set(loop, &first, 0, fire_stop, &one);
	loop_timer_set(loop, &second, 0, fire_stop, &two);
	loop_timer_set(loop, &a, 0, fire_a, NULL);
	assert_int_equal(loop_run(loop), 1);
	assert_string_equal(trace, "");
	loop_timer_clear(&second);
	loop_timer_clear(&a);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(timers_fire_in_the_order_of_their_time),
		TEST(a_cleared_timer_does_not_fire_and_a_set_one_moves),
		TEST(a_timer_may_set_itself_again),
		TEST(a_readable_descriptor_is_told),
		TEST(a_hang_up_is_told_but_not_to_who_waits_for_nothing),
		TEST(a_handler_may_remove_a_watch_that_is_ready_too),
		TEST(signals_are_told_in_the_loop),
		TEST(the_first_stop_counts_and_nothing_fires_after_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
