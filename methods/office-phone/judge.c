/*
 * The phone on the user's desk: an administrator fills it in, its user confirms it by a call
 * (ssprd/code.h) and cannot change it.
 */
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code.h"
#include "ssprd/dialog.h"
#include "ssprd/value.h"
#include "text/phone.h"

static enum way
by_call(const struct dialog *d, const char *asked)
{
	(void)d;
	return *asked && strcmp(asked, VIA_VOICE) != 0 ? WAY_COUNT : WAY_VOICE;
}

static bool
parse(const struct field *typed, char wire[CODE_TO_MAX + 1])
{
	return phone_parse((const char *)typed->data, typed->len, true, wire) == PHONE_FINE;
}

static const struct code_kind kind = {
	.method = METHOD_OFFICE_PHONE,
	.way = by_call,
	.parse = parse,
	.example = "+4930123456",
	.forbids = value_forbids,
	.destination = value_line,
	.mask = phone_mask,
};

static int
send(struct dialog *d, const struct fields *request, struct message *reply)
{
	return code_send(&kind, d, request, reply);
}

static int
try(struct dialog *d, const struct fields *request, struct message *reply)
{
	return code_try(&kind, d, request, reply);
}

const struct method_judge office_phone_judge = {
	.method = METHOD_OFFICE_PHONE,
	.given = true,
	.address = true,
	.send = send,
	.try = try,
	.prove = try,
	.mask = value_mask_number,
	.code = &kind,
};
