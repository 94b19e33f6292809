/*
 * Talking. One rule keeps it simple: the session is either asking (then it waits for the terminal, the judge and the clock
 * together) or busy (then the terminal waits for it, and s->turn says since when).
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "session/exchange.h"
#include "session/layout.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/normal.h"

#define TERMINAL_SEND_MS 5000 /* a terminal that takes no packet for so long is gone */

static void __attribute__((format(printf, 2, 0)))
collect(struct session *s, const char *format, va_list args)
{
	size_t room = sizeof s->text - s->text_len;
	int len = vsnprintf(s->text + s->text_len, room, format, args);

	if (len < 0)
		return;
	s->text_len += (size_t)len < room ? (size_t)len : room - 1;
}

void
say(struct session *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	collect(s, format, args);
	va_end(args);
	if (s->text_len + 1 < sizeof s->text) {
		s->text[s->text_len++] = '\n';
		s->text[s->text_len] = '\0';
	}
}

void
say_gap(struct session *s)
{
	if (s->text_len == 0 || (s->text_len > 1 && s->text[s->text_len - 2] == '\n'))
		return;
	say(s, "%s", "");
}

static void
forget_text(struct session *s)
{
	explicit_bzero(s->text, sizeof s->text);
	s->text_len = 0;
}

static enum outcome
show(struct session *s, enum packet_type type, const char *text, size_t len)
{
	if (s->ending == GONE)
		return ENDED;
	if (packet_send(s->terminal, type, text, len, TERMINAL_SEND_MS) != 0)
		return session_gone(s);
	return ANSWERED;
}

/*
 * The collected text, laid out, with room left for what follows. Text in front of a prompt starts on a line of its
 * own: some clients put their own words before the first line.
 */
static size_t
put_text(struct session *s, char *out, size_t size, bool own_line)
{
	size_t len = 0;

	if (s->text_len > 0) {
		if (own_line)
			out[len++] = '\n';
		len += layout(s->text, s->columns, out + len, size - len);
	}
	forget_text(s);
	return len;
}

static enum outcome
show_prompt(struct session *s, enum packet_type type, const char *prompt)
{
	char question[PACKET_TEXT_MAX + 1], all[PACKET_TEXT_MAX + 1];
	size_t question_len = layout(prompt, s->columns, question, sizeof question - 1);
	size_t len = put_text(s, all, sizeof all - question_len, true);
	enum outcome o;

	memcpy(all + len, question, question_len);
	o = show(s, type, all, len + question_len);
	explicit_bzero(all, sizeof all);
	explicit_bzero(question, sizeof question);
	return o;
}

/*
 * A terminal that answered before can prompt: when it no longer wants to, its user broke off (the Cancel of a
 * greeter). Else the first answer would be a way around a registration that can't be postponed any more.
 */
static enum outcome
gave_up(struct session *s, const struct packet *p)
{
	if (strcmp(p->text, PACKET_CANNOT_PROMPT) == 0)
		return session_finish(s, s->answered ? FINISH_NOT_NOW : FINISH_NO_DIALOG);
	if (strcmp(p->text, PACKET_CANCELLED) == 0)
		return session_finish(s, FINISH_NOT_NOW);
	return session_finish(s, FINISH_BROKEN);
}

static enum outcome
take_packet(struct session *s, struct packet *p)
{
	int r = packet_receive(s->terminal, p, 0);

	s->heard = s->turn = session_now();
	if (r == PACKET_BAD)
		return session_finish(s, FINISH_BROKEN);
	if (r != PACKET_GOT)
		return session_gone(s);
	if (p->type == PACKET_GAVE_UP)
		return gave_up(s, p);
	if (p->type != PACKET_ANSWER)
		return session_finish(s, FINISH_BROKEN);
	s->answered = true;
	s->typed += p->len;
	if (s->typed > DIALOG_INPUT_MAX)
		return session_finish(s, FINISH_TOO_MUCH_INPUT);
	return ANSWERED;
}

