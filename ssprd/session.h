/*
 * Sessions: one process a dialog. Started with fd 3 the terminal and fd 4 the requests and nothing
 * else, counted, limited in time, answered by the judge, reaped. A session that asks what it may
 * not is killed at once; one that ssprd ends itself is told the verdict and has SESSION_GOODBYE_MS
 * to show it.
 */
#ifndef SSPRD_SESSION_H
#define SSPRD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/words.h"
#include "ssprd/child.h"
#include "ssprd/loop.h"

struct context;
struct deliveries;
struct dialog;
struct judge;
struct session;
struct user;

#define SESSION_GRACE_SECONDS 10 /* beyond time_limit, for its last words */
#define SESSION_GOODBYE_MS    5000
#define SESSION_REPLACE_MS    25 /* no user is asked: such a login has said so by then */
#define SESSIONS_ENDING_MAX   64 /* so many may say goodbye beyond the dialogs of DIALOGS_MAX */
#define SESSIONS_MANAGE_MAX   2  /* of one user, those that say goodbye too */

struct sessions {
	struct loop *loop;
	struct children *children;
	struct judge *judge;
	struct deliveries *deliveries;
	const char *program; /* SSPR_LIBEXECDIR "/sspr-session" */
	int64_t last_number; /* dialogs are numbered on from here; set to the time of the start */
	struct session *first;
	size_t count, ending;
	void (*all_gone)(void *arg); /* set by sessions_end_all */
	void *all_gone_arg;
};

enum session_result {
	SESSION_STARTED = 0, /* *terminal is the caller's end, to be passed on and closed */
	SESSION_TOO_MANY = 1,
	SESSION_NOT_NEEDED =
		2, /* nothing is owed: no process, *terminal holds the verdict already */
};

/*
 * Start a dialog with this user (taken over; empty afterwards). A running one of the same user and
 * purpose (never of a reset) is told "replaced" once this one has shown that it can hold a dialog. An enum
 * session_result or -errno.
 */
int session_start(struct sessions *sessions, enum purpose purpose, struct user *user,
		  const struct context *context, int64_t now, int *terminal);

/*
 * The dialog of this user (id in the store) to which a grant was passed, the newest of which
 * nothing was reported yet, else one of which something was. NULL: none is left.
 */
struct dialog *sessions_granted(struct sessions *sessions, int64_t user);

/*
 * The resets of this user (id in the store) were stopped: those in which something was proven are told "frozen". arg: the sessions.
 */
void sessions_end_resets(void *arg, int64_t user);

/*
 * Tell every session that its dialog is over (failed), and call all_gone when the last has left; at
 * once when there is none.
 */
void sessions_end_all(struct sessions *sessions, void (*all_gone)(void *arg), void *arg);

/* Kill and forget whatever is left. */
void sessions_stop(struct sessions *sessions);

#endif
