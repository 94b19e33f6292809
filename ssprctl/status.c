/*
 * What users ask about themselves.
 */
#include <jansson.h>
#include <stdio.h>

#include "ssprctl/bus.h"
#include "ssprctl/command.h"
#include "ssprctl/record.h"
#include "ssprctl/self.h"
#include "text/language.h"

enum exit_code
status_run(const struct invocation *in)
{
	struct question q = { .method = "Show", .user = own_name() };
	json_t *answer = NULL;
	const json_t *record;
	enum exit_code code;
	int r;

	if (!q.user)
		return EXIT_REFUSED;
	q.not_allowed = N_("sspr has no record of you yet; it makes one at your next login");
	code = bus_ask(&q, "o", &answer);
	if (code != EXIT_DONE)
		return code;
	record = json_array_get(answer, 0);
	if (in->format != FORMAT_TEXT) {
		r = record_export(in, record);
	} else {
		record_sentence(record, true);
		r = record_methods(record);
	}
	json_decref(answer);
	return r < 0 ? EXIT_REFUSED : EXIT_DONE;
}
