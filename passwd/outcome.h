/*
 * Telling ssprd what became of a grant (org.sspr.Sspr1, Outcome), so that everybody concerned is told.
 */
#ifndef SSPR_PASSWD_OUTCOME_H
#define SSPR_PASSWD_OUTCOME_H

/*
 * what: a word of protocol/grant.h. Waits for the reply at most OUTCOME_WAIT_MS, on a connection of its own. address: NULL the system
 * bus. 0: ssprd has it. -errno, logged; -EPROTO: it does not take it, and will not.
 */
int outcome_report(const char *address, const char *user, const char *what);

#endif
