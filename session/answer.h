/* What an answer says where only a letter, a number or a code is meant; and moments as a user reads them. */
#ifndef SSPR_SESSION_ANSWER_H
#define SSPR_SESSION_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "text/secret.h"

/* Is the answer this lower case letter or sign, in either case, blanks around it left out? */
bool answer_is(const struct secret *answer, char letter);
/* The number that the answer is, blanks around it left out; 0 when it is none from 1 to max. */
int answer_number(const struct secret *answer, int max);
/* Leave the blanks around it out, in place. */
void answer_trim(struct secret *answer);
/*
 * Leave blanks and dashes out of a code, in place. False: what remains is not exactly that many
 * digits; then it is no code, and not worth one of the tries.
 */
bool answer_code(struct secret *answer, int digits);

#define MOMENT_TEXT_MAX 32
/* A moment in local time: "14:05", with the date in front when it is not the day of now. */
void moment_text(int64_t moment, int64_t now, char out[MOMENT_TEXT_MAX]);
/* Its date: "2027-05-21". */
void date_text(int64_t moment, char out[MOMENT_TEXT_MAX]);

#endif
