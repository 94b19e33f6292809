/*
 * sspr-session: the words of one dialog with one user. Started by ssprd with the terminal as fd 3 and the judge as
 * fd 4, it prepares what needs files, locks itself in, and only then reads its first byte from outside.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "session/hash.h"
#include "session/sandbox.h"
#include "session/session.h"
#include "text/language.h"

enum { EXIT_USAGE = 2 };

struct command_line {
	struct session_arguments dialog;
	const char *service;
	char lang[LANG_NAME_MAX + 1];
};

static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };

static void
usage(FILE *out)
{
	fputs("usage: sspr-session -u USER -p enroll|manage|reset -s SERVICE [-l LANG] [-r RHOST]\n"
	      "                    [-t TTY] [-w COLUMNS]\n"
	      "Holds one dialog: the terminal is fd 3, the judge fd 4. Started by ssprd only.\n",
	      out);
}

/* A width beyond all terminals is as good as the widest. */
static bool
read_columns(const char *text, int *columns)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end != '\0' || value < 0)
		return false;
	*columns = value > COLUMNS_MAX ? COLUMNS_MAX : (int)value;
	return true;
}

static bool
take_option(struct command_line *c, int option, const char *value)
{
	switch (option) {
	case 'u':
		c->dialog.user = value;
		return strlen(value) <= USER_NAME_MAX;
	case 'p':
		c->dialog.purpose = purpose_from_word(value);
		return c->dialog.purpose != PURPOSE_COUNT;
	case 's':
		c->service = value;
		return strlen(value) <= SERVICE_NAME_MAX;
	case 'l':
		(void)language_accept(value, c->lang);
		return true;
	case 'r':
		return strlen(value) <= HOST_NAME_MAX_BYTES;
	case 't':
		return strlen(value) <= TERMINAL_NAME_MAX;
	case 'w':
		return read_columns(value, &c->dialog.columns);
	default:
		return false;
	}
}

/* -1: go on. */
static int
read_command_line(struct command_line *c, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "u:p:s:l:r:t:w:", options, NULL)) != -1) {
		if (option == 'h') {
			usage(stdout);
			return EXIT_SUCCESS;
		}
		if (!take_option(c, option, optarg)) {
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind != argc || c->dialog.user == NULL || c->service == NULL ||
	    c->dialog.purpose == PURPOSE_COUNT) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return -1;
}

static bool
is_seqpacket(int fd)
{
	int type = 0, domain = 0;
	socklen_t size = sizeof type;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
		return false;
	size = sizeof domain;
	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

/* All that opens a file comes first, then the door is locked. */
static const char *
prepare(const char *lang)
{
	if (!is_seqpacket(TERMINAL_FD) || !is_seqpacket(JUDGE_FD))
		return "fd 3 and 4 must be SOCK_SEQPACKET sockets";
	if (hash_start() != 0)
		return "libsodium does not start";
	tzset();
	language_start(lang);
	if (sandbox_close_others(JUDGE_FD) != 0)
		return "cannot close other descriptors";
	if (sandbox_enter() != 0)
		return "cannot enter the sandbox";
	return NULL;
}

int
main(int argc, char **argv)
{
	struct command_line c = { .dialog.purpose = PURPOSE_COUNT };
	struct session s;
	const char *problem;
	int r = read_command_line(&c, argc, argv);

	if (r >= 0)
		return r;
	problem = prepare(c.lang);
	if (problem != NULL) {
		fprintf(stderr, "sspr-session: %s\n", problem);
		return EXIT_FAILURE;
	}
	c.dialog.lang = c.lang;
	session_init(&s, &c.dialog, TERMINAL_FD, JUDGE_FD);
	return session_run(&s) ? EXIT_SUCCESS : EXIT_FAILURE;
}
