/*
 * sspr-deliver: one message to one mail server, judged by its exit code (delivery.h).
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
#include <sys/random.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "deliver/file.h"
#include "deliver/gateway.h"
#include "deliver/letter.h"
#include "deliver/mail.h"
#include "deliver/sandbox.h"
#include "deliver/smtp.h"
#include "text/log.h"

#define USAGE           "usage: sspr-deliver email [-c FILE]"
#define GOODBYE_SECONDS 2 /* for QUIT and its answer, after the message is out of our hands */

#define NOT_YET (-1)

/*
 * What became of the message, for when the clock runs out later: a mail that was taken stays taken.
 */
static volatile sig_atomic_t answer = NOT_YET;

static void
on_alarm(int sig)
{
	static const char line[] = "sspr-deliver: it took longer than [email] timeout\n";

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

static enum delivery
read_letter(struct letter *letter)
{
	struct secret json = { 0 };
	enum delivery d = DELIVERY_MISCONFIGURED;
	int r;

	r = file_read_fd(STDIN_FILENO, LETTER_JSON_MAX, &json);
	if (r == -EFBIG)
		log_error("the message is longer than %d bytes", LETTER_JSON_MAX);
	else if (r < 0)
		log_error("the message cannot be read: %s", strerror(-r));
	else
		d = letter_parse(letter, &json);
	secret_done(&json);
	return d;
}

static enum delivery
send_letter(struct smtp *smtp, const struct gateway *g, const struct letter *letter,
	    int64_t deadline)
{
	unsigned char chance[MAIL_CHANCE_SIZE];
	enum delivery d = DELIVERY_LATER;
	struct secret mail = { 0 };

	if (getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance) ||
	    mail_compose(&mail, g->from, letter, time(NULL), chance) < 0)
		log_error("out of memory");
	else
		d = smtp_send(smtp, letter, &mail, deadline - now_ms());
	secret_done(&mail);
	return d;
}

/* Steps 2 to 4, with everything at hand. */
static enum delivery
deliver(const struct gateway *g, pid_t parent, int64_t deadline)
{
	struct letter letter = { 0 };
	struct smtp *smtp;
	enum delivery d;
	int r;

	letter_start();
	smtp = smtp_new(g);
	if (!smtp) {
		log_error("libcurl cannot be started");
		return DELIVERY_LATER;
	}
	r = sandbox_enter(parent);
	if (r < 0) {
		log_error("the sandbox cannot be entered: %s", strerror(-r));
		d = DELIVERY_MISCONFIGURED;
		goto out;
	}
	d = read_letter(&letter);
	if (d == DELIVERY_SENT)
		d = send_letter(smtp, g, &letter, deadline);
	answer = (int)d;
	alarm(GOODBYE_SECONDS);
out:
	letter_done(&letter);
	smtp_free(smtp);
	return d;
}

static enum delivery
email(const char *file, pid_t parent)
{
	struct gateway g = { 0 };
	enum delivery d;
	int64_t deadline;

	d = gateway_read(&g, file);
	if (d == DELIVERY_SENT) {
		deadline = now_ms() + (int64_t)g.timeout * 1000;
		/*
		 * libcurl keeps the time itself; this holds for the resolver and a silent stdin
		 * too.
		 */
		alarm((unsigned int)g.timeout + 1);
		d = gateway_resolve(&g);
	}
	if (d == DELIVERY_SENT)
		d = deliver(&g, parent, deadline);
	gateway_done(&g);
	return d;
}

int
main(int argc, char **argv)
{
	const char *file = SSPR_CONF;
	const pid_t parent = getppid();

	start_clean();
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return puts(USAGE) < 0;
	if (argc == 4 && strcmp(argv[2], "-c") == 0)
		file = argv[3];
	else if (argc != 2) {
		log_error("%s", USAGE);
		return DELIVERY_MISCONFIGURED;
	}
	if (strcmp(argv[1], "email") == 0)
		return (int)email(file, parent);
	if (strcmp(argv[1], "sms") == 0 || strcmp(argv[1], "voice") == 0)
		log_error("this program does not have %s yet", argv[1]);
	else
		log_error("%s", USAGE);
	return DELIVERY_MISCONFIGURED;
}
