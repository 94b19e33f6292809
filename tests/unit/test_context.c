/*
 * The context of a call: real D-Bus messages, read without trust.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ssprd/bus_private.h"
#include "ssprd/context.h"

/* link: ssprd/context.c ssprd/call.c */

static struct bus_call call;
static struct context context;
static DBusMessageIter message, dict;

static int
set_up(void **state)
{
	(void)state;
	memset(&call, 0, sizeof(call));
	memset(&context, 0, sizeof(context));
	call.message = dbus_message_new_method_call("a.b", "/a", "a.b", "Check");
	dbus_message_iter_init_append(call.message, &message);
	dbus_message_iter_open_container(&message, DBUS_TYPE_ARRAY, "{sv}", &dict);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	context_done(&context);
	dbus_message_unref(call.message);
	return 0;
}

static void
put(const char *key, const char *signature, int type, const void *value)
{
	DBusMessageIter entry, variant;

	dbus_message_iter_open_container(&dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
	dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, signature, &variant);
	dbus_message_iter_append_basic(&variant, type, value);
	dbus_message_iter_close_container(&entry, &variant);
	dbus_message_iter_close_container(&dict, &entry);
}

static void
put_text(const char *key, const char *text)
{
	put(key, "s", DBUS_TYPE_STRING, &text);
}

static void
put_bool(const char *key, bool yes)
{
	dbus_bool_t b = yes;

	put(key, "b", DBUS_TYPE_BOOLEAN, &b);
}

static void
put_u64(const char *key, uint64_t n)
{
	put(key, "t", DBUS_TYPE_UINT64, &n);
}

static void
append_bytes(DBusMessageIter *to, const char *bytes, size_t len)
{
	DBusMessageIter array;

	dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "y", &array);
	dbus_message_iter_append_fixed_array(&array, DBUS_TYPE_BYTE, &bytes, (int)len);
	dbus_message_iter_close_container(to, &array);
}

static void
put_bytes(const char *key, const char *bytes, size_t len)
{
	DBusMessageIter entry, variant;

	dbus_message_iter_open_container(&dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
	dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, "ay", &variant);
	append_bytes(&variant, bytes, len);
	dbus_message_iter_close_container(&entry, &variant);
	dbus_message_iter_close_container(&dict, &entry);
}

static void
put_groups(const char *const *names, size_t count)
{
	const char *key = "groups";
	DBusMessageIter entry, variant, list;

	dbus_message_iter_open_container(&dict, DBUS_TYPE_DICT_ENTRY, NULL, &entry);
	dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &key);
	dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, "aay", &variant);
	dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "ay", &list);
	for (size_t i = 0; i < count; i++)
		append_bytes(&list, names[i], strlen(names[i]));
	dbus_message_iter_close_container(&variant, &list);
	dbus_message_iter_close_container(&entry, &variant);
	dbus_message_iter_close_container(&dict, &entry);
}

/* The call as this uid made it. */
static int
read_as(uint64_t uid)
{
	dbus_message_iter_close_container(&message, &dict);
	call.uid = uid;
	return context_read(&context, &call, 0);
}

static void
a_whole_context_of_root(void **state)
{
	static const char *const groups[] = { "sudo", "st\xff"
						      "aff" };
	dbus_uint32_t columns = 132;
	dbus_int64_t login = 1700000000;

	(void)state;
	put_text("service", "sshd");
	put_text("tty", "ssh");
	put_bytes("rhost", "h\xe9st", 4);
	put_bytes("lang", "nl_NL.UTF-8", 11);
	put("columns", "u", DBUS_TYPE_UINT32, &columns);
	put_bool("interactive", true);
	put_u64("uid", 1001);
	put_groups(groups, 2);
	put_bool("local_password", true);
	put("last_login", "x", DBUS_TYPE_INT64, &login);
	assert_int_equal(read_as(0), 0);
	assert_string_equal(context.service, "sshd");
	assert_string_equal(context.tty, "ssh");
	assert_string_equal(context.rhost, "h\xe9st");
	assert_string_equal(context.lang, "nl_NL");
	assert_int_equal(context.columns, 132);
	assert_true(context.interactive && context.local_password && context.has_local_password);
	assert_true(context.has_uid && context.has_groups && context.has_last_login);
	assert_int_equal(context.uid, 1001);
	assert_string_equal(context.groups, "sudo\nst\xff"
					    "aff");
	assert_int_equal(context.last_login, 1700000000);
}

