/*
 * The hundred commonest answers and passwords, normalised (normal_answer) and without spaces.
 */
#ifndef SSPR_TEXT_COMMON_H
#define SSPR_TEXT_COMMON_H

#define COMMON_ANSWERS 100

extern const char *const common_answers[COMMON_ANSWERS];

#endif
