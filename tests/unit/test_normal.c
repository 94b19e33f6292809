/*
 * What was typed: its flaws, its normal form, and how weak it is as an answer.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "protocol/limits.h"
#include "text/common.h"
#include "text/normal.h"

#define QUESTION "What was the name of your first bicycle?"

/* The normal form of typed is that. */
static void
assert_normal(const char *typed, const char *form)
{
	struct secret s = { 0 };

	assert_int_equal(normal_answer(&s, typed, strlen(typed)), 0);
	assert_string_equal(secret_text(&s), form);
	secret_done(&s);
}

static enum weakness
weakness_of(const char *typed)
{
	struct secret s = { 0 };
	enum weakness w;

	assert_int_equal(normal_answer(&s, typed, strlen(typed)), 0);
	w = answer_weakness(&s, QUESTION, "alice", "garden.example.org");
	secret_done(&s);
	return w;
}

static void
an_answer_is_judged_long_before_anything_else(void **state)
{
	unsigned char typed[PACKET_ANSWER_MAX + 1];

	(void)state;
	memset(typed, 0xff, sizeof(typed));
	assert_int_equal(typed_check(typed, PACKET_ANSWER_MAX + 1), TYPED_LONG);
	assert_int_equal(typed_check(typed, PACKET_ANSWER_MAX), TYPED_NOT_UTF8);
	memset(typed, 'a', sizeof(typed));
	assert_int_equal(typed_check(typed, PACKET_ANSWER_MAX), TYPED_FINE);
}

static void
broken_utf8_is_told_before_control_characters(void **state)
{
	(void)state;
	assert_int_equal(typed_check("a\x01\xc3", 3), TYPED_NOT_UTF8);
	assert_int_equal(typed_check("\xc0\x80", 2), TYPED_NOT_UTF8);
	assert_int_equal(typed_check("\xed\xa0\x80", 3), TYPED_NOT_UTF8);
}

static void
control_characters_and_nul_are_told(void **state)
{
	(void)state;
	assert_int_equal(typed_check("a\0b", 3), TYPED_CONTROL);
	assert_int_equal(typed_check("a\tb", 3), TYPED_CONTROL);
	assert_int_equal(typed_check("\x7f", 1), TYPED_CONTROL);
	assert_int_equal(typed_check("\xc2\x85", 2), TYPED_CONTROL);
}

static void
only_white_space_is_empty(void **state)
{
	(void)state;
	assert_int_equal(typed_check("", 0), TYPED_EMPTY);
	assert_int_equal(typed_check("  \xc2\xa0\xe3\x80\x80", 7), TYPED_EMPTY);
	assert_int_equal(typed_check(" x ", 3), TYPED_FINE);
}

static void
case_width_and_composition_do_not_matter(void **state)
{
	(void)state;
	assert_normal("HeLLo", "hello");
	assert_normal("STRASSE", "strasse");
	assert_normal("Stra\xc3\x9f"
		      "e",
		      "strasse");
	assert_normal("e\xcc\x81t\xc3\xa9", "\xc3\xa9t\xc3\xa9");
	assert_normal("\xef\xbc\xa1\xef\xbc\xa2", "ab"); /* full width */
	assert_normal("\xef\xac\x81sh", "fish");         /* a ligature */
	assert_normal("\xce\xa3\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82",
		      "\xcf\x83\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x83");
	assert_normal("zero\xe2\x80\x8bwidth", "zerowidth");
}

static void
inner_white_space_becomes_one_space_and_outer_goes(void **state)
{
	(void)state;
	assert_normal("  my \t old\xc2\xa0\xe2\x80\xaf bike \n", "my old bike");
	assert_normal(" \xe2\x80\xa8 ", "");
}

static void
what_is_not_utf8_has_no_normal_form(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(normal_answer(&s, "\xff", 1), -EINVAL);
	assert_null(s.data);
}

/* Its normal form is its own normal form. */
static void
assert_settled(int32_t c)
{
	struct secret once = { 0 }, twice = { 0 };
	unsigned char bytes[4];
	ssize_t n = utf8proc_encode_char(c, bytes);

	assert_int_equal(normal_answer(&once, bytes, (size_t)n), 0);
	assert_int_equal(normal_answer(&twice, once.data, once.len), 0);
	if (!secret_equal(&once, &twice))
		fail_msg("U+%04X is normalised to something that is not normal", (unsigned)c);
	secret_done(&once);
	secret_done(&twice);
}

/* Beyond these planes no characters are assigned. */
static void
the_normal_form_of_every_character_is_its_own_normal_form(void **state)
{
	int32_t c;

	(void)state;
	for (c = 1; c < 0x34000; c++)
		if (c < 0xd800 || c >= 0xe000)
			assert_settled(c);
	for (c = 0xe0000; c < 0xe1000; c++)
		assert_settled(c);
}

static void
length_is_counted_in_characters(void **state)
{
	(void)state;
	assert_int_equal(normal_length("", 0), 0);
	assert_int_equal(normal_length("caf\xc3\xa9", 5), 4);
	assert_int_equal(normal_length("\xf0\x9f\x98\x80", 4), 1);
	assert_int_equal(normal_length("caf\xc3", 4), -EINVAL);
}

