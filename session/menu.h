/* The choice of a method: those that are not registered yet, by number, in the policy's order. */
#ifndef SSPR_SESSION_MENU_H
#define SSPR_SESSION_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/words.h"
#include "session/outcome.h"

struct method_ask;
struct session;

struct menu {
	enum method last; /* chosen last; METHOD_COUNT: none yet */
	bool proven;      /* and registered */
	bool spare;       /* the offer of one more: Enter finishes, there is no "not now" */
};

/* How many methods can be chosen. */
int menu_left(const struct session *s);

/*
 * Ask for a method. ANSWERED: *method is the choice. EMPTY: finish (spare only). ENDED.
 * Enter takes the first, but not again the one that was given up just now while there is another.
 */
enum outcome
menu_choose(struct session *s, const struct menu *menu, const struct method_ask **method);

/*
 * The user typed n. ENDED: not now, or it is not possible and was typed again. ANSWERED: it is not possible, which is
 * said; ask again.
 */
enum outcome menu_not_now(struct session *s);

/* What a prompt says about "not now": ", [n] not now (2 left)", or nothing where it is not possible. */
#define NOT_NOW_TEXT_MAX 128
void menu_not_now_text(const struct session *s, char out[NOT_NOW_TEXT_MAX]);

/* The titles of what is registered, parted by commas. */
void menu_registered_titles(const struct session *s, char *out, size_t size);

#endif
