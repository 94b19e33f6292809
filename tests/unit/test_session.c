/*
 * Sessions from ssprd's side: started, answered, replaced, ended, counted. In place of
 * sspr-session runs this very program: it passes its two sockets to the test, which then is the
 * session, or does something that a session must not.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "protocol/packet.h"
#include "protocol/request.h"
#include "ssprd/catalogue.h"
#include "ssprd/context.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/vault.h"
#include "ssprd/delivery.h"
#include "ssprd/dialog.h"
#include "ssprd/freeze.h"
#include "ssprd/record.h"
#include "ssprd/reset.h"
#include "ssprd/session.h"
#include "ssprd/session_private.h"
#include "ssprd/stamps.h"
#include "tests/unit/config_text.h"
#include "tests/unit/program.h"
#include "text/log.h"

/* link: ssprd/session.c ssprd/session_start.c ssprd/launch.c ssprd/sending.c ssprd/check.c @judge */

#define POLICY                                                                                     \
	"[registration]\nmethods = app email questions\n"                                          \
	"[email]\nurl = smtp://127.0.0.1:25\nfrom = a@b.example\ntls = none\n"                     \
	"[questions]\nhash_memory = 8\nhash_passes = 1\n"
#define WAIT_MS 10000

static struct config *config;
static struct catalogues *catalogues;
static struct slots slots;
static struct stamps stamps;
static struct judge judge;
static struct deliveries deliveries;
static struct sessions sessions;
static char log_lines[16384];
static int listener;
static char this_program[PATH_MAX];

/* The session's side of a dialog that runs. */
struct puppet {
	int control; /* closing it ends the process */
	int terminal, judge;
	char arguments[1024];
	int shown; /* the terminal's end */
};

static void
keep_line(int priority, const char *text, void *arg)
{
	size_t len = strlen(log_lines);

	(void)priority;
	(void)arg;
	snprintf(log_lines + len, sizeof(log_lines) - len, "%s\n", text);
}

static struct sockaddr_un
control_address(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", name);
	return a;
}

/* What runs in place of sspr-session: the service names the socket of the test, or what to do. */
static int
be_session(int argc, char **argv)
{
	char arguments[1024] = "";
	struct iovec io = { arguments, 0 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	const int fds[2] = { 3, 4 };
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	for (int i = 1; i < argc; i++)
		io.iov_len += (size_t)snprintf(arguments + io.iov_len,
					       sizeof(arguments) - io.iov_len, "%s ", argv[i]);
	if (strstr(arguments, "-s die"))
		kill(getpid(), SIGSYS);
	/* argv[0] is FOLDER/program, the socket FOLDER/control */
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", argv[0]);
	snprintf(strrchr(a.sun_path, '/'), 16, "/control");
	a.sun_family = AF_UNIX;
	control.header = (struct cmsghdr){ CMSG_LEN(sizeof(fds)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.header), fds, sizeof(fds));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || sendmsg(fd, &m, 0) < 0)
		return 1;
	close(3);
	close(4);
	return recv(fd, arguments, 1, 0) == 0 ? 0 : 1;
}

static int
set_up_judge(void)
{
	static const char en[] = "First thing you broke?\nSecond cat?\nThird street?\n";

	slots = (struct slots){ .count = 1 };
	stamps = (struct stamps){ .folder = scratch.folder, .config_file = "/nonexistent/conf" };
	judge = (struct judge){ .stamps = &stamps,
				.slots = &slots,
				.implemented = methods_implemented(),
				.host = "desk" };
	config = good(POLICY);
	judge.config = config;
	scratch_write(scratch_path(&scratch, "en.txt"), 0, en, strlen(en));
	catalogues_read(&catalogues, scratch.folder);
	judge.catalogues = catalogues;
	if (vault_start(&judge.vault, scratch_path(&scratch, "key"), 1) < 0)
		return -1;
	return store_open(&judge.store, scratch_path(&scratch, "db"));
}

static int
set_up(void **state)
{
	struct sockaddr_un a;

	(void)state;
	log_to(keep_line, NULL);
	log_lines[0] = '\0';
	if (program_set_up() < 0 || set_up_judge() < 0)
		return -1;
	a = control_address(scratch_path(&scratch, "control"));
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(listener, 400) < 0 ||
	    symlink(this_program, scratch_path(&scratch, "program")) < 0)
		return -1;
	deliveries = (struct deliveries){ .loop = loop, .children = &children };
	sessions = (struct sessions){ .loop = loop,
				      .children = &children,
				      .judge = &judge,
				      .deliveries = &deliveries,
				      .program = strdup(scratch_path(&scratch, "program")),
				      .last_number = 100 };
	judge.resets_stopped = sessions_end_resets;
	judge.resets_arg = &sessions;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	sessions_stop(&sessions);
	deliveries_stop(&deliveries);
	close(listener);
	free((char *)(uintptr_t)sessions.program);
	store_close(judge.store);
	vault_stop(judge.vault);
	catalogues_free(catalogues);
	config_free(config);
	program_tear_down();
	return 0;
}

static void
turn_for(int ms)
{
	int64_t end = loop_now() + ms;

	while (loop_now() < end)
		assert_int_equal(loop_turn(loop, 5), 0);
}

