/*
 * An e-mail address that can be read without this password, proven by a code that was mailed to it
 * (ssprd/code.h).
 */
#include <stdio.h>
#include <string.h>

#include "methods/judges.h"
#include "ssprd/code.h"
#include "ssprd/dialog.h"
#include "ssprd/value.h"
#include "text/address.h"

static enum way
by_mail(const struct dialog *d, const char *asked)
{
	(void)d;
	return *asked ? WAY_COUNT : WAY_EMAIL;
}

/* One mailbox, however it is written. */
static void
mailbox(char *wire)
{
	for (; *wire; wire++)
		if (*wire >= 'A' && *wire <= 'Z')
			*wire += 'a' - 'A';
}

static bool
parse(const struct field *typed, char wire[CODE_TO_MAX + 1])
{
	return address_parse((const char *)typed->data, typed->len, wire) == ADDRESS_FINE;
}

static const struct code_kind kind = {
	.method = METHOD_EMAIL,
	.way = by_mail,
	.parse = parse,
	.example = "nobody@example.org",
	.destination = mailbox,
	.mask = address_mask,
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

static void
mask(const void *plain, size_t len, char *out, size_t size)
{
	char to[ADDRESS_MAX + 1];

	snprintf(to, sizeof(to), "%.*s", (int)len, (const char *)plain);
	address_mask(to, out, size);
}

const struct method_judge email_judge = {
	.method = METHOD_EMAIL,
	.address = true,
	.send = send,
	.try = try,
	.prove = try,
	.mask = mask,
	.code = &kind,
};
