/*
 * The hash of an answer is Argon2id (vectors by the reference program, argon2 -id -p 1 -l 32).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session/hash.h"

/* link: session/hash.c */

static struct secret answer;

static int
begin(void **state)
{
	(void)state;
	if (hash_start() != 0)
		return -1;
	return secret_set(&answer, "old boots", 9);
}

static int
end(void **state)
{
	(void)state;
	secret_done(&answer);
	return 0;
}

static struct slot
slot(int64_t memory, int64_t passes)
{
	struct slot s = { .memory = memory, .passes = passes };

	memcpy(s.salt, "0123456789abcdef", sizeof(s.salt));
	return s;
}

static void
an_answer_is_hashed_as_the_reference_does(void **state)
{
	static const unsigned char two_passes[HASH_SIZE] = {
		0x83, 0x2f, 0x06, 0x2d, 0x01, 0x6b, 0xac, 0xe8, 0xd4, 0x32, 0x00,
		0x13, 0x59, 0x47, 0x78, 0xb1, 0xfd, 0xe9, 0xb4, 0x9a, 0x2c, 0x52,
		0xcc, 0xe5, 0xfa, 0xc8, 0xf6, 0xd3, 0x41, 0xd3, 0xc2, 0xc8
	};
	static const unsigned char least[HASH_SIZE] = { 0xe6, 0xfc, 0x18, 0xa4, 0xe3, 0xa2, 0xe4,
							0x77, 0xef, 0x9b, 0xac, 0x1c, 0xbc, 0x32,
							0x92, 0x16, 0x17, 0xdb, 0xb3, 0x1a, 0x40,
							0x93, 0x4c, 0x8c, 0x7a, 0x26, 0xd4, 0x7c,
							0xe9, 0x0e, 0x02, 0xf6 };
	struct slot dear = slot(64, 2), cheap = slot(8, 1);
	unsigned char hash[HASH_SIZE];

	(void)state;
	assert_int_equal(hash_answer(&answer, &dear, hash), 0);
	assert_memory_equal(hash, two_passes, HASH_SIZE);
	assert_int_equal(hash_answer(&answer, &cheap, hash), 0);
	assert_memory_equal(hash, least, HASH_SIZE);
}

static void
a_cost_out_of_range_is_refused(void **state)
{
	static const struct {
		int64_t memory, passes;
	} costs[] = { { 7, 1 },         { 0, 1 }, { -1, 1 }, { HASH_MEMORY_MAX + 1, 1 },
		      { INT64_MAX, 1 }, { 8, 0 }, { 8, -1 }, { 8, HASH_PASSES_MAX + 1 },
		      { 8, INT64_MAX } };
	unsigned char hash[HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
		struct slot s = slot(costs[i].memory, costs[i].passes);

		assert_int_equal(hash_answer(&answer, &s, hash), -EINVAL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_hashed_as_the_reference_does),
		cmocka_unit_test(a_cost_out_of_range_is_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
