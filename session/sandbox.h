/*
 * What a session gives up before it reads its first byte from outside: a stranger who finds a bug in it can compute
 * and talk on the two sockets that are open, nothing else. Sanitizer builds (SSPR_SANITIZE) keep the filter and the
 * dump flag off, since LeakSanitizer opens files and traces its own process.
 */
#ifndef SSPR_SESSION_SANDBOX_H
#define SSPR_SESSION_SANDBOX_H

/* Close stdin, stdout and every descriptor above last. 0 or -errno. */
int sandbox_close_others(int last);

/*
 * Die with the parent; no core, no dump, no new privileges; then the seccomp filter: any system call that is not on
 * its list kills the process. All that opens a file (locale, time zone, catalogues, /dev/urandom) must have happened
 * before. stderr is closed last, so that a failure can be told there (sanitizers keep it). 0, -ESRCH: the parent is
 * gone already, other -errno. A process for which this failed must end.
 */
int sandbox_enter(void);

#endif
