/*
 * An e-mail address, proven by a code that was mailed to it.
 *
 * 1. The code is made here, kept as a keyed hash bound to user, method and address, and sent
 *    beside the dialog after the reply.
 * 2. A try is on disk before anything is compared; a new code replaces the old one and keeps the
 *    count, until the code expires.
 * 3. A message that could not be sent is told at the next step and counts nothing.
 * 4. A right code removes itself, saves the address and is audited, all in one transaction.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/sending.h"
#include "text/address.h"

#define CODE_DIGITS_MAX   10
#define CODE_LIFETIME_MAX 86400 /* seconds: [codes] lifetime */

static struct vault_place
code_place(const struct dialog *d)
{
	return (struct vault_place){ d->user.stored.id, method_word(METHOD_EMAIL), "code" };
}

static int
code_hash(const struct dialog *d, const char *to, const char *code,
	  unsigned char hash[VAULT_HASH_SIZE])
{
	struct secret text = { 0 };
	int r = secret_room(&text, 32 + ADDRESS_MAX + METHOD_VALUE_MAX);

	if (r < 0)
		return r;
	snprintf((char *)text.data, text.len, "%" PRId64 "|%s|%s|%s", d->user.stored.id,
		 method_word(METHOD_EMAIL), to, code);
	vault_hash(d->judge->vault, "code", text.data, strlen(secret_text(&text)), hash);
	secret_done(&text);
	return 0;
}

/* Why this address is refused; REASON_COUNT: it is fine. */
static enum reason
refusal(const struct dialog *d, const struct field *typed, char to[ADDRESS_MAX + 1])
{
	const char *forbidden = d->judge->config->email.forbidden_domains;

	switch (address_parse((const char *)typed->data, typed->len, to)) {
	case ADDRESS_SYNTAX:
		return REASON_SYNTAX;
	case ADDRESS_LONG:
		return REASON_TOO_LONG;
	case ADDRESS_FINE:
		break;
	}
	if (address_on_host(to, d->judge->host))
		return REASON_THIS_HOST;
	if (forbidden && address_in_domains(to, forbidden))
		return REASON_DOMAIN_FORBIDDEN;
	return REASON_COUNT;
}

/* Count the message against its user and its destination. An enum limit_result or -errno. */
static int
count_message(struct dialog *d, const char *to, int64_t *until)
{
	const struct throttle_config *t = &d->judge->config->throttle;
	struct limit_rule rule = { t->sends, t->send_window, t->block };
	char user[32], destination[ADDRESS_MAX + 16];
	limit_key keys[2];

	snprintf(user, sizeof(user), "user|%" PRId64, d->user.stored.id);
	snprintf(destination, sizeof(destination), "to|%s", to);
	for (char *c = destination; *c; c++) /* one mailbox, however it is written */
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	vault_hash(d->judge->vault, "send", user, strlen(user), keys[0]);
	vault_hash(d->judge->vault, "send", destination, strlen(destination), keys[1]);
	return limit_take(d->judge->store, keys, 2, &rule, d->now, until);
}

/* The message is counted and its code stands, or neither. As count_message. */
static int
save_code(struct dialog *d, const char *to, const struct store_code *code, int64_t *until)
{
	struct store *store = d->judge->store;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = count_message(d, to, until);
	if (r == LIMIT_PERMITTED) {
		r = store_code_put(store, d->user.stored.id, METHOD_EMAIL, code);
		if (r == 0)
			r = store_commit(store);
	}
	store_rollback(store);
	return r;
}

/* Make the code, keep its hash, have it sent. As count_message. */
static int
send_code(struct dialog *d, const char *to, int tries_used, int64_t *until)
{
	struct store_code code = { .expires = d->now + d->judge->config->codes.lifetime,
				   .tries_used = tries_used };
	struct vault_place place = code_place(d);
	char digits[CODE_DIGITS_MAX + 1];
	int r;

	vault_digits(digits, d->judge->config->codes.digits);
	r = code_hash(d, to, digits, code.hash);
	if (r == 0)
		r = vault_seal(d->judge->vault, &place, to, strlen(to), &code.sealed,
			       &code.sealed_len);
	if (r == 0)
		r = save_code(d, to, &code, until);
	if (r == LIMIT_PERMITTED)
		r = sending_make(d, METHOD_EMAIL, to, digits);
	explicit_bzero(digits, sizeof(digits));
	store_code_done(&code);
	return r;
}

/*
 * A code that would hold for longer than any was made under a wrong clock: it must not keep its
 * tries spent for years.
 */
static bool
code_stands(const struct dialog *d, const struct store_code *code)
{
	return code->expires > d->now &&
	       code->expires <= d->now + CODE_LIFETIME_MAX + LIMIT_CLOCK_SLACK;
}

/*
 * How many tries the standing code has used; 0 when none stands. spent: no new one before *until.
 */
