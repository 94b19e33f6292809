/*
 * Codes that are written down: each is used once, a new one ends the old one, and none outlives its record.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/store_fixture.h"

static void
put_ten(int64_t user, int first)
{
	hash_bytes hashes[STORE_RECOVERY_COUNT];

	for (int i = 0; i < STORE_RECOVERY_COUNT; i++)
		make_hash(hashes[i], first + i);
	assert_int_equal(store_recovery_put(store, user, hashes, STORE_RECOVERY_COUNT), 0);
}

static int
codes_left(int64_t user)
{
	int left = -1;

	assert_int_equal(store_recovery_left(store, user, &left), 0);
	return left;
}

static int
use_code(int64_t user, int number)
{
	hash_bytes hash;

	make_hash(hash, number);
	return store_recovery_use(store, user, hash, 1000);
}

static void
a_recovery_code_is_used_once_however_often_it_is_tried(void **state)
{
	int64_t alice = new_user("alice");
	int done = 0;

	(void)state;
	put_ten(alice, 0);
	for (int i = 0; i < 100; i++)
		done += use_code(alice, 3) == STORE_DONE;
	assert_int_equal(done, 1);
	assert_int_equal(codes_left(alice), 9);
	reopen_store();
	assert_int_equal(use_code(alice, 3), STORE_NONE);
	assert_int_equal(use_code(alice, 4), STORE_DONE);
	assert_int_equal(codes_left(alice), 8);
}

static void
a_use_that_was_rolled_back_was_none(void **state)
{
	int64_t alice = new_user("alice");

	(void)state;
	put_ten(alice, 0);
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(use_code(alice, 3), STORE_DONE);
	assert_int_equal(use_code(alice, 3), STORE_NONE);
	store_rollback(store);
	assert_int_equal(use_code(alice, 3), STORE_DONE);
}

static void
a_used_code_is_told_from_a_wrong_one(void **state)
{
	int64_t alice = new_user("alice"), used_at = -1;
	hash_bytes hash;

	(void)state;
	put_ten(alice, 0);
	make_hash(hash, 3);
	assert_int_equal(store_recovery_find(store, alice, hash, &used_at), STORE_DONE);
	assert_int_equal(used_at, 0);
	assert_int_equal(use_code(alice, 3), STORE_DONE);
	assert_int_equal(store_recovery_find(store, alice, hash, &used_at), STORE_DONE);
	assert_int_equal(used_at, 1000);
	make_hash(hash, 99);
	assert_int_equal(store_recovery_find(store, alice, hash, &used_at), STORE_NONE);
}

static void
new_recovery_codes_end_the_old_ones_of_their_user_alone(void **state)
{
	int64_t alice = new_user("alice"), bob = new_user("bob");

	(void)state;
	put_ten(alice, 0);
	put_ten(bob, 0);
	assert_int_equal(use_code(bob, 1), STORE_DONE);
	put_ten(alice, 100);
	assert_int_equal(use_code(alice, 1), STORE_NONE);
	assert_int_equal(use_code(alice, 101), STORE_DONE);
	assert_int_equal(codes_left(alice), 9);
	assert_int_equal(codes_left(bob), 9);
	assert_int_equal(store_recovery_remove(store, alice), STORE_DONE);
	assert_int_equal(store_recovery_remove(store, alice), STORE_NONE);
	assert_int_equal(codes_left(alice), 0);
}

static void
new_codes_that_cannot_be_stored_leave_the_old_ones(void **state)
{
	int64_t alice = new_user("alice");
	hash_bytes twice[2];

	(void)state;
	put_ten(alice, 0);
	make_hash(twice[0], 500);
	make_hash(twice[1], 500);
	assert_int_equal(store_recovery_put(store, alice, twice, 2), -EINVAL);
	assert_false(store_in_transaction(store));
	assert_int_equal(codes_left(alice), 10);
}

static void
a_help_desk_code_is_one_a_user_and_counts_its_tries(void **state)
{
	struct store_help_code in = { .expires = 900, .tries_used = 0, .made_by = "root" }, out;
	int64_t alice = new_user("alice");
	int used = 0;

	(void)state;
	assert_int_equal(store_help_get(store, alice, &out), STORE_NONE);
	assert_int_equal(store_help_count(store, alice, &used), STORE_NONE);
	make_hash(in.hash, 1);
	assert_int_equal(store_help_put(store, alice, &in), 0);
	assert_int_equal(store_help_count(store, alice, &used), STORE_DONE);
	assert_int_equal(used, 1);
	reopen_store();
	assert_int_equal(store_help_count(store, alice, &used), STORE_DONE);
	assert_int_equal(used, 2);
	make_hash(in.hash, 2); /* a new one has tries of its own */
	snprintf(in.made_by, sizeof(in.made_by), "helga");
	assert_int_equal(store_help_put(store, alice, &in), 0);
	assert_int_equal(store_help_get(store, alice, &out), STORE_DONE);
	assert_memory_equal(out.hash, in.hash, sizeof(in.hash));
	assert_int_equal(out.expires, 900);
	assert_int_equal(out.tries_used, 0);
	assert_string_equal(out.made_by, "helga");
	assert_int_equal(store_help_remove(store, alice), STORE_DONE);
	assert_int_equal(store_help_remove(store, alice), STORE_NONE);
}

