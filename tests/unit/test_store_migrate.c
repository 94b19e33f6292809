/*
 * From versions 1 and 2 to this one: a file as they made it, with a row of everything, keeps it all; and a step that was
 * interrupted, wherever that was, changed nothing.
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
#include "tests/unit/schema_one.h"
#include "tests/unit/schema_two.h"
#include "tests/unit/store_fixture.h"

#define HASH "x'" H8 H8 H8 H8 H8 H8 H8 H8 "'"
#define H8   "0a0b0c0d"

static const char rows_of_one[] =
	"INSERT INTO user VALUES"
	" (1, x'616c696365', 1000, 1, 77, x'737461666600', 88, 2, 99, 66, 0),"
	" (2, x'626f62ff', 1001, 0, 0, x'', 5, 0, 0, 0, 0),"
	" (4, x'6361726f6c', 1002, 1, 0, x'', 5, 0, 0, 0, 1234);"
	"INSERT INTO method VALUES (1, 'app', 100, 200, 31, x'01'), (1, 'email', 150, 160, 0, "
	"x'0203'),"
	" (4, 'questions', 10, 20, 0, zeroblob(8192));"
	"INSERT INTO code VALUES (2, 'email', " HASH ", 5000, 2, x'04');"
	"INSERT INTO event VALUES (" HASH ", 7), (" HASH ", 7), (" HASH ", 8);"
	"INSERT INTO block VALUES (" HASH ", 9000);"
	"INSERT INTO audit VALUES (1, 3, 'method-added', x'616c696365', 1000, x'', x'', x'', x'',"
	" x'', x'', 0, " HASH ");"
	"PRAGMA user_version = 1;";

/* Everything that version 1 knew, and what tables and columns there are. */
static const char *const known_to_one[] = {
	"SELECT id, name, uid, local_password, last_login, groups, told_at, postpones_used,"
	" postponed_until, reminded_at, set_aside_at FROM user ORDER BY id",
	"SELECT user, method, registered_at, proven_at, last_step, sealed FROM method"
	" ORDER BY user, method",
	"SELECT user, method, hash, expires, tries_used, sealed FROM code",
	"SELECT key, time FROM event ORDER BY time",
	"SELECT key, until FROM block",
	"SELECT * FROM audit",
	"SELECT * FROM sqlite_sequence WHERE name = 'user'",
};

static const char *const shape[] = {
	"PRAGMA user_version",
	"PRAGMA application_id",
	"SELECT type, name, sql FROM sqlite_schema ORDER BY name",
};

struct dump {
	char *text;
	size_t len;
	FILE *file;
};

static void
dump_start(struct dump *d)
{
	d->file = open_memstream(&d->text, &d->len);
	assert_non_null(d->file);
}

static void
dump_rows(struct dump *d, sqlite3 *file, const char *query)
{
	sqlite3_stmt *rows = NULL;

	assert_int_equal(sqlite3_prepare_v2(file, query, -1, &rows, NULL), SQLITE_OK);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(rows); i++) {
			const unsigned char *bytes = sqlite3_column_blob(rows, i);

			fprintf(d->file, "%d:", sqlite3_column_type(rows, i));
			for (int k = 0; k < sqlite3_column_bytes(rows, i); k++)
				fprintf(d->file, "%02x", bytes[k]);
			fputc('|', d->file);
		}
		fputc('\n', d->file);
	}
	assert_int_equal(sqlite3_finalize(rows), SQLITE_OK);
}

/* What the file holds of version 1's rows; with_shape: and its schema. To be freed. */
static char *
contents(bool with_shape)
{
	struct dump d = { 0 };
	sqlite3 *file = NULL;

	dump_start(&d);
	assert_int_equal(sqlite3_open(db(), &file), SQLITE_OK);
	for (size_t i = 0; i < sizeof(known_to_one) / sizeof(known_to_one[0]); i++)
		dump_rows(&d, file, known_to_one[i]);
	for (size_t i = 0; with_shape && i < sizeof(shape) / sizeof(shape[0]); i++)
		dump_rows(&d, file, shape[i]);
	sqlite3_close(file);
	fclose(d.file);
	return d.text;
}

