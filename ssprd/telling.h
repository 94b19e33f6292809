/* Whom a change is told to, and the messages for them, put into the outbox. */
#ifndef SSPRD_TELLING_H
#define SSPRD_TELLING_H

struct change;
struct judge;

/* All in the caller's transaction; 0 or -errno. The rows are as the change left them. */

/*
 * To every confirmed e-mail address of the user, and to change->old where that is one; where no
 * address is confirmed, or was before this change, by SMS to the confirmed phone, and to
 * change->old where that is one. Each message has a freeze code of its own. Nothing with [notify]
 * user = no.
 */
int tell_user(struct judge *judge, const struct change *change);
/* To [notify] admins. */
int tell_admins(struct judge *judge, const struct change *change);
/* To [support] email. */
int tell_support(struct judge *judge, const struct change *change);

#endif
