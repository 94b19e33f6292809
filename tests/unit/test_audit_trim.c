/*
 * Retention: audit rows that are too old go, the chain behind them stays whole, and what somebody else did to them, or to the checkpoint
 * in their place, is found for ever.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#define DAY   (24 * 3600)
#define NOW   ((int64_t)1000 * DAY)
#define OLD   (NOW - 400 * DAY)
#define LIMIT (NOW - 365 * DAY)
#define MANY  1000

static void
write_at(int64_t time, int count)
{
	struct audit_entry entry = {
		.event = AUDIT_CODE_SENT, .user = "alice", .uid = 1000, .now = time
	};

	for (int i = 0; i < count; i++)
		assert_int_equal(audit_write(store, vault, &entry), 0);
}

static int
trim(void)
{
	return audit_trim(store, vault, LIMIT, NOW, MANY);
}

static int64_t
rows_left(void)
{
	int64_t count = -1;

	assert_int_equal(store_number(store, "SELECT count(*) FROM audit", &count), 0);
	return count;
}

/* The first row that does not fit; 0: whole. */
static int64_t
broken_at(void)
{
	int64_t broken = 0;

	verify(&broken);
	return broken;
}

static void
change(const char *text)
{
	assert_int_equal(store_run(store, text), 0);
}

static void
rows_that_are_too_old_go_and_the_chain_stays_whole(void **state)
{
	(void)state;
	write_at(OLD, 3);
	write_at(LIMIT - 1, 1);
	write_at(LIMIT, 2);
	write_at(NOW, 2);
	assert_int_equal(trim(), 4);
	assert_int_equal(rows_left(), 4);
	assert_int_equal(broken_at(), 0);
	write_at(NOW, 1);
	assert_int_equal(broken_at(), 0);
	assert_int_equal(trim(), 0);
}

static void
that_rows_were_removed_is_logged_once(void **state)
{
	(void)state;
	write_at(OLD, 2);
	lines_logged = 0;
	assert_int_equal(trim(), 2);
	assert_int_equal(lines_logged, 1);
	assert_string_equal(last_line, "audit: 2 rows up to row 2 were too old and are removed");
	assert_int_equal(trim(), 0);
	assert_int_equal(lines_logged, 1);
}

static void
the_chain_goes_on_where_no_row_is_left(void **state)
{
	int64_t id = 0;
	unsigned char chain[STORE_HASH_SIZE];

	(void)state;
	write_at(OLD, 3);
	assert_int_equal(trim(), 3);
	assert_int_equal(rows_left(), 0);
	assert_int_equal(broken_at(), 0);
	write_at(NOW, 2);
	assert_int_equal(store_audit_head(store, &id, chain), STORE_DONE);
	assert_int_equal(id, 5);
	assert_int_equal(broken_at(), 0);
	assert_int_equal(broken_at(), 0);
}

static void
many_go_a_few_at_a_time(void **state)
{
	(void)state;
	write_at(OLD, 25);
	write_at(NOW, 1);
	assert_int_equal(audit_trim(store, vault, LIMIT, NOW, 10), 10);
	assert_int_equal(broken_at(), 0);
	assert_int_equal(audit_trim(store, vault, LIMIT, NOW, 10), 10);
	assert_int_equal(audit_trim(store, vault, LIMIT, NOW, 10), 5);
	assert_int_equal(audit_trim(store, vault, LIMIT, NOW, 10), 0);
	assert_int_equal(rows_left(), 1);
	assert_int_equal(broken_at(), 0);
}

/* A clock that began in 1970 for a while: its rows look old, and what stands in front of them is not. */
static void
a_row_that_looks_old_behind_one_that_is_not_stays(void **state)
{
	(void)state;
	write_at(OLD, 1);
	write_at(NOW - DAY, 1);
	write_at(5, 2);
	write_at(NOW, 1);
	assert_int_equal(trim(), 1);
	assert_int_equal(rows_left(), 4);
	assert_int_equal(broken_at(), 0);
}

/* A clock that was years ahead for a while. */
static void
a_row_from_the_future_keeps_no_old_one_and_goes_with_them(void **state)
{
	(void)state;
	write_at(OLD, 1);
	write_at(NOW + 9000 * (int64_t)DAY, 1);
	write_at(OLD, 1);
	write_at(NOW + 9000 * (int64_t)DAY, 1);
	write_at(NOW, 1);
	assert_int_equal(trim(), 3);
	assert_int_equal(rows_left(), 2);
	assert_int_equal(broken_at(), 0);
}

