/*
 * One grant, from its first packet to its verdict (protocol/grant.h). Runs in a process of its own, the supervisor, which never sees a
 * password: it says what may be done, watches the clock over the PAM child, and reads from the shadow file what became of it.
 */
#ifndef SSPR_PASSWD_GRANT_H
#define SSPR_PASSWD_GRANT_H

#include <stddef.h>

#include "passwd/change.h"
#include "passwd/tally.h"
#include "protocol/grant.h"
#include "protocol/words.h"

/*
 * The PAM child's part of GRANT_WORK_MS: setting back the tally and telling ssprd follow in the same turn.
 */
#define GRANT_CHANGE_MS (GRANT_WORK_MS - OUTCOME_WAIT_MS - TALLY_MS - 1000)

/*
 * ssprd was not there to be told: it is tried again, so often, the first time after so long and then each time after twice that;
 * two minutes in all.
 */
#define GRANT_LATE_MS    1000
#define GRANT_LATE_TRIES 7

/* What a grant works with; grant_host is the real one. */
struct grant_tools {
	enum change_said (*change)(const struct change *c); /* in a process of its own */
	int (*reset)(const char *user);                     /* as tally_reset */
	int (*report)(const char *user, const char *what);  /* as outcome_report */
	int seconds, change_ms;                             /* GRANT_SECONDS, GRANT_CHANGE_MS */
	int late_ms;                                        /* GRANT_LATE_MS */
};
extern const struct grant_tools grant_host;

enum grant_choice { GRANT_CHOSE_CHANGE, GRANT_CHOSE_UNLOCK, GRANT_CHOSE_NOTHING };

/* The holder's answer to the first packet. lang: LANG_NAME_MAX + 1 bytes, "" for none. GRANT_CHOSE_NOTHING: it is none. */
enum grant_choice grant_choose(const char *text, char *lang);

/*
 * Run the grant of user on the socket fd to its end, and say the verdict. VERDICT_DECLINED also where nobody was left to hear it.
 * VERDICT_COUNT: the shadow file cannot be read afterwards, and nothing is said. fd is closed then: what is to be told late takes
 * longer. The language of the process becomes the holder's.
 * One log line says what became of it.
 */
enum verdict grant_run(const struct grant_tools *tools, const struct account_rules *rules,
		       const char *user, int fd);

/*
 * In the place of a supervisor that was killed: wait (GRANT_ORPHAN_MS) for the end of all that holds the other end of the pipe alive,
 * and do what a success takes where the user's hash is not the one of before the grant. What has been told already is told twice
 * rather than never, and so is what somebody else did meanwhile. 1: it was changed. 0. -errno: it cannot be told, logged.
 */
#define GRANT_ORPHAN_MS 5000
int grant_aftermath(const struct grant_tools *tools, const struct account_rules *rules,
		    const char *user, const struct secret *before, int alive);

#endif
