/*
 * Whose password may be set: the lines of the host's files, and what a home says. The files are a scratch folder's.
 */
/* link: passwd/account.c passwd/entry.c passwd/home.c passwd/fscrypt.c */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "passwd/account.h"
#include "passwd/fscrypt.h"
#include "passwd/home.h"
#include "tests/unit/scratch.h"

#define HASH  "$6$rounds=1000$sspr$abcdefghijklmnop"
#define TODAY 20000

static struct scratch scratch;

static void
write_file(const char *name, const char *text)
{
	unlink(scratch_path(&scratch, name));
	assert_int_equal(scratch_write(scratch_path(&scratch, name), 0, text, strlen(text)), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (scratch_make(&scratch) < 0)
		return -1;
	mkdir(scratch_path(&scratch, "etc"), 0755);
	mkdir(scratch_path(&scratch, "home"), 0755);
	mkdir(scratch_path(&scratch, "home/alice"), 0755);
	return 0;
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", scratch.folder);
	return system(command);
}

static enum account_result
look(const char *passwd, const char *shadow, const char *user, const char **why)
{
	const struct account_rules rules = { .root = scratch.folder,
					     .min_uid = 1000,
					     .today = TODAY };
	struct entry e = { 0 };
	enum account_result r;

	write_file("etc/passwd", passwd);
	write_file("etc/shadow", shadow);
	r = account_look(&rules, user, &e, why);
	if (r == ACCOUNT_FINE) {
		assert_null(*why);
		assert_string_equal(secret_text(&e.hash), HASH);
	} else {
		assert_non_null(*why);
		assert_null(e.hash.data);
	}
	entry_done(&e);
	return r;
}

#define PASSWD_LINE(uid) "root:x:0:0::/root:/bin/sh\nalice:x:" uid ":1000:A,,:/home/alice:/bin/sh\n"
#define SHADOW_LINE(hash, expires)                                                                 \
	"root:*:1:0:99999:7:::\nalice:" hash ":1:0:99999:7::" expires ":\n"

static void
test_an_ordinary_account_is_fine(void **state)
{
	const char *why;

	(void)state;
	assert_int_equal(look(PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "alice", &why),
			 ACCOUNT_FINE);
	assert_int_equal(look(PASSWD_LINE("1000"), SHADOW_LINE(HASH, "20001"), "alice", &why),
			 ACCOUNT_FINE);
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *passwd, *shadow, *user, *why;
	} cases[] = {
		{ PASSWD_LINE("0"), SHADOW_LINE(HASH, ""), "alice", "uid 0" },
		{ PASSWD_LINE("999"), SHADOW_LINE(HASH, ""), "alice", "a system account" },
		{ PASSWD_LINE("65534"), SHADOW_LINE(HASH, ""), "alice", "a system account" },
		{ PASSWD_LINE("4294967295"), SHADOW_LINE(HASH, ""), "alice", "a system account" },
		{ PASSWD_LINE("4294968296"), SHADOW_LINE(HASH, ""), "alice", "in doubt" },
		{ PASSWD_LINE("-1"), SHADOW_LINE(HASH, ""), "alice", "in doubt" },
		{ PASSWD_LINE(""), SHADOW_LINE(HASH, ""), "alice", "in doubt" },
		{ PASSWD_LINE("1000"), SHADOW_LINE("!" HASH, ""), "alice", "locked" },
		{ PASSWD_LINE("1000"), SHADOW_LINE("*", ""), "alice", "locked" },
		{ PASSWD_LINE("1000"), SHADOW_LINE("", ""), "alice", "without a password" },
		{ PASSWD_LINE("1000"), SHADOW_LINE("x", ""), "alice", "without a password" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, "20000"), "alice", "expired" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, "0"), "alice", "expired" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, "soon"), "alice", "in doubt" },
		{ PASSWD_LINE("1000"), "alice:" HASH "\n", "alice", "in doubt" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, "") SHADOW_LINE(HASH, ""), "alice",
		  "in doubt" },
		{ PASSWD_LINE("1000") PASSWD_LINE("0"), SHADOW_LINE(HASH, ""), "alice",
		  "in doubt" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "alic", "not in" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "alicee", "not in" },
		{ PASSWD_LINE("1000"), "", "alice", "not in" },
		{ "", SHADOW_LINE(HASH, ""), "alice", "not in" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "../alice", "no name" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "-alice", "no name" },
		{ PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "", "no name" },
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(look(cases[i].passwd, cases[i].shadow, cases[i].user, &why),
				 ACCOUNT_REFUSED);
		if (strstr(why, cases[i].why) == NULL)
			fail_msg("case %zu: %s, not %s", i, why, cases[i].why);
	}
}

