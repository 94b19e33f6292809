/*
 * pam_faillock's count of wrong passwords: set back by the host's own tool.
 */
#ifndef SSPR_PASSWD_TALLY_H
#define SSPR_PASSWD_TALLY_H

#define TALLY_TOOL "/usr/sbin/faillock"
#define TALLY_MS   3000 /* then it is killed */

enum tally {
	TALLY_RESET = 0,
	TALLY_ABSENT = 1, /* this host has no such tool */
};

/* Run `tool --user USER --reset`. Answers an enum tally, or -errno, logged. */
int tally_reset(const char *tool, const char *user);

#endif
