/*
 * Text as mail carries it: encoded words (RFC 2047) in headers, quoted-printable (RFC 2045) in
 * bodies. Written into a draft, whose room is set aside beforehand.
 */
#ifndef SSPR_DELIVER_ENCODE_H
#define SSPR_DELIVER_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Room that is being filled; what does not fit sets full and is left out. Embedded; the room is the
 * caller's.
 */
struct draft {
	unsigned char *data;
	size_t len, size;
	bool full;
};

void draft_add(struct draft *d, const void *data, size_t len);
void draft_text(struct draft *d, const char *text);

/* No more bytes than this come of len bytes of text in a header, or in a body. */
#define ENCODED_MAX(len) (6 * (len) + 256)

/*
 * A header "NAME: VALUE\r\n" of valid UTF-8 without control characters. Printable ASCII that fits
 * on the line and could not be taken for an encoded word stays as it is; anything else becomes
 * base64 words on folded lines.
 */
void encode_header(struct draft *d, const char *name, const char *value, size_t len);

/*
 * A body, '\n' ending its lines, as quoted-printable. No line begins with a dot or with "From ", so
 * that neither SMTP nor a mailbox file can take it for something else.
 */
void encode_body(struct draft *d, const char *text, size_t len);

#endif