static int
start_for(enum purpose purpose, const char *name, uint64_t uid, const char *service, int *terminal)
{
	struct context context = { .rhost = "192.0.2.1",
				   .lang = "nl",
				   .tty = "ssh",
				   .columns = 80,
				   .has_uid = true,
				   .uid = uid,
				   .has_local_password = true,
				   .local_password = true };
	struct user user = { 0 };
	int r;

	snprintf(context.service, sizeof(context.service), "%s", service);
	assert_int_equal(user_tell(&user, &judge, name, &context, time(NULL), true), STORE_DONE);
	r = session_start(&sessions, purpose, &user, &context, time(NULL), terminal);
	user_done(&user);
	return r;
}

static int
start(const char *name, uint64_t uid, const char *service, int *terminal)
{
	return start_for(PURPOSE_ENROLL, name, uid, service, terminal);
}

static void
receive_sockets(struct puppet *p)
{
	struct iovec io = { p->arguments, sizeof(p->arguments) - 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	ssize_t n;

	p->control = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(p->control >= 0);
	n = recvmsg(p->control, &m, MSG_CMSG_CLOEXEC);
	assert_true(n >= 0);
	p->arguments[n] = '\0';
	assert_int_equal(m.msg_controllen, sizeof(control.room));
	memcpy(&p->terminal, CMSG_DATA(&control.header), sizeof(int));
	memcpy(&p->judge, CMSG_DATA(&control.header) + sizeof(int), sizeof(int));
}

static struct puppet
session_of(const char *name, uint64_t uid)
{
	struct puppet p = { 0 };

	assert_int_equal(start(name, uid, "sshd", &p.shown), SESSION_STARTED);
	receive_sockets(&p);
	return p;
}

static void
puppet_done(struct puppet *p)
{
	const int fds[] = { p->control, p->terminal, p->judge, p->shown };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] > 0)
			close(fds[i]);
	*p = (struct puppet){ 0 };
}

static void
send_request(const struct puppet *p, int op, const char *first, const char *second)
{
	struct message m;

	message_start(&m, op);
	if (first)
		message_put_text(&m, first);
	if (second)
		message_put_text(&m, second);
	assert_int_equal(message_send(p->judge, &m, 0), 0);
}

/* The next message of the judge: its status; 0 it closed, 1 nothing came. */
static int
next_reply(const struct puppet *p, char *word, size_t size)
{
	struct message m;
	struct fields f;
	int64_t end = loop_now() + WAIT_MS;
	int r;

	while ((r = message_receive(p->judge, &m, 0)) == MESSAGE_LATE && loop_now() < end)
		assert_int_equal(loop_turn(loop, 20), 0);
	if (r != MESSAGE_GOT)
		return r == MESSAGE_LATE ? 1 : 0;
	assert_true(message_parse(&m, &f));
	if (word)
		assert_true(field_text(&f, 0, word, size));
	return f.op;
}

static int
ask(const struct puppet *p, int op, const char *first, const char *second)
{
	send_request(p, op, first, second);
	return next_reply(p, NULL, 0);
}

static void
wait_for_count(size_t running)
{
	int64_t end = loop_now() + WAIT_MS;

	while ((sessions.count != running || sessions.ending) && loop_now() < end)
		assert_int_equal(loop_turn(loop, 20), 0);
	assert_int_equal(sessions.count, running);
	assert_int_equal(sessions.ending, 0);
}

static bool
audited(const char *text)
{
	return strstr(log_lines, text) != NULL;
}

static void
a_session_is_told_whose_it_is_and_nothing_secret(void **state)
{
	struct puppet p = session_of("alice", 1001);

	(void)state;
	assert_string_equal(p.arguments,
			    "-u alice -p enroll -s sshd -l nl -r 192.0.2.1 -t ssh -w 80 ");
	assert_int_equal(sessions.count, 1);
	assert_true(audited("registration-started"));
	puppet_done(&p);
	wait_for_count(0);
}

static void
the_terminal_is_the_other_end_of_fd_3(void **state)
{
	struct puppet p = session_of("alice", 1001);
	static struct packet packet;

	(void)state;
	assert_int_equal(packet_send(p.terminal, PACKET_INFO, "hello", 5, 0), 0);
	assert_int_equal(packet_receive(p.shown, &packet, WAIT_MS), PACKET_GOT);
	assert_string_equal(packet.text, "hello");
	puppet_done(&p);
	wait_for_count(0);
}

static void
its_requests_are_answered_and_it_leaves_when_it_is_done(void **state)
{
	struct puppet p = session_of("alice", 1001);
	char verdict[32];

	(void)state;
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_SEED, "app", NULL), REPLY_OK);
	send_request(&p, REQUEST_FINISH, "not-now", NULL);
	assert_int_equal(next_reply(&p, verdict, sizeof(verdict)), REPLY_OK);
	assert_string_equal(verdict, "postponed");
	assert_int_equal(sessions.count, 0);
	assert_int_equal(sessions.ending, 1);
	puppet_done(&p);
	wait_for_count(0);
}

