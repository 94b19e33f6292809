/*
 * Codes that are sent: to an address or a number, to prove that what goes there reaches its user.
 * E-mail, phone and office phone are rows of this.
 *
 * 1. The code is made here, kept as a keyed hash bound to user, method and destination, and sent
 *    beside the dialog after the reply.
 * 2. A try is on disk before anything is compared, and where the destination is registered already,
 *    a failure of the user too; a new code replaces the old one and keeps the count, until the code
 *    expires.
 * 3. A message that could not be sent is told at the next step and counts nothing.
 * 4. A right code removes itself, saves or confirms its destination and is audited, all in one
 *    transaction.
 */
#ifndef SSPRD_CODE_H
#define SSPRD_CODE_H

#include <stdbool.h>

#include "protocol/request.h"
#include "protocol/words.h"
#include "ssprd/way.h"
#include "text/address.h"

struct dialog;

#define CODE_TO_MAX ADDRESS_MAX /* bytes of a destination's wire form; a number is shorter */

struct code_kind {
	enum method method;
	/*
	 * On which way this is sent: asked is what the session asked for, "" nothing. WAY_COUNT: it
	 * may not ask for that.
	 */
	enum way (*way)(const struct dialog *d, const char *asked);
	/*
	 * What was typed as a wire form, by its syntax alone; false: it has none. And an example of what has one.
	 */
	bool (*parse)(const struct field *typed, char wire[CODE_TO_MAX + 1]);
	const char *example;
	/*
	 * Why nothing is sent to this wire form on that way, by the policy of today; REASON_COUNT:
	 * it is. NULL: always.
	 */
	enum reason (*forbids)(const struct dialog *d, const char *wire, enum way way);
	/* What is counted as one destination, however it is written: in place, of a wire form. */
	void (*destination)(char *wire);
	void (*mask)(const char *wire, char *out, size_t size);
};

/* REQUEST_SEND and REQUEST_TRY of such a method: judge_handler, but for the row. */
int code_send(const struct code_kind *kind, struct dialog *d, const struct fields *request,
	      struct message *reply);
int code_try(const struct code_kind *kind, struct dialog *d, const struct fields *request,
	     struct message *reply);

#endif
