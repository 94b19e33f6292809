/*
 * What ssprd says itself, in the user's language: the line of Check, the message with a code.
 * Everything else is the session's.
 */
#ifndef SSPRD_WORDS_H
#define SSPRD_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "protocol/words.h"
#include "ssprd/way.h"
#include "text/secret.h"

struct config;
struct plan;

#define WORDS_LINE_MAX    512
#define WORDS_MESSAGE_MAX 4096

/*
 * The one line of Check. In a login without a dialog: that something is due, where it is done, and
 * from when such logins are refused. In any: that few recovery codes are left.
 */
void words_reminder(char *out, size_t size, const char *lang, const struct plan *plan,
		    const struct config *config, int64_t now);

/*
 * The message with a code, as it is written or spoken on that way. Of a mail the first line is the
 * subject, without the code: subjects show on locked screens. A call says the digits apart, and
 * twice. Of a reset it says what the code opens: whoever began that has not shown who they are. 0: *out is the caller's to wipe. -ENOMEM, -EMSGSIZE.
 */
int
words_code(struct secret *out, enum way way, enum purpose purpose, const char *lang,
	   const char *user, const char *host, const char *code, int minutes, const char *contact);

/*
 * As much of text as fits, fit for a mail and for UTF-8 readers: control characters and bytes that
 * are not UTF-8 as ?.
 */
void words_printable(const char *text, char *out, size_t size);

#endif
