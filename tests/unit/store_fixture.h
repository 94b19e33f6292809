/*
 * A store in a folder of its own, and what was logged. Included once by such a test, after cmocka.h.
 */
#ifndef SSPR_TESTS_UNIT_STORE_FIXTURE_H
#define SSPR_TESTS_UNIT_STORE_FIXTURE_H

#include "ssprd/core/store.h"
#include "tests/unit/scratch.h"
#include "text/log.h"

static struct scratch scratch;
static struct store *store; /* opened by set_up_store, closed by tear_down */
static int lines_logged;
static char last_line[LOG_LINE_MAX];

static inline void
note_line(int priority, const char *text, void *arg)
{
	(void)priority;
	(void)arg;
	lines_logged++;
	snprintf(last_line, sizeof(last_line), "%s", text);
}

static inline int
set_up(void **state)
{
	(void)state;
	log_to(note_line, NULL);
	lines_logged = 0;
	return scratch_make(&scratch);
}

static inline int
tear_down(void **state)
{
	(void)state;
	store_close(store);
	store = NULL;
	scratch_remove(&scratch);
	return 0;
}

static inline const char *
db(void)
{
	return scratch_path(&scratch, "db");
}

static inline void
open_store(void)
{
	assert_int_equal(store_open(&store, db()), STORE_DONE);
}

static inline void
close_store(void)
{
	store_close(store);
	store = NULL;
}

/* A folder and an open store. */
static inline int
set_up_store(void **state)
{
	if (set_up(state) < 0 || store_open(&store, db()) != STORE_DONE)
		return -1;
	lines_logged = 0;
	return 0;
}

static inline void
reopen_store(void)
{
	close_store();
	open_store();
}

/* A new record's id. */
static inline int64_t
new_user(const char *name)
{
	struct store_user user = { .uid = 1000, .local_password = true, .told_at = 5 };

	snprintf(user.name, sizeof(user.name), "%s", name);
	assert_int_equal(store_user_put(store, &user), STORE_DONE);
	return user.id;
}

typedef unsigned char hash_bytes[STORE_HASH_SIZE];

/* A hash of its own for each number. */
static inline void
make_hash(hash_bytes hash, int number)
{
	memset(hash, 0, STORE_HASH_SIZE);
	memcpy(hash, &number, sizeof(number));
}

static inline int
count_events(void)
{
	unsigned char key[STORE_HASH_SIZE] = { 0 };
	int count = -1;

	assert_int_equal(store_event_count(store, key, 0, &count), 0);
	return count;
}

static inline int
add_event(void)
{
	unsigned char key[STORE_HASH_SIZE] = { 0 };

	return store_event_add(store, key, 1);
}

#endif
