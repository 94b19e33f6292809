/*
 * Phone numbers: whatever is typed, a wire form is + and digits, is its own wire form, and shows two digits at its end.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/phone.h"

#define DIGITS "0123456789"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_wire(const char *wire, bool extension)
{
	char again[PHONE_SIZE], mask[PHONE_SIZE];
	size_t number = strspn(wire + 1, DIGITS), len = strlen(wire);

	if (wire[0] != '+' || wire[1] == '0' || number < PHONE_DIGITS_MIN ||
	    number > PHONE_DIGITS_MAX)
		abort();
	if (wire[number + 1] != '\0' && (!extension || wire[number + 1] != 'x' ||
					 strspn(wire + number + 2, DIGITS) != len - number - 2))
		abort();
	if (phone_parse(wire, len, extension, again) != PHONE_FINE || strcmp(wire, again) != 0)
		abort();
	if (!phone_same(wire, again) || phone_permitted(wire, wire, "") == PHONE_DENIED)
		abort();
	phone_mask(wire, mask, sizeof(mask));
	if (strlen(mask) != len || mask[number - 2] != '*' || mask[number] != wire[number])
		abort();
}

static void
check_list(const uint8_t *data, size_t size)
{
	char *list = strndup((const char *)data, size);

	if (list && (phone_permitted("+4915112345678", list, "") == PHONE_BAD_LIST) ==
			    phone_prefixes_good(list))
		abort();
	free(list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char wire[PHONE_SIZE];
	int extension;

	for (extension = 0; extension < 2; extension++) {
		if (phone_parse((const char *)data, size, extension, wire) == PHONE_FINE)
			check_wire(wire, extension);
		else if (wire[0] != '\0')
			abort();
	}
	check_list(data, size);
	return 0;
}
