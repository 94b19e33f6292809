/*
 * What is left, and what is told, when the program, the disk or the file fails; and what is not left when it was removed.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "ssprd/core/store_sql.h"
#include "tests/unit/store_fixture.h"

#define KILL_ROUNDS 20

/* Commit and acknowledge until killed: single changes and transactions in turn, one event each. */
static void
commit_for_ever(int acknowledge)
{
	open_store();

	for (int i = 0;; i++) {
		int r = i % 2 ? store_begin(store) : 0;

		if (r == 0)
			r = add_event();
		if (r == 0 && i % 2)
			r = store_commit(store);
		if (r < 0 || write(acknowledge, "+", 1) != 1)
			_exit(1);
	}
}

static int
acknowledged_until_killed(int round)
{
	int ends[2], count = 0;
	char byte;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		commit_for_ever(ends[1]);
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) == 1)
		if (++count == 1 + 7 * round)
			kill(child, SIGKILL);
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return count;
}

static void
nothing_acknowledged_is_lost_when_the_program_is_killed(void **state)
{
	int acknowledged = 0;

	(void)state;
	for (int round = 0; round < KILL_ROUNDS; round++) {
		acknowledged += acknowledged_until_killed(round);
		open_store();
		assert_true(count_events() >= acknowledged);
		acknowledged = count_events();
		close_store();
	}
	assert_true(acknowledged > KILL_ROUNDS);
}

static void
limit_file_size(rlim_t bytes)
{
	struct rlimit limit = { .rlim_cur = bytes, .rlim_max = RLIM_INFINITY };

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_full_disk_is_found_before_and_loses_nothing(void **state)
{
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	long wal = scratch_size(scratch_path(&scratch, "db-wal"));
	int writable, added = 0, r;

	(void)state;
	assert_int_equal(store_writable(store), 0);
	assert_int_equal(lines_logged, 0);
	limit_file_size((rlim_t)wal + 32768);
	writable = store_writable(store);
	while ((r = add_event()) == 0 && added < 1000)
		added++;
	limit_file_size(RLIM_INFINITY);
	signal(SIGXFSZ, before);

	assert_int_equal(writable, -ENOSPC);
	assert_int_equal(r, -ENOSPC);
	assert_true(added > 0);
	assert_int_equal(lines_logged, 2);
	assert_int_equal(count_events(), added);
	assert_int_equal(store_writable(store), 0);
	assert_int_equal(add_event(), 0);
	close_store();
	open_store();
	assert_int_equal(count_events(), added + 1);
}

static void
a_database_without_room_is_found_and_the_transaction_is_undone(void **state)
{
	int r;

	(void)state;
	assert_int_equal(store_run(store, "PRAGMA max_page_count = 1"), 0);
	assert_int_equal(store_writable(store), -ENOSPC);
	assert_int_equal(store_begin(store), 0);
	while ((r = add_event()) == 0)
		;
	assert_int_equal(r, -ENOSPC);
	store_rollback(store);
	assert_int_equal(count_events(), 0);
}

static void
a_damaged_file_is_told_and_never_repaired_in_silence(void **state)
{
	struct store_user user = { .name = "alice", .uid = 1 };
	char garbage[8192];
	long size;

	(void)state;
	assert_int_equal(store_user_put(store, &user), STORE_DONE);
	close_store();
	size = scratch_size(db());
	memset(garbage, 0x5a, sizeof(garbage));
	for (long at = 4096; at < size; at += 4096)
		assert_int_equal(scratch_write(db(), at, garbage, 4096), 0);
	open_store();
	assert_int_equal(store_user_get(store, "alice", &user), -EUCLEAN);
	assert_int_equal(store_user_put(store, &user), -EUCLEAN);
	close_store();
	assert_int_equal(scratch_write(db(), 0, garbage, sizeof(garbage)), 0);
	assert_int_equal(store_open(&store, db()), -EUCLEAN);
	assert_null(store);
	assert_int_equal(lines_logged, 3);
}

static bool
lingers(const char *text)
{
	return scratch_holds(db(), text, strlen(text)) ||
	       scratch_holds(scratch_path(&scratch, "db-wal"), text, strlen(text));
}

static void
what_was_removed_lingers_nowhere(void **state)
{
	struct store_user user = { .name = "alice", .uid = 1 };
	struct store_method m = { .method = METHOD_EMAIL, .registered_at = 1 };
	struct store_code code = { .expires = 1 };

	(void)state;
	assert_int_equal(store_user_put(store, &user), STORE_DONE);
	m.sealed = code.sealed = (unsigned char *)strdup("first sealed record");
	m.sealed_len = code.sealed_len = strlen("first sealed record");
	assert_int_equal(store_method_put(store, user.id, &m), STORE_DONE);
	assert_true(lingers("first sealed record"));
	memcpy(m.sealed, "other", 5);
	assert_int_equal(store_method_put(store, user.id, &m), STORE_DONE);
	assert_false(lingers("first sealed record"));
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(store_method_remove(store, user.id, METHOD_EMAIL), STORE_DONE);
	assert_int_equal(store_commit(store), 0);
	assert_false(lingers("other sealed record"));
	assert_int_equal(store_code_put(store, user.id, METHOD_EMAIL, &code), STORE_DONE);
	assert_true(lingers("other sealed record"));
	assert_int_equal(store_forget(store, 2), 0);
	assert_false(lingers("other sealed record"));
	store_method_done(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name)  cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TO(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(nothing_acknowledged_is_lost_when_the_program_is_killed),
		TO(a_full_disk_is_found_before_and_loses_nothing),
		TO(a_database_without_room_is_found_and_the_transaction_is_undone),
		TO(a_damaged_file_is_told_and_never_repaired_in_silence),
		TO(what_was_removed_lingers_nowhere),
#undef T
#undef TO
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
