/*
 * One exchange with the judge, and a table that says which answers each request may get. Whatever else comes is a
 * judge that can't be relied on: the dialog ends with "failed", and ssprd is not asked again.
 */
#include <errno.h>
#include <string.h>

#include "session/hash.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/log.h"

#define CHANGE_FIELDS 4

enum tells { TELLS_NOTHING, TELLS_NUMBER, TELLS_REASON, TELLS_MASK };
enum { MAY_SEND = 1, MAY_TRY = 2, MAY_SEED = 4, MAY_HELP = 8, MAY_REMOVE = 16 };

static const struct answer {
	int status;
	enum outcome outcome;
	enum tells tells;
	int may;
} answers[] = {
	{ REPLY_OK, ANSWERED, TELLS_NOTHING, MAY_REMOVE },
	{ REPLY_SENT, SENT, TELLS_MASK, MAY_SEND },
	{ REPLY_REFUSED, REFUSED, TELLS_REASON, MAY_SEND | MAY_TRY | MAY_REMOVE },
	{ REPLY_THROTTLED, THROTTLED, TELLS_NUMBER, MAY_SEND },
	{ REPLY_SPENT, SPENT, TELLS_NUMBER, MAY_SEND | MAY_TRY | MAY_SEED | MAY_HELP },
	{ REPLY_BLOCKED, BLOCKED, TELLS_NUMBER, MAY_SEND | MAY_TRY | MAY_SEED },
	{ REPLY_PROVEN, PROVEN, TELLS_NOTHING, MAY_TRY | MAY_HELP },
	{ REPLY_MORE, MORE, TELLS_NUMBER, MAY_TRY },
	{ REPLY_WRONG, WRONG, TELLS_NUMBER, MAY_TRY | MAY_HELP },
	{ REPLY_EXPIRED, EXPIRED, TELLS_NOTHING, MAY_TRY | MAY_HELP },
	{ REPLY_USED, USED, TELLS_NOTHING, MAY_TRY },
	{ REPLY_UNDELIVERED, UNDELIVERED, TELLS_REASON, MAY_TRY },
	{ REPLY_EMPTY, EMPTY, TELLS_NOTHING, MAY_TRY },
};

static enum outcome
judge_failed(struct session *s)
{
	s->judge_lost = true;
	return session_decided(s, VERDICT_FAILED);
}

/* The terminal gives us SESSION_SILENCE_MS for a whole turn, however many requests we make in it. */
static int
judge_patience(const struct session *s)
{
	int64_t left = s->turn + SESSION_SILENCE_MS - 1000 - session_now();

	if (left < 0)
		return 0;
	return left < JUDGE_SILENCE_MS ? (int)left : JUDGE_SILENCE_MS;
}

/* The judge ended the dialog. */
static enum outcome
over(struct session *s, const struct fields *f)
{
	char word[64];
	enum verdict verdict = VERDICT_COUNT;

	if (f->count == 1 && field_text(f, 0, word, sizeof word))
		verdict = verdict_from_word(word);
	if (verdict == VERDICT_COUNT)
		return judge_failed(s);
	s->judge_lost = true;
	return session_decided(s, verdict);
}

static enum outcome
understand(struct session *s, int received, const struct message *reply, struct fields *f)
{
	if (received != MESSAGE_GOT || !message_parse(reply, f))
		return judge_failed(s);
	if (f->op == REPLY_OVER)
		return over(s, f);
	return ANSWERED;
}

static enum outcome
post(struct session *s, const struct message *request)
{
	if (s->judge_lost)
		return ENDED;
	if (message_send(s->judge, request, judge_patience(s)) != 0)
		return judge_failed(s);
	return ANSWERED;
}

/* Send and wait. ANSWERED: *f is the reply taken apart. The request is wiped. */
static enum outcome
exchange(struct session *s, struct message *request, struct message *reply, struct fields *f)
{
	enum outcome o = post(s, request);

	message_done(request);
	if (o != ANSWERED)
		return o;
	return understand(s, message_receive(s->judge, reply, judge_patience(s)), reply, f);
}

/* A request of one or two short texts: second is NULL for one. */
static void
begin(struct message *request, enum request_op op, const char *first, const char *second)
{
	message_start(request, op);
	if (message_put_text(request, first) == 0 && second != NULL)
		message_put_text(request, second);
}

static bool
read_told(const struct fields *f, enum tells tells, struct told *told)
{
	char word[64];

	switch (tells) {
	case TELLS_NUMBER:
		return field_number(f, 0, &told->number);
	case TELLS_MASK:
		return field_text(f, 0, told->masked, sizeof told->masked);
	case TELLS_REASON:
		if (!field_text(f, 0, word, sizeof word))
			return false;
		told->reason = reason_from_word(word);
		return told->reason != REASON_COUNT;
	case TELLS_NOTHING:
		break;
	}
	return true;
}

/* Look the reply up among those that this kind of request may get. */
static enum outcome
judged(struct session *s, const struct fields *f, int may, struct told *told)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		if (answers[i].status != f->op || (answers[i].may & may) == 0)
			continue;
		if (!read_told(f, answers[i].tells, told))
			break;
		return answers[i].outcome;
	}
	return judge_failed(s);
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
		o = judge_failed(s);
	if (o == ANSWERED)
		s->deadline = session_now() + (int64_t)s->facts.time_left * 1000;
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
		return judge_failed(s);
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
		o = judged(s, &f, MAY_SEED, told);
	else
		for (size_t i = 0; o == ANSWERED && i < count; i++)
			if (!field_secret(&f, i, &seeds[i]))
				o = judge_failed(s);
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
		return judge_failed(s);
	}
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? judged(s, &f, MAY_SEND, told) : o;
}

/*
 * Wait long for one reply, and let the terminal know every few seconds that we are alive. All such waits of one turn
 * together are bounded: a terminal does not wait longer.
 */
static int
receive_slowly(struct session *s, struct message *reply)
{
	int64_t end = s->heard + HASH_SLOT_WAIT_MS;
	int64_t wait;
	int r;

	do {
		wait = s->turn + WORKING_EVERY_MS - session_now();
		r = message_receive(s->judge, reply, wait > 0 ? (int)wait : 0);
		if (r == MESSAGE_LATE)
			tell_working(s);
	} while (r == MESSAGE_LATE && s->ending != GONE && session_now() < end);
	return r;
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
	o = post(s, &request);
	if (o == ANSWERED)
		o = understand(s, receive_slowly(s, &reply), &reply, &f);
	if (o == ANSWERED && !read_slot(&f, slot))
		o = judge_failed(s);
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
		return judge_failed(s);
	}
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? judged(s, &f, MAY_TRY, told) : o;
}

enum outcome
request_help(struct session *s, const char *code, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_HELP, code, NULL);
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? judged(s, &f, MAY_HELP, told) : o;
}

enum outcome
request_remove(struct session *s, enum method method, struct told *told)
{
	struct message request, reply;
	struct fields f;
	enum outcome o;

	begin(&request, REQUEST_REMOVE, method_word(method), NULL);
	o = exchange(s, &request, &reply, &f);
	return o == ANSWERED ? judged(s, &f, MAY_REMOVE, told) : o;
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
		o = judge_failed(s);
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
		judge_failed(s);
}

enum outcome
request_unasked(struct session *s)
{
	struct message message;
	struct fields f;

	if (understand(s, message_receive(s->judge, &message, 0), &message, &f) == ANSWERED)
		return judge_failed(s);
	return ENDED;
}
