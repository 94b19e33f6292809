/*
 * What may stand in a line of SMTP or of a header. libcurl passes on whatever it is given: a
 * recipient with a line end in it sends a second mail. So nothing reaches libcurl that these did
 * not let through.
 */
#ifndef SSPR_DELIVER_LINE_H
#define SSPR_DELIVER_LINE_H

#include <stdbool.h>

/*
 * An address for MAIL FROM, RCPT TO and headers: printable ASCII, one @ inside, no blank, <, >,
 * comma, quote or backslash.
 */
bool line_is_address(const char *text);

/*
 * A host's name for EHLO: letters, digits, '.', '-', '_', beginning and ending with a letter or
 * digit, at most DOMAIN_MAX.
 */
bool line_is_host(const char *text);

/*
 * An id for Message-ID: 1 to 64 letters, digits, '-', '_', '.'; no dot at an end, no two in a row.
 */
bool line_is_id(const char *text);

/* No control character (C0, DEL, and C1 in UTF-8). */
bool line_is_plain(const char *text);

#endif
