/*
 * What PAM says and asks, one packet each.
 */
#include "passwd/talk.h"

#include <errno.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utf8proc.h>

#include "protocol/grant.h"
#include "protocol/packet.h"
#include "text/language.h"
#include "text/normal.h"
#include "text/secret.h"

#define SEND_MS 2000 /* a holder that does not read for so long is gone */

void
talk_begin(struct talk *t)
{
	t->asked = false;
	t->told = false;
}

bool
talk_refused(struct talk *t)
{
	if (++t->refused >= GRANT_TRIES && t->end == TALK_GOES_ON)
		t->end = TALK_DECLINED;
	return t->end == TALK_GOES_ON;
}

void
talk_clean(const char *text, char out[PACKET_TEXT_MAX + 1])
{
	const size_t len = strlen(text);
	size_t in = 0, n = 0;

	while (in < len) {
		utf8proc_int32_t c = 0;
		const utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text + in,
							       (utf8proc_ssize_t)(len - in), &c);
		const bool fine =
			size > 0 && (utf8proc_category(c) != UTF8PROC_CATEGORY_CC || c == '\n');
		const size_t takes = size > 0 ? (size_t)size : 1, gives = fine ? takes : 1;

		if (n + gives > PACKET_TEXT_MAX)
			break;
		if (fine)
			memcpy(out + n, text + in, gives);
		else
			out[n] = '?';
		n += gives;
		in += takes;
	}
	out[n] = '\0';
}

/* False: the talk has ended. */
static bool
say(struct talk *t, enum packet_type type, const char *text)
{
	char clean[PACKET_TEXT_MAX + 1];

	talk_clean(text, clean);
	if (packet_send(t->fd, type, clean, strlen(clean), SEND_MS) < 0)
		t->end = TALK_GONE;
	return t->end == TALK_GOES_ON;
}

/* Nothing may have come before it is asked for. */
static bool
is_silent(struct talk *t)
{
	char byte;
	ssize_t n;

	n = recv(t->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n > 0)
		t->end = TALK_OUT_OF_TURN;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		t->end = TALK_GONE;
	return t->end == TALK_GOES_ON;
}

static bool
set_turn(struct talk *t, char whose)
{
	if (write(t->turn, &whose, 1) != 1)
		t->end = TALK_GONE;
	return t->end == TALK_GOES_ON;
}

/* One answer of any kind. */
static bool
receive(struct talk *t, struct secret *answer)
{
	struct packet p = { 0 };
	int r;

	r = packet_receive(t->fd, &p, t->wait_ms);
	if (r == PACKET_GOT && p.type == PACKET_ANSWER)
		t->end = secret_set(answer, p.text, p.len) < 0 ? TALK_GONE : t->end;
	else if (r == PACKET_GOT && p.type == PACKET_GAVE_UP)
		t->end = TALK_GAVE_UP;
	else
		t->end = r == PACKET_GOT || r == PACKET_BAD ? TALK_OUT_OF_TURN : TALK_GONE;
	packet_done(&p);
	return t->end == TALK_GOES_ON;
}

/* Whatever comes of it, it is PAM's turn then, and so the supervisor's clock runs: a module may hang at a refusal too. */
static bool
ask_once(struct talk *t, enum packet_type type, const char *text, struct secret *answer)
{
	bool got;

	if (!is_silent(t) || !say(t, type, text) || !set_turn(t, TURN_HOLDER))
		return false;
	got = receive(t, answer);
	if (!set_turn(t, TURN_MACHINE) || !got)
		return false;
	if (!t->may_go_on(t->arg))
		t->end = TALK_STOPPED;
	return t->end == TALK_GOES_ON;
}

/* Why this cannot be a password whatever the host's rules are; NULL: it can. first: the retyped one is only compared. */
static const char *
why_not(const struct secret *answer, bool first)
{
	switch (typed_check(answer->data, answer->len)) {
	case TYPED_LONG:
		return _("A password has at most 511 bytes. Choose a shorter one.");
	case TYPED_NOT_UTF8:
		return _("That is not UTF-8 text. Choose another password.");
	case TYPED_CONTROL:
		return _("A password has no control characters. Choose another one.");
	case TYPED_EMPTY:
	case TYPED_FINE:
		break;
	}
	if (first && normal_length(answer->data, answer->len) < TALK_PASSWORD_MIN)
		return _("A password has at least 6 characters. Choose a longer one.");
	return NULL;
}

/* Ask until the answer can be handed to PAM. */
static bool
ask(struct talk *t, enum packet_type type, const char *text, struct secret *answer)
{
	const bool first = type == PACKET_PROMPT_SECRET && !t->asked;
	const char *why;

	while (ask_once(t, type, text, answer)) {
		why = why_not(answer, first);
		if (why == NULL) {
			t->asked = t->asked || first;
			return true;
		}
		if (!say(t, PACKET_ERROR, why) || !talk_refused(t))
			break;
	}
	return false;
}

static bool
take(struct talk *t, const struct pam_message *m, struct pam_response *response)
{
	struct secret answer = { 0 };

	switch (m->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
	case PAM_PROMPT_ECHO_ON:
		if (ask(t,
			m->msg_style == PAM_PROMPT_ECHO_ON ? PACKET_PROMPT_ECHO
							   : PACKET_PROMPT_SECRET,
			m->msg, &answer))
			response->resp = strdup(secret_text(&answer));
		secret_done(&answer);
		return response->resp != NULL;
	case PAM_ERROR_MSG:
		t->told = true;
		return say(t, PACKET_ERROR, m->msg);
	case PAM_TEXT_INFO:
		return say(t, PACKET_INFO, m->msg);
	default:
		return false;
	}
}

static void
drop(struct pam_response *responses, int count)
{
	for (int i = 0; i < count; i++) {
		if (responses[i].resp == NULL)
			continue;
		explicit_bzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

int
talk_converse(int count, const struct pam_message **messages, struct pam_response **responses,
	      void *appdata_ptr)
{
	struct talk *t = appdata_ptr;
	struct pam_response *all;

	if (count <= 0 || count > PAM_MAX_NUM_MSG || t->end != TALK_GOES_ON)
		return PAM_CONV_ERR;
	all = calloc((size_t)count, sizeof(*all));
	if (all == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		if (!take(t, messages[i], &all[i])) {
			drop(all, count);
			return PAM_CONV_ERR;
		}
	}
	*responses = all;
	return PAM_SUCCESS;
}
