/*
 * The PAM child of a grant: sets the password through the host's own stack, /etc/pam.d/sspr-passwd.
 */
#ifndef SSPR_PASSWD_CHANGE_H
#define SSPR_PASSWD_CHANGE_H

#include "passwd/account.h"
#include "text/secret.h"

#define CHANGE_SERVICE "sspr-passwd"

/* What it says of itself, as its exit code. Whether the password was changed is read from the shadow file. */
enum change_said {
	CHANGE_DONE = 0,
	CHANGE_DECLINED = 10,  /* GRANT_TRIES passwords were refused, or the holder gave up */
	CHANGE_FAILED = 11,    /* PAM could not */
	CHANGE_GONE = 12,      /* the holder is gone, or broke the rules */
	CHANGE_REFUSED = 13,   /* the account is not one of ours any more */
	CHANGE_OVERTAKEN = 14, /* somebody else has changed the password in the meantime */
};

struct change {
	const char *user;
	int fd;      /* the grant socket */
	int turn;    /* whose turn it is: TURN_HOLDER, TURN_MACHINE */
	int wait_ms; /* how long an answer may take */
	const struct account_rules *rules;
	const struct secret *before; /* the hash that stands now */
};

/* Run it, with real and effective uid 0. The process should end afterwards: it held a password. */
enum change_said change_run(const struct change *c);

#endif
