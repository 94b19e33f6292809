/*
 * What the store keeps: users, methods, codes, counters, audit rows, and transactions over them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/store_fixture.h"

static int64_t
add_user(const char *name)
{
	struct store_user user = { .uid = 1000, .local_password = true, .told_at = 5 };

	snprintf(user.name, sizeof(user.name), "%s", name);
	assert_int_equal(store_user_put(store, &user), STORE_DONE);
	assert_true(user.id > 0);
	return user.id;
}

static void
add_method(int64_t user, enum method method, const char *sealed)
{
	struct store_method m = {
		.method = method, .registered_at = 10, .proven_at = 20, .last_step = 30
	};

	m.sealed = (unsigned char *)strdup(sealed);
	m.sealed_len = strlen(sealed);
	assert_int_equal(store_method_put(store, user, &m), STORE_DONE);
	store_method_done(&m);
}

static void
a_user_comes_back_as_it_was_put(void **state)
{
	struct store_user in = { .name = "alice\xff \n",
				 .uid = 4294967294,
				 .local_password = true,
				 .last_login = 7,
				 .groups = strdup("sudo\nusers"),
				 .told_at = 8,
				 .postpones_used = 2,
				 .postponed_until = 9,
				 .reminded_at = 11 };
	struct store_user out;

	(void)state;
	assert_int_equal(store_user_put(store, &in), STORE_DONE);
	assert_int_equal(store_user_get(store, in.name, &out), STORE_DONE);
	assert_int_equal(out.id, in.id);
	assert_string_equal(out.name, in.name);
	assert_int_equal(out.uid, in.uid);
	assert_true(out.local_password);
	assert_int_equal(out.last_login, 7);
	assert_string_equal(out.groups, "sudo\nusers");
	assert_int_equal(out.told_at, 8);
	assert_int_equal(out.postpones_used, 2);
	assert_int_equal(out.postponed_until, 9);
	assert_int_equal(out.reminded_at, 11);
	store_user_done(&out);

	store_user_done(&in);
	in.local_password = false;
	in.postpones_used = 3;
	assert_int_equal(store_user_put(store, &in), STORE_DONE);
	assert_int_equal(store_user_get(store, in.name, &out), STORE_DONE);
	assert_false(out.local_password);
	assert_null(out.groups);
	assert_int_equal(out.postpones_used, 3);
}

static void
names_are_bytes_and_each_is_another(void **state)
{
	struct store_user out;
	char longest[USER_NAME_MAX + 1], too_long[USER_NAME_MAX + 2];

	(void)state;
	memset(longest, 'a', USER_NAME_MAX);
	longest[USER_NAME_MAX] = '\0';
	memset(too_long, 'a', USER_NAME_MAX + 1);
	too_long[USER_NAME_MAX + 1] = '\0';
	add_user("bob");
	add_user(longest);
	assert_int_equal(store_user_get(store, longest, &out), STORE_DONE);
	assert_int_equal(store_user_get(store, "Bob", &out), STORE_NONE);
	assert_int_equal(store_user_get(store, "bob ", &out), STORE_NONE);
	assert_int_equal(store_user_get(store, "' OR 1=1 --", &out), STORE_NONE);
	assert_int_equal(store_user_get(store, "", &out), STORE_NONE);
	assert_int_equal(store_user_get(store, too_long, &out), STORE_NONE);
}

static void
values_that_cannot_be_are_refused_and_logged_once(void **state)
{
	struct store_user empty = { .uid = 1 }, negative = { .name = "n", .postpones_used = -1 };
	struct store_user unended = { .uid = 1 }, twin = { .name = "bob", .uid = 2 };

	(void)state;
	memset(unended.name, 'x', sizeof(unended.name));
	add_user("bob");
	assert_int_equal(store_user_put(store, &empty), -EINVAL);
	assert_int_equal(store_user_put(store, &negative), -EINVAL);
	assert_int_equal(store_user_put(store, &unended), -EINVAL);
	assert_int_equal(store_user_put(store, &twin), -EINVAL);
	assert_int_equal(twin.id, 0);
	assert_int_equal(lines_logged, 4);
}

static void
a_record_set_aside_is_found_no_more_and_its_methods_neither(void **state)
{
	int64_t old = add_user("carol"), id;
	struct store_user out, stale = { .id = old, .name = "carol", .uid = 1 };
	struct store_method methods[METHOD_COUNT], m = { .method = METHOD_APP, .registered_at = 1 };
	struct store_code code = { .expires = 1 };

	(void)state;
	add_method(old, METHOD_EMAIL, "sealed");
	assert_int_equal(store_user_set_aside(store, old, 100), STORE_DONE);
	assert_int_equal(store_user_set_aside(store, old, 101), -ESTALE);
	assert_int_equal(store_user_get(store, "carol", &out), STORE_NONE);

	id = add_user("carol");
	assert_int_not_equal(id, old);
	assert_int_equal(store_method_get(store, id, METHOD_EMAIL, true, &m), STORE_NONE);
	/* A dialog that still holds the old id reads and writes nothing. */
	assert_int_equal(store_method_get(store, old, METHOD_EMAIL, true, &m), STORE_NONE);
	assert_int_equal(store_methods(store, old, methods), STORE_DONE);
	assert_int_equal(methods[METHOD_EMAIL].registered_at, 0);
	assert_int_equal(store_method_put(store, old, &m), -ESTALE);
	assert_int_equal(store_method_step(store, old, METHOD_EMAIL, 99), STORE_NONE);
	assert_int_equal(store_method_remove(store, old, METHOD_EMAIL), STORE_NONE);
	assert_int_equal(store_code_put(store, old, METHOD_EMAIL, &code), -ESTALE);
	assert_int_equal(store_user_put(store, &stale), -ESTALE);
}

