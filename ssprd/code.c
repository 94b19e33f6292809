/* Codes that are sent: made, counted, sent. Trying them is code_try.c. */
#include "ssprd/code.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "methods/judges.h"
#include "protocol/facts.h"
#include "ssprd/code_private.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/sending.h"
#include "ssprd/value.h"

#define CODE_LIFETIME_MAX 86400 /* seconds: [codes] lifetime */

int
code_look(struct dialog *d, enum method method, struct standing *s)
{
	int r = record_open(d, method, &s->row, &s->to);

	return r < 0 ? r : 0;
}

bool
code_on_record(const struct standing *s, const char *to)
{
	return s->to.len > 0 && strcmp(secret_text(&s->to), to) == 0;
}

struct vault_place
code_place(const struct dialog *d, enum method method)
{
	return (struct vault_place){ d->user.stored.id, method_word(method), "code" };
}

int
code_hash(const struct dialog *d, enum method method, const char *to, const char *code,
	  unsigned char hash[VAULT_HASH_SIZE])
{
	struct secret text = { 0 };
	int r = secret_room(&text, 64 + CODE_TO_MAX + METHOD_VALUE_MAX);

	if (r < 0)
		return r;
	snprintf((char *)text.data, text.len, "%" PRId64 "|%s|%s|%s", d->user.stored.id,
		 method_word(method), to, code);
	vault_hash(d->judge->vault, "code", text.data, strlen(secret_text(&text)), hash);
	secret_done(&text);
	return 0;
}

void
code_limit_keys(const struct code_kind *kind, const struct dialog *d, const char *to,
		limit_key keys[2])
{
	char destination[3 + CODE_TO_MAX + 1];

	snprintf(destination, sizeof(destination), "to|%s", to);
	kind->destination(destination + 3);
	limit_user_key(d->judge->vault, LIMIT_SENDS, d->user.stored.id, keys[0]);
	vault_hash(d->judge->vault, "send", destination, strlen(destination), keys[1]);
}

/* Count the message against its user and its destination. An enum limit_result or -errno. */
static int
count_message(const struct code_kind *kind, struct dialog *d, const char *to, int64_t *until)
{
	const struct throttle_config *t = &d->judge->config->throttle;
	struct limit_rule rule = { t->sends, t->send_window, t->block };
	limit_key keys[2];

	code_limit_keys(kind, d, to, keys);
	return limit_take(d->judge->store, keys, 2, &rule, d->now, until);
}

/* The message is counted and its code stands, or neither. As count_message. */
static int
save_code(const struct code_kind *kind, struct dialog *d, const char *to,
	  const struct store_code *code, int64_t *until)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = count_message(kind, d, to, until);
	if (r == LIMIT_PERMITTED) {
		r = store_code_put(store, d->user.stored.id, kind->method, code);
		if (r == 0)
			r = store_commit(store);
	}
	store_rollback(store);
	return r;
}

/* Make the code, keep its hash, have it sent. As count_message. */
static int
send_code(const struct code_kind *kind, struct dialog *d, enum way way, const char *to,
	  int tries_used, int64_t *until)
{
	struct store_code code = { .expires = d->now + d->judge->config->codes.lifetime,
				   .tries_used = tries_used };
	struct vault_place place = code_place(d, kind->method);
	char digits[CODE_DIGITS_MAX + 1];
	int r;

	vault_digits(digits, d->judge->config->codes.digits);
	r = code_hash(d, kind->method, to, digits, code.hash);
	if (r == 0)
		r = vault_seal(d->judge->vault, &place, to, strlen(to), &code.sealed,
			       &code.sealed_len);
	if (r == 0)
		r = save_code(kind, d, to, &code, until);
	if (r == LIMIT_PERMITTED)
		r = sending_make(d, kind->method, way, to, digits);
	explicit_bzero(digits, sizeof(digits));
	store_code_done(&code);
	return r;
}

bool
code_stands(const struct dialog *d, const struct store_code *code)
{
	return code->expires > d->now &&
	       code->expires <= d->now + CODE_LIFETIME_MAX + LIMIT_CLOCK_SLACK;
}

bool
code_is_good(const struct dialog *d, const struct store_code *code)
{
	return code->expires > d->now && code->expires <= d->now + d->judge->config->codes.lifetime;
}

