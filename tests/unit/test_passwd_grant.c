/*
 * A grant as its holder sees it, with another PAM child: what is said for what became of the shadow file, and its clocks.
 */
/* link: passwd/grant.c passwd/run.c passwd/tally.c passwd/outcome.c passwd/change.c passwd/talk.c passwd/account.c passwd/entry.c passwd/home.c passwd/fscrypt.c */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "passwd/grant.h"
#include "passwd/grants.h"
#include "passwd/talk.h"
#include "protocol/buslink.h"
#include "protocol/packet.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

#define OLD    "$6$rounds=1000$sspr$abcdefghijklmnop"
#define NEW    "$y$j9T$sspr$abcdefghijklmnop"
#define WAIT   10000
#define LONG_S 60

static struct scratch scratch;
static int notes[2]; /* what the tools were asked to do: a byte each */

static void
write_shadow(const char *hash)
{
	char line[256];

	unlink(scratch_path(&scratch, "etc/shadow"));
	snprintf(line, sizeof(line), "alice:%s:1:0:99999:7:::\n", hash);
	scratch_write(scratch_path(&scratch, "etc/shadow"), 0, line, strlen(line));
}

static int
set_up(void **state)
{
	static const char passwd[] = "alice:x:1000:1000::/home/alice:/bin/sh\n";

	(void)state;
	log_to_stderr();
	if (scratch_make(&scratch) < 0 || mkdir(scratch_path(&scratch, "etc"), 0755) < 0 ||
	    pipe2(notes, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	write_shadow(OLD);
	return scratch_write(scratch_path(&scratch, "etc/passwd"), 0, passwd, strlen(passwd));
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	close(notes[0]);
	close(notes[1]);
	snprintf(command, sizeof(command), "rm -r %s", scratch.folder);
	return system(command);
}

static int
note_reset(const char *user)
{
	assert_string_equal(user, "alice");
	return write(notes[1], "r", 1) == 1 ? TALLY_RESET : -EIO;
}

static int
no_reset(const char *user)
{
	(void)user;
	return TALLY_ABSENT;
}

static int
note_report(const char *user, const char *what)
{
	assert_string_equal(user, "alice");
	return write(notes[1], what, 1) == 1 ? 0 : -EIO;
}

/* ssprd is not there at first; each process of a test begins anew. */
static int
report_at_third_try(const char *user, const char *what)
{
	static int tries;

	(void)note_report(user, what);
	return ++tries < 3 ? -ETIMEDOUT : 0;
}

static int
never_report(const char *user, const char *what)
{
	(void)note_report(user, what);
	return -EAGAIN;
}

static int
report_in_vain(const char *user, const char *what)
{
	(void)note_report(user, what);
	return -EPROTO;
}

/* What other PAM children do. */
static enum change_said
saves_and_says_so(const struct change *c)
{
	(void)c;
	write_shadow(NEW);
	return CHANGE_DONE;
}

static enum change_said
saves_and_denies(const struct change *c)
{
	(void)c;
	write_shadow(NEW);
	return CHANGE_FAILED;
}

static enum change_said
saves_and_dies(const struct change *c)
{
	(void)c;
	write_shadow(NEW);
	abort();
}

static enum change_said
lies(const struct change *c)
{
	(void)c;
	return CHANGE_DONE;
}

static enum change_said
declines(const struct change *c)
{
	(void)c;
	return CHANGE_DECLINED;
}

static enum change_said
hangs(const struct change *c)
{
	(void)c;
	pause();
	return CHANGE_DONE;
}

/* Waits for an answer in the holder's turn, then does not come back. */
static enum change_said
asks_and_hangs(const struct change *c)
{
	struct packet p;

	(void)!write(c->turn, "h", 1);
	(void)packet_send(c->fd, PACKET_PROMPT_SECRET, "New: ", 5, WAIT);
	(void)packet_receive(c->fd, &p, -1);
	(void)!write(c->turn, "m", 1);
	pause();
	return CHANGE_DONE;
}

static enum change_said
loses_the_line(const struct change *c)
{
	(void)c;
	unlink(scratch_path(&scratch, "etc/shadow"));
	return CHANGE_DONE;
}

static const struct grant_tools usual = {
	.change = saves_and_says_so,
	.reset = note_reset,
	.report = note_report,
	.seconds = LONG_S,
	.change_ms = WAIT,
	.late_ms = 1,
};

struct heard {
	char kinds[16];
	char last[64]; /* the verdict's word */
	char error[256];
};

/* Take packets; the first question is answered by choice, others by "answer". */
static void
hold(int fd, const char *choice, struct heard *h)
{
	struct packet p;
	size_t n = 0;

	while (packet_receive(fd, &p, LONG_S * 1000) == PACKET_GOT && n < sizeof(h->kinds) - 1) {
		h->kinds[n++] = (char)p.type;
		if (p.type == PACKET_END)
			snprintf(h->last, sizeof(h->last), "%.60s", p.text);
		if (p.type == PACKET_ERROR)
			snprintf(h->error, sizeof(h->error), "%.250s", p.text);
		if (p.type == PACKET_PROMPT_ECHO)
			assert_int_equal(
				packet_send(fd, PACKET_ANSWER, choice, strlen(choice), WAIT), 0);
		if (p.type == PACKET_PROMPT_SECRET)
			assert_int_equal(packet_send(fd, PACKET_ANSWER, "answer", 6, WAIT), 0);
	}
	h->kinds[n] = '\0';
}

/* A whole grant. What was noted; h: what the holder heard. */
static const char *
grant(const struct grant_tools *tools, const char *choice, struct heard *h)
{
	const struct account_rules rules = { .root = scratch.folder, .min_uid = 1000 };
	static char noted[16];
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	memset(h, 0, sizeof(*h));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		_exit((int)grant_run(tools, &rules, "alice", ends[1]));
	}
	close(ends[1]);
	hold(ends[0], choice, h);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), verdict_from_word(h->last));
	n = read(notes[0], noted, sizeof(noted) - 1);
	noted[n > 0 ? n : 0] = '\0';
	return noted;
}

