/*
 * A session's process and its two sockets: fd 3 the terminal, fd 4 the requests, nothing secret
 * on its command line: of a name that nobody has "-" stands there.
 */
#ifndef SSPRD_LAUNCH_H
#define SSPRD_LAUNCH_H

#include "ssprd/child.h"

struct dialog;

/*
 * 0: it runs; *requests (it does not block) and *terminal are the other ends, the caller's.
 * -errno: nothing runs, they are unchanged.
 */
int launch_session(struct children *children, struct child *child, const char *program,
		   const struct dialog *d, unsigned int columns,
		   void (*ended)(struct child *child, int status), int *requests, int *terminal);

/*
 * A dialog of which nothing is owed ends before it begins (two logins at a time can come to
 * that): no process, *terminal holds the verdict already. 0 or -errno.
 */
int launch_nothing(const struct dialog *d, int *terminal);

#endif
