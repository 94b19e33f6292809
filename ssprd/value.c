/* Values: a row a method that is reached by messages. */
#include "ssprd/value.h"

#include <stdio.h>
#include <string.h>

#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/judge.h"
#include "text/phone.h"

static enum reason
read_email(const struct judge *j, const char *typed, size_t len, char *wire)
{
	const char *forbidden = j->config->email.forbidden_domains;

	switch (address_parse(typed, len, wire)) {
	case ADDRESS_SYNTAX:
		return REASON_SYNTAX;
	case ADDRESS_LONG:
		return REASON_TOO_LONG;
	case ADDRESS_FINE:
		break;
	}
	if (address_on_host(wire, j->host))
		return REASON_THIS_HOST;
	if (forbidden && address_in_domains(wire, forbidden))
		return REASON_DOMAIN_FORBIDDEN;
	return REASON_COUNT;
}

static enum reason
read_number(const char *typed, size_t len, bool extension, char *wire)
{
	switch (phone_parse(typed, len, extension, wire)) {
	case PHONE_FINE:
		return REASON_COUNT;
	case PHONE_LONG:
		return REASON_TOO_LONG;
	default:
		return REASON_SYNTAX;
	}
}

static enum reason
read_phone(const struct judge *j, const char *typed, size_t len, char *wire)
{
	(void)j;
	return read_number(typed, len, false, wire);
}

static enum reason
read_office_phone(const struct judge *j, const char *typed, size_t len, char *wire)
{
	(void)j;
	return read_number(typed, len, true, wire);
}

static const struct {
	enum reason (*read)(const struct judge *j, const char *typed, size_t len, char *wire);
	enum method other; /* must not be the same line as this one; METHOD_COUNT: none */
	bool by_text, by_call;
} rules[METHOD_COUNT] = {
	[METHOD_EMAIL] = { read_email, METHOD_COUNT, false, false },
	[METHOD_PHONE] = { read_phone, METHOD_OFFICE_PHONE, true, true },
	[METHOD_OFFICE_PHONE] = { read_office_phone, METHOD_PHONE, false, true },
};

/* Is it the same line as that on record? 1 yes, 0 no, -errno. */
static int
same_line(struct judge *j, int64_t user, enum method other, const char *wire)
{
	struct vault_place place = { user, method_word(other), "record" };
	struct store_method m = { 0 };
	struct secret plain = { 0 };
	int r = store_method_get(j->store, user, other, true, &m);
	int same = 0;

	if (r == STORE_DONE && m.sealed)
		r = vault_unseal(j->vault, &place, m.sealed, m.sealed_len, &plain);
	if (r == VAULT_DONE && plain.data)
		same = phone_same(wire, secret_text(&plain));
	secret_done(&plain);
	store_method_done(&m);
	return r < 0 ? r : same;
}

bool
value_is_address(enum method method)
{
	return (unsigned int)method < METHOD_COUNT && rules[method].read != NULL;
}

int
value_read(struct judge *j, int64_t user, enum method method, const char *typed, size_t len,
	   char wire[VALUE_WIRE_MAX + 1])
{
	enum reason why;
	int r;

	if (!value_is_address(method))
		return REASON_SYNTAX;
	why = rules[method].read(j, typed, len, wire);
	if (why != REASON_COUNT || rules[method].other == METHOD_COUNT || user == 0)
		return (int)why;
	r = same_line(j, user, rules[method].other, wire);
	if (r < 0)
		return r;
	return r ? REASON_SAME : REASON_COUNT;
}

static enum reason
gateway_forbids(const struct gateway_config *gateway, const char *wire)
{
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

/* A private phone may be written to or called: one of the two must be permitted. */
static enum reason
policy_forbids(const struct config *config, enum method method, const char *wire)
{
	bool voice = way_open(config, WAY_VOICE);
	bool text = rules[method].by_text && (way_open(config, WAY_SMS) || !voice);
	bool call = rules[method].by_call && (voice || !rules[method].by_text);
	enum reason why = REASON_COUNT;

	if (text)
		why = gateway_forbids(&config->sms, wire);
	if (call && (!text || why != REASON_COUNT))
		why = gateway_forbids(&config->voice, wire);
	return why;
}

int
value_check(struct judge *j, int64_t user, enum method method, const char *typed, size_t len,
	    char wire[VALUE_WIRE_MAX + 1])
{
	int why = value_read(j, user, method, typed, len, wire);

	return why == REASON_COUNT ? (int)policy_forbids(j->config, method, wire) : why;
}

enum reason
value_forbids(const struct dialog *d, const char *wire, enum way way)
{
	const struct config *config = d->judge->config;

	return gateway_forbids(way == WAY_SMS ? &config->sms : &config->voice, wire);
}

void
value_line(char *wire)
{
	wire[strcspn(wire, "x")] = '\0';
}

void
value_mask_number(const void *plain, size_t len, char *out, size_t size)
{
	char wire[PHONE_SIZE];

	snprintf(wire, sizeof(wire), "%.*s", (int)len, (const char *)plain);
	phone_mask(wire, out, size);
}