static void
test_the_verdict_is_what_the_shadow_file_says(void **state)
{
	static const struct {
		enum change_said (*change)(const struct change *);
		const char *kinds, *verdict, *noted;
	} cases[] = {
		{ saves_and_says_so, "?.", "password-changed", "rp" },
		{ saves_and_denies, "?.", "password-changed", "rp" },
		{ saves_and_dies, "?.", "password-changed", "rp" },
		{ lies, "?e.", "failed", "" },
		{ declines, "?.", "declined", "" },
		{ loses_the_line, "?", "", "" }, /* nobody knows, so nothing is said */
	};
	struct grant_tools tools = usual;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_shadow(OLD);
		tools.change = cases[i].change;
		assert_string_equal(grant(&tools, "change -", &h), cases[i].noted);
		assert_string_equal(h.kinds, cases[i].kinds);
		assert_string_equal(h.last, cases[i].verdict);
	}
}

static void
test_ssprd_is_told_late_rather_than_never(void **state)
{
	static const struct {
		int (*report)(const char *, const char *);
		const char *noted;
	} cases[] = {
		{ report_at_third_try, "rppp" },
		{ never_report, "rpppppppp" }, /* GRANT_LATE_TRIES more */
		{ report_in_vain, "rp" },      /* it does not know that user */
	};
	struct grant_tools tools = usual;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_shadow(OLD);
		tools.report = cases[i].report;
		assert_string_equal(grant(&tools, "change -", &h), cases[i].noted);
		assert_string_equal(h.last, "password-changed");
	}
}

/* What was noted where a supervisor was killed, with this hash in the shadow file now. */
static const char *
aftermath(const char *now, int alive, int expected)
{
	const struct account_rules rules = { .root = scratch.folder };
	struct secret before = { 0 };
	static char noted[16];
	ssize_t n;

	assert_int_equal(secret_set(&before, OLD, strlen(OLD)), 0);
	if (now != NULL)
		write_shadow(now);
	else
		unlink(scratch_path(&scratch, "etc/shadow"));
	assert_int_equal(grant_aftermath(&usual, &rules, "alice", &before, alive), expected);
	secret_done(&before);
	n = read(notes[0], noted, sizeof(noted) - 1);
	noted[n > 0 ? n : 0] = '\0';
	return noted;
}

static void
test_who_was_killed_is_looked_after(void **state)
{
	int alive[2];

	(void)state;
	assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
	close(alive[1]);
	assert_string_equal(aftermath(NEW, alive[0], 1), "rp");
	assert_string_equal(aftermath(OLD, alive[0], 0), "");
	assert_string_equal(aftermath(NULL, alive[0], -ENOENT), "");
	close(alive[0]);
}

