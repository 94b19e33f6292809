/*
 * Codes at a reset before its first proof: made for everybody who types something, sent only to whom typed the full address or
 * number that is registered; and the waiting code that the second prompt is compared with. What is nobody's is done with a decoy
 * row in the same way.
 */
#ifndef SSPRD_CODE_CLAIM_H
#define SSPRD_CODE_CLAIM_H

#include <stdbool.h>

#include "ssprd/code.h"
#include "ssprd/code_private.h"

/* Is that typed the destination on record, in full? record NULL: nobody's, never. Case makes no other mailbox of it. */
bool code_claim_fits(const struct code_kind *kind, const struct field *typed,
		     const struct secret *record);

/*
 * In the caller's transaction: make a code for this destination on record, count it as a message, keep its hash. kind NULL: for
 * nobody, with the decoy's row and counters. 1: digits are to be sent there on *way, after the commit; 0: nothing is to be sent
 * (nobody's; too many messages; its code has no tries left; the policy forbids the number). -errno.
 */
int code_claim_make(struct dialog *d, const struct code_kind *kind, const char *to, enum way *way,
		    char digits[CODE_DIGITS_MAX + 1]);

/*
 * The waiting code of what is registered: that of `sent` (METHOD_COUNT: none) where it stands and has tries left, else the newest one.
 * STORE_DONE: *a is the caller's (code_attempt_done), STORE_NONE: empty, -errno.
 */
int code_claim_waiting(struct dialog *d, enum method sent, struct code_attempt *a);

/* Count a try of it, in the caller's transaction. a->kind NULL: of the decoy. 0 or -errno. */
int code_claim_count(struct dialog *d, const struct code_attempt *a);

/* Compare. a->kind NULL: with the decoy, which nothing equals. 1, 0, -errno. */
int code_claim_equal(struct dialog *d, const struct code_attempt *a, const struct field *typed);

#endif
