/*
 * The vault: what it seals opens in its own place only, and its key is made once and never by mistake.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/core/vault.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

#define KEY_HEADER "sspr master key 1\n"

static struct scratch scratch;
static struct vault *vault;
static int lines_logged;

static const struct vault_place place = { .user = 7, .method = "email", .row = "record" };

static void
note_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)text;
	(void)arg;
	lines_logged++;
}

static const char *
key_file(void)
{
	return scratch_path(&scratch, "key");
}

static int
set_up(void **state)
{
	(void)state;
	log_to(note_line, NULL);
	lines_logged = 0;
	return scratch_make(&scratch);
}

static int
set_up_vault(void **state)
{
	return set_up(state) < 0 ? -1 : vault_start(&vault, key_file(), 1);
}

static int
tear_down(void **state)
{
	(void)state;
	vault_stop(vault);
	vault = NULL;
	scratch_remove(&scratch);
	return 0;
}

static unsigned char *
seal(const char *text, size_t *len)
{
	unsigned char *sealed = NULL;

	assert_int_equal(vault_seal(vault, &place, text, strlen(text), &sealed, len), VAULT_DONE);
	return sealed;
}

/* What opening answers; a record that stays shut leaves the output as it was. */
static int
unseal(const struct vault_place *where, const unsigned char *sealed, size_t len)
{
	struct secret plain = { 0 };
	int r = vault_unseal(vault, where, sealed, len, &plain);

	if (r != VAULT_DONE)
		assert_null(plain.data);
	secret_done(&plain);
	return r;
}

static void
a_sealed_record_opens_in_its_place(void **state)
{
	struct secret plain = { 0 };
	size_t len = 0;
	unsigned char *sealed = seal("alice@example.org", &len);

	(void)state;
	assert_null(memmem(sealed, len, "alice", 5));
	assert_int_equal(vault_unseal(vault, &place, sealed, len, &plain), VAULT_DONE);
	assert_int_equal(plain.len, 17);
	assert_string_equal(secret_text(&plain), "alice@example.org");
	secret_done(&plain);
	free(sealed);
}

static void
nothing_and_the_longest_are_sealed_and_longer_is_refused(void **state)
{
	unsigned char *sealed = NULL, *most = calloc(1, VAULT_PLAIN_MAX + 1);
	size_t len = 0;

	(void)state;
	assert_non_null(most);
	assert_int_equal(vault_seal(vault, &place, "", 0, &sealed, &len), VAULT_DONE);
	assert_int_equal(unseal(&place, sealed, len), VAULT_DONE);
	free(sealed);
	assert_int_equal(vault_seal(vault, &place, most, VAULT_PLAIN_MAX, &sealed, &len),
			 VAULT_DONE);
	assert_int_equal(unseal(&place, sealed, len), VAULT_DONE);
	free(sealed);
	sealed = NULL;
	assert_int_equal(vault_seal(vault, &place, most, VAULT_PLAIN_MAX + 1, &sealed, &len),
			 -EMSGSIZE);
	assert_null(sealed);
	free(most);
}

static void
a_record_that_was_moved_stays_shut(void **state)
{
	const struct vault_place others[] = {
		{ .user = 8, .method = "email", .row = "record" },
		{ .user = 7 + (1ll << 32), .method = "email", .row = "record" },
		{ .user = -7, .method = "email", .row = "record" },
		{ .user = 7, .method = "phone", .row = "record" },
		{ .user = 7, .method = "email", .row = "code" },
		{ .user = 7, .method = "emailr", .row = "ecord" },
		{ .user = 7, .method = "emai", .row = "lrecord" },
		{ .user = 7, .method = "email", .row = "" },
		{ .user = 7, .method = "", .row = "emailrecord" },
	};
	size_t len = 0;
	unsigned char *sealed = seal("secret", &len);

	(void)state;
	assert_int_equal(unseal(&place, sealed, len), VAULT_DONE);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(unseal(&others[i], sealed, len), VAULT_SHUT);
	free(sealed);
}