static void
rows_that_somebody_else_removed_behind_the_checkpoint_are_missed(void **state)
{
	(void)state;
	write_at(OLD, 2);
	write_at(NOW, 3);
	assert_int_equal(trim(), 2);
	change("DELETE FROM audit WHERE id = 3");
	assert_int_equal(broken_at(), 3);
}

static void
a_checkpoint_that_was_moved_is_found(void **state)
{
	static const char *const changes[] = {
		("UPDATE checkpoint SET row = 3, chain = (SELECT chain FROM audit WHERE id = 3);"
		 "DELETE FROM audit WHERE id = 3"),
		"UPDATE checkpoint SET chain = zeroblob(32)",
		"UPDATE checkpoint SET seal = zeroblob(32)",
		"DELETE FROM checkpoint",
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		write_at(OLD, 2);
		write_at(NOW, 3);
		assert_int_equal(trim(), 2);
		change(changes[i]);
		assert_int_not_equal(broken_at(), 0);
		assert_int_equal(tear_down_audit(state), 0);
		assert_int_equal(set_up_audit(state), 0);
	}
}

/* Else it were enough to wait: what was changed would be washed clean by its own removal. */
static void
a_row_that_was_changed_stays_known_when_it_is_removed(void **state)
{
	(void)state;
	write_at(OLD, 5);
	write_at(NOW, 2);
	change("UPDATE audit SET user = x'626f62' WHERE id = 3");
	assert_int_equal(broken_at(), 3);
	assert_int_equal(trim(), 5);
	assert_string_equal(last_line, "audit: 5 rows up to row 5 were too old and are removed;"
				       " the chain was broken there");
	assert_int_equal(broken_at(), 3);
	change("UPDATE checkpoint SET broken = 0");
	assert_int_not_equal(broken_at(), 0);
}

static void
a_row_that_was_missing_stays_known_when_its_neighbours_go(void **state)
{
	(void)state;
	write_at(OLD, 5);
	change("DELETE FROM audit WHERE id = 2");
	assert_int_equal(trim(), 4);
	write_at(NOW, 1);
	assert_int_equal(broken_at(), 2);
}

static void
a_moved_checkpoint_stays_known_when_more_rows_go(void **state)
{
	(void)state;
	write_at(OLD, 5);
	assert_int_equal(audit_trim(store, vault, LIMIT, NOW, 2), 2);
	change("UPDATE checkpoint SET row = 3, chain = (SELECT chain FROM audit WHERE id = 3);"
	       "DELETE FROM audit WHERE id = 3");
	assert_int_equal(trim(), 2);
	write_at(NOW, 1);
	assert_int_equal(broken_at(), 3);
}

static void
a_removal_that_was_undone_changed_nothing(void **state)
{
	(void)state;
	write_at(OLD, 3);
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(trim(), 3);
	store_rollback(store);
	assert_int_equal(rows_left(), 3);
	assert_int_equal(broken_at(), 0);
}

static void
a_long_chain_is_walked_in_pieces(void **state)
{
	struct audit_walk found = { 0 };
	int pieces = 0, rows = 0;

	(void)state;
	write_at(OLD, 5);
	write_at(NOW, 25);
	assert_int_equal(trim(), 5);
	do {
		assert_int_equal(audit_verify(store, vault, found.last, 10, &found), 0);
		assert_int_equal(found.broken, 0);
		rows += found.rows;
		pieces++;
	} while (found.more);
	assert_int_equal(rows, 25);
	assert_int_equal(pieces, 3);
	assert_int_equal(found.last, 30);
	change("UPDATE audit SET uid = 0 WHERE id = 28");
	assert_int_equal(audit_verify(store, vault, 20, 10, &found), 0);
	assert_int_equal(found.broken, 28);
	assert_int_equal(audit_verify(store, vault, 99, 10, &found), 0);
	assert_int_equal(found.broken, 99);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_audit, tear_down_audit)
		T(rows_that_are_too_old_go_and_the_chain_stays_whole),
		T(that_rows_were_removed_is_logged_once),
		T(the_chain_goes_on_where_no_row_is_left),
		T(many_go_a_few_at_a_time),
		T(a_row_that_looks_old_behind_one_that_is_not_stays),
		T(a_row_from_the_future_keeps_no_old_one_and_goes_with_them),
		T(rows_that_somebody_else_removed_behind_the_checkpoint_are_missed),
		T(a_checkpoint_that_was_moved_is_found),
		T(a_row_that_was_changed_stays_known_when_it_is_removed),
		T(a_row_that_was_missing_stays_known_when_its_neighbours_go),
		T(a_moved_checkpoint_stays_known_when_more_rows_go),
		T(a_removal_that_was_undone_changed_nothing),
		T(a_long_chain_is_walked_in_pieces),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
