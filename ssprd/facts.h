/*
 * What a session is told of its user: the facts, and the changes that are still untold. Handlers of
 * the table (judge.c).
 */
#ifndef SSPRD_FACTS_H
#define SSPRD_FACTS_H

#include "methods/judge.h"

/*
 * REQUEST_FACTS: the dialog is open from then on, and what was begun and not proven is forgotten.
 */
judge_handler facts_tell;

/* REQUEST_CHANGES; d->changes_shown is the last one. */
judge_handler facts_changes;

#endif
