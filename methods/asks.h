/* The rows of methods/asks.c: each method's ask.c ends in its own. */
#ifndef SSPR_METHODS_ASKS_H
#define SSPR_METHODS_ASKS_H

#include "methods/ask.h"

extern const struct method_ask app_ask, email_ask, phone_ask, office_phone_ask, questions_ask,
	recovery_codes_ask;

#endif
