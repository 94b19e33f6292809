/*
 * The authenticator app (TOTP, RFC 6238). The secret is made here and waits in the dialog; a
 * current code proves that the app has it, and only then is it saved, with the time step that was
 * used: that code is good for nothing more. Each later one is good once.
 */
#include <errno.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"

#define SEED_SIZE    20 /* bytes: 160 bit, RFC 4226 */
#define DIGITS       6
#define STEP_SECONDS 30
#define STEPS_AWAY   1 /* a clock may be off by one step, either way */
#define URI_MAX      4096

/* Append text to s, escaped for a URI: a name can end nothing and begin nothing there. */
static size_t
put_escaped(char *out, size_t size, size_t at, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *text && at + 4 < size; text++)
		at += (size_t)snprintf(out + at, size - at, strchr(plain, *text) ? "%c" : "%%%02X",
				       (unsigned char)*text);
	return at;
}

/* otpauth://totp/HOST:USER@HOST?secret=...&issuer=HOST */
static int
make_uri(struct secret *uri, const struct dialog *d, const char *base32)
{
	int r = secret_room(uri, URI_MAX);
	char *out = (char *)uri->data;
	size_t at;

	if (r < 0)
		return r;
	at = (size_t)snprintf(out, URI_MAX, "otpauth://totp/");
	at = put_escaped(out, URI_MAX, at, d->judge->host);
	at += (size_t)snprintf(out + at, URI_MAX - at, ":");
	at = put_escaped(out, URI_MAX, at, d->user.stored.name);
	at += (size_t)snprintf(out + at, URI_MAX - at, "%%40");
	at = put_escaped(out, URI_MAX, at, d->judge->host);
	at += (size_t)snprintf(out + at, URI_MAX - at, "?secret=%s&issuer=", base32);
	put_escaped(out, URI_MAX, at, d->judge->host);
	return 0;
}

static int
seed(struct dialog *d, const struct fields *request, struct message *reply)
{
	struct secret uri = { 0 };
	char *base32 = NULL;
	size_t len = 0;
	int r;

	(void)request;
	d->seed_tries = 0;
	r = secret_room(&d->seed, SEED_SIZE);
	if (r < 0)
		return r;
	vault_random(d->seed.data, SEED_SIZE);
	if (oath_base32_encode((const char *)d->seed.data, SEED_SIZE, &base32, &len) != OATH_OK)
		return -ENOMEM;
	r = make_uri(&uri, d, base32);
	message_start(reply, REPLY_OK);
	if (r == 0)
		r = message_put_text(reply, base32);
	if (r == 0)
		r = message_put_text(reply, secret_text(&uri));
	secret_done(&uri);
	explicit_bzero(base32, len);
	free(base32);
	return r;
}

/* The digits of what was typed; apps show them in groups. False: not DIGITS digits. */
static bool
digits_of(const struct field *proof, char code[DIGITS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < proof->len; i++) {
		unsigned char c = proof->data[i];

		if (c == ' ')
			continue;
		if (c < '0' || c > '9' || n == DIGITS)
			return false;
		code[n++] = (char)c;
	}
	code[n] = '\0';
	return n == DIGITS;
}

/* The time step of this code, or 0: not a code of now. Every step is compared, whichever fits. */
static int
step_of(const struct secret *key, const char *code, int64_t at, int64_t *step)
{
	int64_t now = at / STEP_SECONDS;
	char right[DIGITS + 1];

	*step = 0;
	for (int away = -STEPS_AWAY; away <= STEPS_AWAY; away++) {
		if (oath_totp_generate((const char *)key->data, key->len,
				       (time_t)((now + away) * STEP_SECONDS), STEP_SECONDS, 0,
				       DIGITS, right) != OATH_OK)
			return -EIO;
		if (vault_equal(right, code, DIGITS))
			*step = now + away;
	}
	explicit_bzero(right, sizeof(right));
	return 0;
}

