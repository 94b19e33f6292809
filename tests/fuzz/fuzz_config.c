/*
 * sspr.conf: any bytes give a policy or errors, never both, and a policy keeps its rules.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ssprd/core/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_policy(const struct config *c)
{
	enum method offered[METHOD_COUNT];

	if (config_offered(c, offered) < c->registration.methods_required ||
	    c->registration.methods_to_reset > c->registration.methods_required ||
	    c->questions.ask_reset > c->questions.ask_register ||
	    (c->email.url[0] && !c->email.from[0]) || c->codes.digits < 6 || !c->support.contact[0])
		abort();
}

static void
check_errors(const struct config_errors *errors, size_t size)
{
	size_t i;

	for (i = 0; i < errors->count; i++)
		if (errors->list[i].line < 0 || (size_t)errors->list[i].line > size ||
		    !errors->list[i].text[0])
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_errors errors;
	struct config *config;
	int r = config_parse("f", (const char *)data, size, &config, &errors);

	if (r == CONFIG_GOOD)
		check_policy(config);
	if ((r == CONFIG_GOOD) != (config != NULL) || (r == CONFIG_GOOD) != (errors.count == 0))
		abort();
	check_errors(&errors, size);
	config_free(config);
	config_errors_done(&errors);
	return 0;
}
