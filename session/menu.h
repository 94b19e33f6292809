/* Choices: a numbered list of methods, a prompt with what else can be typed, "not now". */
#ifndef SSPR_SESSION_MENU_H
#define SSPR_SESSION_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/facts.h"
#include "session/outcome.h"
#include "session/talk.h"

struct method_ask;
struct session;

/* The methods of a list, in the policy's order: those that this program has, and that are wanted. */
struct rows {
	const struct method_ask *ask[METHOD_COUNT];
	int count;
};

void
rows_of(const struct session *s, bool (*wanted)(const struct method_fact *fact), struct rows *rows);
/* Numbered lines: "2 E-mail: a****@e******.org". */
void rows_tell(struct session *s, const struct rows *rows);

/* What fits rows_of. */
bool fact_is_registered(const struct method_fact *fact);
bool fact_is_stale(const struct method_fact *fact);
bool fact_is_open(
	const struct method_fact *fact); /* to be registered, or confirmed where it was filled in */

/* What was chosen: a number from 1 on, or one of the letters (then number is 0). */
struct choice {
	int number;
	char letter;
};

/*
 * Ask until a number up to most, one of the letters, or Enter is typed. ANSWERED: *choice. EMPTY: Enter; with
 * ENTER_ASKS_AGAIN that never comes. ENDED.
 */
enum outcome
choose(struct session *s, enum enter enter, int most, const char *letters, struct choice *choice,
       const char *format, ...) __attribute__((format(printf, 6, 7)));

/*
 * The choice of a method to go through: Enter takes the first, but not again the one that was given up just now while
 * there is another, and counts then: a method that ends by itself, chosen by an endless row of empty answers (ssh without a
 * tty sends them), would go round for ever.
 */
struct round {
	enum method last; /* chosen last; METHOD_COUNT: none yet */
	bool done;        /* and went well */
};

int round_first(const struct round *round, const struct rows *rows); /* which row Enter takes */
enum enter round_enter(const struct round *round);
/* The row that was taken, o being what choose() answered: by number or by Enter. NULL: another answer. */
const struct method_ask *round_taken(const struct round *round, const struct rows *rows,
				     enum outcome o, const struct choice *choice);

/*
 * The prompt of an opening: start, not now, why. ANSWERED: the user starts. why says what the question mark is
 * answered with.
 */
enum outcome menu_opening(struct session *s, void (*why)(struct session *));

/*
 * The user typed n. ENDED: not now, or it is not possible and was typed again. ANSWERED: it is not possible, which is
 * said; ask again.
 */
enum outcome menu_not_now(struct session *s);

/* What a prompt says about "not now": ", [n] not now (2 left)", or nothing where it is not possible. */
#define NOT_NOW_TEXT_MAX 128
void menu_not_now_text(const struct session *s, char out[NOT_NOW_TEXT_MAX]);

/* Leave a method out, where it stands among them. */
void rows_drop(struct rows *rows, enum method method);
/* The titles of rows, parted by commas. */
void rows_titles(const struct rows *rows, char *out, size_t size);

#endif
