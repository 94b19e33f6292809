/*
 * The ways on which messages leave: which are open under a policy, and what carries them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ssprd/core/config.h"
#include "ssprd/way.h"
#include "tests/unit/config_text.h"

/* link: ssprd/way.c */

static void
each_way_has_a_word_that_finds_it_back_and_nothing_else_is_one(void **state)
{
	(void)state;
	for (int i = 0; i < WAY_COUNT; i++)
		assert_int_equal(way_from_word(way_word((enum way)i)), i);
	assert_null(way_word(WAY_COUNT));
	assert_int_equal(way_from_word("pigeon"), WAY_COUNT);
	assert_int_equal(way_from_word(""), WAY_COUNT);
	assert_int_equal(way_from_word(NULL), WAY_COUNT);
}

static void
a_way_is_open_where_its_section_says_what_carries_it(void **state)
{
	static const struct {
		const char *policy;
		bool email, sms, voice;
	} rows[] = {
		{ "", false, false, false },
		{ "[email]\nurl = smtp://127.0.0.1\nfrom = a@b.example\n", true, false, false },
		{ "[sms]\npreset = kannel\n", false, true, false },
		{ "[voice]\nurl = https://gateway.example/\n", false, false, true },
		{ "[sms]\nprogram = /usr/local/bin/modem\n", false, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config *config = good(rows[i].policy);

		assert_int_equal(way_open(config, WAY_EMAIL), rows[i].email);
		assert_int_equal(way_open(config, WAY_SMS), rows[i].sms);
		assert_int_equal(way_open(config, WAY_VOICE), rows[i].voice);
		config_free(config);
	}
}

static void
each_way_has_its_own_program_and_timeout(void **state)
{
	struct config *config =
		good("[email]\nurl = smtp://127.0.0.1\nfrom = a@b.example\ntimeout = 11\n"
		     "[sms]\nprogram = /usr/local/bin/modem\ntimeout = 12\n"
		     "[voice]\nurl = https://gateway.example/\ntimeout = 13\n");

	(void)state;
	assert_string_equal(way_program(config, WAY_SMS), "/usr/local/bin/modem");
	assert_null(way_program(config, WAY_EMAIL));
	assert_null(way_program(config, WAY_VOICE));
	assert_int_equal(way_timeout(config, WAY_EMAIL), 11);
	assert_int_equal(way_timeout(config, WAY_SMS), 12);
	assert_int_equal(way_timeout(config, WAY_VOICE), 13);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_has_a_word_that_finds_it_back_and_nothing_else_is_one),
		cmocka_unit_test(a_way_is_open_where_its_section_says_what_carries_it),
		cmocka_unit_test(each_way_has_its_own_program_and_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
