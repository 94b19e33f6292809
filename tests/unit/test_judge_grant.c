/*
 * The judge of a grant: asked for after the last proof and by nobody else, passed on once, dropped
 * with its dialog, and reported once. Who fetches it is the test.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssprd/grant.h"
#include "tests/unit/judge_fixture.h"

/* link: @judge */

static struct grants grants;
static int asks, cancels, ask_result;
static char asked_for[USER_NAME_MAX + 1];

static int
ask_grant(struct grants *g, struct grant_wait *wait, const char *user)
{
	assert_ptr_equal(g, &grants);
	assert_ptr_equal(wait, &dialog.grant);
	asks++;
	snprintf(asked_for, sizeof(asked_for), "%s", user);
	return ask_result;
}

static void
cancel_grant(struct grants *g, struct grant_wait *wait)
{
	assert_ptr_equal(g, &grants);
	assert_ptr_equal(wait, &dialog.grant);
	cancels++;
}

static int
set_up_grants(void **state)
{
	grants = (struct grants){ .ask = ask_grant, .cancel = cancel_grant };
	asks = cancels = ask_result = 0;
	asked_for[0] = '\0';
	if (set_up(state) < 0)
		return -1;
	judge.grants = &grants;
	return 0;
}

/* A reset whose last proof has succeeded. */
static void
proven_reset(void)
{
	begin_dialog_for(PURPOSE_RESET, 0);
	dialog.state = DIALOG_OPEN;
	dialog.proven = dialog_bit(METHOD_APP);
}

static int
a_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
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

/* It came: the status of the reply. */
static int
came(int fd)
{
	message_done(&reply);
	assert_int_equal(grant_came(&dialog, fd, &reply), 0);
	assert_true(message_parse(&reply, &got));
	return got.op;
}

static void
after_the_last_proof_it_is_asked_for_passed_on_and_only_the_end_is_to_come(void **state)
{
	int fd = a_descriptor();

	(void)state;
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
	assert_int_equal(dialog.state, DIALOG_GRANTING);
	assert_int_equal(asks, 1);
	assert_string_equal(asked_for, "alice");
	assert_int_equal(came(fd), REPLY_OK);
	assert_int_equal(dialog.passing, fd);
	assert_int_equal(dialog.state, DIALOG_GRANTED);
	assert_int_equal(status_of(REQUEST_LOG, "relaying"), REPLY_OK);
	assert_int_equal(status_of(REQUEST_FINISH, "done"), REPLY_OK);
	assert_int_equal(cancels, 0);
	assert_false(is_open(fd)); /* nobody sent it here */
}

static void
before_that_and_in_another_dialog_it_is_a_violation(void **state)
{
	static const enum dialog_state states[] = { DIALOG_NEW,  DIALOG_WAITING,  DIALOG_HASHING,
						    DIALOG_OVER, DIALOG_CLAIMING, DIALOG_CHECKING };

	(void)state;
	proven_reset();
	dialog.proven = 0;
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_VIOLATION);
	use_policy(POLICY "[registration]\nmethods_to_reset = 2\n");
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_VIOLATION);
	use_policy(POLICY);
	for (enum purpose p = PURPOSE_ENROLL; p < PURPOSE_COUNT; p++) {
		proven_reset();
		dialog.purpose = p;
		if (p != PURPOSE_RESET)
			assert_int_equal(ask(REQUEST_GRANT), JUDGED_VIOLATION);
	}
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		proven_reset();
		dialog.state = states[i];
		assert_int_equal(ask(REQUEST_GRANT), JUDGED_VIOLATION);
	}
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT, "bob"), JUDGED_VIOLATION);
	assert_int_equal(asks, 0);
}

