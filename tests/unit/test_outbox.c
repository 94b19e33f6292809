/*
 * The outbox: a message is kept until it was sent or refused for good, also by a program that is killed meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "ssprd/delivery.h"
#include "tests/unit/program.h"
#include "tests/unit/telling_fixture.h"

/* link: ssprd/outbox.c ssprd/delivery.c ssprd/child.c ssprd/loop.c ssprd/way.c ssprd/words.c ssprd/user.c ssprd/catalogue.c ssprd/stamps.c ssprd/context.c ssprd/call.c */

static struct deliveries deliveries;
static struct outbox outbox;

static void
start_outbox(void)
{
	deliveries =
		(struct deliveries){ .loop = loop, .children = &children, .config_file = "/c" };
	outbox = (struct outbox){ .loop = loop, .deliveries = &deliveries, .judge = &judge };
	judge.outbox = &outbox;
}

static int
set_up(void **state)
{
	(void)state;
	if (program_set_up() < 0 || judge_set_up(MAIL SMS) < 0)
		return -1;
	start_outbox();
	tell_alice("", 5);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	outbox_stop(&outbox);
	deliveries_stop(&deliveries);
	judge_tear_down();
	program_tear_down();
	return 0;
}

static void
put(enum way way, const char *to, int64_t now)
{
	const struct outbox_letter letter = { .way = way,
					      .to = to,
					      .user = &alice,
					      .lang = "nl",
					      .text = "Subject\n\nBody\n",
					      .now = now };

	assert_int_equal(store_begin(judge.store), 0);
	assert_int_equal(outbox_put(&judge, &letter), 0);
	assert_int_equal(store_commit(judge.store), 0);
}

/* Turn until nothing is under way and nothing is to be looked at now. */
static void
settle(void)
{
	int64_t end = loop_now() + TURNS_MS;

	do
		assert_int_equal(loop_turn(loop, 20), 0);
	while ((outbox.running || (outbox.timer.loop && outbox.timer.at <= loop_now())) &&
	       loop_now() < end);
	assert_null(outbox.running);
}

static bool
waits(struct store_message *m)
{
	int r = store_outbox_first(judge.store, m);

	assert_true(r == STORE_DONE || r == STORE_NONE);
	store_message_done(m);
	return r == STORE_DONE;
}

static void
what_is_sent_is_gone_and_audited(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >$0.out; echo \"$1\" >$0.kind");
	put(WAY_EMAIL, "a@b.example", time(NULL));
	settle();
	assert_false(waits(&m));
	assert_true(scratch_holds(scratch_path(&scratch, "program.out"), "a@b.example", 11));
	assert_true(scratch_holds(scratch_path(&scratch, "program.out"), "Subject", 7));
	assert_true(scratch_holds(scratch_path(&scratch, "program.out"), "\"lang\":\"nl\"", 11));
	assert_true(scratch_holds(scratch_path(&scratch, "program.kind"), "email", 5));
	assert_int_equal(audited(AUDIT_NOTIFICATION_SENT, NULL), 1);
}

static void
an_sms_goes_by_its_own_way(void **state)
{
	(void)state;
	deliveries.program = script("cat >/dev/null; echo \"$1\" >$0.kind");
	put(WAY_SMS, "+31612345678", time(NULL));
	settle();
	assert_true(scratch_holds(scratch_path(&scratch, "program.kind"), "sms", 3));
}

static void
what_lies_in_the_store_can_not_be_read(void **state)
{
	(void)state;
	put(WAY_EMAIL, "secret-address@b.example", time(NULL));
	assert_false(scratch_holds(scratch_path(&scratch, "db"), "secret-address", 14));
	assert_false(scratch_holds(scratch_path(&scratch, "db-wal"), "secret-address", 14));
}

static void
a_transaction_that_is_rolled_back_sends_nothing(void **state)
{
	const struct outbox_letter letter = { .way = WAY_EMAIL,
					      .to = "a@b.example",
					      .user = &alice,
					      .text = "S\n",
					      .now = time(NULL) };
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >$0.out");
	assert_int_equal(store_begin(judge.store), 0);
	assert_int_equal(outbox_put(&judge, &letter), 0);
	store_rollback(judge.store);
	settle();
	assert_false(waits(&m));
	assert_int_equal(scratch_size(scratch_path(&scratch, "program.out")), -1);
}

static void
what_could_not_be_sent_waits_longer_each_time(void **state)
{
	struct store_message m = { 0 };
	int64_t now = time(NULL), pause = OUTBOX_PAUSE;

	(void)state;
	deliveries.program = script("cat >/dev/null; exit 75");
	put(WAY_EMAIL, "a@b.example", now);
	for (int tries = 1; tries <= 4; tries++, pause *= 2) {
		settle();
		assert_true(waits(&m));
		assert_int_equal(m.tries, tries);
		assert_in_range(m.next_try, now + pause, time(NULL) + pause);
		assert_int_equal(store_outbox_later(judge.store, m.id, now, false), STORE_DONE);
		outbox_look(&outbox);
	}
	assert_int_equal(audited(AUDIT_NOTIFICATION_FAILED, NULL), 0);
}

static void
a_gateway_that_is_not_set_up_is_tried_again_too(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >/dev/null; exit 78");
	put(WAY_EMAIL, "a@b.example", time(NULL));
	settle();
	assert_true(waits(&m));
}