static int
tries_used(struct dialog *d, int *used, bool *spent, int64_t *until)
{
	struct store_code code = { 0 };
	int r = store_code_get(d->judge->store, d->user.stored.id, METHOD_EMAIL, &code);

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

static int
send(struct dialog *d, const struct fields *request, struct message *reply)
{
	char to[ADDRESS_MAX + 1], masked[ADDRESS_MAX + 1];
	enum reason why = refusal(d, &request->field[1], to);
	int64_t until = 0;
	bool spent;
	int used, r;

	if (why != REASON_COUNT)
		return judge_answer_reason(reply, REPLY_REFUSED, why);
	r = tries_used(d, &used, &spent, &until);
	if (r < 0)
		return r;
	if (spent)
		return judge_answer_number(reply, REPLY_SPENT, until);
	r = send_code(d, to, used, &until);
	if (r < 0)
		return r;
	if (r == LIMIT_REACHED)
		return judge_answer_number(reply, REPLY_THROTTLED, until);
	d->undelivered = false;
	address_mask(to, masked, sizeof(masked));
	message_start(reply, REPLY_SENT);
	return message_put_text(reply, masked);
}

/* The message did not arrive: its code is no use, unless its row still holds a count. */
static int
undelivered(struct dialog *d, struct message *reply)
{
	struct store_code code = { 0 };
	int r = store_code_get(d->judge->store, d->user.stored.id, METHOD_EMAIL, &code);

	if (r == STORE_DONE && code.tries_used == 0)
		r = store_code_remove(d->judge->store, d->user.stored.id, METHOD_EMAIL);
	store_code_done(&code);
	if (r < 0)
		return r;
	d->undelivered = false;
	return judge_answer_reason(reply, REPLY_UNDELIVERED, d->undelivered_why);
}

/* What was typed without blanks and dashes, which mails and people put in for reading. */
static int
typed_code(const struct field *proof, struct secret *typed)
{
	size_t n = 0;
	int r = secret_room(typed, proof->len + 1);

	if (r < 0)
		return r;
	for (size_t i = 0; i < proof->len; i++)
		if (proof->data[i] && !strchr(" \t-", proof->data[i]))
			typed->data[n++] = proof->data[i];
	typed->data[n] = '\0';
	typed->len = n;
	return 0;
}

/* 1 right (*to is where it was sent), 0 wrong, -errno. */
static int
compare(struct dialog *d, const struct store_code *code, const struct secret *typed,
	struct secret *to)
{
	struct vault_place place = code_place(d);
	unsigned char hash[VAULT_HASH_SIZE];
	int r = vault_unseal(d->judge->vault, &place, code->sealed, code->sealed_len, to);

	if (r == VAULT_SHUT)
		return 0;
	if (r == VAULT_DONE)
		r = code_hash(d, secret_text(to), secret_text(typed), hash);
	if (r < 0)
		return r;
	return vault_equal(hash, code->hash, sizeof(hash)) != 0;
}

/* Count, then compare, then save. */
static int
try_code(struct dialog *d, const struct store_code *code, const struct secret *typed,
	 struct message *reply)
{
	int tries = d->judge->config->codes.tries, used = 0, r;
	struct secret to = { 0 };

	r = store_code_count(d->judge->store, d->user.stored.id, METHOD_EMAIL, &used);
	if (r == STORE_DONE)
		r = compare(d, code, typed, &to);
	if (r == 1) {
		r = dialog_save(d, METHOD_EMAIL, to.data, to.len, 0);
		if (r == 0)
			r = judge_answer(reply, REPLY_PROVEN);
	} else if (r == 0) {
		r = dialog_audit(d, AUDIT_CODE_WRONG, method_word(METHOD_EMAIL), "wrong", NULL);
		if (r == 0 && used < tries)
			r = judge_answer_number(reply, REPLY_WRONG, tries - used);
		else if (r == 0)
			r = judge_answer_number(reply, REPLY_SPENT, code->expires);
	}
	secret_done(&to);
	return r;
}

static int
try(struct dialog *d, const struct fields *request, struct message *reply)
{
	struct store_code code = { 0 };
	struct secret typed = { 0 };
	int r;

	if (request->count != 2)
		return JUDGE_VIOLATION;
	if (d->undelivered)
		return undelivered(d, reply);
	r = typed_code(&request->field[1], &typed);
	if (r == 0 && typed.len == 0) {
		r = judge_answer(reply, REPLY_EMPTY);
		goto out;
	}
	if (r == 0)
		r = store_code_get(d->judge->store, d->user.stored.id, METHOD_EMAIL, &code);
	if (r < 0)
		goto out;
	if (r == STORE_NONE || !code_stands(d, &code))
		r = judge_answer(reply, REPLY_EXPIRED);
	else if (code.tries_used >= d->judge->config->codes.tries)
		r = judge_answer_number(reply, REPLY_SPENT, code.expires);
	else
		r = try_code(d, &code, &typed, reply);
out:
	store_code_done(&code);
	secret_done(&typed);
	return r;
}

static void
mask(const void *plain, size_t len, char *out, size_t size)
{
	char to[ADDRESS_MAX + 1];

	snprintf(to, sizeof(to), "%.*s", (int)len, (const char *)plain);
	address_mask(to, out, size);
}

const struct method_judge email_judge = {
	.method = METHOD_EMAIL,
	.send = send,
	.try = try,
	.mask = mask,
};
