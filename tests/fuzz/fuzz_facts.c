/*
 * The facts of a dialog: what is taken can be told again, and reads the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message m;
	static struct facts first, second;
	struct fields fields;

	m.len = size < sizeof(m.data) ? size : sizeof(m.data);
	memcpy(m.data, data, m.len);
	if (!message_parse(&m, &fields) || !facts_get(&fields, &first))
		return 0;
	message_start(&m, REPLY_OK);
	if (facts_put(&m, &first) < 0 || !message_parse(&m, &fields) ||
	    !facts_get(&fields, &second))
		abort();
	if (memcmp(&first, &second, sizeof(first)) != 0)
		abort();
	return 0;
}
