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
#include "text/address.h"

struct judge;

#define VALUE_WIRE_MAX ADDRESS_MAX /* bytes of a wire form, a number's too */

/*
 * What was typed (len bytes) for email, phone or office-phone of this user (id in the store, 0: none yet), as it goes over the
 * wire. REASON_COUNT: it is fine; another enum reason: why not; -errno: the store failed.
 */
int value_check(struct judge *judge, int64_t user, enum method method, const char *typed,
		size_t len, char wire[VALUE_WIRE_MAX + 1]);

/* Can this method's record be given by somebody: is it an address or a number? */
bool value_is_address(enum method method);

#endif
