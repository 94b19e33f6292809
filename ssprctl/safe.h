/*
 * Text from outside, fit for a terminal: a user's name or a line of a file may hold whatever
 * somebody wanted an administrator's terminal to do.
 */
#ifndef SSPRCTL_SAFE_H
#define SSPRCTL_SAFE_H

#include <stddef.h>
#include <stdio.h>

/*
 * A malloc'd copy in which each byte that is not part of valid UTF-8, and each NUL, stands as \xNN.
 * NULL: no memory.
 */
char *safe_utf8(const char *text, size_t len);

/*
 * The same, and control characters (C0, DEL, C1), line separators and the characters that turn the
 * direction of writing stand as \xNN for each of their bytes.
 */
char *safe_text(const char *text, size_t len);

/* Print text made safe. */
void safe_print(FILE *out, const char *text);

#endif