/* A process that was killed may still be in the call that changes the file. */
static void
test_that_look_waits_for_all_to_be_over(void **state)
{
	int alive[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
	write_shadow(OLD);
	pid = fork();
	if (pid == 0) {
		(void)poll(NULL, 0, 200);
		write_shadow(NEW);
		_exit(0);
	}
	close(alive[1]);
	assert_string_equal(aftermath(OLD, alive[0], 1), "rp");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(alive[0]);
}

static void
test_unlocking_runs_no_pam(void **state)
{
	struct grant_tools tools = usual;
	struct heard h;

	(void)state;
	assert_string_equal(grant(&tools, "unlock nl", &h), "ru");
	assert_string_equal(h.last, "unlocked");
	assert_true(scratch_holds(scratch_path(&scratch, "etc/shadow"), OLD, strlen(OLD)));
	tools.reset = no_reset;
	assert_string_equal(grant(&tools, "unlock -", &h), "");
	assert_string_equal(h.last, "failed");
	assert_non_null(strstr(h.error, "nothing to unlock"));
}

static void
test_an_account_that_is_not_ours_hears_the_verdict_alone(void **state)
{
	struct heard h;

	(void)state;
	write_shadow("!" OLD);
	assert_string_equal(grant(&usual, "change -", &h), "");
	assert_string_equal(h.kinds, ".");
	assert_string_equal(h.last, "contact-administrator");
}

/* Much longer than the limits of these grants, much shorter than the usual ones. */
static void
assert_ended_early(int64_t began)
{
	assert_true(buslink_now() - began < WAIT);
}

static void
test_a_child_that_hangs_is_killed(void **state)
{
	struct grant_tools tools = usual;
	const int64_t began = buslink_now();
	struct heard h;

	(void)state;
	tools.change = hangs;
	tools.change_ms = 100;
	assert_string_equal(grant(&tools, "change -", &h), "");
	assert_string_equal(h.last, "failed");
	assert_non_null(strstr(h.error, "in time"));
	tools.change = asks_and_hangs;
	assert_string_equal(grant(&tools, "change -", &h), "");
	assert_string_equal(h.kinds, "?*e.");
	assert_ended_early(began);
}

static void
test_a_grant_has_an_end(void **state)
{
	struct grant_tools tools = usual;
	const int64_t began = buslink_now();
	struct heard h;

	(void)state;
	tools.change = hangs;
	tools.seconds = 1;
	assert_string_equal(grant(&tools, "change -", &h), "");
	assert_string_equal(h.last, "failed");
	assert_non_null(strstr(h.error, "The time for a new password is over"));
	assert_ended_early(began);
}

static void
test_a_choice(void **state)
{
	char lang[LANG_NAME_MAX + 1];

	(void)state;
	assert_int_equal(grant_choose("change -", lang), GRANT_CHOSE_CHANGE);
	assert_string_equal(lang, "");
	assert_int_equal(grant_choose("unlock nl_NL.UTF-8", lang), GRANT_CHOSE_UNLOCK);
	assert_string_equal(lang, "nl_NL");
	assert_int_equal(grant_choose("change", lang), GRANT_CHOSE_NOTHING);
	assert_int_equal(grant_choose("change ", lang), GRANT_CHOSE_NOTHING);
	assert_int_equal(grant_choose("change nl ", lang), GRANT_CHOSE_NOTHING);
	assert_int_equal(grant_choose("changes -", lang), GRANT_CHOSE_NOTHING);
	assert_int_equal(grant_choose("", lang), GRANT_CHOSE_NOTHING);
}

/* The parts of one turn fit into it. */
static void
test_the_limits_fit_together(void **state)
{
	(void)state;
	assert_true(GRANT_CHANGE_MS + TALLY_MS + OUTCOME_WAIT_MS < GRANT_WORK_MS);
	assert_int_equal(grant_host.change_ms, GRANT_CHANGE_MS);
	assert_int_equal(grant_host.seconds, GRANT_SECONDS);
	assert_true((GRANT_LATE_MS << GRANT_LATE_TRIES) + GRANT_LATE_TRIES * OUTCOME_WAIT_MS +
			    GRANT_ORPHAN_MS <
		    GRANTS_GRACE_MS);
}

static void
test_texts_are_cleaned(void **state)
{
	char out[PACKET_TEXT_MAX + 1], long_text[PACKET_TEXT_MAX + 8];

	(void)state;
	talk_clean("New\tpass\x1b[2Jword: \xff\xc3\xa9\xc2\x85\n", out);
	assert_string_equal(out, "New?pass?[2Jword: ?\xc3\xa9?\n");
	memset(long_text, 'a', sizeof(long_text));
	memcpy(long_text + PACKET_TEXT_MAX - 1, "\xc3\xa9", 3); /* cut between characters */
	talk_clean(long_text, out);
	assert_int_equal(strlen(out), PACKET_TEXT_MAX - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_verdict_is_what_the_shadow_file_says),
		TEST(test_ssprd_is_told_late_rather_than_never),
		TEST(test_who_was_killed_is_looked_after),
		TEST(test_that_look_waits_for_all_to_be_over),
		TEST(test_unlocking_runs_no_pam),
		TEST(test_an_account_that_is_not_ours_hears_the_verdict_alone),
		TEST(test_a_child_that_hangs_is_killed),
		TEST(test_a_grant_has_an_end),
		cmocka_unit_test(test_a_choice),
		cmocka_unit_test(test_the_limits_fit_together),
		cmocka_unit_test(test_texts_are_cleaned),
	};

	return cmocka_run_group_tests_name("passwd_grant", tests, NULL, NULL);
}
