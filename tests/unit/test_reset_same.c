/*
 * Before the first proof a reset is the same for everybody: the same replies to the byte, as many hashes, commits and emptied -wal
 * files in each step, whoever the user is and whatever is typed.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/reset_fixture.h"

/* link: @judge */

enum step { BEGIN, FACTS, CLAIM, CHECK, STEPS };

struct run {
	struct cost costs[STEPS];
	struct message replies[STEPS];
};

static struct context nobody, newcomer, locked;

static void
nothing(void)
{
}

static void
exclude_alice(void)
{
	use_policy(RESET_POLICY "[registration]\nexclude = alice\n");
}

static void
leave_alice_out(void)
{
	use_policy(RESET_POLICY "[registration]\nusers = bob\n");
}

static void
throttle_host(void)
{
	for (int i = 0; i < REMOTE_FAILURES_MAX; i++)
		remote_host_fail(&hosts, "192.0.2.1", NOW);
}

static const struct person {
	const char *what, *name;
	const struct context *context; /* NULL: as of alice */
	bool crowded;
	void (*make)(void);
} people[] = {
	{ "unknown", "nobody-has-this", &nobody, false, nothing },
	{ "registered", "alice", NULL, false, nothing },
	{ "unregistered", "bob", &newcomer, false, nothing },
	{ "without a record", "carol", &newcomer, false, nothing },
	{ "left out", "alice", NULL, false, leave_alice_out },
	{ "excluded", "alice", NULL, false, exclude_alice },
	{ "locked", "alice", &locked, false, nothing },
	{ "blocked", "alice", NULL, false, block_alice },
	{ "frozen", "alice", NULL, false, freeze_alice },
	{ "crowded", "alice", NULL, true, nothing },
	{ "from a throttled host", "alice", NULL, false, throttle_host },
};

#define PEOPLE (sizeof(people) / sizeof(people[0]))

static void
begin_people(void)
{
	struct context context = alice_context();
	struct user user = { 0 };

	nobody = locked = newcomer = alice_context();
	nobody.has_uid = nobody.has_local_password = false;
	locked.local_password = false;
	newcomer.uid = context.uid = ALICE_UID + 1;
	assert_int_equal(user_tell(&user, &judge, "bob", &context, NOW - 100, true), STORE_DONE);
	user_done(&user);
}

/* As it was before anybody tried anything. */
static void
afresh(void)
{
	dialog_done(&dialog);
	assert_int_equal(store_run(judge.store,
				   "DELETE FROM event; DELETE FROM block; DELETE FROM code;"
				   "UPDATE user SET frozen_at = 0"),
			 0);
	hosts.count = 0;
	use_policy(RESET_POLICY);
}

static void
note(struct run *run, enum step step)
{
	run->costs[step] = cost;
	run->replies[step] = reply;
	cost = (struct cost){ 0 };
}

static void
run_round(struct run *run, const struct field *first, const struct field *second)
{
	cost = (struct cost){ 0 };
	type_bytes(REQUEST_CLAIM, first->data, first->len);
	note(run, CLAIM);
	type_bytes(REQUEST_CHECK, second->data, second->len);
	note(run, CHECK);
}

static void
run_of(struct run *run, const struct person *p, const struct field *first,
       const struct field *second)
{
	afresh();
	p->make();
	message_done(&reply);
	cost = (struct cost){ 0 };
	begin_reset_of(p->name, p->context, p->crowded, 0);
	note(run, BEGIN);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	note(run, FACTS);
	run_round(run, first, second);
}

static void
assert_same(const struct run *a, const struct run *b, const char *what, size_t text, int last)
{
	for (int i = 0; i < last; i++) {
		const struct cost *x = &a->costs[i], *y = &b->costs[i];

		if (x->hashes != y->hashes || x->commits != y->commits || x->emptied != y->emptied)
			fail_msg("%s, text %zu, step %d: %d hashes %d commits %d emptied, not"
				 " %d %d %d",
				 what, text, i, y->hashes, y->commits, y->emptied, x->hashes,
				 x->commits, x->emptied);
		if (a->replies[i].len != b->replies[i].len ||
		    memcmp(a->replies[i].data, b->replies[i].data, a->replies[i].len) != 0)
			fail_msg("%s, text %zu, step %d: another reply", what, text, i);
	}
}

/* What is typed: nothing wrong in it, nor right enough to prove anything alone. */
static const char long_text[] =
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

#define TEXT(t)                                                                                    \
	{                                                                                          \
		(const unsigned char *)(t), sizeof(t) - 1                                          \
	}
