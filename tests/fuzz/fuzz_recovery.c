/*
 * Codes on paper: whatever is typed, what is taken is of the alphabet, is its own form, and of one kind only; and a code
 * made of any bytes is taken back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/recovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
takes(enum recovery_kind kind, const uint8_t *data, size_t size)
{
	char plain[RECOVERY_PLAIN], again[RECOVERY_PLAIN];
	enum recovery_typed r = recovery_read(kind, data, size, plain);

	if (memchr(plain, '\0', sizeof(plain)) == NULL ||
	    (r == RECOVERY_FINE) != (plain[0] != '\0'))
		abort();
	if (r != RECOVERY_FINE)
		return 0;
	if (strspn(plain, RECOVERY_ALPHABET) != strlen(plain))
		abort();
	if (recovery_read(kind, plain, strlen(plain), again) != RECOVERY_FINE ||
	    strcmp(plain, again) != 0)
		abort();
	return 1;
}

static void
makes(enum recovery_kind kind, const uint8_t *data, size_t size)
{
	unsigned char random[RECOVERY_RANDOM] = { 0 };
	char shown[RECOVERY_SHOWN];

	memcpy(random, data, size < sizeof(random) ? size : sizeof(random));
	recovery_make(kind, random, shown);
	if (!takes(kind, (const uint8_t *)shown, strlen(shown)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum recovery_kind kinds[] = { RECOVERY_CODE, RECOVERY_FREEZE, RECOVERY_HELP };
	int taken = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		taken += takes(kinds[i], data, size);
		makes(kinds[i], data, size);
	}
	if (taken > 1)
		abort();
	return 0;
}
