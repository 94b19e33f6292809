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
