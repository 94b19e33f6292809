/*
 * Registered methods and the codes that wait, one of each a user and method.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/store_sql.h"

void
store_method_done(struct store_method *m)
{
	free(m->sealed);
	m->sealed = NULL;
	m->sealed_len = 0;
}

void
store_code_done(struct store_code *c)
{
	free(c->sealed);
	c->sealed = NULL;
	c->sealed_len = 0;
}

/* Every statement about a method begins with its owner and its word. */
static int
start(struct query *q, struct store *store, enum sql sql, int64_t user, enum method method)
{
	const char *word = method_word(method);

	if (!word)
		return -EINVAL;
	query_start(q, store, sql);
	query_number(q, 1, user);
	query_word(q, 2, word);
	return 0;
}

/* Columns as METHOD_COLUMNS in store_sql.c has them. */
static void
read_method(struct query *q, struct store_method *m)
{
	memset(m, 0, sizeof(*m));
	m->method = method_from_word(query_get_text(q, 0));
	m->registered_at = query_get_number(q, 1);
	m->proven_at = query_get_number(q, 2);
	m->last_step = query_get_number(q, 3);
}

int
store_method_get(struct store *store, int64_t user, enum method method, bool with_sealed,
		 struct store_method *m)
{
	unsigned char *sealed = NULL;
	size_t len = 0;
	struct query q;
	int r = start(&q, store, SQL_METHOD_GET, user, method);

	if (r < 0)
		return r;
	query_number(&q, 3, with_sealed);
	r = query_row(&q);
	if (r == STORE_DONE)
		r = query_get_copy(&q, 4, STORE_BLOB_MAX, &sealed, &len);
	if (r == STORE_DONE) {
		read_method(&q, m);
		m->sealed = sealed;
		m->sealed_len = len;
	}
	query_done(&q);
	return r;
}

int
store_method_put(struct store *store, int64_t user, const struct store_method *m)
{
	struct query q;
	int r = start(&q, store, SQL_METHOD_PUT, user, m->method);

	if (r < 0)
		return r;
	query_number(&q, 3, m->registered_at);
	query_number(&q, 4, m->proven_at);
	query_number(&q, 5, m->last_step);
	query_bytes(&q, 6, m->sealed, m->sealed_len);
	store->wipe = true; /* it may replace an older record */
	return query_change_owned(&q);
}

int
store_method_remove(struct store *store, int64_t user, enum method method)
{
	struct query q;
	int r = start(&q, store, SQL_METHOD_REMOVE, user, method);

	if (r < 0)
		return r;
	store->wipe = true;
	return query_change(&q);
}

int
store_methods(struct store *store, int64_t user, struct store_method methods[METHOD_COUNT])
{
	struct store_method m;
	struct query q;
	int r;

	memset(methods, 0, METHOD_COUNT * sizeof(methods[0]));
	for (int i = 0; i < METHOD_COUNT; i++)
		methods[i].method = (enum method)i;
	query_start(&q, store, SQL_METHODS);
	query_number(&q, 1, user);
	while (query_more(&q, &r)) {
		read_method(&q, &m);
		if (m.method < METHOD_COUNT)
			methods[m.method] = m;
	}
	query_done(&q);
	return r;
}

int
store_method_step(struct store *store, int64_t user, enum method method, int64_t step)
{
	struct query q;
	int r = start(&q, store, SQL_METHOD_STEP, user, method);

	if (r < 0)
		return r;
	query_number(&q, 3, step);
	return query_change(&q);
}

int
store_code_get(struct store *store, int64_t user, enum method method, struct store_code *c)
{
	struct store_code found = { 0 };
	struct query q;
	int r = start(&q, store, SQL_CODE_GET, user, method);

	if (r < 0)
		return r;
	r = query_row(&q);
	if (r == STORE_DONE)
		r = query_get_exact(&q, 0, found.hash, sizeof(found.hash));
	if (r == STORE_DONE)
		r = query_get_copy(&q, 3, STORE_BLOB_MAX, &found.sealed, &found.sealed_len);
	if (r == STORE_DONE) {
		found.expires = query_get_number(&q, 1);
		found.tries_used = (int)query_get_number(&q, 2);
		*c = found;
	}
	query_done(&q);
	return r;
}

int
store_code_put(struct store *store, int64_t user, enum method method, const struct store_code *c)
{
	struct query q;
	int r = start(&q, store, SQL_CODE_PUT, user, method);

	if (r < 0)
		return r;
	query_bytes(&q, 3, c->hash, sizeof(c->hash));
	query_number(&q, 4, c->expires);
	query_number(&q, 5, c->tries_used);
	query_bytes(&q, 6, c->sealed, c->sealed_len);
	store->wipe = true; /* it may replace an older destination */
	return query_change_owned(&q);
}

int
store_code_count(struct store *store, int64_t user, enum method method, int *tries_used)
{
	struct query q;
	int used = 0;
	int r = start(&q, store, SQL_CODE_COUNT, user, method);

	if (r < 0)
		return r;
	r = query_row(&q);
	if (r == STORE_DONE) {
		used = (int)query_get_number(&q, 0);
		r = query_change(&q); /* only the end of the statement commits it */
	} else {
		query_done(&q);
	}
	if (r == STORE_DONE)
		*tries_used = used;
	return r;
}

int
store_code_remove(struct store *store, int64_t user, enum method method)
{
	struct query q;
	int r = start(&q, store, SQL_CODE_REMOVE, user, method);

	if (r < 0)
		return r;
	store->wipe = true;
	return query_change(&q);
}
