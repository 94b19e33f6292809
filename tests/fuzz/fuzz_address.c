/*
 * E-mail addresses: whatever is typed, a wire form is plain characters around one @, and is its own wire form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/address.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_wire(const char *wire)
{
	char again[ADDRESS_MAX + 1], mask[ADDRESS_MAX + 3];
	size_t local = strspn(wire, PLAIN), len = strlen(wire);

	if (len > ADDRESS_MAX || local == 0 || wire[local] != '@')
		abort();
	if (strspn(wire + local + 1, "abcdefghijklmnopqrstuvwxyz0123456789-.") != len - local - 1)
		abort();
	if (address_parse(wire, len, again) != ADDRESS_FINE || strcmp(wire, again) != 0)
		abort();
	if (!address_in_domains(wire, wire + local + 1) || !address_on_host(wire, wire + local + 1))
		abort();
	address_mask(wire, mask, sizeof(mask));
	if (mask[0] != wire[0] || mask[1] != '*' || !strchr(mask, '@'))
		abort();
}

/* The same bytes as a list of domains, for a wire form that never changes. */
static void
check_list(const uint8_t *data, size_t size)
{
	char *list = strndup((const char *)data, size);

	if (list)
		(void)address_in_domains("a@example.org", list);
	free(list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char wire[ADDRESS_MAX + 1];
	enum address result = address_parse((const char *)data, size, wire);

	if (result == ADDRESS_FINE)
		check_wire(wire);
	else if (wire[0] != '\0')
		abort();
	check_list(data, size);
	return 0;
}
