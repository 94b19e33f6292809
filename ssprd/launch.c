/* Launching a session: socket pairs, a command line. */
#include "ssprd/launch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/packet.h"
#include "ssprd/dialog.h"

#define TERMINAL_FD   3
#define REQUESTS_FD   4
#define ARGUMENTS_MAX 16
#define NOBODY        "-"

static int
pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0 ? -errno : 0;
}

static void
close_pair(const int fds[2])
{
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Command lines are read by everybody, and a name that nobody has may be a password that was typed too early. */
static const char *
name_of(const struct dialog *d)
{
	return d->purpose == PURPOSE_RESET && !d->reset.known ? NOBODY : d->user.stored.name;
}

static int
run(struct children *children, struct child *child, const char *program, const struct dialog *d,
    unsigned int columns, void (*ended)(struct child *child, int status), int requests,
    int terminal)
{
	struct child_fd fds[] = { { terminal, TERMINAL_FD }, { requests, REQUESTS_FD } };
	char width[16] = "";
	const struct {
		const char *option, *value;
	} options[] = { { "-u", name_of(d) }, { "-p", purpose_word(d->purpose) },
			{ "-s", d->service }, { "-l", d->lang },
			{ "-r", d->rhost },   { "-t", d->tty },
			{ "-w", width } };
	const char *argv[ARGUMENTS_MAX] = { program };
	size_t n = 1;

	if (columns)
		snprintf(width, sizeof(width), "%u", columns);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!options[i].value[0] && strcmp(options[i].option, "-s") != 0)
			continue;
		argv[n++] = options[i].option;
		argv[n++] = options[i].value;
	}
	argv[n] = NULL;
	return child_start(children, child, argv, fds, 2, ended);
}

int
launch_session(struct children *children, struct child *child, const char *program,
	       const struct dialog *d, unsigned int columns,
	       void (*ended)(struct child *child, int status), int *requests, int *terminal)
{
	int t[2] = { -1, -1 }, q[2] = { -1, -1 };
	int r = pair(t);

	if (r == 0)
		r = pair(q);
	if (r == 0)
		r = run(children, child, program, d, columns, ended, q[1], t[1]);
	if (r < 0) {
		close_pair(t);
		close_pair(q);
		return r;
	}
	close(t[1]);
	close(q[1]);
	*terminal = t[0];
	*requests = q[0];
	return 0;
}

int
launch_nothing(const struct dialog *d, int *terminal)
{
	enum verdict verdict = VERDICT_POSTPONED; /* a "not now" runs */
	const char *word;
	int t[2], r;

	if (!d->plan.enabled)
		verdict = VERDICT_NOT_ENABLED;
	else if (d->plan.registered)
		verdict = VERDICT_REGISTERED;
	word = verdict_word(verdict);
	r = pair(t);
	if (r < 0)
		return r;
	r = packet_send(t[1], PACKET_END, word, strlen(word), 0);
	close(t[1]);
	if (r < 0) {
		close(t[0]);
		return r;
	}
	*terminal = t[0];
	return 0;
}
