/* What CLAIM (reset_claim.c) and the end of a round (reset_round.c) share, and nobody else sees. */
#ifndef SSPRD_RESET_PRIVATE_H
#define SSPRD_RESET_PRIVATE_H

struct dialog;

/*
 * Count the failure of this round, once, within a transaction that must be on disk before anything is compared; and decide whether what
 * is typed may fit. 0 or -errno.
 */
int reset_count_failure(struct dialog *d);
/* Take it back, within a transaction, where it was counted. 0 or -errno. */
int reset_take_failure_back(struct dialog *d);

/* The failure of the remote host, in memory, once the count is on disk; one that is throttled is not held for longer by it. */
void reset_count_host(struct dialog *d);
/* No failure of this host after all. */
void reset_uncount_host(struct dialog *d);

#endif