static void
one_that_asks_what_it_may_not_is_killed_without_a_word(void **state)
{
	struct puppet p = session_of("alice", 1001);

	(void)state;
	assert_int_equal(ask(&p, REQUEST_SEED, "app", NULL), 0);
	assert_true(audited("session-violation"));
	wait_for_count(0);
	puppet_done(&p);
}

static void
a_message_with_a_descriptor_or_too_long_is_a_violation(void **state)
{
	static char big[REQUEST_MAX + 1] = { REQUEST_FACTS };
	struct puppet p = session_of("alice", 1001);

	(void)state;
	assert_int_equal(send(p.judge, big, sizeof(big), 0), (ssize_t)sizeof(big));
	assert_int_equal(next_reply(&p, NULL, 0), 0);
	assert_true(audited("session-violation"));
	wait_for_count(0);
	puppet_done(&p);
}

static void
one_that_dies_by_its_filter_is_audited(void **state)
{
	int terminal;

	(void)state;
	assert_int_equal(start("alice", 1001, "die", &terminal), SESSION_STARTED);
	wait_for_count(0);
	assert_true(audited("session-violation"));
	assert_true(audited("died by its filter"));
	close(terminal);
}

static void
a_newer_enrolment_ends_the_older(void **state)
{
	struct puppet older = session_of("alice", 1001), newer = session_of("alice", 1001);
	char verdict[32];

	(void)state;
	assert_int_equal(ask(&newer, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(sessions.count, 2);
	assert_int_equal(next_reply(&older, verdict, sizeof(verdict)), REPLY_OVER);
	assert_string_equal(verdict, "replaced");
	assert_int_equal(sessions.count, 1);
	puppet_done(&older);
	wait_for_count(1);
	puppet_done(&newer);
	wait_for_count(0);
}

static void
a_login_that_can_hold_no_dialog_replaces_nobody(void **state)
{
	struct puppet older = session_of("alice", 1001), keyed = session_of("alice", 1001);

	(void)state;
	assert_int_equal(ask(&keyed, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&keyed, REQUEST_FINISH, "no-dialog", NULL), REPLY_OK);
	turn_for(SESSION_REPLACE_MS + 100);
	assert_int_equal(ask(&older, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	puppet_done(&keyed);
	puppet_done(&older);
	wait_for_count(0);
}

static void
what_was_asked_while_it_was_replaced_is_no_violation_but_more_is(void **state)
{
	struct puppet older = session_of("alice", 1001), newer = session_of("alice", 1001);

	(void)state;
	assert_int_equal(ask(&older, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&newer, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&newer, REQUEST_SEED, "app", NULL), REPLY_OK);
	assert_int_equal(ask(&older, REQUEST_SEED, "app", NULL), REPLY_OVER);
	turn_for(50);
	assert_false(audited("session-violation"));
	assert_int_equal(ask(&older, REQUEST_FACTS, NULL, NULL), 0);
	assert_true(audited("session-violation"));
	puppet_done(&older);
	puppet_done(&newer);
	wait_for_count(0);
}

static void
another_user_is_not_replaced(void **state)
{
	struct puppet alice = session_of("alice", 1001), bob = session_of("bob", 1002);

	(void)state;
	assert_int_equal(ask(&alice, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&bob, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(sessions.count, 2);
	puppet_done(&alice);
	puppet_done(&bob);
	wait_for_count(0);
}

static void
past_the_limit_there_is_no_session_but_a_user_may_replace_their_own(void **state)
{
	struct puppet p = session_of("alice", 1001), newer;
	int terminal;

	(void)state;
	sessions.count += DIALOGS_MAX - 1;
	assert_int_equal(start("bob", 1002, "sshd", &terminal), SESSION_TOO_MANY);
	newer = session_of("alice", 1001);
	assert_int_equal(next_reply(&p, NULL, 0), REPLY_OVER);
	sessions.count -= DIALOGS_MAX - 1;
	puppet_done(&p);
	puppet_done(&newer);
	wait_for_count(0);
}

static void
who_owes_nothing_gets_the_verdict_without_a_session(void **state)
{
	struct packet packet;
	int terminal;

	(void)state;
	config_free(config);
	config = good(POLICY "[registration]\nexclude = alice\n");
	judge.config = config;
	assert_int_equal(start("alice", 1001, "sshd", &terminal), SESSION_NOT_NEEDED);
	assert_int_equal(packet_receive(terminal, &packet, 0), PACKET_GOT);
	assert_int_equal(packet.type, PACKET_END);
	assert_string_equal(packet.text, "not-enabled");
	assert_int_equal(packet_receive(terminal, &packet, 0), PACKET_CLOSED);
	assert_int_equal(sessions.count, 0);
	close(terminal);
}

static void
a_program_that_is_missing_closes_the_terminal_and_is_said(void **state)
{
	struct packet packet;
	int terminal;

	(void)state;
	unlink(sessions.program);
	assert_int_equal(start("alice", 1001, "sshd", &terminal), SESSION_STARTED);
	assert_int_equal(packet_receive(terminal, &packet, WAIT_MS), PACKET_CLOSED);
	wait_for_count(0);
	/* valgrind puts an exit status of its own in the place of the child's. */
	assert_true(audited("cannot be executed") || audited("ended with status 99"));
	close(terminal);
}

static void
a_slot_that_is_awaited_is_given_when_the_other_session_is_done(void **state)
{
	struct puppet alice = session_of("alice", 1001), bob = session_of("bob", 1002);

	(void)state;
	assert_int_equal(ask(&alice, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&bob, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&alice, REQUEST_SLOT, "questions", NULL), REPLY_OK);
	send_request(&bob, REQUEST_SLOT, "questions", NULL);
	turn_for(50);
	assert_int_equal(slots.taken, 1);
	assert_non_null(slots.first);
	puppet_done(&alice); /* it dies with the slot in hand */
	assert_int_equal(next_reply(&bob, NULL, 0), REPLY_OK);
	assert_null(slots.first);
	puppet_done(&bob);
	wait_for_count(0);
	assert_int_equal(slots.taken, 0);
}

static bool gone;

static void
all_gone(void *arg)
{
	(void)arg;
	gone = true;
}

static void
at_the_end_every_session_is_told_and_awaited(void **state)
{
	struct puppet alice = session_of("alice", 1001), bob = session_of("bob", 1002);
	char verdict[32];
	int terminal;

	(void)state;
	gone = false;
	assert_int_equal(ask(&alice, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	sessions_end_all(&sessions, all_gone, NULL);
	assert_int_equal(next_reply(&alice, verdict, sizeof(verdict)), REPLY_OVER);
	assert_string_equal(verdict, "failed");
	assert_int_equal(next_reply(&bob, NULL, 0), REPLY_OVER);
	assert_int_equal(start("carol", 1003, "sshd", &terminal), -ESHUTDOWN);
	puppet_done(&alice);
	assert_false(gone);
	puppet_done(&bob);
	turn_until(&gone);
}

static void
without_sessions_the_end_is_at_once(void **state)
{
	(void)state;
	gone = false;
	sessions_end_all(&sessions, all_gone, NULL);
	assert_true(gone);
}

/* --- messages */

static int
rows_of(const struct store_audit *row, void *arg)
{
	const char **wanted = arg;

	return strcmp(row->event, wanted[0]) == 0 && strcmp(row->reason, wanted[1]) == 0 &&
	       strcmp(row->user, "alice") == 0;
}

static bool
audit_has(const char *event, const char *reason)
{
	const char *wanted[] = { event, reason };

	return store_audit_each(judge.store, 0, rows_of, wanted) == 1;
}

static void
wait_for_audit(const char *event, const char *reason)
{
	int64_t end = loop_now() + WAIT_MS;

	while (!audit_has(event, reason) && loop_now() < end)
		loop_turn(loop, 20);
	assert_true(audit_has(event, reason));
}

/* A script of that name: another one while the first may still be read by its shell. */
static void
deliver_by(const char *name, const char *lines)
{
	static char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s", scratch_path(&scratch, name));
	f = fopen(path, "we");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", lines);
	fclose(f);
	chmod(path, 0700);
	deliveries.program = path;
	deliveries.config_file = "conf";
}

static void
a_code_is_delivered_and_proves(void **state)
{
	struct puppet p = session_of("alice", 1001);
	char json[4096] = "", code[8] = "";
	const char *at;
	FILE *f;

	(void)state;
	deliver_by("deliver", "cat >$0.json");
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_SEND, "email", "alice@mail.example"), REPLY_SENT);
	wait_for_audit("code-sent", "");
	f = fopen(scratch_path(&scratch, "deliver.json"), "re");
	assert_non_null(f);
	assert_true(fread(json, 1, sizeof(json) - 1, f) > 0);
	fclose(f);
	at = strstr(json, "\"code\":\"");
	assert_non_null(at);
	memcpy(code, at + 8, 6);
	assert_non_null(strstr(json, "\"to\":\"alice@mail.example\""));
	/* The subject is the first line, and has no code. */
	at = strstr(json, "\"text\":\"");
	assert_non_null(at);
	assert_non_null(strstr(at, code));
	assert_true(strstr(at, code) > strstr(at, "\\n"));
	assert_int_equal(ask(&p, REQUEST_TRY, "email", code), REPLY_PROVEN);
	puppet_done(&p);
	wait_for_count(0);
}

static void
a_delivery_that_failed_is_told_at_the_next_step(void **state)
{
	struct puppet p = session_of("alice", 1001);
	char reason[32];

	(void)state;
	deliver_by("deliver", "cat >/dev/null; exit 69");
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_SEND, "email", "alice@mail.example"), REPLY_SENT);
	wait_for_audit("code-failed", "bounced");
	send_request(&p, REQUEST_TRY, "email", "");
	assert_int_equal(next_reply(&p, reason, sizeof(reason)), REPLY_UNDELIVERED);
	assert_string_equal(reason, "bounced");
	puppet_done(&p);
	wait_for_count(0);
}

static void
a_delivery_outlives_its_dialog(void **state)
{
	struct puppet p = session_of("alice", 1001);

	(void)state;
	deliver_by("deliver", "cat >/dev/null; while [ ! -e $0.go ]; do sleep 0.01; done; exit 75");
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_SEND, "email", "alice@mail.example"), REPLY_SENT);
	puppet_done(&p);
	wait_for_count(0);
	assert_false(audit_has("code-failed", "later"));
	scratch_write(scratch_path(&scratch, "deliver.go"), 0, "x", 1);
	wait_for_audit("code-failed", "later");
}

static void
an_older_message_that_fails_later_does_not_speak_for_the_newer(void **state)
{
	struct puppet p = session_of("alice", 1001);

	(void)state;
	deliver_by("deliver", "cat >/dev/null; while [ ! -e $0.go ]; do sleep 0.01; done; exit 75");
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_SEND, "email", "alice@mail.example"), REPLY_SENT);
	deliver_by("second", "cat >/dev/null; exit 0");
	assert_int_equal(ask(&p, REQUEST_SEND, "email", "alice@mail.example"), REPLY_SENT);
	wait_for_audit("code-sent", "");
	scratch_write(scratch_path(&scratch, "deliver.go"), 0, "x", 1);
	wait_for_audit("code-failed", "later");
	assert_int_equal(ask(&p, REQUEST_TRY, "email", ""), REPLY_EMPTY);
	puppet_done(&p);
	wait_for_count(0);
}

