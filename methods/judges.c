/* Every method's judge: a row each. Nothing else in ssprd switches on a method. */
#include "methods/judges.h"

#include <stddef.h>

static const struct method_judge *const judges[] = {
	&app_judge,          &email_judge,     &phone_judge,
	&office_phone_judge, &questions_judge, &recovery_codes_judge,
};

const struct method_judge *
method_judge(enum method method)
{
	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++)
		if (judges[i]->method == method)
			return judges[i];
	return NULL;
}

unsigned int
methods_implemented(void)
{
	unsigned int bits = 0;

	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++)
		bits |= 1u << judges[i]->method;
	return bits;
}