static const struct field texts[] = {
	TEXT("?"),
	TEXT("\xc3\xa9"),
	TEXT("000000"),
	TEXT("12"),
	TEXT("alice@mail.example"),
	TEXT("ALICE@Mail.Example"),
	TEXT("bob@mail.example"),
	TEXT("al\xc3\xad"
	     "ce@m\xc3\xa4il.example"),
	TEXT("+4915112345678"),
	TEXT("+4915112345679"),
	TEXT("+4930123456x12"),
	TEXT("+49 30 123456"),
	TEXT("K7QF-2MXP-9RTW-B4HN"),
	TEXT("F-K7QF-2MXP-9RTW-B4HN"),
	TEXT(long_text),
	TEXT("\b\n\r\177INCORRECT\b\n\r\177INCORRECT"),
	TEXT("\0\0\0"),
	TEXT("   "),
	TEXT("%s%n\xff\xfe"),
};
static const struct field empty = { (const unsigned char *)"", 0 };

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static void
whoever_it_is_and_whatever_is_typed_the_steps_are_the_same(void **state)
{
	static struct run first, run;

	(void)state;
	begin_people();
	assert_int_equal(sizeof(long_text) - 1, METHOD_VALUE_MAX);
	for (size_t t = 0; t < TEXTS; t++)
		for (size_t p = 0; p < PEOPLE; p++)
			for (int second = 0; second < 2; second++) {
				run_of(&first, &people[0], &texts[0], second ? &texts[0] : &empty);
				run_of(&run, &people[p], &texts[t], second ? &texts[t] : &empty);
				assert_same(&first, &run, people[p].what, t, STEPS);
			}
	assert_int_equal(first.costs[CLAIM].commits, 2);
	assert_int_equal(first.costs[CHECK].commits, 2);
	assert_int_equal(first.costs[BEGIN].commits, 1);
	assert_int_equal(first.costs[FACTS].commits, 0);
	assert_int_equal(first.costs[FACTS].hashes, 0);
	assert_int_equal(first.costs[CLAIM].emptied, 1);
}

static void
an_empty_first_prompt_costs_nothing_and_a_code_at_the_second_the_same_for_all(void **state)
{
	static struct run first, run;

	(void)state;
	begin_people();
	for (size_t t = 0; t < TEXTS; t++)
		for (size_t p = 0; p < PEOPLE; p++) {
			run_of(&first, &people[0], &empty, &texts[0]);
			run_of(&run, &people[p], &empty, &texts[t]);
			assert_same(&first, &run, people[p].what, t, STEPS);
		}
	assert_int_equal(first.costs[CLAIM].commits, 0);
	assert_int_equal(first.costs[CHECK].commits, 2);
	run_of(&first, &people[0], &empty, &empty);
	run_of(&run, &people[1], &empty, &empty);
	assert_same(&first, &run, "both empty", 0, STEPS);
	assert_int_equal(first.costs[CHECK].commits, 0);
}

static void
an_empty_second_prompt_is_one_commit(void **state)
{
	static struct run run;

	(void)state;
	begin_people();
	run_of(&run, &people[1], &texts[2], &empty);
	assert_int_equal(run.costs[CHECK].commits, 1);
	run_of(&run, &people[1], &texts[4], &empty);
	assert_int_equal(run.costs[CHECK].commits, 1);
	run_of(&run, &people[0], &texts[2], &empty);
	assert_int_equal(run.costs[CHECK].commits, 1);
}

/* Also what proves something: nothing is seen of it until the reply to the second prompt. */
static void
a_right_proof_costs_no_more_than_junk_at_the_first_prompt(void **state)
{
	static struct run first, run;
	struct field right[2];

	(void)state;
	begin_people();
	dialog.now = NOW;
	right[0] = (struct field){ (const unsigned char *)app_code(0), 6 };
	right[1] = (struct field){ (const unsigned char *)recovery[1], strlen(recovery[1]) };
	for (int i = 0; i < 2; i++) {
		run_of(&first, &people[0], &texts[0], &empty);
		run_of(&run, &people[1], &right[i], &empty);
		assert_same(&first, &run, "a right proof", (size_t)i, CHECK);
		assert_int_equal(run.replies[CHECK].data[0], REPLY_PROVEN);
	}
}

#define PAGE_STEPS 4 /* CLAIM and CHECK, twice: a code that stands already is replaced */

static int
pages_written(void)
{
	int now = 0, peak = 0;

	assert_int_equal(
		sqlite3_db_status(judge.store->db, SQLITE_DBSTATUS_CACHE_WRITE, &now, &peak, 1),
		SQLITE_OK);
	return now;
}

/* The fewest of many times: now and then a page of the audit is full, and one more is written. */
static void
fewest_pages(const struct person *p, const struct field *first, const struct field *second,
	     int fewest[PAGE_STEPS])
{
	for (int step = 0; step < PAGE_STEPS; step++)
		fewest[step] = INT_MAX;
	for (int i = 0; i < 5; i++) {
		afresh();
		p->make();
		begin_reset_of(p->name, p->context, p->crowded, 0);
		assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
		for (int step = 0; step < PAGE_STEPS; step++) {
			const struct field *what = step % 2 ? second : first;
			int pages;

			pages_written();
			type_bytes(step % 2 ? REQUEST_CHECK : REQUEST_CLAIM, what->data, what->len);
			pages = pages_written();
			fewest[step] = pages < fewest[step] ? pages : fewest[step];
		}
	}
}

