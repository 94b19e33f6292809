/*
 * A judge on a real store and vault in a folder of its own, and a dialog of alice with it. The
 * messages that judges make are caught here, in place of ssprd/sending.c. Included once by such a
 * test, after cmocka.h.
 */
#ifndef SSPR_TESTS_UNIT_JUDGE_FIXTURE_H
#define SSPR_TESTS_UNIT_JUDGE_FIXTURE_H

#include "protocol/facts.h"
#include "protocol/stamp.h"
#include "ssprd/catalogue.h"
#include "ssprd/context.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/finish.h"
#include "ssprd/record.h"
#include "ssprd/sending.h"
#include "ssprd/stamps.h"
#include "tests/unit/config_text.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

#define NOW       1800000000
#define ALICE_UID 1001
#define POLICY_OF(methods)                                                                         \
	"[registration]\nmethods = " methods "\n"                                                  \
	"[email]\nurl = smtp://127.0.0.1:25\nfrom = a@b.example\ntls = none\n"                     \
	"forbidden_domains = corp.example\n"                                                       \
	"[questions]\nhash_memory = 8\nhash_passes = 1\n"                                          \
	"[throttle]\nsends = 4\n"
#define POLICY POLICY_OF("app email questions")
#define SMS    "[sms]\nurl = https://gateway.example/\nbody = form\n"
#define VOICE  "[voice]\nurl = https://gateway.example/\nbody = form\n"

static struct scratch scratch;
static struct config *config;
static struct catalogues *catalogues;
static struct slots slots;
static struct stamps stamps;
static struct judge judge;
static struct dialog dialog;
static struct message reply; /* the last one */
static struct fields got;    /* the last one, taken apart */
static char sent_to[256], sent_code[16];
static enum way sent_way;
static int messages;
static char log_lines[8192];

int
sending_make(struct dialog *d, enum method method, enum way way, const char *to, const char *code)
{
	(void)d;
	(void)method;
	messages++;
	sent_way = way;
	snprintf(sent_to, sizeof(sent_to), "%s", to);
	snprintf(sent_code, sizeof(sent_code), "%s", code);
	return 0;
}

void
sending_let_go(struct dialog *d)
{
	(void)d;
}

static inline void
keep_line(int priority, const char *text, void *arg)
{
	size_t len = strlen(log_lines);

	(void)priority;
	(void)arg;
	snprintf(log_lines + len, sizeof(log_lines) - len, "%s\n", text);
}

static inline bool
logged(const char *text)
{
	return strstr(log_lines, text) != NULL;
}

static inline void
use_policy(const char *text)
{
	config_free(config);
	config = good(text);
	judge.config = config;
}

/* What root tells of alice. */
static inline struct context
alice_context(void)
{
	return (struct context){ .service = "sshd",
				 .rhost = "192.0.2.1",
				 .lang = "en",
				 .interactive = true,
				 .has_uid = true,
				 .uid = ALICE_UID,
				 .has_local_password = true,
				 .local_password = true };
}

/* Begin a dialog in DIALOG_NEW, so many seconds after NOW. */
static inline void
begin_dialog_for(enum purpose purpose, int64_t later)
{
	struct context context = alice_context();
	struct user user = { 0 };

	dialog_done(&dialog);
	assert_int_equal(user_tell(&user, &judge, "alice", &context, NOW + later, true),
			 STORE_DONE);
	assert_int_equal(dialog_init(&dialog, &judge, purpose, &user, &context, 7, NOW + later), 0);
	dialog.time_left = 500;
}

/* Another user, in place of alice. */
static inline void
open_dialog_of(const char *name, uint64_t uid)
{
	struct context context = alice_context();
	struct user user = { 0 };

	dialog_done(&dialog);
	context.uid = uid;
	assert_int_equal(user_tell(&user, &judge, name, &context, NOW, true), STORE_DONE);
	assert_int_equal(dialog_init(&dialog, &judge, PURPOSE_ENROLL, &user, &context, 8, NOW), 0);
	dialog.state = DIALOG_OPEN;
}

static inline void
begin_dialog(void)
{
	begin_dialog_for(PURPOSE_ENROLL, 0);
}

static inline int
vask(int op, const char *const *texts, size_t count, const void *hash, size_t len)
{
	struct message request;
	int r;

	message_start(&request, op);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(message_put_text(&request, texts[i]), 0);
	if (hash)
		assert_int_equal(message_put(&request, hash, len), 0);
	message_done(&reply);
	r = judge_request(&dialog, &request, &reply);
	message_done(&request);
	if (r == JUDGED_REPLY)
		assert_true(message_parse(&reply, &got));
	return r;
}

