/*
 * The grant to set one password or unlock one account: fetched from sspr-passwd over the bus after the last proof, passed on to the
 * session as a descriptor, and what became of it (protocol/grant.h).
 */
#ifndef SSPRD_GRANT_H
#define SSPRD_GRANT_H

#include "methods/judge.h"

/* REQUEST_GRANT: permitted when reset_proofs_left is 0. The reply comes when sspr-passwd has answered: JUDGED_LATER. */
judge_handler grant_request;

#endif