struct seen {
	char names[64];
	int stop_after;
};

static int
note_user(const struct store_user *user, void *arg)
{
	struct seen *seen = arg;
	size_t len = strlen(seen->names);

	snprintf(seen->names + len, sizeof(seen->names) - len, "%s ", user->name);
	return --seen->stop_after == 0 ? 42 : 0;
}

static void
users_are_walked_in_order_until_told_to_stop(void **state)
{
	struct seen all = { .stop_after = 99 }, two = { .stop_after = 2 };

	(void)state;
	add_user("zoe");
	add_user("Ann");
	add_user("mia");
	assert_int_equal(store_user_set_aside(store, add_user("bye"), 1), STORE_DONE);
	assert_int_equal(store_users_each(store, note_user, &all), 0);
	assert_string_equal(all.names, "Ann mia zoe ");
	assert_int_equal(store_users_each(store, note_user, &two), 42);
	assert_string_equal(two.names, "Ann mia ");
}

static int
walk_again(const struct store_user *user, void *arg)
{
	(void)arg;
	struct seen seen = { .stop_after = 99 };

	assert_int_equal(store_method_remove(store, user->id, METHOD_APP), STORE_DONE);
	assert_int_equal(store_users_each(store, note_user, &seen), -EBUSY);
	return 0;
}

static void
a_walk_may_change_methods_but_not_walk_again(void **state)
{
	(void)state;

	add_method(add_user("one"), METHOD_APP, "x");
	add_method(add_user("two"), METHOD_APP, "x");
	assert_int_equal(store_users_each(store, walk_again, NULL), 0);
	assert_int_equal(lines_logged, 2);
}

static void
a_method_comes_back_replaces_and_goes(void **state)
{
	int64_t id = add_user("dora");
	struct store_method m, all[METHOD_COUNT];

	(void)state;
	assert_int_equal(store_method_get(store, id, METHOD_EMAIL, true, &m), STORE_NONE);
	add_method(id, METHOD_EMAIL, "first");
	add_method(id, METHOD_EMAIL, "second one");
	assert_int_equal(store_method_get(store, id, METHOD_EMAIL, true, &m), STORE_DONE);
	assert_int_equal(m.method, METHOD_EMAIL);
	assert_int_equal(m.registered_at, 10);
	assert_int_equal(m.proven_at, 20);
	assert_int_equal(m.last_step, 30);
	assert_int_equal(m.sealed_len, 10);
	assert_memory_equal(m.sealed, "second one", 10);
	store_method_done(&m);
	assert_int_equal(store_method_get(store, id, METHOD_EMAIL, false, &m), STORE_DONE);
	assert_null(m.sealed);
	assert_int_equal(store_methods(store, id, all), STORE_DONE);
	assert_int_equal(all[METHOD_EMAIL].registered_at, 10);
	assert_int_equal(all[METHOD_APP].registered_at, 0);
	assert_int_equal(all[METHOD_APP].method, METHOD_APP);
	assert_int_equal(store_method_remove(store, id, METHOD_EMAIL), STORE_DONE);
	assert_int_equal(store_method_remove(store, id, METHOD_EMAIL), STORE_NONE);
}

static void
a_record_that_is_too_large_or_has_no_owner_is_refused(void **state)
{
	struct store_method m = { .method = METHOD_APP, .registered_at = 1 };
	int64_t id = add_user("eve");

	(void)state;
	m.sealed_len = STORE_BLOB_MAX + 1;
	m.sealed = calloc(1, m.sealed_len);
	assert_int_equal(store_method_put(store, id, &m), -EINVAL);
	m.sealed_len = STORE_BLOB_MAX;
	assert_int_equal(store_method_put(store, id, &m), STORE_DONE);
	assert_int_equal(store_method_put(store, id + 1, &m), -ESTALE);
	m.method = METHOD_COUNT;
	assert_int_equal(store_method_put(store, id, &m), -EINVAL);
	store_method_done(&m);
}

