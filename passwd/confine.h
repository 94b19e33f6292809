/*
 * What this program gives up at its start, also where no systemd does it: all capabilities but those that a password change takes, new
 * privileges, dumps. What it starts inherits that.
 */
#ifndef SSPR_PASSWD_CONFINE_H
#define SSPR_PASSWD_CONFINE_H

/* 0 or -errno: then nothing may be served. */
int confine_enter(void);

#endif
