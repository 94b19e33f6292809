/* What the two methods with phone numbers have in common: ways, prefixes, what is one line. */
#ifndef SSPRD_NUMBER_H
#define SSPRD_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/request.h"
#include "ssprd/code.h"

struct dialog;

/* Read a number, with an extension or not (text/phone.h). REASON_COUNT: wire is filled in. */
enum reason number_read(const struct field *typed, bool extension, char wire[CODE_TO_MAX + 1]);

/* By [sms] or [voice] allow_prefixes and deny_prefixes of today: against toll fraud. */
enum reason number_forbids(const struct dialog *d, const char *wire, enum way way);

/* The line, without the extension: in place. */
void number_line(char *wire);

/* The mask of a record (struct method_judge). */
void number_mask(const void *plain, size_t len, char *out, size_t size);

#endif