static void
managing_is_a_dialog_whatever_is_owed_and_starts_no_registration(void **state)
{
	struct puppet p = { 0 };

	(void)state;
	assert_int_equal(start_for(PURPOSE_MANAGE, "alice", 1001, "ssprctl", &p.shown),
			 SESSION_STARTED);
	receive_sockets(&p);
	assert_string_equal(p.arguments,
			    "-u alice -p manage -s ssprctl -l nl -r 192.0.2.1 -t ssh -w 80 ");
	assert_false(audited("registration-started"));
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	puppet_done(&p);
	wait_for_count(0);
}

static void
managing_and_a_login_do_not_end_each_other(void **state)
{
	struct puppet login = session_of("alice", 1001), manage = { 0 };

	(void)state;
	assert_int_equal(start_for(PURPOSE_MANAGE, "alice", 1001, "ssprctl", &manage.shown),
			 SESSION_STARTED);
	receive_sockets(&manage);
	assert_int_equal(ask(&login, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&manage, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(sessions.count, 2);
	puppet_done(&login);
	puppet_done(&manage);
	wait_for_count(0);
}

static void
who_asks_to_manage_again_and_again_takes_nobodys_place(void **state)
{
	struct puppet first = { 0 }, second = { 0 };
	int terminal;

	(void)state;
	assert_int_equal(start_for(PURPOSE_MANAGE, "alice", 1001, "ssprctl", &first.shown),
			 SESSION_STARTED);
	receive_sockets(&first);
	assert_int_equal(start_for(PURPOSE_MANAGE, "alice", 1001, "ssprctl", &second.shown),
			 SESSION_STARTED);
	receive_sockets(&second);
	assert_int_equal(ask(&second, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(next_reply(&first, NULL, 0), REPLY_OVER);
	assert_int_equal(start_for(PURPOSE_MANAGE, "alice", 1001, "ssprctl", &terminal),
			 SESSION_TOO_MANY);
	puppet_done(&first);
	puppet_done(&second);
	wait_for_count(0);
	assert_int_equal(start_for(PURPOSE_MANAGE, "alice", 1001, "ssprctl", &second.shown),
			 SESSION_STARTED);
	receive_sockets(&second);
	puppet_done(&second);
	wait_for_count(0);
}

static void
an_untold_change_is_told_in_a_dialog(void **state)
{
	struct store_notice n = { .time = 1, .kind = "frozen" };
	struct puppet p = { 0 };
	struct store_user alice;
	int terminal;

	(void)state;
	config_free(config);
	config = good(POLICY "[registration]\nenforce = off\n");
	judge.config = config;
	assert_int_equal(start("alice", 1001, "sshd", &terminal), SESSION_NOT_NEEDED);
	close(terminal);
	assert_int_equal(store_user_get(judge.store, "alice", &alice), STORE_DONE);
	assert_int_equal(store_notice_add(judge.store, alice.id, &n), 0);
	store_user_done(&alice);
	p = session_of("alice", 1001);
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_CHANGES, NULL, NULL), REPLY_OK);
	assert_false(audited("registration-started"));
	puppet_done(&p);
	wait_for_count(0);
}

static struct puppet
reset_of(const char *name, const char *rhost)
{
	struct context context = { .service = "sshd", .tty = "ssh" };
	struct user user = { 0 };
	struct puppet p = { 0 };

	snprintf(context.rhost, sizeof(context.rhost), "%s", rhost);
	assert_true(user_tell(&user, &judge, name, &context, time(NULL), false) >= 0);
	assert_int_equal(
		session_start(&sessions, PURPOSE_RESET, &user, &context, time(NULL), &p.shown),
		SESSION_STARTED);
	user_done(&user);
	receive_sockets(&p);
	return p;
}

/* Nobody knows these names, which to the store are all the same. */
static void
a_reset_ends_no_other_dialog(void **state)
{
	struct puppet login = session_of("alice", 1001), a = reset_of("alice", "192.0.2.1"),
		      b = reset_of("alice", "192.0.2.1"), x = reset_of("x", ""),
		      y = reset_of("y", "");
	struct puppet *all[] = { &login, &a, &b, &x, &y };

	(void)state;
	assert_non_null(strstr(a.arguments, "-u alice -p reset"));
	assert_non_null(strstr(x.arguments, "-u - -p reset"));
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(all[i], REQUEST_FACTS, NULL, NULL), REPLY_OK);
	for (int i = 1; i < 5; i++) {
		assert_int_equal(ask(all[i], REQUEST_CLAIM, "x", NULL), REPLY_OK);
		assert_int_equal(ask(all[i], REQUEST_CHECK, "", NULL), REPLY_WRONG);
	}
	turn_for(2 * SESSION_REPLACE_MS);
	assert_int_equal(sessions.count, 5);
	assert_int_equal(ask(&login, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	for (int i = 0; i < 5; i++)
		puppet_done(all[i]);
	wait_for_count(0);
}

static bool
is_decoy(const char *name, const char *rhost, struct puppet *p)
{
	*p = reset_of(name, rhost);
	return sessions.first->dialog.reset.decoy;
}

/* alice is registered enough for one: her dialogs are decoys for their number alone. */
static void
past_its_numbers_a_reset_is_a_decoy(void **state)
{
	struct puppet p[RESETS_A_NAME + 3];
	char rhost[32];
	int n = 0;

	(void)state;
	config_free(config);
	config = good("[registration]\nmethods = app\nmethods_required = 1\n");
	judge.config = config;
	p[0] = session_of("alice", 1001);
	assert_int_equal(
		record_save(&sessions.first->dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
	puppet_done(&p[0]);
	wait_for_count(0);
	while (n < RESETS_A_NAME_HOST)
		assert_false(is_decoy("alice", "192.0.2.1", &p[n++]));
	assert_true(is_decoy("alice", "192.0.2.1", &p[n++]));
	assert_true(is_decoy("alice", "::ffff:192.0.2.1", &p[n++]));
	assert_false(is_decoy("alice", "", &p[n++])); /* the console is one of its own */
	for (int i = 0; i < RESETS_A_NAME_HOST; i++) {
		snprintf(rhost, sizeof(rhost), "2001:db8:1:2::%d", i + 1);
		assert_false(is_decoy("alice", rhost, &p[n++]));
	}
	/* Whoever has one address of a /64 has them all. */
	assert_true(is_decoy("alice", "2001:db8:1:2::ffff", &p[n++]));
	while (n < RESETS_A_NAME) {
		snprintf(rhost, sizeof(rhost), "198.51.100.%d", n);
		assert_false(is_decoy("alice", rhost, &p[n++]));
	}
	assert_true(is_decoy("alice", "203.0.113.1", &p[n++]));
	while (n > 0)
		puppet_done(&p[--n]);
	wait_for_count(0);
	assert_false(is_decoy("alice", "192.0.2.1", &p[0]));
	puppet_done(&p[0]);
	wait_for_count(0);
}

static void
resets_take_half_of_the_places_and_logins_have_theirs(void **state)
{
	static struct puppet p[RESETS_MAX];
	struct context context = { .service = "sshd" };
	struct user user = { 0 };
	struct puppet login;
	char name[32];
	int terminal;

	(void)state;
	for (int i = 0; i < RESETS_MAX; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		p[i] = reset_of(name, "192.0.2.1");
	}
	assert_int_equal(user_tell(&user, &judge, "one-more", &context, time(NULL), false),
			 STORE_NONE);
	assert_int_equal(
		session_start(&sessions, PURPOSE_RESET, &user, &context, time(NULL), &terminal),
		SESSION_TOO_MANY);
	user_done(&user);
	login = session_of("alice", 1001);
	assert_int_equal(ask(&login, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	puppet_done(&login);
	for (int i = 0; i < RESETS_MAX; i++)
		puppet_done(&p[i]);
	wait_for_count(0);
}

/* Somebody pulls the plug of a session that was half way through a round. */
static void
a_session_that_dies_in_a_round_has_failed_once(void **state)
{
	struct puppet p = session_of("alice", 1001);
	limit_key key;
	int count = -1;

	(void)state;
	config_free(config);
	config = good("[registration]\nmethods = app\nmethods_required = 1\n");
	judge.config = config;
	assert_int_equal(
		record_save(&sessions.first->dialog, METHOD_APP, "12345678901234567890", 20, 1), 0);
	puppet_done(&p);
	wait_for_count(0);
	p = reset_of("alice", "192.0.2.1");
	assert_int_equal(ask(&p, REQUEST_FACTS, NULL, NULL), REPLY_OK);
	assert_int_equal(ask(&p, REQUEST_CLAIM, "000000", NULL), REPLY_OK);
	limit_user_key(judge.vault, LIMIT_FAILURES, sessions.first->dialog.user.stored.id, key);
	puppet_done(&p);
	wait_for_count(0);
	assert_int_equal(store_event_count(judge.store, key, 0, &count), 0);
	assert_int_equal(count, 1);
	assert_true(audited("method-failed"));
	assert_true(audited("reset-refused"));
}

/* --- grants */

static struct grant_wait *awaiting; /* what was asked for and not answered */
static int grant_cancels;

static int
ask_grant(struct grants *g, struct grant_wait *wait, const char *user)
{
	(void)g;
	assert_string_equal(user, "alice");
	awaiting = wait;
	return 0;
}

static void
cancel_grant(struct grants *g, struct grant_wait *wait)
{
	(void)g;
	assert_ptr_equal(wait, awaiting);
	awaiting = NULL;
	grant_cancels++;
}

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(d);
	while (readdir(d))
		count++;
	closedir(d);
	return count;
}

/* A reset of alice whose last proof has succeeded, and which asked for the grant. */
static struct puppet
asking_for_a_grant(void)
{
	static struct grants grants = { .ask = ask_grant, .cancel = cancel_grant };
	struct puppet p = { 0 };
	struct dialog *d;

	judge.grants = &grants;
	awaiting = NULL;
	grant_cancels = 0;
	assert_int_equal(start_for(PURPOSE_RESET, "alice", 1001, "sshd", &p.shown),
			 SESSION_STARTED);
	receive_sockets(&p);
	d = &sessions.first->dialog;
	d->reset.decoy = false; /* as if she had registered */
	d->state = DIALOG_OPEN;
	d->proven = dialog_bit(METHOD_APP);
	send_request(&p, REQUEST_GRANT, NULL, NULL);
	for (int64_t end = loop_now() + WAIT_MS; !awaiting && loop_now() < end;)
		assert_int_equal(loop_turn(loop, 20), 0);
	assert_non_null(awaiting);
	return p;
}

/* Both ends of a socket: [0] is what sspr-passwd gives away. */
static void
make_grant(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void
the_grant_goes_to_its_session_and_stays_with_nobody_else(void **state)
{
	struct puppet p = asking_for_a_grant();
	struct dialog *d = &sessions.first->dialog;
	int pair[2], before = descriptors(), passed = -1;
	struct message m;
	char text[8] = "";

	(void)state;
	make_grant(pair);
	assert_null(sessions_granted(&sessions, d->user.stored.id));
	awaiting->came(awaiting->arg, pair[0]);
	assert_int_equal(message_receive_passed(p.judge, &m, &passed, WAIT_MS), MESSAGE_GOT);
	assert_int_equal(m.data[0], REPLY_OK);
	assert_true(passed >= 0);
	assert_int_equal(descriptors(), before + 2); /* the session's, and sspr-passwd's */
	assert_int_equal(send(passed, "hello", 5, 0), 5);
	assert_int_equal(recv(pair[1], text, sizeof(text), 0), 5);
	close(passed);
	assert_int_equal(recv(pair[1], text, sizeof(text), 0), 0); /* no other end is left */
	assert_ptr_equal(sessions_granted(&sessions, d->user.stored.id), d);
	assert_null(sessions_granted(&sessions, d->user.stored.id + 1));
	close(pair[1]);
	puppet_done(&p);
	wait_for_count(0);
	assert_int_equal(grant_cancels, 0);
}

static void
assert_over(const struct puppet *p, const char *verdict)
{
	char word[32] = "";

	assert_int_equal(next_reply(p, word, sizeof(word)), REPLY_OVER);
	assert_string_equal(word, verdict);
}

/* Whoever was told of a code, or of a reset, may have the very dialog stopped that holds the grant. */
static void
a_freeze_code_ends_the_dialog_that_has_a_grant(void **state)
{
	struct puppet granted = asking_for_a_grant(), waiting, before = { 0 };
	struct dialog *d = &sessions.first->dialog;
	struct freeze_try attempt = { .caller = "uid 1002", .now = time(NULL) };
	char code[RECOVERY_SHOWN];
	struct message m;
	int pair[2];

	(void)state;
	make_grant(pair);
	awaiting->came(awaiting->arg, pair[0]);
	assert_int_equal(message_receive(granted.judge, &m, WAIT_MS), MESSAGE_BAD);
	waiting = asking_for_a_grant();
	assert_int_equal(start_for(PURPOSE_RESET, "alice", 1001, "sshd", &before.shown),
			 SESSION_STARTED);
	receive_sockets(&before);
	assert_int_equal(freeze_make(&judge, d->user.stored.id, attempt.now, code), 0);
	attempt.typed = code;
	assert_int_equal(freeze_use(&judge, &attempt), FREEZE_DONE);
	assert_over(&granted, "frozen");
	assert_over(&waiting, "frozen");
	assert_null(awaiting);
	assert_int_equal(ask(&before, REQUEST_FACTS, NULL, NULL), REPLY_OK); /* as ever */
	close(pair[1]);
	puppet_done(&granted);
	puppet_done(&waiting);
	puppet_done(&before);
	wait_for_count(0);
}

static void
what_is_reported_is_of_the_dialog_of_which_nothing_was_reported_yet(void **state)
{
	struct puppet first = asking_for_a_grant(), second;
	struct dialog *older = &sessions.first->dialog, *newer;
	int pair[2];

	(void)state;
	make_grant(pair);
	awaiting->came(awaiting->arg, pair[0]);
	second = asking_for_a_grant();
	newer = &sessions.first->dialog;
	assert_ptr_equal(sessions_granted(&sessions, older->user.stored.id), older);
	older->reset.outcome = VERDICT_PASSWORD_CHANGED;
	assert_ptr_equal(sessions_granted(&sessions, older->user.stored.id), older);
	close(pair[1]);
	make_grant(pair);
	awaiting->came(awaiting->arg, pair[0]);
	assert_ptr_equal(sessions_granted(&sessions, older->user.stored.id), newer);
	close(pair[1]);
	puppet_done(&first);
	puppet_done(&second);
	wait_for_count(0);
}

static void
a_grant_that_fails_is_told_and_the_dialog_goes_on(void **state)
{
	struct puppet p = asking_for_a_grant();
	char reason[32];

	(void)state;
	awaiting->came(awaiting->arg, -EACCES);
	assert_int_equal(next_reply(&p, reason, sizeof(reason)), REPLY_REFUSED);
	assert_string_equal(reason, "later");
	assert_true(audited("event=reset-refused user=alice"));
	assert_null(sessions_granted(&sessions, sessions.first->dialog.user.stored.id));
	assert_int_equal(ask(&p, REQUEST_LOG, "still here", NULL), REPLY_OK);
	puppet_done(&p);
	wait_for_count(0);
}

static void
a_session_that_goes_while_it_is_awaited_cancels_it(void **state)
{
	struct puppet p = asking_for_a_grant();

	(void)state;
	puppet_done(&p);
	wait_for_count(0);
	assert_int_equal(grant_cancels, 1);
}

static void
so_does_a_violation_and_the_end_of_all(void **state)
{
	struct puppet p = asking_for_a_grant();

	(void)state;
	assert_int_equal(ask(&p, REQUEST_GRANT, NULL, NULL), 0);
	assert_true(audited("session-violation"));
	assert_int_equal(grant_cancels, 1);
	puppet_done(&p);
	wait_for_count(0);
	p = asking_for_a_grant();
	gone = false;
	sessions_end_all(&sessions, all_gone, NULL);
	assert_int_equal(grant_cancels, 1);
	assert_int_equal(next_reply(&p, NULL, 0), REPLY_OVER);
	puppet_done(&p);
	turn_until(&gone);
}

static void
a_session_that_does_not_take_the_grant_is_killed_and_it_is_closed(void **state)
{
	struct puppet p = asking_for_a_grant();
	int pair[2];
	char text[8];

	(void)state;
	make_grant(pair);
	close(p.judge);
	p.judge = 0;
	awaiting->came(awaiting->arg, pair[0]);
	assert_int_equal(recv(pair[1], text, sizeof(text), 0), 0);
	close(pair[1]);
	puppet_done(&p);
	wait_for_count(0);
}

int
main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_told_whose_it_is_and_nothing_secret),
		TEST(the_terminal_is_the_other_end_of_fd_3),
		TEST(its_requests_are_answered_and_it_leaves_when_it_is_done),
		TEST(one_that_asks_what_it_may_not_is_killed_without_a_word),
		TEST(a_message_with_a_descriptor_or_too_long_is_a_violation),
		TEST(one_that_dies_by_its_filter_is_audited),
		TEST(a_newer_enrolment_ends_the_older),
		TEST(a_login_that_can_hold_no_dialog_replaces_nobody),
		TEST(what_was_asked_while_it_was_replaced_is_no_violation_but_more_is),
		TEST(another_user_is_not_replaced),
		TEST(past_the_limit_there_is_no_session_but_a_user_may_replace_their_own),
		TEST(who_owes_nothing_gets_the_verdict_without_a_session),
		TEST(a_program_that_is_missing_closes_the_terminal_and_is_said),
		TEST(a_slot_that_is_awaited_is_given_when_the_other_session_is_done),
		TEST(at_the_end_every_session_is_told_and_awaited),
		TEST(without_sessions_the_end_is_at_once),
		TEST(a_code_is_delivered_and_proves),
		TEST(a_delivery_that_failed_is_told_at_the_next_step),
		TEST(a_delivery_outlives_its_dialog),
		TEST(an_older_message_that_fails_later_does_not_speak_for_the_newer),
		TEST(managing_is_a_dialog_whatever_is_owed_and_starts_no_registration),
		TEST(managing_and_a_login_do_not_end_each_other),
		TEST(who_asks_to_manage_again_and_again_takes_nobodys_place),
		TEST(an_untold_change_is_told_in_a_dialog),
		TEST(a_reset_ends_no_other_dialog),
		TEST(past_its_numbers_a_reset_is_a_decoy),
		TEST(resets_take_half_of_the_places_and_logins_have_theirs),
		TEST(a_session_that_dies_in_a_round_has_failed_once),
		TEST(the_grant_goes_to_its_session_and_stays_with_nobody_else),
		TEST(a_freeze_code_ends_the_dialog_that_has_a_grant),
		TEST(what_is_reported_is_of_the_dialog_of_which_nothing_was_reported_yet),
		TEST(a_grant_that_fails_is_told_and_the_dialog_goes_on),
		TEST(a_session_that_goes_while_it_is_awaited_cancels_it),
		TEST(so_does_a_violation_and_the_end_of_all),
		TEST(a_session_that_does_not_take_the_grant_is_killed_and_it_is_closed),
	};

	if (argc > 1 && strcmp(argv[1], "-u") == 0)
		return be_session(argc, argv);
	if (!realpath(argv[0], this_program))
		return 1;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
