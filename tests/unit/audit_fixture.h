/*
 * A store, a vault and an audit in them. Included once by such a test, after cmocka.h.
 */
#ifndef SSPR_TESTS_UNIT_AUDIT_FIXTURE_H
#define SSPR_TESTS_UNIT_AUDIT_FIXTURE_H

#include "ssprd/core/audit.h"
#include "ssprd/core/store_sql.h"
#include "ssprd/core/vault.h"
#include "tests/unit/store_fixture.h"

#define ROWS 5

static struct vault *vault;

static inline int
set_up_audit(void **state)
{
	if (set_up_store(state) < 0)
		return -1;
	return vault_start(&vault, scratch_path(&scratch, "key"), 1);
}

static inline int
tear_down_audit(void **state)
{
	vault_stop(vault);
	vault = NULL;
	return tear_down(state);
}

static inline int
write_event(enum audit_event event, const char *user)
{
	struct audit_entry entry = { .event = event,
				     .user = user,
				     .actor = user,
				     .method = "email",
				     .uid = 1000,
				     .session = 3,
				     .now = 100 };

	return audit_write(store, vault, &entry);
}

/* The whole chain. 0, or 1: *broken is the first row that does not fit. */
static inline int
verify(int64_t *broken)
{
	struct audit_walk found;

	assert_int_equal(audit_verify(store, vault, 0, 1000, &found), 0);
	assert_false(found.more);
	if (!found.broken)
		return 0;
	*broken = found.broken;
	return 1;
}

static inline void
write_rows(void)
{
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(write_event(AUDIT_CODE_SENT, "alice"), 0);
}

#endif