static void
short_and_long_answers_are_weak(void **state)
{
	(void)state;
	assert_int_equal(weakness_of("ab"), WEAK_SHORT);
	assert_int_equal(weakness_of("q w"), WEAK_NOT);
	assert_int_equal(weakness_of("\xc3\xa9\xc3\xa8"), WEAK_SHORT);
	assert_int_equal(weakness_of("abcdefghijklmnopqrstuvwxyzabcdefghijklmn"), WEAK_NOT);
	assert_int_equal(weakness_of("abcdefghijklmnopqrstuvwxyzabcdefghijklmno"), WEAK_LONG);
}

static void
answers_that_hold_the_names_of_user_or_host_are_weak(void **state)
{
	(void)state;
	assert_int_equal(weakness_of("my Alice red"), WEAK_USER);
	assert_int_equal(weakness_of("malicest"), WEAK_USER);
	assert_int_equal(weakness_of("in the GARDEN"), WEAK_HOST);
	assert_int_equal(weakness_of("garden.example.org"), WEAK_HOST);
}

static void
names_under_three_characters_are_not_looked_for(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "globetrotter", 12), 0);
	assert_int_equal(answer_weakness(&s, QUESTION, "ob", "pc.gl"), WEAK_NOT);
	assert_int_equal(answer_weakness(&s, QUESTION, "", ""), WEAK_NOT);
	assert_int_equal(answer_weakness(&s, QUESTION, "glo", ""), WEAK_USER);
	assert_int_equal(answer_weakness(&s, QUESTION, "", "trot.x"), WEAK_HOST);
	secret_done(&s);
}

static void
answers_that_hold_a_word_of_the_question_are_weak(void **state)
{
	(void)state;
	assert_int_equal(weakness_of("a red Bicycle"), WEAK_QUESTION);
	assert_int_equal(weakness_of("two bicycles"), WEAK_QUESTION);
	assert_int_equal(weakness_of("of the was"), WEAK_NOT); /* words of three letters */
}

static void
an_answer_that_is_a_word_of_the_question_is_weak_however_short(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(weakness_of("  THE "), WEAK_QUESTION);
	assert_int_equal(secret_set(&s, "pet", 3), 0);
	assert_int_equal(answer_weakness(&s, "What was your first pet called?", "", ""),
			 WEAK_QUESTION);
	assert_int_equal(answer_weakness(&s, "Which petrol did your first car take?", "", ""),
			 WEAK_NOT);
	secret_done(&s);
}

static void
one_character_repeated_is_weak(void **state)
{
	(void)state;
	assert_int_equal(weakness_of("zzzz"), WEAK_REPEATED);
	assert_int_equal(weakness_of("\xc3\xa9 \xc3\xa9\xc3\xa9"), WEAK_REPEATED);
	assert_int_equal(weakness_of("zzzy"), WEAK_NOT);
}

static void
the_commonest_answers_are_weak_whatever_their_spaces_and_case(void **state)
{
	(void)state;
	assert_int_equal(weakness_of("password"), WEAK_COMMON);
	assert_int_equal(weakness_of("I love you"), WEAK_COMMON);
	assert_int_equal(weakness_of("Welkom01"), WEAK_COMMON);
	assert_int_equal(weakness_of("I love yogurt"), WEAK_NOT);
	assert_int_equal(weakness_of("passwor"), WEAK_NOT);
}

static void
a_nul_in_an_answer_ends_no_comparison(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "p@ssw0rd\0pc.example.org", 23), 0);
	assert_int_equal(answer_weakness(&s, QUESTION, "alice", "example"), WEAK_HOST);
	assert_int_equal(answer_weakness(&s, QUESTION, "alice", "xyz"), WEAK_NOT);
	secret_done(&s);
}

static void
the_commonest_answers_are_a_hundred_different_normal_ones(void **state)
{
	size_t i, j;

	(void)state;
	assert_int_equal(COMMON_ANSWERS, 100);
	for (i = 0; i < COMMON_ANSWERS; i++) {
		assert_non_null(common_answers[i]);
		assert_normal(common_answers[i], common_answers[i]);
		assert_true(normal_length(common_answers[i], strlen(common_answers[i])) >= 3);
		assert_null(strchr(common_answers[i], ' '));
		for (j = 0; j < i; j++)
			assert_string_not_equal(common_answers[i], common_answers[j]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_judged_long_before_anything_else),
		cmocka_unit_test(broken_utf8_is_told_before_control_characters),
		cmocka_unit_test(control_characters_and_nul_are_told),
		cmocka_unit_test(only_white_space_is_empty),
		cmocka_unit_test(case_width_and_composition_do_not_matter),
		cmocka_unit_test(inner_white_space_becomes_one_space_and_outer_goes),
		cmocka_unit_test(what_is_not_utf8_has_no_normal_form),
		cmocka_unit_test(the_normal_form_of_every_character_is_its_own_normal_form),
		cmocka_unit_test(length_is_counted_in_characters),
		cmocka_unit_test(short_and_long_answers_are_weak),
		cmocka_unit_test(answers_that_hold_the_names_of_user_or_host_are_weak),
		cmocka_unit_test(names_under_three_characters_are_not_looked_for),
		cmocka_unit_test(answers_that_hold_a_word_of_the_question_are_weak),
		cmocka_unit_test(an_answer_that_is_a_word_of_the_question_is_weak_however_short),
		cmocka_unit_test(one_character_repeated_is_weak),
		cmocka_unit_test(the_commonest_answers_are_weak_whatever_their_spaces_and_case),
		cmocka_unit_test(a_nul_in_an_answer_ends_no_comparison),
		cmocka_unit_test(the_commonest_answers_are_a_hundred_different_normal_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
