/*
 * The store's file: who may open it, and what versions it takes.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "ssprd/core/schema.h"
#include "ssprd/core/store_sql.h"
#include "tests/unit/store_fixture.h"

/* Change the file as somebody else's program would. */
static void
change(const char *text)
{
	sqlite3 *other = NULL;

	assert_int_equal(sqlite3_open(db(), &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
}

static void
a_new_file_is_its_owners_alone(void **state)
{
	mode_t mask = umask(0);
	struct stat st;

	(void)state;
	assert_false(store_exists(db()));
	open_store();
	umask(mask);
	assert_true(store_exists(db()));
	assert_int_equal(stat(db(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(scratch_path(&scratch, "db-wal"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	close_store();
	assert_int_equal(chmod(db(), 0644), 0);
	open_store();
	close_store();
	assert_int_equal(stat(db(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
a_file_that_is_not_one_is_refused(void **state)
{
	(void)state;
	assert_int_equal(store_open(&store, "db"), -EINVAL);
	assert_int_equal(store_open(&store, scratch_path(&scratch, "absent/db")), -ENOENT);
	assert_int_equal(mkfifo(db(), 0600), 0);
	assert_int_equal(store_open(&store, db()), -EINVAL);
	unlink(db());
	assert_int_equal(symlink("elsewhere", db()), 0);
	assert_int_equal(store_open(&store, db()), -ELOOP);
	assert_true(store_exists(db()));
	assert_null(store);
	assert_int_equal(lines_logged, 4);
}

static void
a_second_program_is_refused_as_long_as_the_first_lives(void **state)
{
	int ends[2];
	char byte;
	pid_t first;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	first = fork();
	if (first == 0) {
		open_store();
		if (write(ends[1], "+", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(store_open(&store, db()), -EBUSY);
	assert_null(store);
	assert_int_equal(lines_logged, 1);
	kill(first, SIGKILL);
	assert_int_equal(waitpid(first, NULL, 0), first);
	open_store();
	close(ends[0]);
	close(ends[1]);
}

static void
what_was_stored_is_there_when_it_is_opened_again(void **state)
{
	(void)state;
	assert_int_equal(add_event(), 0);
	close_store();
	open_store();
	assert_int_equal(count_events(), 1);
	close_store();
	assert_int_equal(scratch_count(&scratch), 1);
}

static void
a_newer_file_is_refused_and_left_as_it_is(void **state)
{
	struct stat before, after;

	(void)state;
	close_store();
	change("PRAGMA user_version = 1000; CREATE TABLE later (x)");
	assert_int_equal(stat(db(), &before), 0);
	assert_int_equal(store_open(&store, db()), STORE_NEWER);
	assert_null(store);
	assert_int_equal(stat(db(), &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	assert_int_equal(lines_logged, 1);
}

static void
another_programs_database_is_refused(void **state)
{
	(void)state;
	change("CREATE TABLE theirs (x)");
	assert_int_equal(store_open(&store, db()), -EINVAL);
	change("PRAGMA user_version = 1");
	assert_int_equal(store_open(&store, db()), -EINVAL);
	assert_int_equal(lines_logged, 2);
}

static void
an_older_file_is_brought_up_a_step_at_a_time(void **state)
{
	const char *const steps[] = { schema_migrations[0],     schema_migrations[1],
				      schema_migrations[2],     schema_migrations[3],
				      "CREATE TABLE fifth (x)", "CREATE TABLE sixth (x)" };
	int64_t version = 0, tables = 0;

	(void)state;
	assert_int_equal(add_event(), 0);
	assert_int_equal(store_check_version(store, 6), STORE_DONE);
	assert_int_equal(store_migrate(store, steps, 6), 0);
	assert_int_equal(store_number(store, "PRAGMA user_version", &version), 0);
	assert_int_equal(version, 6);
	assert_int_equal(store_number(store,
				      "SELECT count(*) FROM sqlite_schema"
				      " WHERE name IN ('fifth', 'sixth')",
				      &tables),
			 0);
	assert_int_equal(tables, 2);
	assert_int_equal(count_events(), 1);
}

static void
a_migration_that_fails_changes_nothing(void **state)
{
	const char *const steps[] = { schema_migrations[0], schema_migrations[1],
				      schema_migrations[2], schema_migrations[3],
				      "CREATE TABLE half (x); INSERT INTO absent VALUES (1)" };
	int64_t version = 0, tables = -1;

	(void)state;
	assert_true(store_migrate(store, steps, 5) < 0);
	assert_int_equal(store_number(store, "PRAGMA user_version", &version), 0);
	assert_int_equal(version, schema_version);
	assert_int_equal(store_number(store,
				      "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
				      &tables),
			 0);
	assert_int_equal(tables, 0);
	assert_int_equal(add_event(), 0);
}

/* Wait until the file is larger than that, at most 20 s. */
static bool
grows_over(const char *path, long size)
{
	for (int i = 0; i < 20000; i++) {
		if (scratch_size(path) > size)
			return true;
		poll(NULL, 0, 1);
	}
	return false;
}

static void
a_migration_that_is_killed_changes_nothing(void **state)
{
	const char *const steps[] = {
		schema_migrations[0], schema_migrations[1], schema_migrations[2],
		schema_migrations[3],
		"CREATE TABLE half (x); INSERT INTO half WITH RECURSIVE n(i) AS"
		" (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT zeroblob(4000) FROM n"
	};
	int64_t version = 0, tables = -1;
	pid_t child;
	int status;

	(void)state;
	close_store();
	child = fork();
	if (child == 0) {
		open_store();
		store_migrate(store, steps, 5);
		_exit(0);
	}
	assert_true(grows_over(scratch_path(&scratch, "db-wal"), 1024 * 1024));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));

	open_store();
	assert_int_equal(store_number(store, "PRAGMA user_version", &version), 0);
	assert_int_equal(version, schema_version);
	assert_int_equal(store_number(store,
				      "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
				      &tables),
			 0);
	assert_int_equal(tables, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name)  cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TO(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(a_new_file_is_its_owners_alone),
		T(a_file_that_is_not_one_is_refused),
		T(a_second_program_is_refused_as_long_as_the_first_lives),
		TO(what_was_stored_is_there_when_it_is_opened_again),
		TO(a_newer_file_is_refused_and_left_as_it_is),
		T(another_programs_database_is_refused),
		TO(an_older_file_is_brought_up_a_step_at_a_time),
		TO(a_migration_that_fails_changes_nothing),
		TO(a_migration_that_is_killed_changes_nothing),
#undef T
#undef TO
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
