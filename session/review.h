/* What is registered, masked, and when it will be asked for again. */
#ifndef SSPR_SESSION_REVIEW_H
#define SSPR_SESSION_REVIEW_H

struct session;

void review_tell(struct session *s);
/* A line a registered method, without when. */
void review_methods(struct session *s);

#endif
