/*
 * A phone of the user's own, proven by a code in a text message or a call (ssprd/code.h). Never the
 * office phone: two methods on one line would be one.
 */
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code.h"
#include "ssprd/core/config.h"
#include "ssprd/dialog.h"
#include "ssprd/number.h"
#include "ssprd/record.h"
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
is_office_phone(struct dialog *d, const char *wire, int *broke)
{
	struct store_method row;
	struct secret office = { 0 };
	int r = record_open(d, METHOD_OFFICE_PHONE, &row, &office);
	bool same = r == STORE_DONE && phone_same(wire, secret_text(&office));

	secret_done(&office);
	if (r < 0)
		*broke = r;
	return same;
}

static enum reason
read(struct dialog *d, const struct field *typed, char wire[CODE_TO_MAX + 1], int *broke)
{
	enum reason why = number_read(typed, false, wire);

	if (why == REASON_COUNT && is_office_phone(d, wire, broke))
		return REASON_SAME;
	return why;
}

static bool
parse(const struct field *typed, char wire[CODE_TO_MAX + 1])
{
	return number_read(typed, false, wire) == REASON_COUNT;
}

static const struct code_kind kind = {
	.method = METHOD_PHONE,
	.way = by_text_or_call,
	.read = read,
	.parse = parse,
	.example = "+4930123456",
	.forbids = number_forbids,
	.destination = number_line,
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
	.mask = number_mask,
	.code = &kind,
};
