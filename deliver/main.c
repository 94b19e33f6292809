/*
 * sspr-deliver: one message to one server, judged by its exit code (delivery.h).
 *
 * 1. What needs a file or a name comes first: sspr.conf, the password, certificates, addresses.
 * 2. Then the sandbox closes, for the rest of this program's life.
 * 3. Only then come bytes from outside: the message on stdin, and the server.
 * 4. One clock bounds all of it; no secret outlives its use.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "deliver/file.h"
#include "deliver/letter.h"
#include "deliver/sandbox.h"
#include "deliver/way.h"
#include "text/log.h"

#define USAGE           "usage: sspr-deliver email|sms|voice [-c FILE]"
#define GOODBYE_SECONDS 2 /* for QUIT and its answer, after the message is out of our hands */
#define NOT_YET         (-1)
#define CREDENTIALS     "/run/credentials/ssprd.service"

/*
 * What became of the message, for when the clock runs out later: a mail that was taken stays taken.
 */
static volatile sig_atomic_t answer = NOT_YET;

static void
on_alarm(int sig)
{
	static const char line[] = "sspr-deliver: it took longer than its timeout\n";

	(void)sig;
	if (answer == NOT_YET)
		(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
	_exit(answer == NOT_YET ? DELIVERY_LATER : answer);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Nothing comes from whoever started this: the environment could name a proxy, a key log or another
 * configuration of OpenSSL, and a missing stderr would make a log line land in whatever was opened
 * next.
 */
static void
start_clean(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	(void)clearenv();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGALRM, on_alarm);
	log_open("sspr-deliver");
	log_to_stderr();
	closelog(); /* stderr is all it needs: no socket to the journal in the sandbox */
}

/* The message, as it stands on stdin. */
static enum delivery
read_message(struct secret *json)
{
	int r;

	r = file_read_fd(STDIN_FILENO, LETTER_JSON_MAX, json);
	if (r == 0)
		return DELIVERY_SENT;
	if (r == -EFBIG)
		log_error("the message is longer than %d bytes", LETTER_JSON_MAX);
	else
		log_error("the message cannot be read: %s", strerror(-r));
	return DELIVERY_MISCONFIGURED;
}

/* Steps 2 to 4, with everything at hand. */
static enum delivery
deliver(const struct way *way, void *state, pid_t parent, int64_t deadline)
{
	struct secret json = { 0 };
	enum delivery d;
	int r;

	r = sandbox_enter(parent);
	if (r < 0) {
		log_error("the sandbox cannot be entered: %s", strerror(-r));
		return DELIVERY_MISCONFIGURED;
	}
	d = read_message(&json);
	if (d == DELIVERY_SENT)
		d = way->deliver(state, &json, deadline - now_ms());
	secret_done(&json);
	answer = (int)d;
	alarm(GOODBYE_SECONDS);
	return d;
}

static enum delivery
run(const struct way *way, const struct errand *errand, pid_t parent)
{
	int64_t deadline = 0;
	void *state = NULL;
	enum delivery d;
	int timeout = 0;

	d = way->read(errand, &state, &timeout);
	if (d == DELIVERY_SENT) {
		deadline = now_ms() + (int64_t)timeout * 1000;
		/*
		 * libcurl keeps the time itself; this holds for the resolver and a silent stdin
		 * too.
		 */
		alarm((unsigned int)timeout + 1);
		d = way->resolve(state);
	}
	if (d == DELIVERY_SENT)
		d = way->start(state);
	if (d == DELIVERY_SENT)
		d = deliver(way, state, parent, deadline);
	way->done(state);
	return d;
}

static const struct row {
	const char *section;
	const struct way *way;
} rows[] = {
	{ "email", &way_mail },
	{ "sms", &way_phone },
	{ "voice", &way_phone },
};

static const struct row *
find_row(const char *section)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].section, section) == 0)
			return &rows[i];
	return NULL;
}

/*
 * Where systemd put this service's credentials; a copy. The one word of the environment that
 * counts, and since ssprd gives its children none, the place that systemd has for them. NULL: no
 * memory.
 */
static char *
credentials_folder(void)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	return strdup(folder && folder[0] == '/' ? folder : CREDENTIALS);
}

int
main(int argc, char **argv)
{
	char *credentials = credentials_folder();
	struct errand errand = { .file = SSPR_CONF, .credentials = credentials };
	const struct row *row = NULL;
	const pid_t parent = getppid();
	enum delivery d = DELIVERY_MISCONFIGURED;

	start_clean();
	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		free(credentials);
		return puts(USAGE) < 0 || fflush(stdout) == EOF;
	}
	if (argc == 2 || (argc == 4 && strcmp(argv[2], "-c") == 0))
		row = find_row(argv[1]);
	if (argc == 4)
		errand.file = argv[3];
	if (row) {
		errand.section = row->section;
		d = run(row->way, &errand, parent);
	} else {
		log_error("%s", USAGE);
	}
	free(credentials);
	return (int)d;
}