static void
run_in_file(const char *text)
{
	sqlite3 *file = NULL;

	assert_int_equal(sqlite3_open(db(), &file), SQLITE_OK);
	assert_int_equal(sqlite3_exec(file, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(file), SQLITE_OK);
}

static int
set_up_version_one(void **state)
{
	if (set_up(state) < 0)
		return -1;
	run_in_file("PRAGMA journal_mode = WAL;" VERSION_ONE);
	run_in_file(rows_of_one);
	return 0;
}

/* What came with version 2. */
static const char rows_of_two[] =
	"UPDATE user SET required_at = 11, dormant_seen = 12, frozen_at = 13 WHERE id = 1;"
	"UPDATE method SET filled_at = 14, filled_by = x'726f6f74' WHERE method = 'email';"
	"INSERT INTO recovery VALUES (1, " HASH ", 15);"
	"INSERT INTO help_code VALUES (1, " HASH ", 16, 1, x'726f6f74');"
	"INSERT INTO freeze_code VALUES (3, 1, " HASH ", 17, 18);"
	"INSERT INTO notice VALUES (4, 1, 19, 'blocked', '', x'');"
	"INSERT INTO outbox VALUES (5, 1, 'email', 20, 21, 1, x'05');"
	"PRAGMA user_version = 2;";

static int
set_up_version_two(void **state)
{
	if (set_up_version_one(state) < 0)
		return -1;
	run_in_file(VERSION_TWO);
	run_in_file(rows_of_two);
	return 0;
}

static void
the_text_of_version_two_is_still_the_second_step(void **state)
{
	(void)state;
	assert_string_equal(schema_migrations[1], VERSION_TWO);
}

static void
every_row_of_version_two_is_kept(void **state)
{
	static const char *const tables[] = {
		"SELECT * FROM user ORDER BY id", "SELECT * FROM method ORDER BY user, method",
		"SELECT * FROM recovery",         "SELECT * FROM help_code",
		"SELECT * FROM freeze_code",      "SELECT * FROM notice",
		"SELECT * FROM outbox",
	};
	struct dump before = { 0 }, after = { 0 };
	sqlite3 *file = NULL;

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		struct dump *d = pass ? &after : &before;

		dump_start(d);
		assert_int_equal(sqlite3_open(db(), &file), SQLITE_OK);
		for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
			dump_rows(d, file, tables[i]);
		sqlite3_close(file);
		fclose(d->file);
		if (pass == 0) {
			open_store();
			close_store();
		}
	}
	assert_string_equal(after.text, before.text);
	free(before.text);
	free(after.text);
}

static void
the_third_step_makes_every_decoy(void **state)
{
	int64_t rows = 0, first = 0, last = 0;
	struct store_code code;

	(void)state;
	open_store();
	assert_int_equal(store_number(store, "SELECT count(*) FROM decoy", &rows), 0);
	assert_int_equal(store_number(store, "SELECT min(id) FROM decoy", &first), 0);
	assert_int_equal(store_number(store, "SELECT max(id) FROM decoy", &last), 0);
	assert_int_equal(rows, STORE_DECOYS);
	assert_int_equal(first, 1);
	assert_int_equal(last, STORE_DECOYS);
	assert_int_equal(store_decoy_get(store, STORE_DECOYS, &code), 0);
	assert_int_equal(code.expires, 0);
	assert_int_equal(store_decoy_touch(store, STORE_DECOYS + 1), -EUCLEAN);
}

static void
the_text_of_version_one_is_still_the_first_step(void **state)
{
	(void)state;
	assert_string_equal(schema_migrations[0], VERSION_ONE);
	assert_int_equal(schema_version, 4);
}

