/*
 * One row a packet that a session may send; anything else ends the dialog. Limits in the rows: a
 * session that lies must not hold a login for ever.
 */
#include "pam_sspr/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pam_sspr/plain.h"
#include "protocol/packet.h"

#define TEXTS_MAX   32 /* between two prompts: sshd ends a connection with more waiting */
#define WORKING_MAX (HASH_SLOT_WAIT_MS / WORKING_EVERY_MS + 2)

struct dialog {
	const struct terminal *terminal;
	int fd;
	int prompts;           /* asked so far */
	int since_prompt[256]; /* packets of each type since the last prompt */
	bool gone; /* the session takes no answers any more; what it sent is still read */
	bool over;
	enum verdict verdict;
};

static void
wipe_answer(struct pam_response *response)
{
	if (response == NULL)
		return;
	if (response->resp != NULL)
		explicit_bzero(response->resp, strlen(response->resp));
	free(response->resp);
	free(response);
}

/* What the host's function answered; *answer is the caller's on PAM_SUCCESS only: after a failure nobody says whose it is. */
static int
converse(const struct pam_conv *conv, int style, const char *text, struct pam_response **answer)
{
	const struct pam_message message = { .msg_style = style, .msg = text };
	const struct pam_message *messages = &message;
	int r;

	*answer = NULL;
	r = conv->conv(1, &messages, answer, conv->appdata_ptr);
	if (r != PAM_SUCCESS)
		*answer = NULL;
	return r;
}

void
terminal_tell(const struct terminal *t, int style, const char *text)
{
	struct pam_response *answer;

	if (!t->interactive || text[0] == '\0')
		return;
	converse(t->conv, style, text, &answer);
	wipe_answer(answer);
}

static const char *
reply(struct dialog *d, enum packet_type type, const char *text, size_t len)
{
	int r = packet_send(d->fd, type, text, len, d->terminal->silence_ms);

	/* It may have ended the dialog while the user was thinking: why is still to be read. */
	d->gone = r == -EPIPE;
	return r == 0 || d->gone ? NULL : "the session does not take an answer";
}

static const char *
prompt(struct dialog *d, int style, const struct packet *p)
{
	struct pam_response *answer = NULL;
	const char *problem;

	if (d->gone || ++d->prompts > TERMINAL_PROMPTS_MAX)
		return d->gone ? "the session closed while it asked" : "the session asks for ever";
	memset(d->since_prompt, 0, sizeof(d->since_prompt));
	if (!d->terminal->interactive ||
	    converse(d->terminal->conv, style, p->text, &answer) != PAM_SUCCESS)
		return reply(d, PACKET_GAVE_UP, PACKET_CANNOT_PROMPT, strlen(PACKET_CANNOT_PROMPT));
	/* No answer is the end of input (misc_conv at EOF), never an empty answer. */
	if (answer == NULL || answer->resp == NULL)
		problem = reply(d, PACKET_GAVE_UP, PACKET_CANCELLED, strlen(PACKET_CANCELLED));
	else
		problem = reply(d, PACKET_ANSWER, answer->resp,
				strnlen(answer->resp, PACKET_ANSWER_MAX + 1));
	wipe_answer(answer);
	return problem;
}

static const char *
on_prompt_echo(struct dialog *d, const struct packet *p)
{
	return prompt(d, PAM_PROMPT_ECHO_ON, p);
}

static const char *
on_prompt_secret(struct dialog *d, const struct packet *p)
{
	return prompt(d, PAM_PROMPT_ECHO_OFF, p);
}

static const char *
on_info(struct dialog *d, const struct packet *p)
{
	terminal_tell(d->terminal, PAM_TEXT_INFO, p->text);
	return NULL;
}

static const char *
on_error(struct dialog *d, const struct packet *p)
{
	terminal_tell(d->terminal, PAM_ERROR_MSG, p->text);
	return NULL;
}

static const char *
on_working(struct dialog *d, const struct packet *p)
{
	(void)d;
	return p->len == 0 ? NULL : "the session sent a packet of another form";
}

static const char *
on_end(struct dialog *d, const struct packet *p)
{
	d->verdict = verdict_from_word(p->text);
	d->over = true;
	return d->verdict != VERDICT_COUNT ? NULL : "the session ended with an unknown verdict";
}

static const struct packet_row {
	enum packet_type type;
	int most; /* between two prompts */
	const char *(*handle)(struct dialog *d, const struct packet *p);
} rows[] = {
	{ PACKET_PROMPT_ECHO, 1, on_prompt_echo },   { PACKET_PROMPT_SECRET, 1, on_prompt_secret },
	{ PACKET_INFO, TEXTS_MAX, on_info },         { PACKET_ERROR, TEXTS_MAX, on_error },
	{ PACKET_WORKING, WORKING_MAX, on_working }, { PACKET_END, 1, on_end },
};

static const char *
handle(struct dialog *d, const struct packet *p)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (p->type != rows[i].type)
			continue;
		if (!text_is_plain(p->text, p->len))
			return "the session sent text that is not plain UTF-8";
		if (++d->since_prompt[p->type] > rows[i].most)
			return "the session sends packets for ever";
		return rows[i].handle(d, p);
	}
	return "the session sent an unknown packet";
}

static const char *
step(struct dialog *d)
{
	struct packet p;
	const char *problem;

	switch (packet_receive(d->fd, &p, d->terminal->silence_ms)) {
	case PACKET_GOT:
		break;
	case PACKET_CLOSED:
		return "the session closed without a verdict";
	case PACKET_LATE:
		return "the session is silent";
	case PACKET_BAD:
		return "the session sent a packet of another form";
	default:
		return "the session cannot be heard";
	}
	problem = handle(d, &p);
	packet_done(&p);
	return problem;
}

const char *
terminal_run(const struct terminal *t, int fd, enum verdict *verdict)
{
	struct dialog d = { .terminal = t, .fd = fd };
	const char *problem = NULL;

	while (problem == NULL && !d.over)
		problem = step(&d);
	if (problem == NULL)
		*verdict = d.verdict;
	return problem;
}