static int
use_freeze(int number, int64_t now, int64_t *user)
{
	hash_bytes hash;

	make_hash(hash, number);
	return store_freeze_use(store, hash, now, user);
}

static void
put_freeze(int64_t user, int number, int64_t expires)
{
	hash_bytes hash;

	make_hash(hash, number);
	assert_int_equal(store_freeze_put(store, user, hash, 10, expires), 0);
}

static void
a_freeze_code_says_whose_it_is_once(void **state)
{
	int64_t alice = new_user("alice"), bob = new_user("bob"), user = -1;

	(void)state;
	put_freeze(alice, 1, 100);
	put_freeze(bob, 2, 100);
	assert_int_equal(use_freeze(3, 50, &user), STORE_NONE);
	assert_int_equal(user, -1);
	assert_int_equal(use_freeze(2, 50, &user), STORE_DONE);
	assert_int_equal(user, bob);
	assert_int_equal(use_freeze(2, 50, &user), STORE_NONE);
	assert_int_equal(use_freeze(1, 100, &user), STORE_NONE); /* expired */
	assert_int_equal(use_freeze(1, 99, &user), STORE_DONE);
	assert_int_equal(user, alice);
}

static void
the_newest_freeze_codes_of_a_user_stand(void **state)
{
	int64_t alice = new_user("alice"), bob = new_user("bob"), user;

	(void)state;
	put_freeze(bob, 1000, 100);
	for (int i = 0; i <= STORE_FREEZE_MAX; i++)
		put_freeze(alice, i, 100);
	assert_int_equal(use_freeze(0, 50, &user), STORE_NONE);
	assert_int_equal(use_freeze(1, 50, &user), STORE_DONE);
	assert_int_equal(use_freeze(STORE_FREEZE_MAX, 50, &user), STORE_DONE);
	assert_int_equal(use_freeze(1000, 50, &user), STORE_DONE);
}

static void
what_expired_is_forgotten(void **state)
{
	struct store_help_code help = { .expires = 100 };
	int64_t alice = new_user("alice"), user;

	(void)state;
	make_hash(help.hash, 1);
	assert_int_equal(store_help_put(store, alice, &help), 0);
	put_freeze(alice, 1, 100);
	put_freeze(alice, 2, 101);
	assert_int_equal(store_forget(store, 100), 0); /* they end at that moment */
	assert_int_equal(store_help_get(store, alice, &help), STORE_DONE);
	assert_int_equal(store_forget(store, 101), 0);
	assert_int_equal(store_help_get(store, alice, &help), STORE_NONE);
	assert_int_equal(use_freeze(1, 0, &user), STORE_NONE);
	assert_int_equal(use_freeze(2, 0, &user), STORE_DONE);
}