/* Ask: an enum judged, or -errno; got is the reply. */
#define ask(op, ...)                                                                               \
	vask(op, (const char *const[]){ NULL, ##__VA_ARGS__ } + 1,                                 \
	     sizeof((const char *const[]){ NULL, ##__VA_ARGS__ }) / sizeof(char *) - 1, NULL, 0)
#define ask_hash(hash, len, op, ...)                                                               \
	vask(op, (const char *const[]){ NULL, ##__VA_ARGS__ } + 1,                                 \
	     sizeof((const char *const[]){ NULL, ##__VA_ARGS__ }) / sizeof(char *) - 1, hash, len)

/* Ask, and the status of the reply; 0: a violation. */
#define status_of(...) (ask(__VA_ARGS__) == JUDGED_REPLY ? got.op : 0)

static inline const char *
text(size_t i)
{
	static char out[4096];

	assert_true(field_text(&got, i, out, sizeof(out)));
	return out;
}

static inline int64_t
number(size_t i)
{
	int64_t n;

	assert_true(field_number(&got, i, &n));
	return n;
}

static inline void
open_dialog(void)
{
	begin_dialog();
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
}

static inline void
open_dialog_for(enum purpose purpose, int64_t later)
{
	begin_dialog_for(purpose, later);
	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
}

/* What the facts say of a method. */
static inline struct method_fact
fact_of(enum method method)
{
	struct facts f;

	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_true(facts_get(&got, &f));
	for (int i = 0; i < f.method_count; i++)
		if (f.methods[i].method == method)
			return f.methods[i];
	fail_msg("%s is not offered", method_word(method));
	return (struct method_fact){ 0 };
}

static inline struct facts
facts(void)
{
	struct facts f;

	assert_int_equal(status_of(REQUEST_FACTS), REPLY_OK);
	assert_true(facts_get(&got, &f));
	return f;
}

/* alice as the store has her now. */
static inline struct store_user
stored(void)
{
	struct store_user u;

	assert_int_equal(store_user_get(judge.store, "alice", &u), STORE_DONE);
	store_user_done(&u);
	return u;
}

/* An administrator fills in a value. */
static inline void
fill_in(enum method method, const char *value)
{
	struct store_method m = { .method = method, .filled_at = NOW, .filled_by = "root" };
	struct store_user u;
	struct vault_place place;

	assert_int_equal(store_user_get(judge.store, "alice", &u), STORE_DONE);
	place = (struct vault_place){ u.id, method_word(method), "record" };
	assert_int_equal(
		vault_seal(judge.vault, &place, value, strlen(value), &m.sealed, &m.sealed_len),
		VAULT_DONE);
	assert_int_equal(store_method_put(judge.store, u.id, &m), 0);
	store_method_done(&m);
	store_user_done(&u);
}

/* How many changes wait to be told. */
static inline int
untold(void)
{
	struct store_notice list[STORE_NOTICES_MAX];
	int count = -1;

	assert_int_equal(store_notices(judge.store, stored().id, list, &count), 0);
	return count;
}

static inline bool
registered(enum method method)
{
	return dialog_has(&dialog, method) == 1;
}

/* Is there an audit row of that event? */
struct seek {
	const char *event;
	int found;
};

static inline int
seek_row(const struct store_audit *row, void *arg)
{
	struct seek *s = arg;

	s->found += strcmp(row->event, s->event) == 0;
	return 0;
}

static inline int
audited(enum audit_event event)
{
	struct seek s = { audit_word(event), 0 };

	assert_int_equal(store_audit_each(judge.store, 0, seek_row, &s), 0);
	return s.found;
}

static inline const char *
alice_stamp(void)
{
	return scratch_path(&scratch, "1001");
}

static inline void
write_catalogues(void)
{
	static const char en[] = "# comment\nFirst thing you broke?\nSecond name you gave a cat?\n"
				 "Third street you hid in?\nFourth song you hummed?\n";

	scratch_write(scratch_path(&scratch, "en.txt"), 0, en, strlen(en));
	assert_int_equal(catalogues_read(&catalogues, scratch.folder), 0);
	unlink(scratch_path(&scratch, "en.txt"));
}

static inline int
set_up(void **state)
{
	(void)state;
	log_to(keep_line, NULL);
	log_lines[0] = '\0';
	messages = 0;
	if (scratch_make(&scratch) < 0)
		return -1;
	slots = (struct slots){ .count = 1 };
	stamps = (struct stamps){ .folder = scratch.folder,
				  .config_file = "/nonexistent/sspr.conf" };
	judge = (struct judge){ .stamps = &stamps,
				.slots = &slots,
				.implemented = methods_implemented(),
				.host = "desk" };
	use_policy(POLICY);
	write_catalogues();
	judge.catalogues = catalogues;
	if (vault_start(&judge.vault, scratch_path(&scratch, "key"), 1) < 0)
		return -1;
	return store_open(&judge.store, scratch_path(&scratch, "db"));
}

static inline int
tear_down(void **state)
{
	(void)state;
	dialog_done(&dialog);
	store_close(judge.store);
	vault_stop(judge.vault);
	catalogues_free(catalogues);
	config_free(config);
	config = NULL;
	scratch_remove(&scratch);
	return 0;
}

#endif
