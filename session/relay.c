/*
 * The relay. sspr-passwd speaks and the terminal answers, in turns; whoever speaks out of turn, or what cannot be read, ends it, and
 * so does a terminal that is gone: at once, so that nobody's password is set while nobody sees it. What sspr-passwd says is laid out
 * here like all text, and travels in front of its next prompt.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/grant.h"
#include "session/exchange.h"
#include "session/menu.h"
#include "session/relay.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"

#define PROMPT_MAX_BYTES 1000 /* of sspr-passwd: so much of its prompt is shown */
#define SAID_MAX_BYTES   2000 /* and of what it says before: the closing words need room too */
#define GRANT_SEND_MS    1000

/* An end without a verdict: once it had what it needs, what it did is not known. EMPTY. */
static enum outcome
broke_off(struct session *s, const char *why)
{
	log_error("sspr-passwd %s", why);
	s->uncertain = s->passed_on;
	if (!s->passed_on)
		s->granted = VERDICT_FAILED;
	return EMPTY;
}

/* How long to wait before the next look: to the next sign of life, or to the end of all patience. */
static int64_t
patience(const struct session *s)
{
	int64_t sign = s->turn + WORKING_EVERY_MS, end = s->heard + HASH_SLOT_WAIT_MS;

	return (sign < end ? sign : end) - session_now();
}

/*
 * Something came, or time passed. WRONG: wait on. ANSWERED: there is something of sspr-passwd's. EXPIRED: it took too
 * long. */
static enum outcome
look(struct session *s)
{
	struct pollfd fds[] = { { .fd = s->judge, .events = POLLIN },
				{ .fd = s->terminal, .events = POLLRDHUP },
				{ .fd = s->grant, .events = POLLIN } };
	int64_t wait = patience(s);
	int n = poll(fds, 3, wait > 0 ? (int)wait : 0);

	if (n < 0 && errno != EINTR)
		return session_finish(s, FINISH_BROKEN);
	if (n > 0 && fds[0].revents != 0)
		return exchange_unasked(s);
	if (n > 0 && fds[1].revents != 0)
		return session_gone(s);
	if (session_now() >= s->heard + HASH_SLOT_WAIT_MS)
		return EXPIRED;
	if (session_now() >= s->turn + WORKING_EVERY_MS)
		tell_working(s);
	if (s->ending != RUNNING)
		return ENDED;
	return n > 0 ? ANSWERED : WRONG;
}

/* The next packet of sspr-passwd, at work. EMPTY: it broke off, which is noted. ENDED: we do. */
static enum outcome
receive(struct session *s, struct packet *p)
{
	enum outcome o;
	int r;

	do {
		o = look(s);
	} while (o == WRONG);
	if (o == EXPIRED)
		return broke_off(s, "takes too long");
	if (o != ANSWERED) {
		s->uncertain = s->passed_on;
		return o;
	}
	r = packet_receive(s->grant, p, 0);
	if (r == PACKET_GOT)
		return ANSWERED;
	return broke_off(s, r == PACKET_CLOSED ? "is gone" : "sent what cannot be read");
}

static enum outcome
pass_on(struct session *s, const char *text, size_t len)
{
	if (packet_send(s->grant, PACKET_ANSWER, text, len, GRANT_SEND_MS) == 0)
		return ANSWERED;
	return broke_off(s, "takes no answer");
}

/* The end. Only what can have come of this grant is believed. EMPTY. */
static enum outcome
take_verdict(struct session *s, const struct packet *p)
{
	enum verdict verdict = verdict_from_word(p->text);
	enum verdict success = s->unlocking ? VERDICT_UNLOCKED : VERDICT_PASSWORD_CHANGED;

	if (verdict == VERDICT_CONTACT_ADMINISTRATOR || verdict == VERDICT_FAILED ||
	    verdict == VERDICT_DECLINED || (s->passed_on && verdict == success)) {
		s->granted = verdict;
		return EMPTY;
	}
	return broke_off(s, "gave a verdict that it may not");
}

