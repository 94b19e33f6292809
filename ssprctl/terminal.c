/*
 * A dialog at this terminal. Signals come by a descriptor, so that none can end the program while echo is off.
 */
#include "ssprctl/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "protocol/limits.h"
#include "protocol/packet.h"
#include "ssprctl/safe.h"
#include "text/language.h"

#define SEND_MS 2000

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

enum step {
	STEP_ON,   /* read the next packet */
	STEP_OVER, /* the dialog has ended */
};

struct terminal {
	int socket;
	int signals; /* a signalfd */
	sigset_t before;
	bool silent; /* echo is off; saved is what it was */
	struct termios saved;
	char line[PACKET_ANSWER_MAX +
		  2]; /* being typed; one byte more than is taken, so that too much shows */
	size_t len;
	enum verdict verdict;
};

static void
echo_on(struct terminal *t)
{
	if (t->silent)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t->saved);
	t->silent = false;
}

/* What was typed ahead was shown when it was typed: it is no hidden answer. */
static void
echo_off(struct terminal *t)
{
	struct termios quiet;

	if (t->silent || tcgetattr(STDIN_FILENO, &t->saved) < 0)
		return;
	quiet = t->saved;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	t->silent = tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

/* Text of the session, fit for a terminal: only its ends of lines steer it. */
static void
show(FILE *out, const char *text)
{
	size_t len;
	char *safe;

	for (; *text; text += len) {
		len = strcspn(text, "\n");
		safe = safe_text(text, len);
		fputs(safe ? safe : "?", out);
		free(safe);
		if (text[len] == '\n') {
			fputc('\n', out);
			len++;
		}
	}
	fflush(out);
}

static void
wipe_line(struct terminal *t)
{
	explicit_bzero(t->line, sizeof(t->line));
	t->len = 0;
}

/* A dialog that cannot be told has ended: why is still to be read. */
static void
give_up(struct terminal *t)
{
	(void)packet_send(t->socket, PACKET_GAVE_UP, PACKET_CANCELLED, strlen(PACKET_CANCELLED),
			  SEND_MS);
}

/* Take a signal. One that ends programs does, when everything is as before. */
static void
take_signal(struct terminal *t, const char *prompt)
{
	struct signalfd_siginfo info;
	bool silent = t->silent;

	if (read(t->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	echo_on(t);
	if (info.ssi_signo == SIGTSTP) {
		(void)raise(SIGSTOP);
		if (silent)
			echo_off(t);
		if (prompt)
			show(stdout, prompt);
		return;
	}
	wipe_line(t);
	give_up(t);
	fputs("\n", stdout);
	fflush(stdout);
	(void)sigprocmask(SIG_SETMASK, &t->before, NULL);
	(void)raise((int)info.ssi_signo);
	_exit(128 + (int)info.ssi_signo); /* it was ignored */
}

enum awaited {
	AWAITED_SOCKET,
	AWAITED_INPUT,
	AWAITED_NOTHING, /* for too long */
};

/* Wait for the session, and for input where a prompt stands. */
static enum awaited
await(struct terminal *t, const char *prompt, int timeout_ms)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = t->socket, .events = POLLIN },
					{ .fd = t->signals, .events = POLLIN },
					{ .fd = prompt ? STDIN_FILENO : -1, .events = POLLIN } };
		int n = poll(fds, 3, timeout_ms);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return AWAITED_NOTHING;
		if (fds[1].revents)
			take_signal(t, prompt);
		else if (fds[0].revents)
			return AWAITED_SOCKET;
		else if (fds[2].revents)
			return AWAITED_INPUT;
	}
}

enum typed {
	TYPED_MORE, /* the line is not yet whole */
	TYPED_LINE,
	TYPED_END, /* of input */
};

/* Byte by byte, so that nothing of an answer stays in a buffer. */
static enum typed
read_byte(struct terminal *t)
{
	char c;
	ssize_t n = read(STDIN_FILENO, &c, 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return TYPED_MORE;
	if (n <= 0)
		return t->len > 0 ? TYPED_LINE : TYPED_END;
	if (c == '\n')
		return TYPED_LINE;
	if (c != '\0' && t->len <= PACKET_ANSWER_MAX)
		t->line[t->len++] = c;
	return TYPED_MORE;
}

/* One answer. Whatever the session says meanwhile ends the prompt: it is read next. */
static void
ask(struct terminal *t, const char *prompt, bool hidden)
{
	enum typed typed = TYPED_MORE;

	if (hidden)
		echo_off(t);
	show(stdout, prompt);
	while (typed == TYPED_MORE && await(t, prompt, -1) == AWAITED_INPUT)
		typed = read_byte(t);
	echo_on(t);
	if (typed != TYPED_LINE || !isatty(STDIN_FILENO))
		show(stdout, "\n");
	if (typed == TYPED_LINE)
		(void)packet_send(t->socket, PACKET_ANSWER, t->line, t->len, SEND_MS);
	else if (typed == TYPED_END)
		give_up(t);
	wipe_line(t);
}

static enum step
take_packet(struct terminal *t, const struct packet *p)
{
	switch (p->type) {
	case PACKET_PROMPT_ECHO:
	case PACKET_PROMPT_SECRET:
		ask(t, p->text, p->type == PACKET_PROMPT_SECRET);
		return STEP_ON;
	case PACKET_INFO:
	case PACKET_ERROR:
		show(p->type == PACKET_ERROR ? stderr : stdout, p->text);
		show(p->type == PACKET_ERROR ? stderr : stdout, "\n");
		return STEP_ON;
	case PACKET_WORKING:
		return STEP_ON;
	case PACKET_END:
		t->verdict = verdict_from_word(p->text);
		break;
	case PACKET_ANSWER:
	case PACKET_GAVE_UP:
		break; /* not a session's */
	}
	return STEP_OVER;
}

static enum step
step(struct terminal *t)
{
	struct packet p;
	enum step s = STEP_OVER;

	if (await(t, NULL, SESSION_SILENCE_MS) != AWAITED_SOCKET)
		return STEP_OVER;
	if (packet_receive(t->socket, &p, 0) == PACKET_GOT) {
		s = take_packet(t, &p);
		packet_done(&p);
	}
	return s;
}

static int
catch_signals(struct terminal *t)
{
	sigset_t caught;

	sigemptyset(&caught);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaddset(&caught, ending[i]);
	sigaddset(&caught, SIGTSTP);
	t->signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	if (t->signals < 0)
		return -errno;
	return sigprocmask(SIG_BLOCK, &caught, &t->before) < 0 ? -errno : 0;
}

enum verdict
terminal_run(int conversation)
{
	struct terminal t = { .socket = conversation, .verdict = VERDICT_FAILED };

	if (catch_signals(&t) < 0)
		return VERDICT_FAILED;
	while (step(&t) == STEP_ON)
		;
	echo_on(&t);
	(void)sigprocmask(SIG_SETMASK, &t.before, NULL);
	close(t.signals);
	return t.verdict < VERDICT_COUNT ? t.verdict : VERDICT_FAILED;
}
