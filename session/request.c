/* The requests, each as its row of protocol/request.h has it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session/exchange.h"
#include "session/hash.h"
#include "session/request.h"
#include "session/session.h"
#include "text/contact.h"
#include "text/log.h"

#define CHANGE_FIELDS 4

/* A request of one or two short texts: second is NULL for one. */
static void
begin(struct message *request, enum request_op op, const char *first, const char *second)
{
	message_start(request, op);
	if (message_put_text(request, first) == 0 && second != NULL)
		message_put_text(request, second);
}

/* In the language of this dialog. */
static void
name_contact(struct facts *f)
{
	const char *contact = contact_shown(f->contact);

	if (contact != f->contact)
		snprintf(f->contact, sizeof(f->contact), "%s", contact);
}

enum outcome
request_facts(struct session *s)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	message_start(&request, REQUEST_FACTS);
	o = exchange(s, &request, &reply, &f);
	if (o == ANSWERED && (f.op != REPLY_OK || !facts_get(&f, &s->facts)))
		o = exchange_failed(s);
	if (o == ANSWERED) {
		s->deadline = session_now() + (int64_t)s->facts.time_left * 1000;
		name_contact(&s->facts);
	}
	message_done(&reply);
	return o;
}

enum outcome
request_question(struct session *s, int index, char *out, size_t size)
{
	struct message request, reply;
	struct fields f;
	enum outcome o = ENDED;

	message_start(&request, REQUEST_QUESTION);
	if (message_put_number(&request, index) == 0)
		o = exchange(s, &request, &reply, &f);
	if (o != ANSWERED)
		return o;
	if (f.op == REPLY_NONE)
		return EMPTY;
	if (f.op != REPLY_OK || !field_text(&f, 0, out, size))
		return exchange_failed(s);
	return ANSWERED;
}

static bool
field_secret(const struct fields *f, size_t i, struct secret *out)
{
	return i < f->count && f->field[i].len > 0 &&
	       memchr(f->field[i].data, '\0', f->field[i].len) == NULL &&
	       secret_set(out, f->field[i].data, f->field[i].len) == 0;
}

enum outcome
request_seed(struct session *s, enum method method, struct secret *seeds, size_t count,
	     struct told *told)
{
	struct message request, reply = { 0 };
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_SEED, method_word(method), NULL);
	o = exchange(s, &request, &reply, &f);
	if (o == ANSWERED && f.op != REPLY_OK)
		o = exchange_judged(s, &f, MAY_SEED, told);
	else
		for (size_t i = 0; o == ANSWERED && i < count; i++)
			if (!field_secret(&f, i, &seeds[i]))
				o = exchange_failed(s);
	message_done(&reply);
	return o;
}

enum outcome
request_send(struct session *s, enum method method, const struct secret *to, const char *via,
	     struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_SEND, method_word(method), NULL);
	if (message_put(&request, secret_text(to), to->len) != 0 ||
	    (via != NULL && message_put_text(&request, via) != 0)) {
		message_done(&request);
		return exchange_failed(s);
	}
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? exchange_judged(s, &f, MAY_SEND, told) : o;
}

static bool
read_slot(const struct fields *f, struct slot *slot)
{
	if (f->op != REPLY_OK || f->count < 3 || f->field[0].len != sizeof slot->salt)
		return false;
	memcpy(slot->salt, f->field[0].data, sizeof slot->salt);
	return field_number(f, 1, &slot->memory) && field_number(f, 2, &slot->passes);
}

enum outcome
request_slot(struct session *s, enum method method, const char *use, struct slot *slot)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_SLOT, method_word(method), use);
	o = exchange_slowly(s, &request, &reply, &f);
	if (o == ANSWERED && !read_slot(&f, slot))
		o = exchange_failed(s);
	return o;
}

enum outcome
request_try(struct session *s, enum method method, const void *proof, size_t len,
	    const unsigned char *hash, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	message_start(&request, REQUEST_TRY);
	if (message_put_text(&request, method_word(method)) != 0 ||
	    message_put(&request, proof, len) != 0 ||
	    (hash != NULL && message_put(&request, hash, HASH_SIZE) != 0)) {
		message_done(&request);
		return exchange_failed(s);
	}
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? exchange_judged(s, &f, MAY_TRY, told) : o;
}

