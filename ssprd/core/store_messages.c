/*
 * What a user must be told: changes at the next sign-in, messages until they were sent.
 */
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/store_sql.h"

static void
start(struct query *q, struct store *store, enum sql sql, int64_t user)
{
	query_start(q, store, sql);
	query_number(q, 1, user);
}

static int
add_notice(struct store *store, int64_t user, const struct store_notice *n)
{
	struct query q;

	start(&q, store, SQL_NOTICE_ADD, user);
	query_number(&q, 2, n->time);
	query_word(&q, 3, n->kind);
	query_word(&q, 4, n->method);
	query_name(&q, 5, n->from);
	return query_change_owned(&q);
}

int
store_notice_add(struct store *store, int64_t user, const struct store_notice *n)
{
	struct query q;
	bool own;
	int r = store_join(store, &own);

	if (r < 0)
		return r;
	r = add_notice(store, user, n);
	if (r == 0) {
		start(&q, store, SQL_NOTICE_TRIM, user);
		query_number(&q, 2, STORE_NOTICES_MAX);
		r = query_change(&q);
	}
	return store_leave(store, own, r < 0 ? r : 0);
}

static int
read_notice(struct query *q, struct store_notice *n)
{
	int r;

	n->id = query_get_number(q, 0);
	n->time = query_get_number(q, 1);
	r = query_get_name(q, 2, n->kind, sizeof(n->kind));
	if (r == 0)
		r = query_get_name(q, 3, n->method, sizeof(n->method));
	if (r == 0)
		r = query_get_name(q, 4, n->from, sizeof(n->from));
	return r;
}

int
store_notices(struct store *store, int64_t user, struct store_notice list[STORE_NOTICES_MAX],
	      int *count)
{
	struct query q;
	int r, n = 0;

	start(&q, store, SQL_NOTICES, user);
	query_number(&q, 2, STORE_NOTICES_MAX);
	while (query_more(&q, &r)) {
		r = read_notice(&q, &list[n]);
		if (r < 0)
			break;
		n++;
	}
	query_done(&q);
	if (r == 0)
		*count = n;
	return r;
}

int
store_notices_told(struct store *store, int64_t user, int64_t last_id)
{
	struct query q;

	start(&q, store, SQL_NOTICES_TOLD, user);
	query_number(&q, 2, last_id);
	return query_change(&q);
}

void
store_message_done(struct store_message *m)
{
	free(m->sealed);
	m->sealed = NULL;
	m->sealed_len = 0;
}

static int
count_waiting(struct store *store, int64_t user, int64_t *count)
{
	struct query q;
	int r;

	start(&q, store, SQL_OUTBOX_COUNT, user);
	r = query_row(&q);
	if (r == STORE_DONE)
		*count = query_get_number(&q, 0);
	query_done(&q);
	return r;
}

int
store_outbox_add(struct store *store, struct store_message *m)
{
	int64_t waiting = 0;
	struct query q;
	int r = count_waiting(store, m->user, &waiting);

	if (r < 0)
		return r;
	if (waiting >= STORE_OUTBOX_MAX)
		return STORE_FULL;
	start(&q, store, SQL_OUTBOX_ADD, m->user);
	query_word(&q, 2, m->kind);
	query_number(&q, 3, m->made_at);
	query_number(&q, 4, m->next_try);
	query_number(&q, 5, m->tries);
	query_bytes(&q, 6, m->sealed, m->sealed_len);
	r = query_change_owned(&q);
	if (r == STORE_DONE)
		m->id = query_inserted(store);
	return r;
}

static int
read_message(struct query *q, struct store_message *m)
{
	m->id = query_get_number(q, 0);
	m->user = query_get_number(q, 1);
	m->made_at = query_get_number(q, 3);
	m->next_try = query_get_number(q, 4);
	m->tries = (int)query_get_number(q, 5);
	return query_get_name(q, 2, m->kind, sizeof(m->kind));
}

int
store_outbox_first(struct store *store, struct store_message *m)
{
	struct store_message found = { 0 };
	struct query q;
	int r;

	query_start(&q, store, SQL_OUTBOX_FIRST);
	r = query_row(&q);
	if (r == STORE_DONE)
		r = read_message(&q, &found);
	if (r == STORE_DONE)
		r = query_get_copy(&q, 6, STORE_BLOB_MAX, &found.sealed, &found.sealed_len);
	if (r == STORE_DONE)
		*m = found;
	query_done(&q);
	return r;
}

int
store_outbox_later(struct store *store, int64_t id, int64_t next_try, bool failed)
{
	struct query q;

	start(&q, store, SQL_OUTBOX_LATER, id);
	query_number(&q, 2, next_try);
	query_number(&q, 3, failed);
	return query_change(&q);
}

int
store_outbox_remove(struct store *store, int64_t id)
{
	struct query q;

	start(&q, store, SQL_OUTBOX_REMOVE, id);
	store->wipe = true; /* it held a destination */
	return query_change(&q);
}
