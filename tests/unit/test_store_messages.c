/*
 * Untold changes and messages that wait: none is lost, and none lingers once it was told or sent.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/store_fixture.h"

static void
add_notice(int64_t user, int64_t time)
{
	struct store_notice n = {
		.time = time, .kind = "method-removed", .method = "email", .from = "host\xff"
	};

	assert_int_equal(store_notice_add(store, user, &n), 0);
}

static int
notices_of(int64_t user, struct store_notice list[STORE_NOTICES_MAX])
{
	int count = -1;

	assert_int_equal(store_notices(store, user, list, &count), 0);
	return count;
}

static void
untold_changes_come_back_in_order_until_they_were_told(void **state)
{
	struct store_notice list[STORE_NOTICES_MAX];
	int64_t alice = new_user("alice"), bob = new_user("bob");

	(void)state;
	assert_int_equal(notices_of(alice, list), 0);
	add_notice(alice, 5);
	add_notice(alice, 4);
	add_notice(bob, 9);
	assert_int_equal(notices_of(alice, list), 2);
	assert_int_equal(list[0].time, 5);
	assert_int_equal(list[1].time, 4);
	assert_string_equal(list[0].kind, "method-removed");
	assert_string_equal(list[0].method, "email");
	assert_string_equal(list[0].from, "host\xff");
	add_notice(alice, 6); /* comes while the others are shown: it stays untold */
	assert_int_equal(store_notices_told(store, alice, list[1].id), STORE_DONE);
	assert_int_equal(notices_of(alice, list), 1);
	assert_int_equal(list[0].time, 6);
	assert_int_equal(store_notices_told(store, alice, list[0].id), STORE_DONE);
	assert_int_equal(store_notices_told(store, alice, list[0].id), STORE_NONE);
	assert_int_equal(notices_of(bob, list), 1);
}

static void
the_newest_untold_changes_are_kept(void **state)
{
	struct store_notice list[STORE_NOTICES_MAX];
	int64_t alice = new_user("alice");

	(void)state;
	for (int i = 0; i < STORE_NOTICES_MAX + 3; i++)
		add_notice(alice, i);
	assert_int_equal(notices_of(alice, list), STORE_NOTICES_MAX);
	assert_int_equal(list[0].time, 3);
	assert_int_equal(list[STORE_NOTICES_MAX - 1].time, STORE_NOTICES_MAX + 2);
}

static int64_t
add_message(int64_t user, int64_t next_try)
{
	struct store_message m = { .user = user,
				   .kind = "email",
				   .made_at = 1,
				   .next_try = next_try,
				   .sealed = (unsigned char *)strdup("sealed message"),
				   .sealed_len = strlen("sealed message") };

	assert_int_equal(store_outbox_add(store, &m), STORE_DONE);
	store_message_done(&m);
	return m.id;
}

static int64_t
first_message(void)
{
	struct store_message m = { 0 };

	assert_int_equal(store_outbox_first(store, &m), STORE_DONE);
	store_message_done(&m);
	return m.id;
}

static void
messages_wait_in_the_order_of_their_next_try(void **state)
{
	int64_t alice = new_user("alice"), late, soon, sooner;
	struct store_message m = { 0 };

	(void)state;
	assert_int_equal(store_outbox_first(store, &m), STORE_NONE);
	late = add_message(alice, 30);
	soon = add_message(alice, 20);
	sooner = add_message(alice, 10);
	assert_int_equal(first_message(), sooner);
	assert_int_equal(store_outbox_later(store, sooner, 40, true), STORE_DONE);
	assert_int_equal(first_message(), soon);
	assert_int_equal(store_outbox_remove(store, soon), STORE_DONE);
	assert_int_equal(store_outbox_remove(store, soon), STORE_NONE);
	assert_int_equal(store_outbox_later(store, soon, 1, true), STORE_NONE);
	assert_int_equal(first_message(), late);
	assert_int_equal(store_outbox_later(store, late, 50, false), STORE_DONE);
	reopen_store();
	assert_int_equal(store_outbox_first(store, &m), STORE_DONE);
	assert_int_equal(m.id, sooner);
	assert_int_equal(m.user, alice);
	assert_string_equal(m.kind, "email");
	assert_int_equal(m.made_at, 1);
	assert_int_equal(m.next_try, 40);
	assert_int_equal(m.tries, 1);
	assert_memory_equal(m.sealed, "sealed message", m.sealed_len);
	store_message_done(&m);
}

static void
so_many_messages_of_a_user_wait_and_no_more(void **state)
{
	int64_t alice = new_user("alice"), bob = new_user("bob");
	struct store_message more = { .user = alice, .kind = "sms", .made_at = 1, .next_try = 1 };

	(void)state;
	for (int i = 0; i < STORE_OUTBOX_MAX; i++)
		add_message(alice, i);
	assert_int_equal(store_outbox_add(store, &more), STORE_FULL);
	assert_int_equal(more.id, 0);
	add_message(bob, 1);
	assert_int_equal(store_outbox_remove(store, first_message()), STORE_DONE);
	assert_int_equal(store_outbox_add(store, &more), STORE_DONE);
}

static void
a_sent_message_lingers_nowhere(void **state)
{
	const char *text = "sealed message";
	int64_t id = add_message(new_user("alice"), 1);

	(void)state;
	assert_true(scratch_holds(scratch_path(&scratch, "db-wal"), text, strlen(text)));
	assert_int_equal(store_outbox_remove(store, id), STORE_DONE);
	assert_false(scratch_holds(scratch_path(&scratch, "db-wal"), text, strlen(text)));
	assert_false(scratch_holds(db(), text, strlen(text)));
}

static void
of_a_record_that_was_set_aside_only_what_was_written_goes_out(void **state)
{
	struct store_notice list[STORE_NOTICES_MAX], n = { .time = 1, .kind = "frozen" };
	int64_t alice = new_user("alice");
	struct store_message m = { .user = alice, .kind = "email" };

	(void)state;
	add_notice(alice, 1);
	add_message(alice, 1);
	assert_int_equal(store_user_set_aside(store, alice, 5), 0);
	assert_int_equal(notices_of(alice, list), 0);
	assert_int_equal(store_notice_add(store, alice, &n), -ESTALE);
	assert_int_equal(store_outbox_add(store, &m), -ESTALE);
	assert_int_equal(store_outbox_remove(store, first_message()), STORE_DONE);
	assert_int_equal(store_outbox_first(store, &m), STORE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(untold_changes_come_back_in_order_until_they_were_told),
		T(the_newest_untold_changes_are_kept),
		T(messages_wait_in_the_order_of_their_next_try),
		T(so_many_messages_of_a_user_wait_and_no_more),
		T(a_sent_message_lingers_nowhere),
		T(of_a_record_that_was_set_aside_only_what_was_written_goes_out),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
