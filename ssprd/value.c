/* Values: a row a method that is reached by messages. */
#include "ssprd/value.h"

#include <stdio.h>
#include <string.h>

#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/judge.h"
#include "ssprd/way.h"
#include "text/phone.h"

static int
check_email(const struct judge *j, const char *typed, size_t len, char *wire)
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
	if (address_in_domains(wire, forbidden))
		return REASON_DOMAIN_FORBIDDEN;
	return REASON_COUNT;
}

static int
check_number(const struct gateway_config *gateway, bool extension, const char *typed, size_t len,
	     char *wire)
{
	enum phone found = phone_parse(typed, len, extension, wire);

	if (found == PHONE_LONG)
		return REASON_TOO_LONG;
	if (found != PHONE_FINE)
		return REASON_SYNTAX;
	if (phone_permitted(wire, gateway->allow_prefixes, gateway->deny_prefixes) !=
	    PHONE_PERMITTED)
		return REASON_NUMBER_FORBIDDEN;
	return REASON_COUNT;
}

/* A private phone may be written to or called: one of the two must be permitted. */
static int
check_phone(const struct judge *j, const char *typed, size_t len, char *wire)
{
	const struct config *config = j->config;
	int why = REASON_NUMBER_FORBIDDEN;

	if (way_open(config, WAY_SMS) || !way_open(config, WAY_VOICE))
		why = check_number(&config->sms, false, typed, len, wire);
	if (why == REASON_NUMBER_FORBIDDEN && way_open(config, WAY_VOICE))
		why = check_number(&config->voice, false, typed, len, wire);
	return why;
}

static int
check_office_phone(const struct judge *j, const char *typed, size_t len, char *wire)
{
	return check_number(&j->config->voice, true, typed, len, wire);
}

static const struct {
	int (*check)(const struct judge *j, const char *typed, size_t len, char *wire);
	enum method other; /* must not be the same line as this one; METHOD_COUNT: none */
} rules[METHOD_COUNT] = {
	[METHOD_EMAIL] = { check_email, METHOD_COUNT },
	[METHOD_PHONE] = { check_phone, METHOD_OFFICE_PHONE },
	[METHOD_OFFICE_PHONE] = { check_office_phone, METHOD_PHONE },
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
	return (unsigned int)method < METHOD_COUNT && rules[method].check != NULL;
}

int
value_check(struct judge *j, int64_t user, enum method method, const char *typed, size_t len,
	    char wire[VALUE_WIRE_MAX + 1])
{
	int r, why;

	if (!value_is_address(method))
		return REASON_SYNTAX;
	why = rules[method].check(j, typed, len, wire);
	if (why != REASON_COUNT || rules[method].other == METHOD_COUNT || user == 0)
		return why;
	r = same_line(j, user, rules[method].other, wire);
	if (r < 0)
		return r;
	return r ? REASON_SAME : REASON_COUNT;
}