/* Wait for the terminal, the judge, the end of the time, and sspr-passwd where there is a grant. BACK: it speaks. */
static enum outcome
await_packet(struct session *s, struct packet *p)
{
	struct pollfd fds[] = { { .fd = s->judge, .events = POLLIN },
				{ .fd = s->terminal, .events = POLLIN },
				{ .fd = s->grant, .events = POLLIN } };
	int64_t left;
	int n;

	do {
		left = s->deadline - session_now();
		n = left > 0 ? poll(fds, 3, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return session_finish(s, FINISH_BROKEN);
	if (n == 0) {
		s->heard = s->turn = session_now();
		return session_finish(s, FINISH_TIMED_OUT);
	}
	if (fds[0].revents != 0)
		return exchange_unasked(s);
	if (fds[2].revents != 0)
		return BACK;
	return take_packet(s, p);
}

/* What is wrong with what was typed, in words; NULL when nothing is. */
static const char *
unusable(enum typed typed)
{
	switch (typed) {
	case TYPED_LONG:
		return _(
			"That is too long: at most 511 bytes can be typed here. Please try again.");
	case TYPED_NOT_UTF8:
		return _("That holds characters that cannot be read here (they are not UTF-8). "
			 "Please "
			 "type it again, or set your terminal to UTF-8.");
	case TYPED_CONTROL:
		return _("That holds a control character, as an arrow key or a tab makes it. "
			 "Please type "
			 "it again.");
	case TYPED_FINE:
	case TYPED_EMPTY:
		break;
	}
	return NULL;
}

static enum outcome
count_empty(struct session *s, enum enter enter)
{
	bool due = s->purpose == PURPOSE_ENROLL;

	if (enter == ENTER_CHOOSES)
		return EMPTY;
	s->empty_in_a_row++;
	if (s->empty_in_a_row >= EMPTY_ANSWERS_MAX) {
		say(s, "%s",
		    due ? _("Nothing was typed three times: that is taken as \"not now\".")
			: _("Nothing was typed three times, so this dialog ends."));
		return session_finish(s, FINISH_NOT_NOW);
	}
	if (enter == ENTER_ASKS_AGAIN)
		say(s, _("Nothing was typed."));
	if (s->empty_in_a_row == EMPTY_ANSWERS_MAX - 1)
		say(s, "%s",
		    due ? _("One more empty answer is taken as \"not now\".")
			: _("One more empty answer ends this dialog."));
	return EMPTY;
}

/* What can be no password is sspr-passwd's to refuse: it counts the tries. */
static enum outcome
take_answer(struct session *s, struct secret *answer, const struct packet *p, enum enter enter)
{
	enum typed typed = typed_check(p->text, p->len);

	if (typed == TYPED_EMPTY)
		return count_empty(s, enter);
	s->empty_in_a_row = 0;
	if (typed != TYPED_FINE && s->grant < 0) {
		say(s, "%s", unusable(typed));
		return WRONG;
	}
	if (secret_set(answer, p->text, p->len) != 0)
		return session_finish(s, FINISH_BROKEN);
	return ANSWERED;
}

/* Show the prompt, and wait for what is typed. */
static enum outcome
ask_packet(struct session *s, enum packet_type type, const char *prompt, struct packet *p)
{
	enum outcome o;

	/* Short answers without end are too much input as well: a terminal would call it a failure. */
	if (s->prompts++ == DIALOG_PROMPTS_MAX)
		return session_finish(s, FINISH_TOO_MUCH_INPUT);
	o = show_prompt(s, type, prompt);
	return o == ANSWERED ? await_packet(s, p) : o;
}

static enum outcome
ask_once(struct session *s, enum packet_type type, const char *prompt, struct secret *answer,
	 enum enter enter)
{
	struct packet p = { 0 };
	enum outcome o = ask_packet(s, type, prompt, &p);

	if (o == ANSWERED)
		o = take_answer(s, answer, &p, enter);
	packet_done(&p);
	return o;
}

enum outcome
ask_raw(struct session *s, struct secret *answer, const char *prompt)
{
	struct packet p = { 0 };
	enum outcome o = ENDED;

	secret_done(answer);
	if (s->ending == RUNNING)
		o = ask_packet(s, PACKET_PROMPT_ECHO, prompt, &p);
	if (o == ANSWERED && p.len == 0)
		o = EMPTY;
	if (p.len > PACKET_ANSWER_MAX)
		p.len = PACKET_ANSWER_MAX;
	if (o == ANSWERED && secret_set(answer, p.text, p.len) != 0)
		o = session_finish(s, FINISH_BROKEN);
	packet_done(&p);
	return o;
}

static enum outcome __attribute__((format(printf, 5, 0)))
ask_as(struct session *s, enum packet_type type, enum enter enter, struct secret *answer,
       const char *format, va_list args)
{
	char prompt[PACKET_TEXT_MAX + 1];
	enum outcome o = ENDED;

	secret_done(answer);
	if (s->ending != RUNNING || vsnprintf(prompt, sizeof prompt, format, args) < 0)
		return ENDED;
	do {
		o = ask_once(s, type, prompt, answer, enter);
	} while (o == WRONG || (o == EMPTY && enter == ENTER_ASKS_AGAIN));
	return o;
}

enum outcome
ask(struct session *s, struct secret *answer, const char *format, ...)
{
	enum outcome o;
	va_list args;

	va_start(args, format);
	o = ask_as(s, PACKET_PROMPT_ECHO, ENTER_ASKS_AGAIN, answer, format, args);
	va_end(args);
	return o;
}

enum outcome
ask_secret(struct session *s, struct secret *answer, const char *format, ...)
{
	enum outcome o;
	va_list args;

	va_start(args, format);
	o = ask_as(s, PACKET_PROMPT_SECRET, ENTER_ASKS_AGAIN, answer, format, args);
	va_end(args);
	return o;
}

enum outcome
ask_enter(struct session *s, enum enter enter, struct secret *answer, const char *format, ...)
{
	enum outcome o;
	va_list args;

	va_start(args, format);
	o = ask_as(s, PACKET_PROMPT_ECHO, enter, answer, format, args);
	va_end(args);
	return o;
}

void
tell_working(struct session *s)
{
	if (show(s, PACKET_WORKING, "", 0) == ANSWERED)
		s->turn = session_now();
}

void
tell_end(struct session *s, bool error)
{
	char all[PACKET_TEXT_MAX + 1];
	const char *word = verdict_word(s->verdict);
	size_t len = put_text(s, all, sizeof all, false);

	while (len > 0 && all[len - 1] == '\n')
		len--;
	if (len == 0 || show(s, error ? PACKET_ERROR : PACKET_INFO, all, len) == ANSWERED)
		show(s, PACKET_END, word, strlen(word));
}