/* A line that does not fit is nobody's whose name begins it, and hides nobody behind it. */
/* alice's shadow line: last change, the most days, days of inactivity. */
static enum account_result
look_aged(const char *changed, const char *most, const char *inactive, const char **why)
{
	char shadow[256];

	snprintf(shadow, sizeof(shadow), "alice:" HASH ":%s:0:%s:7:%s::\n", changed, most,
		 inactive);
	return look(PASSWD_LINE("1000"), shadow, "alice", why);
}

/* pam_unix lets nobody in any more, and sends them to the administrator: a new password would undo that. */
static void
test_a_password_that_was_left_to_lapse_locks_the_account(void **state)
{
	const char *why;

	(void)state;
	assert_int_equal(look_aged("19869", "100", "30", &why), ACCOUNT_REFUSED);
	assert_non_null(strstr(why, "lapsed"));
	assert_int_equal(look_aged("19870", "100", "30", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("19899", "100", "0", &why), ACCOUNT_REFUSED);
	assert_int_equal(look_aged("19900", "100", "0", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("1", "100", "", &why),
			 ACCOUNT_FINE); /* to be changed at login */
	assert_int_equal(look_aged("1", "100", "-1", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("1", "", "30", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("0", "100", "30", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("", "100", "30", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("1", "99999", "30", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("30000", "1", "1", &why), ACCOUNT_FINE);
	assert_int_equal(look_aged("soon", "1", "1", &why), ACCOUNT_REFUSED);
	assert_non_null(strstr(why, "in doubt"));
	assert_int_equal(look_aged("1", "999999999999999999", "999999999999999999", &why),
			 ACCOUNT_FINE);
}

static void
test_a_line_without_an_end(void **state)
{
	char passwd[2 * ENTRY_LINE_MAX];
	const char *why;

	(void)state;
	memset(passwd, 'x', sizeof(passwd));
	memcpy(passwd, "alice:x:1000:", 13);
	passwd[sizeof(passwd) - 1] = '\0';
	assert_int_equal(look(passwd, SHADOW_LINE(HASH, ""), "alice", &why), ACCOUNT_REFUSED);
	assert_non_null(strstr(why, "in doubt"));
	memcpy(passwd, "bob:x:", 6);
	/* Where the second piece of it begins: not a line of its own. */
	memcpy(passwd + ENTRY_LINE_MAX - 1, "alice:x:1000:1000::/home/alice:/bin/sh\n", 39);
	passwd[ENTRY_LINE_MAX + 38] = '\0';
	assert_int_equal(look(passwd, SHADOW_LINE(HASH, ""), "alice", &why), ACCOUNT_REFUSED);
	assert_non_null(strstr(why, "not in"));
}

static void
test_what_a_home_says(void **state)
{
	static const struct {
		const char *path, *why;
	} cases[] = {
		{ "var/lib/systemd/home/alice.identity", "systemd-homed" },
		{ "home/.ecryptfs/alice", "eCryptfs" },
		{ "home/alice/.ecryptfs", "eCryptfs" },
	};
	const char *why;
	char command[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(command, sizeof(command), "mkdir -p %s/%s", scratch.folder, cases[i].path);
		assert_int_equal(system(command), 0);
		assert_int_equal(look(PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "alice", &why),
				 ACCOUNT_REFUSED);
		assert_non_null(strstr(why, cases[i].why));
		snprintf(command, sizeof(command), "rmdir %s/%s", scratch.folder, cases[i].path);
		assert_int_equal(system(command), 0);
		assert_int_equal(look(PASSWD_LINE("1000"), SHADOW_LINE(HASH, ""), "alice", &why),
				 ACCOUNT_FINE);
	}
}

/* A keyring behind a link that the user made is not looked for: links lead anywhere. */
static void
test_a_keyring_is_not_looked_for_behind_a_link(void **state)
{
	struct entry e = { .home = "/home/alice" };
	char command[512];

	(void)state;
	assert_false(home_has_keyring(scratch.folder, &e));
	snprintf(command, sizeof(command),
		 "cd %s && mkdir -p elsewhere/share/keyrings && : "
		 ">elsewhere/share/keyrings/a.keyring && "
		 "ln -s ../../elsewhere home/alice/.local",
		 scratch.folder);
	assert_int_equal(system(command), 0);
	assert_false(home_has_keyring(scratch.folder, &e));
	snprintf(command, sizeof(command),
		 "cd %s/home/alice && rm .local && cp -r ../../elsewhere .local", scratch.folder);
	assert_int_equal(system(command), 0);
	assert_true(home_has_keyring(scratch.folder, &e));
}

/* descriptor, source, name, costs (a message), salt, uid, wrapped key */
static const unsigned char login_protector[] = {
	0x0a, 0x02, 'a',  'b',  0x10, 0x01, 0x1a, 0x01, 'n',  0x22, 0x02,
	0x08, 0x01, 0x2a, 0x01, 's',  0x30, 0xe8, 0x07, 0x3a, 0x00,
};

static void
test_a_protector_is_read(void **state)
{
	struct protector p = { 7, 7 };

	(void)state;
	assert_true(protector_parse(login_protector, sizeof(login_protector), &p));
	assert_int_equal(p.source, PROTECTOR_LOGIN);
	assert_int_equal(p.uid, 1000);
	assert_true(protector_parse(NULL, 0, &p));
	assert_int_equal(p.source, 0);
}

static void
test_a_protector_that_is_cut_or_odd_is_none(void **state)
{
	static const unsigned char odd[][12] = {
		{ 2, 0x10, 0x80 }, /* a varint without an end */
		{ 2, 0x00, 0x01 }, /* field 0 */
		{ 2, 0x0a, 0x7f }, /* more bytes than there are */
		{ 1, 0x0b },       /* a group */
		{ 3, 0x09, 1, 2 }, /* 8 bytes of which 2 are there */
		{ 3, 0x0d, 1, 2 }, /* 4 bytes */
		{ 11, 0x10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, /* over 64 bits */
	};
	struct protector p = { 7, 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_false(protector_parse(odd[i] + 1, odd[i][0], &p));
	assert_false(protector_parse(login_protector, 3, &p));
	assert_int_equal(p.source, 7);
}

static void
test_a_protector_that_cannot_be_understood_refuses(void **state)
{
	const unsigned int uid =
		getuid() != 0 ? getuid() : 1000; /* files of root's count for everybody */
	char command[512];
	int folder;

	(void)state;
	snprintf(command, sizeof(command), "mkdir -p %s/.fscrypt/protectors", scratch.folder);
	assert_int_equal(system(command), 0);
	folder = open(scratch.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fscrypt_has_login(folder, uid), 0);
	assert_int_equal(scratch_write(scratch_path(&scratch, ".fscrypt/protectors/0123.link"), 0,
				       "\xff", 1),
			 0);
	assert_int_equal(symlink("/dev/zero", scratch_path(&scratch, ".fscrypt/protectors/4567")),
			 0);
	assert_int_equal(mkfifo(scratch_path(&scratch, ".fscrypt/protectors/89ab"), 0600), 0);
	assert_int_equal(fscrypt_has_login(folder, uid), 0);
	assert_int_equal(
		scratch_write(scratch_path(&scratch, ".fscrypt/protectors/cdef"), 0, "\xff", 1), 0);
	assert_true(fscrypt_has_login(folder, uid) < 0);
	assert_int_equal(
		truncate(scratch_path(&scratch, ".fscrypt/protectors/cdef"), FSCRYPT_FILE_MAX + 1),
		0);
	assert_true(fscrypt_has_login(folder, uid) < 0);
	close(folder);
}

/* The folder may be everybody's to write to: what others put there must refuse nobody, however much it is. */
static void
test_a_crowd_of_others_files_refuses_nobody(void **state)
{
	const uid_t others = geteuid() == 0 ? 4242 : geteuid();
	const uint32_t uid = (uint32_t)others + 1;
	char name[32];
	int folder, file;

	(void)state;
	mkdir(scratch_path(&scratch, ".fscrypt"), 0755);
	mkdir(scratch_path(&scratch, ".fscrypt/protectors"), 0777);
	folder = open(scratch_path(&scratch, ".fscrypt/protectors"), O_RDONLY | O_DIRECTORY);
	assert_true(folder >= 0);
	for (int i = 0; i <= FSCRYPT_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
		assert_int_equal(fchown(file, others, (gid_t)-1), 0);
		close(file);
	}
	close(folder);
	folder = open(scratch.folder, O_PATH | O_DIRECTORY);
	assert_int_equal(fscrypt_has_login(folder, uid), 0);
	assert_int_equal(fscrypt_has_login(folder, (uint32_t)others), -EFBIG); /* their own */
	close(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_ordinary_account_is_fine),
		TEST(test_what_is_refused),
		TEST(test_a_password_that_was_left_to_lapse_locks_the_account),
		TEST(test_a_line_without_an_end),
		TEST(test_what_a_home_says),
		TEST(test_a_keyring_is_not_looked_for_behind_a_link),
		TEST(test_a_protector_is_read),
		TEST(test_a_protector_that_is_cut_or_odd_is_none),
		TEST(test_a_protector_that_cannot_be_understood_refuses),
		TEST(test_a_crowd_of_others_files_refuses_nobody),
	};

	return cmocka_run_group_tests_name("passwd_account", tests, NULL, NULL);
}