enum outcome
request_help(struct session *s, const char *code, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_HELP, code, NULL);
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? exchange_judged(s, &f, MAY_HELP, told) : o;
}

enum outcome
request_remove(struct session *s, enum method method, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_REMOVE, method_word(method), NULL);
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? exchange_judged(s, &f, MAY_REMOVE, told) : o;
}

static enum outcome
exchange_typed(struct session *s, enum request_op op, const struct secret *typed, int may,
	       struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	message_start(&request, op);
	if (message_put(&request, secret_text(typed), typed->len) != 0)
		return exchange_failed(s);
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? exchange_judged(s, &f, may, told) : o;
}

enum outcome
request_claim(struct session *s, const struct secret *typed)
{
	struct told told = { 0 };

	return exchange_typed(s, REQUEST_CLAIM, typed, MAY_CLAIM, &told);
}

enum outcome
request_check(struct session *s, const struct secret *typed, struct told *told)
{
	enum outcome o = exchange_typed(s, REQUEST_CHECK, typed, MAY_CHECK, told);

	if (o == WRONG && (told->number < 0 || told->number >= s->facts.rounds))
		return exchange_failed(s);
	return o;
}

enum outcome
request_assist(struct session *s, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	message_start(&request, REQUEST_ASSIST);
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? exchange_judged(s, &f, MAY_ASSIST, told) : o;
}

enum outcome
request_grant(struct session *s, int *grant, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	message_start(&request, REQUEST_GRANT);
	o = exchange_passed(s, &request, &reply, &f, grant);
	if (o == ANSWERED)
		o = exchange_judged(s, &f, MAY_GRANT, told);
	if ((o == ANSWERED) == (*grant >= 0))
		return o;
	if (*grant >= 0)
		close(*grant);
	*grant = -1;
	return exchange_failed(s);
}

static bool
read_changes(const struct fields *f, struct change changes[CHANGES_MAX], size_t *count)
{
	*count = f->count / CHANGE_FIELDS;
	if (f->op != REPLY_OK || f->count % CHANGE_FIELDS != 0 || *count > CHANGES_MAX)
		return false;
	for (size_t i = 0; i < *count; i++) {
		struct change *c = &changes[i];
		size_t at = i * CHANGE_FIELDS;

		if (!field_number(f, at, &c->time) ||
		    !field_text(f, at + 1, c->event, sizeof c->event) ||
		    !field_text(f, at + 2, c->method, sizeof c->method) ||
		    !field_text(f, at + 3, c->from, sizeof c->from))
			return false;
	}
	return true;
}

enum outcome
request_changes(struct session *s, struct change changes[CHANGES_MAX], size_t *count)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	message_start(&request, REQUEST_CHANGES);
	o = exchange(s, &request, &reply, &f);
	if (o == ANSWERED && !read_changes(&f, changes, count))
		o = exchange_failed(s);
	return o;
}

static bool
read_verdict(const struct fields *f, struct session *s)
{
	char word[64], tell[8];

	if (f->op != REPLY_OK || !field_text(f, 0, word, sizeof word) ||
	    !field_text(f, 1, tell, sizeof tell))
		return false;
	s->verdict = verdict_from_word(word);
	s->tell = strcmp(tell, "1") == 0;
	return s->verdict != VERDICT_COUNT;
}

void
request_finish(struct session *s)
{
	struct message request, reply;
	struct fields f;
	enum outcome o = ENDED;

	message_start(&request, REQUEST_FINISH);
	if (message_put_text(&request, finish_word(s->finish)) == 0)
		o = exchange(s, &request, &reply, &f);
	if (s->ending == DECIDED)
		return;
	if (o != ANSWERED || !read_verdict(&f, s))
		s->verdict = VERDICT_FAILED;
	s->ending = DECIDED;
	s->judge_lost = true;
}

/* Bytes of text that fit into max, cut at a character. */
static size_t
cut(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
		max--;
	return max;
}

void
request_log(int priority, const char *text, void *session)
{
	struct session *s = session;
	struct message request, reply;
	struct fields f;

	(void)priority;
	message_start(&request, REQUEST_LOG);
	if (message_put(&request, text, cut(text, REQUEST_LOG_MAX)) != 0)
		return;
	if (exchange(s, &request, &reply, &f) == ANSWERED && f.op != REPLY_OK)
		exchange_failed(s);
}
