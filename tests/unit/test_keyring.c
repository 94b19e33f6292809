/*
 * The secrets of a gateway: where they are looked for, and which files are believed.
 */
/* link: deliver/keyring.c deliver/source.c deliver/file.c deliver/line.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deliver/keyring.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

static struct scratch credentials, secrets;
static struct keyring_folders folders;
static char said[LOG_LINE_MAX + 1];

static void
keep_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)arg;
	snprintf(said, sizeof(said), "%s", text);
}

static int
set_up(void **state)
{
	(void)state;
	log_to(keep_line, NULL);
	said[0] = '\0';
	if (scratch_make(&credentials) < 0 || scratch_make(&secrets) < 0)
		return -1;
	folders = (struct keyring_folders){ credentials.folder, secrets.folder };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_remove(&credentials);
	scratch_remove(&secrets);
	return 0;
}

static void
write_secret(const struct scratch *s, const char *name, const char *text, size_t len)
{
	assert_int_equal(scratch_write(scratch_path(s, name), 0, text, len), 0);
}

static enum delivery
load(struct keyring *k, const char *name)
{
	return keyring_load(k, &folders, name, strlen(name));
}

static void
assert_holds(const struct keyring *k, const char *name, const char *value)
{
	const struct secret *s = keyring_find(k, name, strlen(name));

	assert_non_null(s);
	assert_string_equal(secret_text(s), value);
	assert_int_equal(s->len, strlen(value));
}

static void
a_secret_is_one_line_of_its_file(void **state)
{
	struct keyring k = { 0 };

	(void)state;
	write_secret(&secrets, "one", "pass word\n", 10);
	write_secret(&secrets, "two", "windows\r\n", 9);
	write_secret(&secrets, "three", "bare", 4);
	assert_int_equal(load(&k, "one"), DELIVERY_SENT);
	assert_int_equal(load(&k, "two"), DELIVERY_SENT);
	assert_int_equal(load(&k, "three"), DELIVERY_SENT);
	assert_holds(&k, "one", "pass word");
	assert_holds(&k, "two", "windows");
	assert_holds(&k, "three", "bare");
	assert_null(keyring_find(&k, "on", 2));
	keyring_done(&k);
	assert_null(keyring_find(&k, "one", 3));
}

static void
a_credential_comes_before_a_file(void **state)
{
	struct keyring k = { 0 };

	(void)state;
	write_secret(&secrets, "both", "file\n", 5);
	write_secret(&credentials, "both", "credential\n", 11);
	write_secret(&secrets, "file", "file\n", 5);
	assert_int_equal(load(&k, "both"), DELIVERY_SENT);
	assert_int_equal(load(&k, "file"), DELIVERY_SENT);
	assert_holds(&k, "both", "credential");
	assert_holds(&k, "file", "file");
	keyring_done(&k);
}

static void
without_credentials_there_are_files(void **state)
{
	struct keyring k = { 0 };

	(void)state;
	folders.credentials = NULL;
	write_secret(&secrets, "file", "file\n", 5);
	assert_int_equal(load(&k, "file"), DELIVERY_SENT);
	keyring_done(&k);
}

static void
an_absolute_path_is_a_name(void **state)
{
	const char *path = scratch_path(&secrets, "here");
	struct keyring k = { 0 };

	(void)state;
	write_secret(&secrets, "here", "x\n", 2);
	assert_int_equal(load(&k, path), DELIVERY_SENT);
	assert_holds(&k, path, "x");
	keyring_done(&k);
}

static void
a_secret_is_read_once(void **state)
{
	struct keyring k = { 0 };

	(void)state;
	write_secret(&secrets, "one", "x\n", 2);
	assert_int_equal(load(&k, "one"), DELIVERY_SENT);
	assert_int_equal(load(&k, "one"), DELIVERY_SENT);
	assert_int_equal(k.count, 1);
	keyring_done(&k);
}

static void
assert_refused(const char *name)
{
	struct keyring k = { 0 };

	said[0] = '\0';
	assert_int_equal(load(&k, name), DELIVERY_MISCONFIGURED);
	if (!strstr(said, name) || strstr(said, "s3cret"))
		fail_msg("%s: %s", name, said);
	keyring_done(&k);
}

static void
a_file_that_others_can_read_or_change_is_not_believed(void **state)
{
	static const mode_t modes[] = { 0644, 0604, 0660, 0641, 0777, 04600 };
	size_t i;

	(void)state;
	write_secret(&secrets, "open", "s3cret\n", 7);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(scratch_path(&secrets, "open"), modes[i]), 0);
		assert_refused("open");
	}
}

static void
what_is_not_one_line_is_refused(void **state)
{
	(void)state;
	write_secret(&secrets, "lines", "s3cret\ns3cret\n", 14);
	write_secret(&secrets, "empty", "", 0);
	write_secret(&secrets, "line-end", "\n", 1);
	write_secret(&secrets, "nul", "s3cret\0x", 8);
	write_secret(&secrets, "bell", "s3cret\a", 7);
	assert_refused("lines");
	assert_refused("empty");
	assert_refused("line-end");
	assert_refused("nul");
	assert_refused("bell");
	assert_refused("absent");
}

static void
a_secret_has_a_limit(void **state)
{
	static char text[KEYRING_VALUE_MAX + 1];
	struct keyring k = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	write_secret(&secrets, "long", text, KEYRING_VALUE_MAX);
	assert_int_equal(load(&k, "long"), DELIVERY_SENT);
	keyring_done(&k);
	write_secret(&secrets, "long", text, KEYRING_VALUE_MAX + 1);
	assert_refused("long");
}

static void
there_are_only_so_many(void **state)
{
	struct keyring k = { 0 };
	char name[8];
	int i;

	(void)state;
	for (i = 0; i <= KEYRING_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		write_secret(&secrets, name, "x\n", 2);
		assert_int_equal(load(&k, name),
				 i < KEYRING_MAX ? DELIVERY_SENT : DELIVERY_MISCONFIGURED);
	}
	keyring_done(&k);
}

static void
a_name_leads_out_of_no_folder(void **state)
{
	(void)state;
	assert_true(keyring_name_good("twilio-token.2_a", 16));
	assert_true(keyring_name_good("/run/x", 6));
	assert_false(keyring_name_good("", 0));
	assert_false(keyring_name_good("/", 1));
	assert_false(keyring_name_good("..", 2));
	assert_false(keyring_name_good(".x", 2));
	assert_false(keyring_name_good("a/b", 3));
	assert_false(keyring_name_good("a b", 3));
	assert_false(keyring_name_good("a\0b", 3));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_secret_is_one_line_of_its_file),
		TEST(a_credential_comes_before_a_file),
		TEST(without_credentials_there_are_files),
		TEST(an_absolute_path_is_a_name),
		TEST(a_secret_is_read_once),
		TEST(a_file_that_others_can_read_or_change_is_not_believed),
		TEST(what_is_not_one_line_is_refused),
		TEST(a_secret_has_a_limit),
		TEST(there_are_only_so_many),
		TEST(a_name_leads_out_of_no_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