static void
a_record_of_which_any_bit_was_changed_stays_shut(void **state)
{
	size_t len = 0;
	unsigned char *sealed = seal("secret", &len);

	(void)state;
	for (size_t bit = 0; bit < len * 8; bit++) {
		sealed[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_int_equal(unseal(&place, sealed, len), VAULT_SHUT);
		sealed[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	assert_int_equal(unseal(&place, sealed, len), VAULT_DONE);
	free(sealed);
}

static void
a_record_that_was_cut_or_grew_stays_shut(void **state)
{
	size_t len = 0;
	unsigned char *sealed = seal("secret", &len), *longer = calloc(1, len + 8192);

	(void)state;
	assert_non_null(longer);
	memcpy(longer, sealed, len);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(unseal(&place, longer, cut), VAULT_SHUT);
	assert_int_equal(unseal(&place, longer, len + 1), VAULT_SHUT);
	assert_int_equal(unseal(&place, longer, len + 8192), VAULT_SHUT);
	free(longer);
	free(sealed);
}

static void
a_place_with_an_endless_word_is_refused(void **state)
{
	char endless[300];
	const struct vault_place bad = { .user = 7, .method = endless, .row = "record" };
	unsigned char *sealed = NULL;
	size_t len = 0;

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_int_equal(vault_seal(vault, &bad, "x", 1, &sealed, &len), -EINVAL);
	assert_int_equal(unseal(&bad, (const unsigned char *)endless, 100), -EINVAL);
}

static void
no_two_seals_are_alike(void **state)
{
	size_t len = 0;
	unsigned char *first = seal("secret", &len), *second = seal("secret", &len);

	(void)state;
	assert_memory_not_equal(first, second, len);
	free(first);
	free(second);
}

static void
the_key_is_kept_and_another_opens_nothing(void **state)
{
	unsigned char hash[VAULT_HASH_SIZE], again[VAULT_HASH_SIZE];
	size_t len = 0;
	unsigned char *sealed = seal("secret", &len);

	(void)state;
	vault_hash(vault, "code", "123456", 6, hash);
	vault_stop(vault);
	assert_int_equal(vault_start(&vault, key_file(), 0), 0);
	assert_int_equal(unseal(&place, sealed, len), VAULT_DONE);
	vault_hash(vault, "code", "123456", 6, again);
	assert_memory_equal(hash, again, sizeof(hash));

	vault_stop(vault);
	assert_int_equal(vault_start(&vault, scratch_path(&scratch, "other"), 1), 0);
	assert_int_equal(unseal(&place, sealed, len), VAULT_SHUT);
	vault_hash(vault, "code", "123456", 6, again);
	assert_memory_not_equal(hash, again, sizeof(hash));
	free(sealed);
}

static void
a_new_key_file_is_its_owners_alone_and_random(void **state)
{
	char content[64] = { 0 };
	mode_t mask = umask(0777);
	struct stat st;
	FILE *file;

	(void)state;
	assert_int_equal(vault_start(&vault, key_file(), 1), 0);
	umask(mask);
	assert_int_equal(stat(key_file(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_size, strlen(KEY_HEADER) + 32);
	assert_int_equal(scratch_count(&scratch), 1);
	file = fopen(key_file(), "re");
	assert_non_null(file);
	assert_int_equal(fread(content, 1, sizeof(content), file), st.st_size);
	fclose(file);
	assert_memory_equal(content, KEY_HEADER, strlen(KEY_HEADER));
	assert_memory_not_equal(content + strlen(KEY_HEADER), content + strlen(KEY_HEADER) + 16,
				16);
}

static void
a_missing_key_is_an_error_and_makes_no_new_one(void **state)
{
	(void)state;
	assert_int_equal(vault_start(&vault, key_file(), 0), -ENOENT);
	assert_null(vault);
	assert_int_equal(scratch_count(&scratch), 0);
	assert_int_equal(lines_logged, 1);
}

static void
a_key_that_stands_is_never_replaced(void **state)
{
	struct stat before, after;

	(void)state;
	assert_int_equal(stat(key_file(), &before), 0);
	vault_stop(vault);
	assert_int_equal(vault_start(&vault, key_file(), 1), 0);
	assert_int_equal(stat(key_file(), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void
a_key_that_others_can_read_is_refused(void **state)
{
	const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0644, 0660 };

	(void)state;
	vault_stop(vault);
	vault = NULL;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(key_file(), modes[i]), 0);
		assert_int_equal(vault_start(&vault, key_file(), 0), -EPERM);
	}
	assert_int_equal(chmod(key_file(), 0400), 0);
	assert_int_equal(vault_start(&vault, key_file(), 0), 0);
	assert_int_equal(lines_logged, 7);
}

static void
a_file_that_is_no_key_is_refused(void **state)
{
	char zero[50] = KEY_HEADER, garbage[50] = "sspr master key 2\n", longer[51] = KEY_HEADER;

	(void)state;
	assert_int_equal(scratch_write(key_file(), 0, "", 0), 0);
	assert_int_equal(vault_start(&vault, key_file(), 1), -EINVAL);
	assert_int_equal(scratch_write(key_file(), 0, zero, sizeof(zero)), 0);
	assert_int_equal(vault_start(&vault, key_file(), 1), -EINVAL);
	memset(garbage + 18, 'x', 32);
	assert_int_equal(scratch_write(key_file(), 0, garbage, sizeof(garbage)), 0);
	assert_int_equal(vault_start(&vault, key_file(), 1), -EINVAL);
	memset(longer + 18, 'x', 33);
	assert_int_equal(scratch_write(key_file(), 0, longer, sizeof(longer)), 0);
	assert_int_equal(vault_start(&vault, key_file(), 1), -EINVAL);
	unlink(key_file());
	assert_int_equal(mkfifo(key_file(), 0600), 0);
	assert_int_equal(vault_start(&vault, key_file(), 1), -EINVAL);
	unlink(key_file());
	assert_int_equal(symlink(scratch_path(&scratch, "elsewhere"), key_file()), 0);
	assert_int_equal(vault_start(&vault, key_file(), 1), -ELOOP);
	assert_int_equal(vault_start(&vault, scratch_path(&scratch, "absent/key"), 1), -ENOENT);
	assert_null(vault);
	assert_int_equal(lines_logged, 7);
}

static void
hashes_are_parted_by_their_domain(void **state)
{
	unsigned char code[VAULT_HASH_SIZE], sent[VAULT_HASH_SIZE], same[VAULT_HASH_SIZE];
	unsigned char longer[VAULT_HASH_SIZE];

	(void)state;
	vault_hash(vault, "code", "x", 1, code);
	vault_hash(vault, "send", "x", 1, sent);
	vault_hash(vault, "code-of-something-else", "x", 1, longer);
	vault_hash(vault, "code", "x", 1, same);
	assert_true(vault_equal(code, same, sizeof(code)));
	assert_false(vault_equal(code, sent, sizeof(code)));
	assert_false(vault_equal(code, longer, sizeof(code)));
}

static void
digits_are_digits_and_all_of_them_come(void **state)
{
	int seen[10] = { 0 };
	char digits[11];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		vault_digits(digits, 10);
		assert_int_equal(strlen(digits), 10);
		assert_int_equal(strspn(digits, "0123456789"), 10);
		for (int k = 0; k < 10; k++)
			seen[digits[k] - '0']++;
	}
	for (int i = 0; i < 10; i++) /* 1000 each expected, standard deviation 30 */
		assert_in_range(seen[i], 750, 1250);
}

static void
random_bytes_differ(void **state)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	vault_random(a, sizeof(a));
	vault_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name)  cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TV(name) cmocka_unit_test_setup_teardown(name, set_up_vault, tear_down)
		TV(a_sealed_record_opens_in_its_place),
		TV(nothing_and_the_longest_are_sealed_and_longer_is_refused),
		TV(a_record_that_was_moved_stays_shut),
		TV(a_record_of_which_any_bit_was_changed_stays_shut),
		TV(a_record_that_was_cut_or_grew_stays_shut),
		TV(a_place_with_an_endless_word_is_refused),
		TV(no_two_seals_are_alike),
		TV(the_key_is_kept_and_another_opens_nothing),
		T(a_new_key_file_is_its_owners_alone_and_random),
		T(a_missing_key_is_an_error_and_makes_no_new_one),
		TV(a_key_that_stands_is_never_replaced),
		TV(a_key_that_others_can_read_is_refused),
		T(a_file_that_is_no_key_is_refused),
		TV(hashes_are_parted_by_their_domain),
		TV(digits_are_digits_and_all_of_them_come),
		TV(random_bytes_differ),
#undef T
#undef TV
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
