/*
 * A phone of the user's own, proven by a code in a text message or a call (ssprd/code.h). Never the
 * office phone: two methods on one line would be one.
 */
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code.h"
#include "ssprd/core/config.h"
#include "ssprd/dialog.h"
#include "ssprd/value.h"
#include "text/phone.h"

/* As asked for, where that is configured; else the one there is. */
static enum way
by_text_or_call(const struct dialog *d, const char *asked)
{
	const struct config *config = d->judge->config;
	bool call = strcmp(asked, VIA_VOICE) == 0;

	if (*asked && !call && strcmp(asked, VIA_SMS) != 0)
		return WAY_COUNT;
	if (call)
		return way_open(config, WAY_VOICE) ? WAY_VOICE : WAY_SMS;
	return way_open(config, WAY_SMS) ? WAY_SMS : WAY_VOICE;
}

static bool
parse(const struct field *typed, char wire[CODE_TO_MAX + 1])
{
	return phone_parse((const char *)typed->data, typed->len, false, wire) == PHONE_FINE;
}

static const struct code_kind kind = {
	.method = METHOD_PHONE,
	.way = by_text_or_call,
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

const struct method_judge phone_judge = {
	.method = METHOD_PHONE,
	.address = true,
	.send = send,
	.try = try,
	.prove = try,
	.mask = value_mask_number,
	.code = &kind,
};
