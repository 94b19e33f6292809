/*
 * What systemd is told where it asks for it (NOTIFY_SOCKET): one datagram, never waited for.
 * Without systemd: nothing.
 */
#ifndef SSPRD_NOTIFY_H
#define SSPRD_NOTIFY_H

/* "READY=1", "RELOADING=1", "STOPPING=1". */
void notify_systemd(const char *state);

#endif
