/*
 * The facts of a dialog: all of them cross, and a message that tells too little, too much or nonsense
 * is bad.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/facts.h"

static struct facts told, got;
static struct message message;
static struct fields fields;

static void
put(char place[FACTS_TEXT_MAX + 1], const char *text)
{
	memcpy(place, text, strlen(text) + 1);
}

static void
fill(void)
{
	memset(&told, 0, sizeof(told));
	told.state = STATE_RECONFIRM;
	put(told.host, "desk.example.org");
	put(told.contact, "the help desk, \xe2\x98\x8e 1234");
	told.time_left = 540;
	told.required = 2;
	told.done = 1;
	told.postpones_left = POSTPONES_FREE;
	told.questions = 3;
	told.questions_custom = true;
	told.code_digits = 6;
	told.code_minutes = 10;
	told.method_count = METHOD_COUNT;
	for (int i = 0; i < METHOD_COUNT; i++)
		told.methods[i].method = (enum method)(METHOD_COUNT - 1 - i);
	told.methods[1].registered = true;
	told.methods[2].registered = true;
	told.methods[2].stale_at = 1800000000;
	put(told.methods[2].masked, "a****@e******.org");
	put(told.methods[3].masked, "+49*****78");
}

static bool
cross(void)
{
	assert_true(message_parse(&message, &fields));
	return facts_get(&fields, &got);
}

/* The facts, less the pair of this name, and with another value for it where one is given. */
static bool
cross_with(const char *name, const char *value)
{
	static struct message other;
	char text[FACTS_TEXT_MAX + 2];

	fill();
	message_start(&message, REPLY_OK);
	assert_int_equal(facts_put(&message, &told), 0);
	assert_true(message_parse(&message, &fields));
	message_start(&other, REPLY_OK);
	for (size_t i = 0; i < fields.count; i += 2) {
		assert_true(field_text(&fields, i, text, sizeof(text)));
		if (strcmp(text, name) == 0)
			continue;
		message_put(&other, fields.field[i].data, fields.field[i].len);
		message_put(&other, fields.field[i + 1].data, fields.field[i + 1].len);
	}
	if (value != NULL) {
		message_put_text(&other, name);
		message_put_text(&other, value);
	}
	message = other;
	return cross();
}

static void
all_facts_cross(void **state)
{
	(void)state;
	fill();
	message_start(&message, REPLY_OK);
	assert_int_equal(facts_put(&message, &told), 0);
	assert_true(cross());
	assert_memory_equal(&got, &told, sizeof(got));
}

static void
the_longest_facts_fit_into_a_message(void **state)
{
	(void)state;
	fill();
	memset(told.host, 'h', FACTS_TEXT_MAX);
	memset(told.contact, 'c', FACTS_TEXT_MAX);
	for (int i = 0; i < METHOD_COUNT; i++) {
		told.methods[i].registered = true;
		told.methods[i].stale_at = INT64_MAX;
		memset(told.methods[i].masked, 'm', FACTS_TEXT_MAX);
	}
	message_start(&message, REPLY_OK);
	assert_int_equal(facts_put(&message, &told), 0);
	assert_true(cross());
	assert_memory_equal(&got, &told, sizeof(got));
}

static void
facts_that_do_not_fit_are_not_told(void **state)
{
	static const unsigned char large[REQUEST_MAX - 200];

	(void)state;
	fill();
	message_start(&message, REPLY_OK);
	assert_int_equal(message_put(&message, large, sizeof(large)), 0);
	assert_int_equal(facts_put(&message, &told), -EMSGSIZE);
	message_start(&message, REPLY_OK);
	told.state = STATE_COUNT;
	assert_int_equal(facts_put(&message, &told), -EMSGSIZE);
	told.state = STATE_REGISTER;
	told.method_count = METHOD_COUNT + 1;
	assert_int_equal(facts_put(&message, &told), -EMSGSIZE);
}

static void
a_fact_that_is_missing_makes_the_message_bad(void **state)
{
	static const char *const names[] = { "state",       "host",           "contact",
					     "time_left",   "required",       "done",
					     "questions",   "postpones_left", "questions_custom",
					     "code_digits", "code_minutes" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(cross_with(names[i], NULL));
	/* the same without anything missing */
	assert_true(cross_with("state", "register"));
	assert_int_equal(got.state, STATE_REGISTER);
}

static void
a_value_that_is_nonsense_makes_the_message_bad(void **state)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{ "state", "" },
		{ "state", "due" },
		{ "time_left", "-1" },
		{ "time_left", "soon" },
		{ "required", "7" },
		{ "done", "" },
		{ "postpones_left", "-2" },
		{ "questions", "101" },
		{ "questions_custom", "2" },
		{ "code_digits", "6.0" },
		{ "method", "pigeon" },
		{ "registered", "-1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cross_with(bad[i].name, bad[i].value));
}

static void
a_fact_that_is_unknown_is_ignored(void **state)
{
	(void)state;
	assert_true(cross_with("weather", "rain"));
	assert_memory_equal(&got, &told, sizeof(got));
}

static void
a_fact_or_a_method_told_twice_makes_the_message_bad(void **state)
{
	(void)state;
	assert_true(cross_with("weather", NULL));
	message_put_text(&message, "required");
	message_put_text(&message, "1");
	assert_false(cross());
	assert_true(cross_with("weather", NULL));
	message_put_text(&message, "method");
	message_put_text(&message, "app");
	assert_false(cross());
}

static void
what_speaks_of_no_method_makes_the_message_bad(void **state)
{
	(void)state;
	fill();
	told.method_count = 0;
	message_start(&message, REPLY_OK);
	assert_int_equal(facts_put(&message, &told), 0);
	assert_true(cross());
	message_put_text(&message, "masked");
	message_put_text(&message, "a****");
	assert_false(cross());
}

static void
a_reply_of_another_status_or_half_a_pair_is_bad(void **state)
{
	(void)state;
	assert_true(cross_with("weather", NULL));
	message.data[0] = REPLY_NONE;
	assert_false(cross());
	assert_true(cross_with("weather", NULL));
	message_put_text(&message, "weather");
	assert_false(cross());
	message_start(&message, REPLY_OK);
	assert_false(cross());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_facts_cross),
		cmocka_unit_test(the_longest_facts_fit_into_a_message),
		cmocka_unit_test(facts_that_do_not_fit_are_not_told),
		cmocka_unit_test(a_fact_that_is_missing_makes_the_message_bad),
		cmocka_unit_test(a_value_that_is_nonsense_makes_the_message_bad),
		cmocka_unit_test(a_fact_that_is_unknown_is_ignored),
		cmocka_unit_test(a_fact_or_a_method_told_twice_makes_the_message_bad),
		cmocka_unit_test(what_speaks_of_no_method_makes_the_message_bad),
		cmocka_unit_test(a_reply_of_another_status_or_half_a_pair_is_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