static void
a_totp_step_is_accepted_once(void **state)
{
	int64_t id = add_user("finn");

	(void)state;
	assert_int_equal(store_method_step(store, id, METHOD_APP, 31), STORE_NONE);
	add_method(id, METHOD_APP, "x");
	assert_int_equal(store_method_step(store, id, METHOD_APP, 31), STORE_DONE);
	assert_int_equal(store_method_step(store, id, METHOD_APP, 31), STORE_NONE);
	assert_int_equal(store_method_step(store, id, METHOD_APP, 30), STORE_NONE);
	assert_int_equal(store_method_step(store, id, METHOD_APP, 32), STORE_DONE);
}

static void
a_code_counts_its_tries(void **state)
{
	int64_t id = add_user("gus");
	struct store_code in = { .expires = 600, .tries_used = 1 }, out;
	int tries = 77;

	(void)state;
	memset(in.hash, 0xab, sizeof(in.hash));
	assert_int_equal(store_code_count(store, id, METHOD_EMAIL, &tries), STORE_NONE);
	assert_int_equal(tries, 77);
	assert_int_equal(store_code_put(store, id, METHOD_EMAIL, &in), STORE_DONE);
	assert_int_equal(store_code_count(store, id, METHOD_EMAIL, &tries), STORE_DONE);
	assert_int_equal(tries, 2);
	assert_int_equal(store_code_get(store, id, METHOD_EMAIL, &out), STORE_DONE);
	assert_memory_equal(out.hash, in.hash, sizeof(in.hash));
	assert_int_equal(out.expires, 600);
	assert_int_equal(out.tries_used, 2);
	assert_null(out.sealed);
	assert_int_equal(store_code_get(store, id, METHOD_PHONE, &out), STORE_NONE);
	assert_int_equal(store_code_remove(store, id, METHOD_EMAIL), STORE_DONE);
	assert_int_equal(store_code_get(store, id, METHOD_EMAIL, &out), STORE_NONE);
}

static void
what_is_rolled_back_never_was(void **state)
{
	int64_t id = add_user("hal");
	struct store_method m;

	(void)state;
	assert_int_equal(store_begin(store), 0);
	assert_true(store_in_transaction(store));
	add_method(id, METHOD_APP, "x");
	assert_int_equal(store_log_committed(store, "never said"), 0);
	store_rollback(store);
	store_rollback(store);
	assert_int_equal(lines_logged, 0);
	assert_int_equal(store_method_get(store, id, METHOD_APP, false, &m), STORE_NONE);

	assert_int_equal(store_begin(store), 0);
	add_method(id, METHOD_APP, "x");
	assert_int_equal(store_log_committed(store, "said at the commit"), 0);
	assert_int_equal(lines_logged, 0);
	assert_int_equal(store_commit(store), 0);
	assert_int_equal(lines_logged, 1);
	assert_string_equal(last_line, "said at the commit");
	assert_int_equal(store_method_get(store, id, METHOD_APP, false, &m), STORE_DONE);
	assert_true(store_commit(store) < 0);
}

static void
counters_are_kept_by_key_and_forgotten_by_age(void **state)
{
	unsigned char a[STORE_HASH_SIZE] = { 1 }, b[STORE_HASH_SIZE] = { 2 };
	struct store_code code = { .expires = 20 };
	int64_t until = -1, id = add_user("ida");
	int count = -1;

	(void)state;
	assert_int_equal(store_event_add(store, a, 10), 0);
	assert_int_equal(store_event_add(store, a, 20), 0);
	assert_int_equal(store_event_add(store, a, 20), 0);
	assert_int_equal(store_event_count(store, a, 20, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(store_event_count(store, b, 0, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(store_block_get(store, a, &until), 0);
	assert_int_equal(until, 0);
	assert_int_equal(store_block_put(store, a, 15), 0);
	assert_int_equal(store_block_put(store, a, 20), 0);
	assert_int_equal(store_code_put(store, id, METHOD_EMAIL, &code), STORE_DONE);

	assert_int_equal(store_forget(store, 20), 0);
	assert_int_equal(store_event_count(store, a, 0, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(store_block_get(store, a, &until), 0);
	assert_int_equal(until, 20);
	assert_int_equal(store_code_get(store, id, METHOD_EMAIL, &code), STORE_DONE);
	assert_int_equal(store_forget(store, 21), 0);
	assert_int_equal(store_event_count(store, a, 0, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(store_block_get(store, a, &until), 0);
	assert_int_equal(until, 0);
	assert_int_equal(store_code_get(store, id, METHOD_EMAIL, &code), STORE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(a_user_comes_back_as_it_was_put),
		T(names_are_bytes_and_each_is_another),
		T(values_that_cannot_be_are_refused_and_logged_once),
		T(a_record_set_aside_is_found_no_more_and_its_methods_neither),
		T(users_are_walked_in_order_until_told_to_stop),
		T(a_walk_may_change_methods_but_not_walk_again),
		T(a_method_comes_back_replaces_and_goes),
		T(a_record_that_is_too_large_or_has_no_owner_is_refused),
		T(a_totp_step_is_accepted_once),
		T(a_code_counts_its_tries),
		T(what_is_rolled_back_never_was),
		T(counters_are_kept_by_key_and_forgotten_by_age),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
