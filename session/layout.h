/*
 * Text as a terminal gets it: valid UTF-8, nothing that could steer the terminal (user names, masks and
 * questions come from elsewhere), lines no wider than the terminal.
 */
#ifndef SSPR_SESSION_LAYOUT_H
#define SSPR_SESSION_LAYOUT_H

#include <stddef.h>

/*
 * Write text into out (size bytes, its NUL included): bytes that are not UTF-8, and characters that are not printable or turn
 * the direction of the text, become "?"; lines are broken at blanks to be narrower than columns where that is possible. What
 * does not fit is cut off at a character. Answers the length. Needs a UTF-8 locale.
 */
size_t layout(const char *text, int columns, char *out, size_t size);

#endif