/* A code of somebody is a page of another table than the decoy's, and one of its index; a failure that is not counted is none. */
static void
whoever_it_is_and_whatever_is_right_as_many_pages_are_written(void **state)
{
	const struct field *second[] = { &texts[2], &empty };
	int unknown[PAGE_STEPS], other[PAGE_STEPS];

	(void)state;
	begin_people();
	for (size_t s = 0; s < 2; s++)
		for (size_t p = 0; p < PEOPLE; p++)
			for (size_t t = 4; t <= 6; t += 2) {
				fewest_pages(&people[0], &texts[6], second[s], unknown);
				fewest_pages(&people[p], &texts[t], second[s], other);
				for (int step = 0; step < PAGE_STEPS; step++)
					if (other[step] != unknown[step] || unknown[step] < 1)
						fail_msg("%s, text %zu, step %d: %d pages, not %d",
							 people[p].what, t, step, other[step],
							 unknown[step]);
			}
}

/* Round after round, over dialogs: also the one that blocks costs what the others cost. */
static void
the_failure_that_blocks_is_not_to_be_seen(void **state)
{
	static struct run first, run;

	(void)state;
	begin_people();
	afresh();
	for (int i = 0; i < 5; i++) {
		begin_reset_of(people[0].name, people[0].context, false, 0);
		assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
		run_round(&first, &texts[2], &texts[2]);
		begin_reset_of("alice", NULL, false, 0);
		assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
		cost = (struct cost){ 0 };
		memset(run.costs, 0, sizeof(run.costs));
		run_round(&run, &texts[2], &texts[2]);
		first.costs[BEGIN] = first.costs[FACTS] = (struct cost){ 0 };
		first.replies[BEGIN] = run.replies[BEGIN];
		first.replies[FACTS] = run.replies[FACTS];
		assert_same(&first, &run, "alice", (size_t)i, STEPS);
	}
	assert_true(blocked_until() > NOW);
	dialog_done(&dialog);
	assert_int_equal(audited(AUDIT_BLOCKED), 1);
}

static int
look_for_name(const struct store_audit *row, void *arg)
{
	(void)arg;
	assert_string_not_equal(row->user, "nobody-has-this");
	assert_string_not_equal(row->actor, "nobody-has-this");
	if (row->session == 9 && strcmp(row->user, "") == 0)
		assert_int_equal(row->uid, -1);
	return 0;
}

static void
an_unknown_name_is_written_down_nowhere(void **state)
{
	static struct run run;
	struct store_user user;

	(void)state;
	begin_people();
	run_of(&run, &people[0], &texts[2], &texts[2]);
	assert_int_equal(status_of(REQUEST_FINISH, "done"), REPLY_OK);
	dialog_done(&dialog);
	assert_int_equal(audited(AUDIT_RESET_STARTED), 1);
	assert_int_equal(audited(AUDIT_RESET_REFUSED), 1);
	begin_reset_of(people[0].name, people[0].context, false, 0);
	assert_int_equal(ask(REQUEST_SEND, "email", ""), JUDGED_VIOLATION);
	assert_int_equal(store_audit_each(judge.store, 0, look_for_name, NULL), 0);
	assert_int_equal(store_user_get(judge.store, people[0].name, &user), STORE_NONE);
	assert_false(logged("nobody-has-this"));
}

static void
what_root_tells_for_a_reset_is_not_stored(void **state)
{
	struct store_user before = stored();

	(void)state;
	begin_people();
	begin_reset_of("alice", &locked, false, 900000);
	begin_reset_of("carol", &newcomer, false, 0);
	assert_true(stored().local_password);
	assert_int_equal(stored().told_at, before.told_at);
	assert_int_equal(store_user_get(judge.store, "carol", &before), STORE_NONE);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_reset, tear_down)
	const struct CMUnitTest tests[] = {
		T(whoever_it_is_and_whatever_is_typed_the_steps_are_the_same),
		T(an_empty_first_prompt_costs_nothing_and_a_code_at_the_second_the_same_for_all),
		T(an_empty_second_prompt_is_one_commit),
		T(a_right_proof_costs_no_more_than_junk_at_the_first_prompt),
		T(whoever_it_is_and_whatever_is_right_as_many_pages_are_written),
		T(the_failure_that_blocks_is_not_to_be_seen),
		T(an_unknown_name_is_written_down_nowhere),
		T(what_root_tells_for_a_reset_is_not_stored),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
