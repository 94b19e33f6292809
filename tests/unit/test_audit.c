/*
 * The audit: each event leaves one line and one row, and whoever changes, removes or reorders rows is found.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

/* What the journal line says the chain's head is, as it stands in the last row. */
static void
assert_line_has_head(void)
{
	unsigned char chain[STORE_HASH_SIZE];
	char hex[2 * STORE_HASH_SIZE + 7] = " head=";
	int64_t id = 0;

	assert_int_equal(store_audit_head(store, &id, chain), STORE_DONE);
	for (size_t i = 0; i < sizeof(chain); i++)
		snprintf(hex + 6 + 2 * i, 3, "%02x", chain[i]);
	assert_non_null(strstr(last_line, hex));
	assert_string_equal(strstr(last_line, hex), hex);
}

static void
an_event_leaves_a_line_with_the_head_and_a_row(void **state)
{
	(void)state;
	assert_int_equal(write_event(AUDIT_METHOD_ADDED, "alice"), 0);
	assert_int_equal(lines_logged, 1);
	assert_memory_equal(last_line,
			    "audit event=method-added user=alice uid=1000 actor=alice method=email"
			    " result=- reason=- service=- rhost=- session=3 row=1 head=",
			    strlen("audit event=method-added user=alice uid=1000 actor=alice"
				   " method=email result=- reason=- service=- rhost=- session=3"
				   " row=1 head="));
	assert_line_has_head();
}

static void
every_event_has_a_word_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < AUDIT_EVENT_COUNT; i++) {
		assert_non_null(audit_word((enum audit_event)i));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(audit_word((enum audit_event)i),
						audit_word((enum audit_event)k));
	}
	assert_null(audit_word(AUDIT_EVENT_COUNT));
	assert_int_equal(write_event(AUDIT_EVENT_COUNT, "alice"), -EINVAL);
	assert_int_equal(lines_logged, 0);
}

static void
what_must_be_audited_has_a_word(void **state)
{
	static const char *const must[] = { "registration-started",
					    "registration-finished",
					    "registration-postponed",
					    "registration-declined",
					    "method-added",
					    "method-confirmed",
					    "method-replaced",
					    "method-removed",
					    "method-failed",
					    "code-sent",
					    "code-failed",
					    "code-wrong",
					    "reset-started",
					    "reset-verified",
					    "reset-changed",
					    "reset-refused",
					    "unlocked",
					    "blocked",
					    "unblocked",
					    "frozen",
					    "required",
					    "filled-in",
					    "record-viewed",
					    "policy-loaded",
					    "policy-refused",
					    "key-rotated",
					    "notification-failed",
					    "help-code-made",
					    "help-code-used",
					    "cannot-prove" };

	(void)state;
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++) {
		int event = 0;

		while (event < AUDIT_EVENT_COUNT &&
		       strcmp(audit_word((enum audit_event)event), must[i]) != 0)
			event++;
		assert_int_not_equal(event, AUDIT_EVENT_COUNT);
	}
}