/* It speaks while its user is asked: only the end may be that (its time is over). EMPTY, ENDED. */
static enum outcome
interrupted(struct session *s)
{
	struct packet p = { 0 };
	enum outcome o = receive(s, &p);

	if (o == ANSWERED)
		o = p.type == PACKET_END ? take_verdict(s, &p) : broke_off(s, "spoke out of turn");
	packet_done(&p);
	return o;
}

static bool
has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == words || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

/* ANSWERED: the user goes on. BACK: the user stops. EMPTY: it is over. */
static enum outcome
warn_of_keyring(struct session *s)
{
	struct choice choice;
	enum outcome o;

	say(s, _("You have a keyring (GNOME Keyring or KWallet), which is opened by your password. "
		 "It is not changed here: it keeps the old password."));
	say(s, _("After the reset it opens only with the old password. If you do not remember that "
		 "one, what is kept in the keyring is lost to you."));
	say_gap(s);
	o = choose(s, ENTER_CHOOSES, 0, "x", &choice, "%s",
		   _("[Enter] go on all the same, [x] stop here: "));
	if (o == ANSWERED)
		return BACK;
	if (o == BACK)
		return interrupted(s);
	return o == EMPTY ? ANSWERED : o;
}

/* The first packet, and what shall be done. ANSWERED. BACK: the user stops. EMPTY: it is over. */
static enum outcome
start(struct session *s)
{
	struct packet p = { 0 };
	enum outcome o = receive(s, &p);
	char order[64];
	int len;

	if (o == ANSWERED && p.type == PACKET_END)
		o = take_verdict(s, &p);
	else if (o == ANSWERED && p.type != PACKET_PROMPT_ECHO)
		o = broke_off(s, "spoke out of turn");
	else if (o == ANSWERED && !s->unlocking && has_word(p.text, GRANT_KEYRING))
		o = warn_of_keyring(s);
	packet_done(&p);
	if (o != ANSWERED)
		return o;
	len = snprintf(order, sizeof order, "%s %s", s->unlocking ? GRANT_UNLOCK : GRANT_CHANGE,
		       s->lang[0] == '\0' ? GRANT_NO_LANG : s->lang);
	s->passed_on = s->unlocking;
	return pass_on(s, order, (size_t)len);
}

/* A prompt of PAM's. */
static enum outcome
answer(struct session *s, const struct packet *p)
{
	struct secret typed = { 0 };
	enum outcome o;

	if (p->type == PACKET_PROMPT_SECRET)
		o = ask_secret(s, &typed, "%.*s", PROMPT_MAX_BYTES, p->text);
	else
		o = ask(s, &typed, "%.*s", PROMPT_MAX_BYTES, p->text);
	if (o == ANSWERED) {
		s->passed_on = true;
		o = pass_on(s, secret_text(&typed), typed.len);
	}
	secret_done(&typed);
	return o == BACK ? interrupted(s) : o;
}

/* What sspr-passwd says. ANSWERED: go on. EMPTY: it is over. */
static enum outcome
hear(struct session *s, const struct packet *p)
{
	switch (p->type) {
	case PACKET_PROMPT_ECHO:
	case PACKET_PROMPT_SECRET:
		return answer(s, p);
	case PACKET_INFO:
	case PACKET_ERROR:
		if (s->text_len < SAID_MAX_BYTES)
			say(s, "%.*s", (int)(SAID_MAX_BYTES - s->text_len), p->text);
		return ANSWERED;
	case PACKET_END:
		return take_verdict(s, p);
	case PACKET_WORKING:
	case PACKET_ANSWER:
	case PACKET_GAVE_UP:
		break;
	}
	return broke_off(s, "spoke out of turn");
}

static enum outcome
go_on(struct session *s)
{
	struct packet p = { 0 };
	enum outcome o;

	do {
		o = receive(s, &p);
		if (o == ANSWERED)
			o = hear(s, &p);
		packet_done(&p);
	} while (o == ANSWERED);
	return o;
}

enum outcome
relay(struct session *s, int grant)
{
	enum outcome o;

	s->grant = grant;
	o = start(s);
	if (o == ANSWERED)
		o = go_on(s);
	close(s->grant);
	s->grant = -1;
	if (o == BACK)
		return EMPTY;
	return o == EMPTY ? ANSWERED : o;
}
