/*
 * What may be put on somebody's terminal: a session that was taken over must not move a cursor or retitle
 * a window with it.
 */
#ifndef SSPR_PAM_PLAIN_H
#define SSPR_PAM_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Valid UTF-8 (RFC 3629) whose only control characters (C0, DEL, C1) are newline and tab. */
bool text_is_plain(const char *text, size_t len);

#endif
