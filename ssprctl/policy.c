/*
 * The policy, as the files have it: read here with the daemon's own reader, so that a mistake is
 * found before a reload, also where no daemon runs.
 */
#include <stdio.h>

#include "ssprctl/command.h"
#include "ssprctl/safe.h"
#include "ssprd/core/config.h"
#include "text/language.h"

static void
print_errors(const struct config_errors *errors)
{
	size_t i;

	for (i = 0; i < errors->count; i++) {
		safe_print(stdout, errors->list[i].file);
		if (errors->list[i].line > 0)
			printf(":%d", errors->list[i].line);
		printf(": ");
		safe_print(stdout, errors->list[i].text);
		printf("\n");
	}
	if (errors->more > 0)
		printf(_("and %zu more\n"), errors->more);
	fprintf(stderr, "%s", _("ssprctl: the policy is not good; nothing would start with it\n"));
}

enum exit_code
policy_check_run(const struct invocation *in)
{
	struct config_errors errors = { 0 };
	struct config *config = NULL;
	int r;

	r = config_read(in->count > 0 ? in->argument[0] : SSPR_CONF, &config, &errors);
	if (r == CONFIG_GOOD)
		printf("%s", _("good\n"));
	else if (r == CONFIG_WRONG)
		print_errors(&errors);
	else
		fprintf(stderr, "%s", _("ssprctl: out of memory\n"));
	config_errors_done(&errors);
	config_free(config);
	return r == CONFIG_GOOD ? EXIT_DONE : EXIT_REFUSED;
}
