/* The closing words of a dialog. */
#ifndef SSPR_SESSION_CLOSE_H
#define SSPR_SESSION_CLOSE_H

struct session;

/* Say what follows from the verdict, from what the dialog was held for, and from how it ended. */
void close_by_verdict(struct session *s);

/* The same for a reset (session/close_reset.c). */
void close_reset(struct session *s);

/* A login that could not hold the dialog: the one line that is told instead. */
void close_no_dialog(struct session *s);

#endif