/* A wrong code; after so many of them this secret is done with, and a new one begins anew. */
static int
wrong(struct dialog *d, struct message *reply)
{
	int r = dialog_audit(d, AUDIT_CODE_WRONG, method_word(METHOD_APP), "wrong", NULL);

	if (r < 0)
		return r;
	if (++d->seed_tries < d->judge->config->codes.tries)
		return judge_answer_number(reply, REPLY_WRONG,
					   d->judge->config->codes.tries - d->seed_tries);
	secret_done(&d->seed);
	d->changing &= ~dialog_bit(METHOD_APP);
	return judge_answer_number(reply, REPLY_SPENT, d->now);
}

static bool
is_blank(const struct field *proof)
{
	for (size_t i = 0; i < proof->len; i++)
		if (proof->data[i] != ' ' && proof->data[i] != '\t')
			return false;
	return true;
}

/* The step that this is a code of; 0: it is no code of now. 0 or -errno. */
static int
read_step(const struct dialog *d, const struct secret *key, const struct field *proof,
	  int64_t *step)
{
	char code[DIGITS + 1];
	int r = 0;

	*step = 0;
	if (digits_of(proof, code))
		r = step_of(key, code, d->now, step);
	explicit_bzero(code, sizeof(code));
	return r;
}

static int
try(struct dialog *d, const struct fields *request, struct message *reply)
{
	int64_t step;
	int r;

	if (request->count != 2 || !d->seed.len)
		return JUDGE_VIOLATION;
	if (is_blank(&request->field[1]))
		return judge_answer(reply, REPLY_EMPTY);
	r = read_step(d, &d->seed, &request->field[1], &step);
	if (r < 0)
		return r;
	if (step == 0)
		return wrong(d, reply);
	r = record_save(d, METHOD_APP, d->seed.data, d->seed.len, step);
	if (r < 0)
		return r;
	secret_done(&d->seed);
	return judge_answer(reply, REPLY_PROVEN);
}

/* A step is good once. */
static int
use(struct dialog *d, const void *step)
{
	return store_method_step(d->judge->store, d->user.stored.id, METHOD_APP,
				 *(const int64_t *)step);
}

static int
compare(struct dialog *d, const struct field *proof, int64_t until, struct message *reply)
{
	struct store_method row;
	struct secret key = { 0 };
	int64_t step = 0;
	int r = record_open(d, METHOD_APP, &row, &key);

	if (r == STORE_DONE)
		r = read_step(d, &key, proof, &step);
	secret_done(&key);
	if (r < 0)
		return r;
	if (step == 0)
		return proof_wrong(d, METHOD_APP, until, -1, 0, reply);
	return proof_right(d, METHOD_APP, until, use, &step, reply);
}

static int
prove(struct dialog *d, const struct fields *request, struct message *reply)
{
	int64_t until = 0;
	int r;

	if (request->count != 2)
		return JUDGE_VIOLATION;
	if (is_blank(&request->field[1]))
		return judge_answer(reply, REPLY_EMPTY);
	r = proof_count(d, &until, reply);
	if (r != PROOF_GO)
		return r < 0 ? r : 0;
	return compare(d, &request->field[1], until, reply);
}

/* What is no code at all is compared like one, and equals none; so is what there is no key for. */
static int
claim(struct dialog *d, const struct field *typed, const struct secret *record, struct claim *c)
{
	static unsigned char nothing[SEED_SIZE];
	const struct secret nobody = { nothing, sizeof(nothing) };
	char code[DIGITS + 1] = "";
	bool good = digits_of(typed, code);
	int r;

	if (!good)
		memset(code, 'x', DIGITS);
	r = step_of(record ? record : &nobody, code, d->now, &c->step);
	c->fits = r == 0 && good && record && c->step != 0;
	explicit_bzero(code, sizeof(code));
	return r;
}

static int
claimed(struct dialog *d, const struct claim *c)
{
	return use(d, &c->step);
}

const struct method_judge app_judge = {
	.method = METHOD_APP,
	.seed = seed,
	.try = try,
	.prove = prove,
	.claim = claim,
	.claimed = claimed,
};
