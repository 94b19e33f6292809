/* The registry of the methods' dialogs. */
#include <stddef.h>

#include "methods/asks.h"

static const struct method_ask *const rows[] = { &app_ask,       &email_ask,
						 &phone_ask,     &office_phone_ask,
						 &questions_ask, &recovery_codes_ask };

const struct method_ask *
method_ask(enum method method)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i]->method == method)
			return rows[i];
	return NULL;
}