static void
what_is_refused_for_good_is_gone_and_audited(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >/dev/null; exit 69");
	put(WAY_EMAIL, "a@b.example", time(NULL));
	settle();
	assert_false(waits(&m));
	assert_int_equal(audited(AUDIT_NOTIFICATION_FAILED, reason_word(REASON_BOUNCED)), 1);
}

static void
after_a_day_it_is_given_up_and_audited(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >/dev/null; exit 75");
	put(WAY_EMAIL, "a@b.example", time(NULL) - OUTBOX_DAY - 1);
	settle();
	assert_false(waits(&m));
	assert_int_equal(audited(AUDIT_NOTIFICATION_FAILED, reason_word(REASON_LATER)), 1);
}

static void
one_that_is_under_way_is_not_sent_a_second_time(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >/dev/null; echo x >>$0.out; sleep 0.2");
	put(WAY_EMAIL, "a@b.example", time(NULL));
	assert_int_equal(loop_turn(loop, 20), 0);
	assert_true(waits(&m));
	assert_int_equal(store_outbox_later(judge.store, m.id, 0, false), STORE_DONE);
	outbox_look(&outbox);
	settle();
	assert_int_equal(scratch_size(scratch_path(&scratch, "program.out")), 2);
	assert_false(waits(&m));
}

static void
one_that_was_under_way_when_the_program_died_is_found_again(void **state)
{
	struct store_message m = { 0 };
	int64_t now = time(NULL);

	(void)state;
	deliveries.program = script("exec sleep 100");
	put(WAY_EMAIL, "a@b.example", now);
	assert_int_equal(loop_turn(loop, 20), 0);
	assert_non_null(outbox.running);
	assert_true(waits(&m)); /* this is what a new program would find */
	assert_int_equal(m.tries, 0);
	assert_in_range(m.next_try, now + 20, now + 120);
}

static void
a_stop_costs_no_try_and_the_next_start_sends_at_once(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("exec sleep 100");
	put(WAY_EMAIL, "a@b.example", time(NULL));
	assert_int_equal(loop_turn(loop, 20), 0);
	outbox_stop(&outbox);
	deliveries_stop(&deliveries);
	assert_true(waits(&m));
	assert_int_equal(m.tries, 0);
	assert_in_range(m.next_try, 0, time(NULL));

	start_outbox();
	deliveries.program = script("cat >/dev/null");
	outbox_look(&outbox);
	settle();
	assert_false(waits(&m));
}

static void
a_time_that_a_wrong_clock_wrote_does_not_hold_it_back(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >/dev/null");
	put(WAY_EMAIL, "a@b.example", time(NULL) + 10 * OUTBOX_DAY);
	settle();
	assert_false(waits(&m));
}

static void
one_that_does_not_open_is_dropped_and_audited(void **state)
{
	struct store_message m = { .user = alice.stored.id, .kind = "email", .sealed_len = 64 };

	(void)state;
	m.sealed = calloc(1, 64);
	assert_int_equal(store_outbox_add(judge.store, &m), STORE_DONE);
	store_message_done(&m);
	outbox_look(&outbox);
	settle();
	assert_false(waits(&m));
	assert_int_equal(audited(AUDIT_NOTIFICATION_FAILED, NULL), 1);
}

static void
many_leave_room_for_the_codes(void **state)
{
	struct store_message m = { 0 };

	(void)state;
	deliveries.program = script("cat >/dev/null; sleep 0.05");
	for (int i = 0; i < 3 * OUTBOX_RUNNING_MAX; i++)
		put(WAY_EMAIL, "a@b.example", time(NULL));
	assert_int_equal(loop_turn(loop, 20), 0);
	assert_int_equal(deliveries.running_count, OUTBOX_RUNNING_MAX);
	settle();
	assert_false(waits(&m));
}

static void
a_flood_is_dropped_without_keeping_the_change_from_being_made(void **state)
{
	struct waiting w;
	int count = 0;

	(void)state;
	judge.outbox = NULL;
	for (int i = 0; i < STORE_OUTBOX_MAX + 5; i++)
		put(WAY_EMAIL, "a@b.example", time(NULL));
	while (take_message(&w))
		count++;
	assert_int_equal(count, STORE_OUTBOX_MAX);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_sent_is_gone_and_audited),
		TEST(an_sms_goes_by_its_own_way),
		TEST(what_lies_in_the_store_can_not_be_read),
		TEST(a_transaction_that_is_rolled_back_sends_nothing),
		TEST(what_could_not_be_sent_waits_longer_each_time),
		TEST(a_gateway_that_is_not_set_up_is_tried_again_too),
		TEST(what_is_refused_for_good_is_gone_and_audited),
		TEST(after_a_day_it_is_given_up_and_audited),
		TEST(one_that_is_under_way_is_not_sent_a_second_time),
		TEST(one_that_was_under_way_when_the_program_died_is_found_again),
		TEST(a_stop_costs_no_try_and_the_next_start_sends_at_once),
		TEST(a_time_that_a_wrong_clock_wrote_does_not_hold_it_back),
		TEST(one_that_does_not_open_is_dropped_and_audited),
		TEST(many_leave_room_for_the_codes),
		TEST(a_flood_is_dropped_without_keeping_the_change_from_being_made),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
