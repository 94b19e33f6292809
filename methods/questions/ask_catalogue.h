/* The questions that can be chosen, in one dialog: the judge's list, shown in pages. */
#ifndef SSPR_METHODS_QUESTIONS_ASK_CATALOGUE_H
#define SSPR_METHODS_QUESTIONS_ASK_CATALOGUE_H

#include "session/outcome.h"

#define CATALOGUE_MAX      200 /* questions; later ones are not shown */
#define CATALOGUE_TEXT_MAX 800 /* bytes of one: 200 characters */
#define CATALOGUE_PAGE     10  /* questions shown at once */

struct catalogue;
struct session;

/* ANSWERED: *out is the caller's (catalogue_free). REFUSED: too few questions, which is said. ENDED. */
enum outcome catalogue_get(struct session *s, struct catalogue **out);
void catalogue_free(struct catalogue *c);

/*
 * Let the user choose one that was not chosen yet. ANSWERED: *question lives as long as the catalogue.
 * REFUSED: none is left, which is said. BACK. ENDED.
 */
enum outcome catalogue_choose(struct session *s, struct catalogue *c, const char **question);

#endif
