/*
 * Addresses and numbers, as users and administrators may give them: the same rules for both.
 */
#ifndef SSPRD_VALUE_H
#define SSPRD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/request.h"
#include "protocol/words.h"
#include "ssprd/way.h"
#include "text/address.h"

struct dialog;
struct judge;

#define VALUE_WIRE_MAX ADDRESS_MAX /* bytes of a wire form, a number's too */

/*
 * What was typed (len bytes) for email, phone or office-phone of this user (id in the store; 0: none yet, or what is on record beside it
 * is not looked at), as it goes over the wire. REASON_COUNT: it is fine; another enum reason: why not; -errno: the store failed.
 */
int value_read(struct judge *judge, int64_t user, enum method method, const char *typed, size_t len,
	       char wire[VALUE_WIRE_MAX + 1]);

/*
 * value_read, and today's policy sends to it on one of the method's ways at least: what an administrator fills in, before
 * anybody chooses one.
 */
int value_check(struct judge *judge, int64_t user, enum method method, const char *typed,
		size_t len, char wire[VALUE_WIRE_MAX + 1]);

/*
 * Why nothing is sent to this number on that way, by [sms] or [voice] allow_prefixes and deny_prefixes of today (against toll
 * fraud); REASON_COUNT: it is. For judges (struct code_kind).
 */
enum reason value_forbids(const struct dialog *d, const char *wire, enum way way);

/* Can this method's record be given by somebody: is it an address or a number? */
bool value_is_address(enum method method);

/* A number's line, without the extension: in place. */
void value_line(char *wire);

/* The mask of a number's record (struct method_judge). */
void value_mask_number(const void *plain, size_t len, char *out, size_t size);

#endif