static void
while_it_is_awaited_and_afterwards_everything_else_is_a_violation(void **state)
{
	static const enum dialog_state states[] = { DIALOG_GRANTING, DIALOG_GRANTED };
	static const struct {
		int op;
		const char *first, *second;
	} requests[] = {
		{ REQUEST_FACTS, NULL, NULL },     { REQUEST_CHANGES, NULL, NULL },
		{ REQUEST_QUESTION, "0", NULL },   { REQUEST_SEED, "app", NULL },
		{ REQUEST_SEND, "email", "" },     { REQUEST_SLOT, "questions", NULL },
		{ REQUEST_TRY, "app", "123456" },  { REQUEST_HELP, "CODE", NULL },
		{ REQUEST_REMOVE, "app", NULL },   { REQUEST_CLAIM, "123456", NULL },
		{ REQUEST_CHECK, "123456", NULL }, { REQUEST_ASSIST, NULL, NULL },
		{ REQUEST_GRANT, NULL, NULL },
	};

	(void)state;
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
			const char *const texts[] = { requests[i].first, requests[i].second };
			size_t count = requests[i].second ? 2 : requests[i].first ? 1 : 0;

			proven_reset();
			dialog.state = states[s];
			assert_int_equal(vask(requests[i].op, texts, count, NULL, 0),
					 JUDGED_VIOLATION);
		}
}

static void
a_failure_is_audited_and_it_may_be_asked_for_once_more(void **state)
{
	int fd = a_descriptor();

	(void)state;
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
	assert_int_equal(came(-ETIMEDOUT), REPLY_REFUSED);
	assert_string_equal(text(0), "later");
	assert_int_equal(dialog.state, DIALOG_OPEN);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), 1);
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
	assert_int_equal(came(fd), REPLY_OK);
	assert_int_equal(dialog.passing, fd);
}

static void
but_not_again_and_again(void **state)
{
	(void)state;
	proven_reset();
	for (int i = 0; i < GRANT_ASKS_MAX; i++) {
		assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
		assert_int_equal(came(-EACCES), REPLY_REFUSED);
	}
	assert_int_equal(status_of(REQUEST_GRANT), REPLY_REFUSED);
	assert_string_equal(text(0), "later");
	assert_int_equal(asks, GRANT_ASKS_MAX);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), GRANT_ASKS_MAX);
}

static void
who_cannot_be_asked_is_a_failure_too(void **state)
{
	(void)state;
	proven_reset();
	ask_result = -EBUSY;
	assert_int_equal(status_of(REQUEST_GRANT), REPLY_REFUSED);
	assert_string_equal(text(0), "later");
	assert_int_equal(dialog.state, DIALOG_OPEN);
	judge.grants = NULL;
	assert_int_equal(status_of(REQUEST_GRANT), REPLY_REFUSED);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), 2);
	dialog_close(&dialog);
	assert_int_equal(cancels, 0);
}

static void
a_dialog_that_ends_meanwhile_cancels_it(void **state)
{
	(void)state;
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
	assert_int_equal(status_of(REQUEST_FINISH, "timed-out"), REPLY_OK);
	assert_int_equal(cancels, 1);
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
	dialog_close(&dialog);
	assert_int_equal(cancels, 2);
	dialog_done(&dialog);
	assert_int_equal(cancels, 2);
}

static void
what_was_not_sent_is_closed_with_the_dialog(void **state)
{
	int before = descriptors(), fd = a_descriptor();

	(void)state;
	proven_reset();
	assert_int_equal(ask(REQUEST_GRANT), JUDGED_LATER);
	assert_int_equal(came(fd), REPLY_OK);
	dialog_done(&dialog);
	assert_int_equal(descriptors(), before);
	dialog_done(&dialog); /* an empty one owns none, not even 0 */
	assert_int_equal(descriptors(), before);
}

static void
resets_that_were_stopped_meanwhile_get_none(void **state)
{
	(void)state;
	proven_reset();
	assert_int_equal(store_user_mark(judge.store, stored().id, MARK_FROZEN_AT, NOW), 0);
	assert_int_equal(status_of(REQUEST_GRANT), REPLY_REFUSED);
	assert_int_equal(asks, 0);
	assert_int_equal(dialog.reset.why_not, CASE_FROZEN);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), 1);
}

static void
a_name_that_somebody_else_has_by_now_gets_none(void **state)
{
	struct context context = alice_context();
	struct user user = { 0 };

	(void)state;
	proven_reset();
	context.uid = ALICE_UID + 1;
	assert_int_equal(user_tell(&user, &judge, "alice", &context, NOW, true), STORE_DONE);
	user_done(&user);
	assert_int_equal(status_of(REQUEST_GRANT), REPLY_REFUSED);
	assert_int_equal(asks, 0);
}

/* --- what became of it */

