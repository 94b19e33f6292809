/*
 * A real dbus-daemon of a test's own, and a scripted org.sspr.Sspr1 on it: one child process that
 * answers Check and Converse as it was told and then plays a session. What it was asked and what it
 * heard stands in a transcript, one line each.
 */
#ifndef SSPR_TESTS_UNIT_FAKEBUS_H
#define SSPR_TESTS_UNIT_FAKEBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fakebus {
	char folder[64];
	char address[128];
	pid_t pid;
};

/* limits: further elements of its configuration, or "". 0: it answers; -1. */
int fakebus_start(struct fakebus *bus, const char *limits);
void fakebus_stop(struct fakebus *bus);

enum form {
	FORM_RIGHT,
	FORM_SILENT,       /* no answer */
	FORM_OTHER,        /* an answer of another signature */
	FORM_STREAM,       /* Converse: a socket that has no packets */
	FORM_LIMITED_ONCE, /* LimitsExceeded at the first call, then right */
};

/* One step of the session that is played. */
struct step {
	enum { SEND, HEAR, RAW, CLOSE, SILENT } what; /* SEND is 0; a row of zeros ends the list */
	char type;                                    /* SEND: the packet's */
	const char *text;                             /* SEND, RAW */
	size_t len;                                   /* RAW; SEND: 0 stands for strlen */
	int times;                                    /* SEND: 0 stands for once */
};

struct script {
	enum form check_form, converse_form;
	const char *check_error, *converse_error; /* "NotAllowed", or a whole name with a dot */
	const char *state;
	const char *message;
	bool more_facts; /* postpones_left, due, and some that nobody knows */
	const struct step *steps;
};

struct fakeservice {
	pid_t pid;
	char *transcript; /* shared with the child */
};

/* 0: the name is taken, calls are answered. -1. */
int fakeservice_start(struct fakeservice *service, const struct fakebus *bus,
		      const struct script *script);
/* Ends the child and gives its transcript, which lasts until the next start. */
const char *fakeservice_finish(struct fakeservice *service);
/* Let the child play its script to the end first (a few seconds at most). */
const char *fakeservice_wait(struct fakeservice *service);

#endif
