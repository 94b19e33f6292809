/*
 * One dialog with one user: what the session knows, and how it ends. Everything that outlives a step
 * stands here; a step that returns ENDED has said in here why, with one of the three functions below, and
 * everybody above only passes ENDED on. The first reason stays.
 */
#ifndef SSPR_SESSION_SESSION_H
#define SSPR_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/facts.h"
#include "protocol/packet.h"
#include "protocol/request.h"
#include "session/outcome.h"

#define TERMINAL_FD 3
#define JUDGE_FD    4

#define COLUMNS_MIN      40
#define COLUMNS_MAX      80      /* also where the terminal's width is not known */
#define COLUMNS_UNBROKEN 1000000 /* a line that is never broken */

enum ending {
	RUNNING,
	FINISHING, /* the judge is to be asked for the verdict; finish is the reason */
	DECIDED,   /* verdict is known: the judge gave it, or there is no judge to ask */
	GONE,      /* nobody is at the terminal: nothing is sent any more */
};

struct session {
	int terminal; /* fd of packets */
	int judge;    /* fd of requests */
	int grant;    /* fd of sspr-passwd while session/relay.c holds it, else -1 */
	char user[USER_NAME_MAX + 1];
	enum purpose purpose;
	char lang[LANG_NAME_MAX + 1]; /* "" English */
	int columns;                  /* COLUMNS_MIN to COLUMNS_MAX */

	struct facts facts;
	enum state held;     /* why this dialog is held: the state of the first facts */
	unsigned int proven; /* a bit a registered method that was proven in this dialog */
	int64_t deadline;    /* CLOCK_MONOTONIC in ms, from facts.time_left; 0 before the facts */

	enum ending ending;
	enum finish finish;
	enum verdict verdict;
	bool tell;            /* a login without a dialog may be told one line */
	bool refused_not_now; /* n was typed where it is not possible; the next one ends the dialog */
	bool judge_lost;      /* ssprd broke off or is too slow: it is not asked again */

	/* What a reset keeps for its closing words. */
	bool case_told;       /* why nothing can be reset was said */
	bool unlocking;       /* only unlocking was chosen */
	bool passed_on;       /* sspr-passwd has what it needs to begin its work */
	bool uncertain;       /* sspr-passwd broke off at its work: what it did is not known */
	enum verdict granted; /* what sspr-passwd did; VERDICT_COUNT: nothing is known of it */

	/* What session/talk.c keeps. */
	char text[PACKET_TEXT_MAX + 1]; /* said, goes in front of the next prompt */
	size_t text_len;
	bool answered;      /* the terminal has answered a prompt */
	size_t typed;       /* bytes that came from the terminal */
	int prompts;        /* that were shown */
	int empty_in_a_row; /* empty answers where Enter is no choice */
	int64_t heard;      /* when something came from the terminal last */
	int64_t turn; /* since when the terminal has been waiting for us, or was told that we work */
};

struct session_arguments {
	const char *user;
	enum purpose purpose;
	const char *lang; /* as text/language.h accepts it; NULL or "": English */
	int columns;      /* 0: not known */
};

/* Start a dialog on two open sockets. The session owns neither of them. */
void session_init(struct session *s, const struct session_arguments *a, int terminal, int judge);

/*
 * Hold the whole dialog, to the END packet. False: it broke (the verdict was "failed", or the terminal is
 * gone without one). Everything that was typed is wiped afterwards.
 */
bool session_run(struct session *s);

/* The dialog is over; the judge shall say the verdict. */
enum outcome session_finish(struct session *s, enum finish reason);
/* The dialog is over with this verdict. */
enum outcome session_decided(struct session *s, enum verdict verdict);
/* The dialog is over, and there is nobody to tell. */
enum outcome session_gone(struct session *s);

/* What the facts say of a method; NULL when it is none of this user's. */
const struct method_fact *session_method(const struct session *s, enum method method);

/* CLOCK_MONOTONIC in milliseconds. */
int64_t session_now(void);

#endif
