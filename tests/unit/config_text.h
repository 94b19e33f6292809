/*
 * A configuration given as text, and what must come of it. Included once by each test that needs it.
 */
#ifndef SSPR_TESTS_UNIT_CONFIG_TEXT_H
#define SSPR_TESTS_UNIT_CONFIG_TEXT_H

#include <stdio.h>
#include <string.h>

#include "ssprd/core/config.h"

/* The policy of the text; the caller's to free. Fails the test on an error. */
static inline struct config *
good(const char *text)
{
	struct config_errors errors;
	struct config *config;
	int r = config_parse("f", text, strlen(text), &config, &errors);

	if (r != CONFIG_GOOD)
		fail_msg("refused: %s", errors.count ? errors.list[0].text : "without a word");
	assert_int_equal(errors.count, 0);
	config_errors_done(&errors);
	return config;
}

/* The text is refused with these errors, "LINE: words" each, in this order, parted by newlines, and no others. */
static inline void
assert_wrong_bytes(const char *text, size_t len, const char *expected)
{
	char told[8192] = "";
	struct config_errors errors;
	struct config *config;
	size_t i;

	assert_int_equal(config_parse("f", text, len, &config, &errors), CONFIG_WRONG);
	assert_null(config);
	for (i = 0; i < errors.count; i++) {
		assert_string_equal(errors.list[i].file, "f");
		snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%d: %s",
			 i ? "\n" : "", errors.list[i].line, errors.list[i].text);
	}
	config_errors_done(&errors);
	assert_null(errors.list);
	assert_string_equal(told, expected);
}

static inline void
assert_wrong(const char *text, const char *expected)
{
	assert_wrong_bytes(text, strlen(text), expected);
}

#endif
