/*
 * Resets of people of every kind, on the judge's fixture, and what each step of them costs: keyed hashes, commits that write, and
 * times that the -wal file is emptied, counted where the libraries are called. Included once by such a test, after cmocka.h.
 */
#ifndef SSPR_TESTS_UNIT_RESET_FIXTURE_H
#define SSPR_TESTS_UNIT_RESET_FIXTURE_H

#include <dlfcn.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <sqlite3.h>

#include "ssprd/core/store_sql.h"
#include "ssprd/freeze.h"
#include "ssprd/remote_hosts.h"
#include "ssprd/reset.h"
#include "ssprd/reset_subject.h"
#include "tests/unit/judge_fixture.h"

#define STEP         30
#define RESET_POLICY POLICY_OF("app email phone office-phone questions recovery-codes") SMS VOICE

static const char app_key[] = "12345678901234567890", mail[] = "alice@mail.example",
		  number_own[] = "+4915112345678", number_office[] = "+4930123456x12";
static struct remote_hosts hosts;
static char recovery[RECOVERY_CODES][RECOVERY_SHOWN];

struct cost {
	int hashes, commits, emptied;
};
static struct cost cost;

/* In the place of the library's own, which does the work. */
int
crypto_generichash(unsigned char *out, size_t outlen, const unsigned char *in,
		   unsigned long long inlen, const unsigned char *key, size_t keylen)
{
	int (*real)(unsigned char *, size_t, const unsigned char *, unsigned long long,
		    const unsigned char *, size_t) = NULL;
	void *found = dlsym(RTLD_NEXT, "crypto_generichash");

	memcpy(&real, &found, sizeof(real));
	cost.hashes++;
	return real(out, outlen, in, inlen, key, keylen);
}

int
sqlite3_wal_checkpoint_v2(sqlite3 *db, const char *name, int mode, int *log, int *checkpointed)
{
	int (*real)(sqlite3 *, const char *, int, int *, int *) = NULL;
	void *found = dlsym(RTLD_NEXT, "sqlite3_wal_checkpoint_v2");

	memcpy(&real, &found, sizeof(real));
	cost.emptied +=
		mode == SQLITE_CHECKPOINT_TRUNCATE; /* not SQLite's own, every 1,000 pages */
	return real(db, name, mode, log, checkpointed);
}

static inline int
count_commit(void *arg)
{
	(void)arg;
	cost.commits++;
	return 0;
}

static inline struct context
reset_context(void)
{
	struct context context = alice_context();

	context.groups = NULL;
	return context;
}

/* Begin a reset in DIALOG_NEW; context NULL: of alice, over ssh. */
static inline void
begin_reset_of(const char *name, const struct context *context, bool crowded, int64_t later)
{
	struct context usual = reset_context();
	struct user user = { 0 };

	dialog_done(&dialog);
	assert_true(user_tell(&user, &judge, name, context ? context : &usual, NOW + later,
			      false) >= 0);
	assert_int_equal(dialog_init(&dialog, &judge, PURPOSE_RESET, &user,
				     context ? context : &usual, 9, NOW + later),
			 0);
	dialog.time_left = 500;
	assert_int_equal(reset_begin(&dialog, crowded), 0);
}

static inline void
reset_later(int64_t later)
{
	begin_reset_of("alice", NULL, false, later);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
}

static inline void
reset(void)
{
	reset_later(0);
}

/* A reset at the console. */
static inline void
reset_at_console(const char *name, const struct context *told)
{
	struct context context = told ? *told : reset_context();

	snprintf(context.service, sizeof(context.service), "login");
	snprintf(context.tty, sizeof(context.tty), "/dev/tty1");
	context.rhost[0] = '\0';
	begin_reset_of(name, &context, false, 0);
}

static inline int
type_bytes(int op, const void *typed, size_t len)
{
	struct message request;
	int r;

	message_start(&request, op);
	assert_int_equal(message_put(&request, typed, len), 0);
	message_done(&reply);
	r = judge_request(&dialog, &request, &reply);
	message_done(&request);
	if (r != JUDGED_REPLY)
		return 0;
	assert_true(message_parse(&reply, &got));
	return got.op;
}

static inline int
type(int op, const char *typed)
{
	return type_bytes(op, typed, strlen(typed));
}

/* A whole round; what CHECK answered. */
static inline int
round_of(const char *first, const char *second)
{
	assert_int_equal(type(REQUEST_CLAIM, first), REPLY_OK);
	return type(REQUEST_CHECK, second);
}

/* alice's app code, so many steps from the dialog's time. */
static inline const char *
app_code(int steps)
{
	static char code[8];

	assert_int_equal(
		oath_totp_generate(app_key, 20, dialog.now + steps * STEP, STEP, 0, 6, code),
		OATH_OK);
	return code;
}

static inline void
register_recovery(void)
{
	assert_int_equal(status_of(REQUEST_SEED, "recovery-codes"), REPLY_OK);
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		assert_true(field_text(&got, i, recovery[i], sizeof(recovery[i])));
	assert_int_equal(status_of(REQUEST_TRY, "recovery-codes", recovery[0]), REPLY_PROVEN);
}

/* alice has everything but questions. */
static inline void
register_alice(void)
{
	begin_dialog_for(PURPOSE_ENROLL, -100000);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_int_equal(record_save(&dialog, METHOD_APP, app_key, 20, 1), 0);
	register_recovery();
	assert_int_equal(record_save(&dialog, METHOD_EMAIL, mail, strlen(mail), 0), 0);
	assert_int_equal(record_save(&dialog, METHOD_PHONE, number_own, strlen(number_own), 0), 0);
	assert_int_equal(
		record_save(&dialog, METHOD_OFFICE_PHONE, number_office, strlen(number_office), 0),
		0);
	dialog_done(&dialog);
}

static inline int
set_up_reset(void **state)
{
	int r = set_up(state);

	if (r < 0)
		return r;
	hosts = (struct remote_hosts){ 0 };
	judge.hosts = &hosts;
	use_policy(RESET_POLICY);
	register_alice();
	sqlite3_commit_hook(judge.store->db, count_commit, NULL);
	return 0;
}

/* alice's failures that stand. */
static inline int
failures(void)
{
	limit_key key;
	int count = -1;

	limit_user_key(judge.vault, LIMIT_FAILURES, stored().id, key);
	assert_int_equal(store_event_count(judge.store, key, 0, &count), 0);
	return count;
}

static inline int64_t
blocked_until(void)
{
	limit_key key;
	int64_t until = -1;

	limit_user_key(judge.vault, LIMIT_FAILURES, stored().id, key);
	assert_int_equal(store_block_get(judge.store, key, &until), 0);
	return until;
}

#endif
