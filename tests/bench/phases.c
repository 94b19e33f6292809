/*
 * Times PAM phases: phases MODE ROUNDS VARIANT..., a variant is NAME:SERVICE:USER:auth or ...:account.
 * Each round runs every variant once (so that a noisy moment hits all of them alike) and takes the time of
 * pam_start, the phase and pam_end together. MODE "same": all in this process; "fresh": each in a new one, which has
 * loaded no module yet. A line a measurement on stdout: NAME, its result, nanoseconds.
 */
#include <security/pam_appl.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VARIANTS_MAX 16

struct variant {
	char *name;
	char *service;
	char *user;
	char *phase;
};

struct measured {
	int result;
	int64_t nanoseconds;
};

/* A conversation that answers at once: with a password where one is asked for, else with nothing. */
static int
converse(int count, const struct pam_message **messages, struct pam_response **responses,
	 void *data)
{
	int i;

	(void)data;
	*responses = calloc((size_t)count, sizeof(**responses));
	if (!*responses)
		return PAM_CONV_ERR;
	for (i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			(*responses)[i].resp = strdup("a password");
	return PAM_SUCCESS;
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct measured
measure(const struct variant *v)
{
	struct pam_conv conv = { converse, NULL };
	struct measured m = { PAM_ABORT, 0 };
	pam_handle_t *pam = NULL;
	int64_t began = now();

	if (pam_start(v->service, v->user, &conv, &pam) == PAM_SUCCESS) {
		m.result = strcmp(v->phase, "auth") == 0 ? pam_authenticate(pam, 0)
							 : pam_acct_mgmt(pam, 0);
		pam_end(pam, m.result);
	}
	m.nanoseconds = now() - began;
	return m;
}

static struct measured
measure_fresh(const struct variant *v)
{
	struct measured m = { PAM_ABORT, 0 };
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return m;
	pid = fork();
	if (pid == 0) {
		m = measure(v);
		_exit(write(ends[1], &m, sizeof(m)) != sizeof(m));
	}
	close(ends[1]);
	if (pid > 0) {
		if (read(ends[0], &m, sizeof(m)) != sizeof(m))
			m.result = PAM_ABORT;
		waitpid(pid, NULL, 0);
	}
	close(ends[0]);
	return m;
}

static int
variant_parse(struct variant *v, char *text)
{
	v->name = strsep(&text, ":");
	v->service = strsep(&text, ":");
	v->user = strsep(&text, ":");
	v->phase = text;
	return v->phase ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct variant variants[VARIANTS_MAX];
	struct measured m;
	int i, count = argc - 3;
	long round, rounds;

	if (count < 1 || count > VARIANTS_MAX)
		return 2;
	for (i = 0; i < count; i++)
		if (variant_parse(&variants[i], argv[i + 3]) < 0)
			return 2;
	rounds = strtol(argv[2], NULL, 10);
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < count; i++) {
			m = strcmp(argv[1], "fresh") == 0 ? measure_fresh(&variants[i])
							  : measure(&variants[i]);
			printf("%s %d %lld\n", variants[i].name, m.result,
			       (long long)m.nanoseconds);
		}
	}
	return 0;
}