static void
foreign_text_cannot_forge_a_line(void **state)
{
	char longest[300];

	(void)state;
	assert_int_equal(write_event(AUDIT_CODE_SENT, "a b\n=\"\\\x80'-"), 0);
	assert_non_null(strstr(last_line, " user=a\\x20b\\x0a\\x3d\\x22\\x5c\\x80\\x27- uid="));
	assert_int_equal(write_event(AUDIT_CODE_SENT, "-"), 0);
	assert_non_null(strstr(last_line, " user=\\x2d uid="));
	memset(longest, '\n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(write_event(AUDIT_CODE_SENT, longest), 0);
	assert_non_null(strstr(last_line, "\\x0a.. uid="));
	assert_line_has_head();
}

static void
the_longest_line_still_ends_with_its_head(void **state)
{
	char text[256];
	struct audit_entry entry = { .event = AUDIT_REGISTRATION_POSTPONED,
				     .user = text,
				     .actor = text,
				     .method = text,
				     .result = text,
				     .reason = text,
				     .service = text,
				     .rhost = text,
				     .uid = INT64_MIN,
				     .session = INT64_MIN,
				     .now = INT64_MIN };
	int64_t broken = 0;

	(void)state;
	memset(text, '\x01', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(audit_write(store, vault, &entry), 0);
	assert_line_has_head();
	assert_int_equal(verify(&broken), 0);
}

static void
a_whole_chain_is_whole(void **state)
{
	int64_t broken = -1;

	(void)state;
	assert_int_equal(verify(&broken), 0);
	write_rows();
	assert_int_equal(verify(&broken), 0);
	assert_int_equal(broken, -1);
}

/* Do this to a whole chain; which row does it break? */
static int64_t
broken_by(const char *change)
{
	int64_t broken = -1;

	write_rows();
	assert_int_equal(store_run(store, change), 0);
	assert_int_equal(verify(&broken), 1);
	return broken;
}

static void
a_changed_row_is_found(void **state)
{
	static const char *const changes[] = {
		"UPDATE audit SET time = 101 WHERE id = 3",
		"UPDATE audit SET event = 'code-wrong' WHERE id = 3",
		"UPDATE audit SET user = x'626f62' WHERE id = 3",
		"UPDATE audit SET uid = 1001 WHERE id = 3",
		"UPDATE audit SET actor = x'626f62' WHERE id = 3",
		"UPDATE audit SET method = x'' WHERE id = 3",
		"UPDATE audit SET result = x'78' WHERE id = 3",
		"UPDATE audit SET reason = x'78' WHERE id = 3",
		"UPDATE audit SET service = x'78' WHERE id = 3",
		"UPDATE audit SET rhost = x'78' WHERE id = 3",
		"UPDATE audit SET session = 4 WHERE id = 3",
		"UPDATE audit SET chain = zeroblob(32) WHERE id = 3",
		"UPDATE audit SET user = x'616c', actor = x'696365616c696365' WHERE id = 3",
		"UPDATE audit SET user = zeroblob(100000) WHERE id = 3",
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		assert_int_equal(broken_by(changes[i]), 3);
		assert_int_equal(tear_down_audit(state), 0);
		assert_int_equal(set_up_audit(state), 0);
	}
}

static void
a_row_missing_in_the_middle_is_found(void **state)
{
	(void)state;
	assert_int_equal(broken_by("DELETE FROM audit WHERE id = 2"), 2);
}

static void
a_row_missing_at_the_beginning_is_found(void **state)
{
	(void)state;
	assert_int_equal(broken_by("DELETE FROM audit WHERE id = 1"), 1);
}

static void
rows_that_moved_up_are_found(void **state)
{
	(void)state;
	assert_int_equal(broken_by("DELETE FROM audit WHERE id = 2;"
				   "UPDATE audit SET id = id - 1 WHERE id > 2"),
			 2);
}

static void
rows_in_another_order_are_found(void **state)
{
	(void)state;
	assert_int_equal(broken_by("UPDATE audit SET id = 99 WHERE id = 3;"
				   "UPDATE audit SET id = 3 WHERE id = 4;"
				   "UPDATE audit SET id = 4 WHERE id = 99"),
			 3);
}

static void
a_row_that_was_put_in_is_found(void **state)
{
	(void)state;
	assert_int_equal(broken_by("INSERT INTO audit SELECT 6, time, event, user, uid, actor,"
				   " method, result, reason, service, rhost, session, chain"
				   " FROM audit WHERE id = 5"),
			 6);
}

static void
a_chain_of_another_key_is_broken_from_its_first_row(void **state)
{
	int64_t broken = 0;

	(void)state;
	write_rows();
	vault_stop(vault);
	assert_int_equal(vault_start(&vault, scratch_path(&scratch, "other"), 1), 0);
	assert_int_equal(verify(&broken), 1);
	assert_int_equal(broken, 1);
}

static void
an_event_of_a_transaction_that_was_undone_was_never_said(void **state)
{
	int64_t broken = 0, id = 0;
	unsigned char chain[STORE_HASH_SIZE];

	(void)state;
	assert_int_equal(write_event(AUDIT_CODE_SENT, "alice"), 0);
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(write_event(AUDIT_METHOD_ADDED, "alice"), 0);
	assert_int_equal(write_event(AUDIT_REGISTRATION_FINISHED, "alice"), 0);
	store_rollback(store);
	assert_int_equal(lines_logged, 1);
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(write_event(AUDIT_METHOD_ADDED, "alice"), 0);
	assert_int_equal(write_event(AUDIT_REGISTRATION_FINISHED, "alice"), 0);
	assert_int_equal(store_commit(store), 0);
	assert_int_equal(lines_logged, 3);
	assert_line_has_head();
	assert_int_equal(store_audit_head(store, &id, chain), STORE_DONE);
	assert_int_equal(id, 3);
	assert_int_equal(verify(&broken), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up_audit, tear_down_audit)
		T(an_event_leaves_a_line_with_the_head_and_a_row),
		T(every_event_has_a_word_of_its_own),
		T(what_must_be_audited_has_a_word),
		T(foreign_text_cannot_forge_a_line),
		T(the_longest_line_still_ends_with_its_head),
		T(a_whole_chain_is_whole),
		T(a_changed_row_is_found),
		T(a_row_missing_in_the_middle_is_found),
		T(a_row_missing_at_the_beginning_is_found),
		T(rows_that_moved_up_are_found),
		T(rows_in_another_order_are_found),
		T(a_row_that_was_put_in_is_found),
		T(a_chain_of_another_key_is_broken_from_its_first_row),
		T(an_event_of_a_transaction_that_was_undone_was_never_said),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
