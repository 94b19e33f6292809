/*
 * One exchange with the judge, and a table that says which answers each request may get. Whatever else comes is a
 * judge that can't be relied on: the dialog ends with "failed", and ssprd is not asked again.
 */
#include <string.h>
#include <unistd.h>

#include "session/exchange.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"

enum tells { TELLS_NOTHING, TELLS_NUMBER, TELLS_REASON, TELLS_MASK };
static const struct answer {
	int status;
	enum outcome outcome;
	enum tells tells;
	int may;
} answers[] = {
	{ REPLY_OK, ANSWERED, TELLS_NOTHING,
	  MAY_REMOVE | MAY_CLAIM | MAY_CHECK | MAY_ASSIST | MAY_GRANT },
	{ REPLY_SENT, SENT, TELLS_MASK, MAY_SEND },
	{ REPLY_REFUSED, REFUSED, TELLS_REASON,
	  MAY_SEND | MAY_TRY | MAY_REMOVE | MAY_ASSIST | MAY_GRANT },
	{ REPLY_THROTTLED, THROTTLED, TELLS_NUMBER, MAY_SEND | MAY_ASSIST },
	{ REPLY_SPENT, SPENT, TELLS_NUMBER, MAY_SEND | MAY_TRY | MAY_SEED | MAY_HELP },
	{ REPLY_BLOCKED, BLOCKED, TELLS_NUMBER, MAY_SEND | MAY_TRY | MAY_SEED },
	{ REPLY_PROVEN, PROVEN, TELLS_NOTHING, MAY_TRY | MAY_HELP | MAY_CHECK },
	{ REPLY_MORE, MORE, TELLS_NUMBER, MAY_TRY },
	{ REPLY_WRONG, WRONG, TELLS_NUMBER, MAY_TRY | MAY_HELP | MAY_CHECK },
	{ REPLY_EXPIRED, EXPIRED, TELLS_NOTHING, MAY_TRY | MAY_HELP },
	{ REPLY_USED, USED, TELLS_NOTHING, MAY_TRY },
	{ REPLY_UNDELIVERED, UNDELIVERED, TELLS_REASON, MAY_TRY },
	{ REPLY_EMPTY, EMPTY, TELLS_NOTHING, MAY_TRY },
};

enum outcome
exchange_failed(struct session *s)
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
		return exchange_failed(s);
	s->judge_lost = true;
	return session_decided(s, verdict);
}

static enum outcome
understand(struct session *s, int received, const struct message *reply, struct fields *f)
{
	if (received != MESSAGE_GOT || !message_parse(reply, f))
		return exchange_failed(s);
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
		return exchange_failed(s);
	return ANSWERED;
}

enum outcome
exchange(struct session *s, struct message *request, struct message *reply, struct fields *f)
{
	enum outcome o = post(s, request);

	message_done(request);
	if (o != ANSWERED)
		return o;
	return understand(s, message_receive(s->judge, reply, judge_patience(s)), reply, f);
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
		wait = wait > 0 ? wait : 0;
		r = message_receive(s->judge, reply, (int)wait);
		if (r == MESSAGE_LATE)
			tell_working(s);
	} while (r == MESSAGE_LATE && s->ending != GONE && session_now() < end);
	return r;
}

enum outcome
exchange_slowly(struct session *s, struct message *request, struct message *reply, struct fields *f)
{
	enum outcome o = post(s, request);

	message_done(request);
	return o == ANSWERED ? understand(s, receive_slowly(s, reply), reply, f) : o;
}

enum outcome
exchange_passed(struct session *s, struct message *request, struct message *reply, struct fields *f,
		int *passed)
{
	enum outcome o = post(s, request);

	*passed = -1;
	message_done(request);
	if (o == ANSWERED)
		o = understand(s,
			       message_receive_passed(s->judge, reply, passed, judge_patience(s)),
			       reply, f);
	if (o != ANSWERED && *passed >= 0) {
		close(*passed);
		*passed = -1;
	}
	return o;
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

enum outcome
exchange_judged(struct session *s, const struct fields *f, int may, struct told *told)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		if (answers[i].status != f->op || (answers[i].may & may) == 0)
			continue;
		if (!read_told(f, answers[i].tells, told))
			break;
		return answers[i].outcome;
	}
	return exchange_failed(s);
}

enum outcome
exchange_unasked(struct session *s)
{
	struct message message;
	struct fields f;

	if (understand(s, message_receive(s->judge, &message, 0), &message, &f) == ANSWERED)
		return exchange_failed(s);
	return ENDED;
}
