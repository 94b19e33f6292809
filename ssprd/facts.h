/*
 * What a session is told of its user: the facts, the changes that are still untold, and questions
 * to choose from. Handlers of the table (judge.c).
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

/* REQUEST_QUESTION: of the catalogue in the user's language, by its number. */
judge_handler facts_question;

#endif
