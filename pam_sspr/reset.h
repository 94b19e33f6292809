/*
 * The way into a reset: the password's prompt, which says how to get there, and the dialog behind it.
 */
#ifndef SSPR_PAM_RESET_H
#define SSPR_PAM_RESET_H

struct login;

/*
 * Ask for the password, for the modules that check it, and hold a reset dialog when the answer is one byte. The
 * login has begun (login_begin); asks nobody in a silent login, where PAM_AUTHTOK is set, or for uid 0. Afterwards
 * PAM_AUTHTOK is what was typed, or is not set: then the next module asks.
 */
void reset_offer(struct login *l);

#endif
