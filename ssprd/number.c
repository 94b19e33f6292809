/* Phone numbers, for their judges. */
#include "ssprd/number.h"

#include <stdio.h>
#include <string.h>

#include "ssprd/core/config.h"
#include "ssprd/dialog.h"
#include "text/phone.h"

enum reason
number_read(const struct field *typed, bool extension, char wire[CODE_TO_MAX + 1])
{
	switch (phone_parse((const char *)typed->data, typed->len, extension, wire)) {
	case PHONE_FINE:
		return REASON_COUNT;
	case PHONE_LONG:
		return REASON_TOO_LONG;
	default:
		return REASON_SYNTAX;
	}
}

enum reason
number_forbids(const struct dialog *d, const char *wire, enum way way)
{
	const struct config *config = d->judge->config;
	const struct gateway_config *gateway = way == WAY_SMS ? &config->sms : &config->voice;

	switch (phone_permitted(wire, gateway->allow_prefixes, gateway->deny_prefixes)) {
	case PHONE_PERMITTED:
		return REASON_COUNT;
	case PHONE_DENIED:
		return REASON_NUMBER_FORBIDDEN;
	case PHONE_BAD_LIST:
		break;
	}
	return REASON_MISCONFIGURED;
}

void
number_line(char *wire)
{
	wire[strcspn(wire, "x")] = '\0';
}

void
number_mask(const void *plain, size_t len, char *out, size_t size)
{
	char wire[PHONE_SIZE];

	snprintf(wire, sizeof(wire), "%.*s", (int)len, (const char *)plain);
	phone_mask(wire, out, size);
}
