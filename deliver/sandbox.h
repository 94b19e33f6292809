/*
 * The cell of a delivery. It shares ssprd's uid, so one that is taken over could own the bus name,
 * read the key file or stop ssprd: what it could do that with is taken away before the first byte
 * from outside.
 */
#ifndef SSPR_DELIVER_SANDBOX_H
#define SSPR_DELIVER_SANDBOX_H

#include <sys/types.h>

/*
 * From here on: dies with its parent (who was `parent` when this program started; one that is gone
 * already ends it), has nothing open but 0, 1 and 2, leaves no core dump, gains no privileges, and
 * has a seccomp filter. Opening a file or making a socket pair fails with EACCES, since libraries
 * try and do without; anything that is not needed for a TLS connection (exec, fork, kill, ptrace,
 * sockets but IPv4 and IPv6, ...) ends the process with SIGSYS. There is no filter in a build with
 * sanitizers, which need ptrace. 0 or -errno.
 */
int sandbox_enter(pid_t parent);

#endif