static void
what_only_root_knows_is_ignored_from_others(void **state)
{
	static const char *const groups[] = { "sudo" };

	(void)state;
	put_u64("uid", 0);
	put_groups(groups, 1);
	put_bool("local_password", true);
	put_text("last_login", "not even a number");
	put_text("service", "ssprctl");
	assert_int_equal(read_as(1001), 0);
	assert_false(context.has_uid || context.has_groups || context.has_local_password);
	assert_null(context.groups);
	assert_string_equal(context.service, "ssprctl");
}

static void
unknown_keys_are_ignored(void **state)
{
	(void)state;
	put_text("colour", "blue");
	put_text("tty", "tty1");
	assert_int_equal(read_as(0), 0);
	assert_string_equal(context.tty, "tty1");
}

static void
nothing_at_all_is_fine(void **state)
{
	(void)state;
	assert_int_equal(read_as(0), 0);
	assert_false(context.interactive || context.has_uid);
}

static void
a_key_of_another_type_is_refused(void **state)
{
	static const char *const keys[] = { "service", "interactive", "uid",    "columns",
					    "lang",    "last_login",  "groups", "local_password" };
	dbus_int32_t minus = -1;

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		set_up(state);
		put(keys[i], "i", DBUS_TYPE_INT32, &minus);
		assert_int_equal(read_as(0), -EBADMSG);
		tear_down(state);
	}
	set_up(state);
}

static void
a_key_that_comes_twice_is_refused(void **state)
{
	(void)state;
	put_text("service", "sshd");
	put_text("service", "login");
	assert_int_equal(read_as(0), -EBADMSG);
}

static void
text_that_is_too_long_or_holds_a_nul_is_refused(void **state)
{
	char longest[300];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	put_bytes("service", longest, SERVICE_NAME_MAX);
	put_bytes("rhost", longest, HOST_NAME_MAX_BYTES);
	assert_int_equal(read_as(0), 0);
	tear_down(state);
	set_up(state);
	put_bytes("service", longest, SERVICE_NAME_MAX + 1);
	assert_int_equal(read_as(0), -EBADMSG);
	tear_down(state);
	set_up(state);
	put_bytes("tty", "tty\0001", 5);
	assert_int_equal(read_as(0), -EBADMSG);
}

static void
a_language_that_is_none_is_left_out(void **state)
{
	(void)state;
	put_bytes("lang", "../../etc/passwd", 16);
	assert_int_equal(read_as(0), 0);
	assert_string_equal(context.lang, "");
	tear_down(state);
	set_up(state);
	put_bytes("lang", "a language with a name that is far too long for one", 51);
	assert_int_equal(read_as(0), 0);
	assert_string_equal(context.lang, "");
}

static void
a_uid_beyond_32_bits_is_refused(void **state)
{
	(void)state;
	put_u64("uid", UINT32_MAX);
	assert_int_equal(read_as(0), 0);
	tear_down(state);
	set_up(state);
	put_u64("uid", (uint64_t)UINT32_MAX + 1);
	assert_int_equal(read_as(0), -EBADMSG);
	tear_down(state);
	set_up(state);
	put_u64("uid", UINT64_MAX);
	assert_int_equal(read_as(0), -EBADMSG);
}

static void
a_group_with_a_newline_is_not_two_groups(void **state)
{
	static const char *const groups[] = { "staff\nsudo", "", "users" };

	(void)state;
	put_groups(groups, 3);
	assert_int_equal(read_as(0), 0);
	assert_string_equal(context.groups, "users");
}

static void
too_many_groups_are_refused(void **state)
{
	static const char *groups[GROUPS_MAX + 1];

	(void)state;
	for (size_t i = 0; i <= GROUPS_MAX; i++)
		groups[i] = "g";
	put_groups(groups, GROUPS_MAX);
	assert_int_equal(read_as(0), 0);
	assert_int_equal(strlen(context.groups), 2 * GROUPS_MAX - 1);
	tear_down(state);
	set_up(state);
	put_groups(groups, GROUPS_MAX + 1);
	assert_int_equal(read_as(0), -EBADMSG);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_whole_context_of_root),
		TEST(what_only_root_knows_is_ignored_from_others),
		TEST(unknown_keys_are_ignored),
		TEST(nothing_at_all_is_fine),
		TEST(a_key_of_another_type_is_refused),
		TEST(a_key_that_comes_twice_is_refused),
		TEST(text_that_is_too_long_or_holds_a_nul_is_refused),
		TEST(a_language_that_is_none_is_left_out),
		TEST(a_uid_beyond_32_bits_is_refused),
		TEST(a_group_with_a_newline_is_not_two_groups),
		TEST(too_many_groups_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