static void
no_code_of_a_record_that_was_set_aside_is_found_or_written(void **state)
{
	struct store_help_code help = { .expires = 100 };
	int64_t alice = new_user("alice"), user;
	hash_bytes hash;
	int used;

	(void)state;
	make_hash(hash, 1);
	put_ten(alice, 0);
	put_freeze(alice, 1, 100);
	assert_int_equal(store_help_put(store, alice, &help), 0);
	assert_int_equal(store_user_set_aside(store, alice, 5), 0);
	assert_int_equal(codes_left(alice), 0);
	assert_int_equal(use_code(alice, 1), STORE_NONE);
	assert_int_equal(use_freeze(1, 50, &user), STORE_NONE);
	assert_int_equal(store_help_get(store, alice, &help), STORE_NONE);
	assert_int_equal(store_help_count(store, alice, &used), STORE_NONE);
	assert_int_equal(store_recovery_put(store, alice, &hash, 1), -ESTALE);
	assert_int_equal(store_help_put(store, alice, &help), -ESTALE);
	make_hash(hash, 7);
	assert_int_equal(store_freeze_put(store, alice, hash, 1, 100), -ESTALE);
}

static void
a_decoy_is_written_like_a_code(void **state)
{
	struct store_code code = { .expires = 77, .tries_used = 1 }, found = { 0 };

	(void)state;
	make_hash(code.hash, 5);
	assert_int_equal(store_decoy_put(store, 3, &code), 0);
	assert_int_equal(store_decoy_count(store, 3), 0);
	assert_int_equal(store_decoy_get(store, 3, &found), 0);
	assert_memory_equal(found.hash, code.hash, STORE_HASH_SIZE);
	assert_int_equal(found.expires, 77);
	assert_int_equal(found.tries_used, 2);
	assert_null(found.sealed);
	assert_int_equal(store_decoy_get(store, 4, &found), 0);
	assert_int_equal(found.tries_used, 0);
}

static void
there_are_so_many_decoys_and_no_other(void **state)
{
	struct store_code code = { 0 };

	(void)state;
	assert_int_equal(store_decoy_touch(store, 1), 0);
	assert_int_equal(store_decoy_touch(store, STORE_DECOYS), 0);
	assert_int_equal(store_decoy_touch(store, 0), -EUCLEAN);
	assert_int_equal(store_decoy_count(store, STORE_DECOYS + 1), -EUCLEAN);
	assert_int_equal(store_decoy_put(store, STORE_DECOYS + 1, &code), -EUCLEAN);
	assert_int_equal(store_decoy_get(store, -1, &code), -EUCLEAN);
}

/* Else SQLite would end a transaction without waiting for the disk, which can be seen. */
static void
a_touch_writes_each_time(void **state)
{
	long before;

	(void)state;
	for (int i = 0; i < 3; i++) {
		before = scratch_size(scratch_path(&scratch, "db-wal"));
		assert_int_equal(store_decoy_touch(store, 9), 0);
		assert_true(scratch_size(scratch_path(&scratch, "db-wal")) > before);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(a_recovery_code_is_used_once_however_often_it_is_tried),
		T(a_use_that_was_rolled_back_was_none),
		T(a_used_code_is_told_from_a_wrong_one),
		T(new_recovery_codes_end_the_old_ones_of_their_user_alone),
		T(new_codes_that_cannot_be_stored_leave_the_old_ones),
		T(a_help_desk_code_is_one_a_user_and_counts_its_tries),
		T(a_freeze_code_says_whose_it_is_once),
		T(the_newest_freeze_codes_of_a_user_stand),
		T(what_expired_is_forgotten),
		T(no_code_of_a_record_that_was_set_aside_is_found_or_written),
		T(a_decoy_is_written_like_a_code),
		T(there_are_so_many_decoys_and_no_other),
		T(a_touch_writes_each_time),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
