/*
 * What the store keeps of a registration's life: marks of a record, values that were filled in, proofs that were
 * repeated.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/store_fixture.h"

static struct store_user
user_named(const char *name)
{
	struct store_user user = { 0 };

	assert_int_equal(store_user_get(store, name, &user), STORE_DONE);
	return user;
}

static void
each_mark_is_set_alone_and_survives_a_restart(void **state)
{
	int64_t id = new_user("alice");
	struct store_user user;

	(void)state;
	for (int mark = 0; mark < MARK_COUNT; mark++)
		assert_int_equal(store_user_mark(store, id, (enum store_mark)mark, 100 + mark), 0);
	reopen_store();
	user = user_named("alice");
	assert_int_equal(user.required_at, 100);
	assert_int_equal(user.required_by, 101);
	assert_int_equal(user.dormant_seen, 102);
	assert_int_equal(user.registered_at, 103);
	assert_int_equal(user.code_open_until, 104);
	assert_int_equal(user.frozen_at, 105);
	assert_int_equal(store_user_mark(store, id, MARK_FROZEN_AT, 0), 0);
	user = user_named("alice");
	assert_int_equal(user.frozen_at, 0);
	assert_int_equal(user.code_open_until, 104);
	assert_int_equal(store_user_mark(store, id, MARK_COUNT, 1), -EINVAL);
}

/* A dialog writes back what it read before an administrator froze the account. */
static void
an_old_copy_of_a_record_takes_no_mark_back(void **state)
{
	int64_t id = new_user("alice");
	struct store_user old = user_named("alice"), now;

	(void)state;
	assert_int_equal(store_user_mark(store, id, MARK_FROZEN_AT, 7), 0);
	assert_int_equal(store_user_mark(store, id, MARK_REQUIRED_AT, 8), 0);
	old.postpones_used = 1;
	assert_int_equal(store_user_put(store, &old), STORE_DONE);
	now = user_named("alice");
	assert_int_equal(now.postpones_used, 1);
	assert_int_equal(now.frozen_at, 7);
	assert_int_equal(now.required_at, 8);
}

static void
a_record_is_named_by_its_id_while_it_is_active(void **state)
{
	int64_t id = new_user("alice\xff");
	char name[USER_NAME_MAX + 1] = "untouched";

	(void)state;
	assert_int_equal(store_user_name(store, id, name), STORE_DONE);
	assert_string_equal(name, "alice\xff");
	snprintf(name, sizeof(name), "untouched");
	assert_int_equal(store_user_name(store, id + 1, name), STORE_NONE);
	assert_int_equal(store_user_set_aside(store, id, 1), 0);
	assert_int_equal(store_user_name(store, id, name), STORE_NONE);
	assert_string_equal(name, "untouched");
	assert_int_equal(store_user_mark(store, id, MARK_FROZEN_AT, 1), -ESTALE);
}

static void
what_was_filled_in_is_told_from_what_is_registered(void **state)
{
	struct store_method m = { .method = METHOD_OFFICE_PHONE,
				  .filled_at = 50,
				  .filled_by = "root",
				  .sealed = (unsigned char *)strdup("sealed"),
				  .sealed_len = 6 };
	struct store_method all[METHOD_COUNT], back;
	int64_t id = new_user("alice");

	(void)state;
	assert_int_equal(store_method_put(store, id, &m), 0);
	assert_int_equal(store_methods(store, id, all), 0);
	assert_int_equal(all[METHOD_OFFICE_PHONE].registered_at, 0);
	assert_int_equal(all[METHOD_OFFICE_PHONE].filled_at, 50);
	assert_string_equal(all[METHOD_OFFICE_PHONE].filled_by, "root");
	assert_int_equal(all[METHOD_EMAIL].filled_at, 0);
	m.registered_at = m.proven_at = 60; /* its user proved it */
	assert_int_equal(store_method_put(store, id, &m), 0);
	assert_int_equal(store_method_get(store, id, METHOD_OFFICE_PHONE, true, &back), STORE_DONE);
	assert_int_equal(back.registered_at, 60);
	assert_string_equal(back.filled_by, "root");
	assert_memory_equal(back.sealed, "sealed", 6);
	store_method_done(&back);
	store_method_done(&m);
}

static void
only_what_is_registered_is_proven_again(void **state)
{
	struct store_method m = { .method = METHOD_EMAIL, .registered_at = 10, .proven_at = 20 };
	int64_t id = new_user("alice");
	struct store_method back;

	(void)state;
	assert_int_equal(store_method_put(store, id, &m), 0);
	assert_int_equal(store_method_proven(store, id, METHOD_EMAIL, 30), STORE_DONE);
	assert_int_equal(store_method_get(store, id, METHOD_EMAIL, false, &back), STORE_DONE);
	assert_int_equal(back.registered_at, 10);
	assert_int_equal(back.proven_at, 30);
	assert_int_equal(store_method_proven(store, id, METHOD_APP, 30), STORE_NONE);
	m = (struct store_method){ .method = METHOD_PHONE, .filled_at = 5 };
	assert_int_equal(store_method_put(store, id, &m), 0);
	assert_int_equal(store_method_proven(store, id, METHOD_PHONE, 30), STORE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_store, tear_down)
		T(each_mark_is_set_alone_and_survives_a_restart),
		T(an_old_copy_of_a_record_takes_no_mark_back),
		T(a_record_is_named_by_its_id_while_it_is_active),
		T(what_was_filled_in_is_told_from_what_is_registered),
		T(only_what_is_registered_is_proven_again),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