/* How many tries the standing code has used; 0 when none stands. spent: no new one before *until. */
static int
tries_used(struct dialog *d, enum method method, int *used, bool *spent, int64_t *until)
{
	struct store_code code = { 0 };
	int r = store_code_get(d->judge->store, d->user.stored.id, method, &code);

	*used = 0;
	*spent = false;
	if (r == STORE_DONE && code_stands(d, &code)) {
		*used = code.tries_used;
		*spent = code.tries_used >= d->judge->config->codes.tries;
		*until = code.expires;
	}
	store_code_done(&code);
	return r < 0 ? r : 0;
}

enum reason
code_read(const struct code_kind *kind, const struct dialog *d, const struct field *typed,
	  char wire[CODE_TO_MAX + 1], int *broke)
{
	int64_t user = method_judge(kind->method)->given ? 0 : d->user.stored.id;
	int why = value_read(d->judge, user, kind->method, (const char *)typed->data, typed->len,
			     wire);

	if (why >= 0)
		return (enum reason)why;
	*broke = why;
	return REASON_COUNT;
}

/* Where it goes: what was typed, or what is on record. An enum reason, REASON_COUNT: *to is filled in. */
static enum reason
destination(const struct code_kind *kind, struct dialog *d, const struct field *typed,
	    const struct standing *s, char to[CODE_TO_MAX + 1], int *broke)
{
	const struct field filled_in = { s->to.data, s->to.len };
	enum reason why;

	if (typed->len > 0 && method_judge(kind->method)->given)
		return REASON_NEEDED;
	if (typed->len == 0 && s->to.len == 0)
		return method_judge(kind->method)->given ? REASON_NEEDED : REASON_SYNTAX;
	if (typed->len == 0 && s->row.registered_at) {
		snprintf(to, CODE_TO_MAX + 1, "%s", secret_text(&s->to));
		return REASON_COUNT;
	}
	why = code_read(kind, d, typed->len ? typed : &filled_in, to, broke);
	if (why == REASON_COUNT && typed->len && s->row.registered_at && code_on_record(s, to))
		why = REASON_SAME;
	return why;
}

static int
send_there(const struct code_kind *kind, struct dialog *d, enum way way, const char *to,
	   struct message *reply)
{
	char masked[FACTS_TEXT_MAX + 1];
	int64_t until = 0;
	bool spent;
	int used, r;

	r = tries_used(d, kind->method, &used, &spent, &until);
	if (r < 0)
		return r;
	if (spent)
		return judge_answer_number(reply, REPLY_SPENT, until);
	r = send_code(kind, d, way, to, used, &until);
	if (r < 0)
		return r;
	if (r == LIMIT_REACHED)
		return judge_answer_number(reply, REPLY_THROTTLED, until);
	d->undelivered = false;
	d->sent_method = kind->method;
	kind->mask(to, masked, sizeof(masked));
	message_start(reply, REPLY_SENT);
	return message_put_text(reply, masked);
}

static int
send(const struct code_kind *kind, struct dialog *d, const struct field *typed, enum way way,
     const struct standing *s, struct message *reply)
{
	char to[CODE_TO_MAX + 1] = "";
	enum reason why;
	int r = 0;

	if (s->row.registered_at && typed->len == 0)
		r = proof_blocked(d, reply);
	if (r != PROOF_GO)
		return r < 0 ? r : 0;
	why = destination(kind, d, typed, s, to, &r);
	if (why == REASON_COUNT && kind->forbids)
		why = kind->forbids(d, to, way);
	if (r < 0)
		return r;
	if (why != REASON_COUNT)
		return judge_answer_reason(reply, REPLY_REFUSED, why);
	return send_there(kind, d, way, to, reply);
}

int
code_send(const struct code_kind *kind, struct dialog *d, const struct fields *request,
	  struct message *reply)
{
	char asked[16] = "";
	struct standing s = { 0 };
	enum way way;
	int r;

	if (request->count == 3 && !field_text(request, 2, asked, sizeof(asked)))
		return JUDGE_VIOLATION;
	way = kind->way(d, asked);
	if (way == WAY_COUNT)
		return JUDGE_VIOLATION;
	r = code_look(d, kind->method, &s);
	if (r == 0)
		r = send(kind, d, &request->field[1], way, &s, reply);
	secret_done(&s.to);
	return r;
}