static void
every_row_of_version_one_is_kept(void **state)
{
	char *before = contents(false), *after;

	(void)state;
	open_store();
	close_store();
	after = contents(false);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

static void
the_store_reads_what_version_one_wrote(void **state)
{
	unsigned char key[STORE_HASH_SIZE];
	struct store_user user;
	struct store_method m;
	int64_t until;
	int count;

	(void)state;
	open_store();
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)(0x0a + i % 4);
	assert_int_equal(store_user_get(store, "alice", &user), STORE_DONE);
	assert_int_equal(user.id, 1);
	assert_int_equal(user.last_login, 77);
	assert_int_equal(user.postpones_used, 2);
	store_user_done(&user);
	assert_int_equal(store_user_get(store, "carol", &user), STORE_NONE); /* was set aside */
	assert_int_equal(store_method_get(store, 1, METHOD_EMAIL, true, &m), STORE_DONE);
	assert_int_equal(m.registered_at, 150);
	assert_int_equal(m.filled_at, 0);
	assert_string_equal(m.filled_by, "");
	assert_int_equal(m.sealed_len, 2);
	store_method_done(&m);
	assert_int_equal(store_event_count(store, key, 0, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(store_block_get(store, key, &until), 0);
	assert_int_equal(until, 9000);
}

static void
who_had_a_method_counts_as_registered_once(void **state)
{
	struct store_user user;

	(void)state;
	open_store();
	assert_int_equal(store_user_get(store, "alice", &user), STORE_DONE);
	assert_int_equal(user.registered_at, 150);
	assert_int_equal(user.required_at, 0);
	assert_int_equal(user.required_by, 0);
	assert_int_equal(user.dormant_seen, 0);
	assert_int_equal(user.code_open_until, 0);
	assert_int_equal(user.frozen_at, 0);
	store_user_done(&user);
	assert_int_equal(store_user_get(store, "bob\xff", &user), STORE_DONE);
	assert_int_equal(user.registered_at, 0);
	store_user_done(&user);
}

static void
a_file_of_version_two_is_newer_to_version_one(void **state)
{
	(void)state;
	open_store();
	lines_logged = 0;
	assert_int_equal(store_check_version(store, 1), STORE_NEWER);
	assert_int_equal(lines_logged, 1);
}

/* A store on the file as it is: what store_open does before it migrates. */
static void
open_as_it_is(struct store *raw)
{
	*raw = (struct store){ .path = strdup(db()) };
	assert_int_equal(sqlite3_open(db(), &raw->db), SQLITE_OK);
	assert_int_equal(store_run(raw, "PRAGMA cache_size = -1024"), 0);
}

static void
close_raw(struct store *raw)
{
	assert_int_equal(sqlite3_close(raw->db), SQLITE_OK);
	free(raw->path);
}

/* A step fails behind each of its statements in turn. How many they were. */
static int
fail_everywhere(int version)
{
	const char *step = schema_migrations[version - 1], *at = step;
	char *before = contents(true), *after, *cut;
	struct store raw;
	int statements = 0;

	do {
		const char *broken[] = { schema_migrations[0], schema_migrations[1],
					 schema_migrations[2], schema_migrations[3] };

		assert_true(asprintf(&cut, "%.*sINSERT INTO absent VALUES (1)", (int)(at - step),
				     step) > 0);
		broken[version - 1] = cut;
		open_as_it_is(&raw);
		assert_true(store_migrate(&raw, broken, version) < 0);
		close_raw(&raw);
		after = contents(true);
		assert_string_equal(after, before);
		free(after);
		free(cut);
		statements++;
		at = strchr(at, ';');
		at = at ? at + 1 : NULL;
	} while (at && *at);
	free(before);
	return statements;
}

static void
a_step_that_fails_anywhere_changes_nothing(void **state)
{
	(void)state;
	assert_true(fail_everywhere(2) > 10);
}

static void
the_later_steps_that_fail_anywhere_change_nothing(void **state)
{
	struct store raw;

	(void)state;
	assert_int_equal(fail_everywhere(3), 1);
	open_as_it_is(&raw);
	assert_int_equal(store_migrate(&raw, schema_migrations, 3), 0);
	close_raw(&raw);
	assert_int_equal(fail_everywhere(4), 2);
}

static void
a_file_that_cannot_take_the_step_is_refused_and_stays_what_it_was(void **state)
{
	char *before, *after;

	(void)state;
	run_in_file("CREATE TABLE outbox (x)");
	before = contents(true);
	assert_true(store_open(&store, db()) < 0);
	assert_null(store);
	after = contents(true);
	assert_string_equal(after, before);
	free(before);
	free(after);
	run_in_file("DROP TABLE outbox");
	open_store();
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

/* All of the second step has run, and its end is never reached. */
static void
migrate_without_end(void)
{
	const char *steps[2] = { schema_migrations[0], NULL };
	struct store raw;
	char *endless;

	if (asprintf(&endless,
		     "%s; INSERT INTO probe WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
		     " SELECT i + 1 FROM n) SELECT zeroblob(4000) FROM n",
		     schema_migrations[1]) < 0)
		_exit(1);
	steps[1] = endless;
	open_as_it_is(&raw);
	store_migrate(&raw, steps, 2);
	_exit(0);
}

static void
a_step_that_is_killed_changes_nothing_and_is_done_again(void **state)
{
	char *before = contents(true), *after;
	struct store_user user;
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		migrate_without_end();
	assert_true(grows_over(scratch_path(&scratch, "db-wal"), 1024 * 1024));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	after = contents(true);
	assert_string_equal(after, before);
	free(before);
	free(after);
	open_store();
	assert_int_equal(store_user_get(store, "alice", &user), STORE_DONE);
	assert_int_equal(user.registered_at, 150);
	store_user_done(&user);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_of_version_one_is_still_the_first_step),
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_version_one, tear_down)
		T(every_row_of_version_one_is_kept),
		T(the_store_reads_what_version_one_wrote),
		T(who_had_a_method_counts_as_registered_once),
		T(a_file_of_version_two_is_newer_to_version_one),
		T(a_step_that_fails_anywhere_changes_nothing),
		T(a_file_that_cannot_take_the_step_is_refused_and_stays_what_it_was),
		T(a_step_that_is_killed_changes_nothing_and_is_done_again),
#undef T
		cmocka_unit_test(the_text_of_version_two_is_still_the_second_step),
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_version_two, tear_down)
		T(every_row_of_version_two_is_kept),
		T(the_third_step_makes_every_decoy),
		T(the_later_steps_that_fail_anywhere_change_nothing),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
