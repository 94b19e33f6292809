/*
 * A judge on a real store and vault, alice in it, and what of hers waits in the outbox. Included once by such a test, after a
 * definition of `scratch` (scratch.h or program.h).
 */
#ifndef SSPR_TESTS_UNIT_TELLING_FIXTURE_H
#define SSPR_TESTS_UNIT_TELLING_FIXTURE_H

#include <errno.h>

#include "ssprd/context.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/judge.h"
#include "ssprd/outbox.h"
#include "ssprd/stamps.h"
#include "ssprd/user.h"
#include "tests/unit/config_text.h"
#include "text/log.h"

#define MAIL "[email]\nurl = smtp://127.0.0.1:25\nfrom = a@b.example\ntls = none\n"
#define SMS  "[sms]\nurl = https://gateway.example/\nbody = form\n"

static struct config *config;
static struct stamps stamps;
static struct judge judge;
static struct user alice;

static inline void
quiet(int priority, const char *line, void *arg)
{
	(void)priority;
	(void)line;
	(void)arg;
}

static inline void
use_policy(const char *text)
{
	config_free(config);
	config = good(text);
	judge.config = config;
}

/* What root tells of alice makes her record. */
static inline void
tell_alice(const char *groups, int64_t now)
{
	struct context context = { .has_uid = true,
				   .uid = 1001,
				   .has_local_password = true,
				   .local_password = true,
				   .has_groups = true };

	context.groups = strdup(groups);
	user_done(&alice);
	assert_int_equal(user_tell(&alice, &judge, "alice", &context, now, true), STORE_DONE);
	context_done(&context);
}

static inline int
judge_set_up(const char *policy)
{
	log_to(quiet, NULL);
	stamps = (struct stamps){ .folder = scratch.folder, .config_file = "/nonexistent" };
	judge = (struct judge){ .stamps = &stamps, .implemented = ~0u, .host = "desk" };
	use_policy(policy);
	if (vault_start(&judge.vault, scratch_path(&scratch, "key"), 1) < 0)
		return -1;
	return store_open(&judge.store, scratch_path(&scratch, "db"));
}

static inline void
judge_tear_down(void)
{
	user_done(&alice);
	store_close(judge.store);
	vault_stop(judge.vault);
	config_free(config);
	config = NULL;
}

/* What stands in the records of alice; registered, or filled in only. */
static inline void
put_record(enum method method, const char *value, bool registered)
{
	struct vault_place place = { alice.stored.id, method_word(method), "record" };
	struct store_method m = { .method = method,
				  .registered_at = registered ? 5 : 0,
				  .proven_at = registered ? 5 : 0,
				  .filled_at = registered ? 0 : 5 };

	assert_int_equal(
		vault_seal(judge.vault, &place, value, strlen(value), &m.sealed, &m.sealed_len), 0);
	assert_int_equal(store_method_put(judge.store, alice.stored.id, &m), 0);
	store_method_done(&m);
}

/* The first message that waits, taken out of the store. */
struct waiting {
	char kind[STORE_WORD_MAX + 1];
	char to[256], user[256], lang[32], text[4096];
};

static inline bool
take_message(struct waiting *w)
{
	struct store_message m = { 0 };
	struct secret plain = { 0 };
	struct vault_place place = { alice.stored.id, m.kind, "outbox" };
	char *parts[6], *at;
	int r = store_outbox_first(judge.store, &m);

	*w = (struct waiting){ 0 };
	if (r == STORE_NONE)
		return false;
	assert_int_equal(r, STORE_DONE);
	assert_int_equal(vault_unseal(judge.vault, &place, m.sealed, m.sealed_len, &plain), 0);
	at = (char *)plain.data;
	for (int i = 0; i < 6; i++, at += strlen(at) + 1)
		parts[i] = at;
	snprintf(w->kind, sizeof(w->kind), "%s", m.kind);
	snprintf(w->to, sizeof(w->to), "%s", parts[0]);
	snprintf(w->user, sizeof(w->user), "%s", parts[1]);
	snprintf(w->lang, sizeof(w->lang), "%s", parts[4]);
	snprintf(w->text, sizeof(w->text), "%s", parts[5]);
	assert_int_equal(store_outbox_remove(judge.store, m.id), STORE_DONE);
	secret_done(&plain);
	store_message_done(&m);
	return true;
}

struct seek {
	const char *event, *reason;
	int found;
};

static inline int
seek_row(const struct store_audit *row, void *arg)
{
	struct seek *s = arg;

	s->found += strcmp(row->event, s->event) == 0 &&
		    (!s->reason || strcmp(row->reason, s->reason) == 0);
	return 0;
}

/* How many audit rows of that event are there (with that reason)? */
static inline int
audited(enum audit_event event, const char *reason)
{
	struct seek s = { audit_word(event), reason, 0 };

	assert_int_equal(store_audit_each(judge.store, 0, seek_row, &s), 0);
	return s.found;
}

#endif
