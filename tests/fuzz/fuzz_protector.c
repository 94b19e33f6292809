/*
 * fscrypt's protectors, from a folder that any user may write to: any bytes are a message or none.
 */
/* link: passwd/fscrypt.c */
#include <stdint.h>
#include <stdlib.h>

#include "passwd/fscrypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct protector p = { 77, 77 };

	if (!protector_parse(data, size, &p) && (p.source != 77 || p.uid != 77))
		abort();
	return 0;
}