struct row {
	const char *event;
	int found;
	char service[64], rhost[256], result[64], reason[64];
	int64_t session;
};

static int
read_row(const struct store_audit *a, void *arg)
{
	struct row *row = arg;

	if (strcmp(a->event, row->event) != 0)
		return 0;
	row->found++;
	snprintf(row->service, sizeof(row->service), "%s", a->service);
	snprintf(row->rhost, sizeof(row->rhost), "%s", a->rhost);
	snprintf(row->result, sizeof(row->result), "%s", a->result);
	snprintf(row->reason, sizeof(row->reason), "%s", a->reason);
	row->session = a->session;
	return 0;
}

static struct row
row_of(enum audit_event event)
{
	struct row row = { .event = audit_word(event) };

	assert_int_equal(store_audit_each(judge.store, 0, read_row, &row), 0);
	return row;
}

static void
report(struct dialog *d, enum verdict what)
{
	struct user user = { 0 };

	assert_int_equal(user_load(&user, judge.store, "alice"), STORE_DONE);
	assert_int_equal(grant_outcome(&judge, d, &user, what, NOW + 60), 0);
	user_done(&user);
}

static void
what_was_done_stands_in_the_audit_with_its_dialog_and_is_told_once(void **state)
{
	struct row row;

	(void)state;
	proven_reset();
	scratch_write(alice_stamp(), 0, "x", 1);
	report(&dialog, VERDICT_PASSWORD_CHANGED);
	row = row_of(AUDIT_RESET_CHANGED);
	assert_int_equal(row.found, 1);
	assert_string_equal(row.service, "sshd");
	assert_string_equal(row.rhost, "192.0.2.1");
	assert_string_equal(row.result, "password-changed");
	assert_int_equal(row.session, 7);
	assert_int_equal(dialog.reset.outcome, VERDICT_PASSWORD_CHANGED);
	assert_int_equal(untold(), 1);
	assert_int_equal(scratch_size(alice_stamp()), -1);
	report(&dialog, VERDICT_PASSWORD_CHANGED);
	report(&dialog, VERDICT_UNLOCKED);
	assert_int_equal(row_of(AUDIT_RESET_CHANGED).found, 1);
	assert_int_equal(row_of(AUDIT_UNLOCKED).found, 0);
	assert_int_equal(untold(), 1);
}

static void
an_unlock_is_another_event(void **state)
{
	(void)state;
	proven_reset();
	report(&dialog, VERDICT_UNLOCKED);
	assert_int_equal(row_of(AUDIT_UNLOCKED).found, 1);
	assert_int_equal(row_of(AUDIT_RESET_CHANGED).found, 0);
	assert_int_equal(dialog.reset.outcome, VERDICT_UNLOCKED);
}

static void
without_its_dialog_it_is_told_all_the_same(void **state)
{
	struct row row;

	(void)state;
	begin_dialog(); /* alice's record */
	scratch_write(alice_stamp(), 0, "x", 1);
	report(NULL, VERDICT_PASSWORD_CHANGED);
	row = row_of(AUDIT_RESET_CHANGED);
	assert_int_equal(row.found, 1);
	assert_string_equal(row.service, "");
	assert_string_equal(row.reason, "without its dialog");
	assert_int_equal(row.session, 0);
	assert_int_equal(untold(), 1);
	assert_int_equal(scratch_size(alice_stamp()), -1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_grants, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(after_the_last_proof_it_is_asked_for_passed_on_and_only_the_end_is_to_come),
		TEST(before_that_and_in_another_dialog_it_is_a_violation),
		TEST(while_it_is_awaited_and_afterwards_everything_else_is_a_violation),
		TEST(a_failure_is_audited_and_it_may_be_asked_for_once_more),
		TEST(but_not_again_and_again),
		TEST(who_cannot_be_asked_is_a_failure_too),
		TEST(a_dialog_that_ends_meanwhile_cancels_it),
		TEST(what_was_not_sent_is_closed_with_the_dialog),
		TEST(resets_that_were_stopped_meanwhile_get_none),
		TEST(a_name_that_somebody_else_has_by_now_gets_none),
		TEST(what_was_done_stands_in_the_audit_with_its_dialog_and_is_told_once),
		TEST(an_unlock_is_another_event),
		TEST(without_its_dialog_it_is_told_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
