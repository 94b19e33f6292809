/* The registry of the methods' dialogs. */
#include <stddef.h>

#include "methods/asks.h"

static const struct method_ask *const rows[] = { &app_ask, &email_ask, &questions_ask };

const struct method_ask *
method_ask(enum method method)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i]->method == method)
			return rows[i];
	return NULL;
}
