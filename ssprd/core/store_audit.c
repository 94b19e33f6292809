/*
 * Audit rows: added at the end, read in order, never changed; removed at the beginning, where a checkpoint stands for
 * them.
 */
#include <string.h>

#include "ssprd/core/store_sql.h"

int
store_audit_add(struct store *store, struct store_audit *row)
{
	struct query q;
	int r;

	query_start(&q, store, SQL_AUDIT_ADD);
	query_number(&q, 1, row->time);
	query_word(&q, 2, row->event);
	query_name(&q, 3, row->user);
	query_number(&q, 4, row->uid);
	query_name(&q, 5, row->actor);
	query_name(&q, 6, row->method);
	query_name(&q, 7, row->result);
	query_name(&q, 8, row->reason);
	query_name(&q, 9, row->service);
	query_name(&q, 10, row->rhost);
	query_number(&q, 11, row->session);
	query_bytes(&q, 12, row->chain, sizeof(row->chain));
	r = query_change(&q);
	if (r == STORE_DONE)
		row->id = query_inserted(store);
	return r;
}

int
store_audit_head(struct store *store, int64_t *id, unsigned char chain[STORE_HASH_SIZE])
{
	struct query q;
	int r;

	query_start(&q, store, SQL_AUDIT_HEAD);
	r = query_row(&q);
	if (r == STORE_DONE)
		r = query_get_exact(&q, 1, chain, STORE_HASH_SIZE);
	if (r == STORE_DONE)
		*id = query_get_number(&q, 0);
	query_done(&q);
	return r;
}

/* Columns as AUDIT_COLUMNS in store_sql.c has them; the texts live until the next row. */
static int
read_row(struct query *q, struct store_audit *row)
{
	row->id = query_get_number(q, 0);
	row->time = query_get_number(q, 1);
	row->event = query_get_text(q, 2);
	row->user = query_get_text(q, 3);
	row->uid = query_get_number(q, 4);
	row->actor = query_get_text(q, 5);
	row->method = query_get_text(q, 6);
	row->result = query_get_text(q, 7);
	row->reason = query_get_text(q, 8);
	row->service = query_get_text(q, 9);
	row->rhost = query_get_text(q, 10);
	row->session = query_get_number(q, 11);
	return query_get_exact(q, 12, row->chain, sizeof(row->chain));
}

int
store_audit_each(struct store *store, int64_t from_id,
		 int (*each)(const struct store_audit *row, void *arg), void *arg)
{
	struct store_audit row;
	struct query q;
	int r;

	query_start(&q, store, SQL_AUDIT_EACH);
	query_number(&q, 1, from_id);
	while (query_more(&q, &r)) {
		r = read_row(&q, &row);
		if (r == 0)
			r = each(&row, arg);
		if (r != 0)
			break;
	}
	query_done(&q);
	return r;
}

int
store_audit_old(struct store *store, int64_t before, int64_t latest, int64_t *id)
{
	struct query q;
	int r;

	query_start(&q, store, SQL_AUDIT_OLD);
	query_number(&q, 1, before);
	query_number(&q, 2, latest);
	r = query_row(&q);
	if (r == STORE_DONE)
		*id = query_get_number(&q, 0);
	query_done(&q);
	return r;
}

int
store_audit_remove(struct store *store, int64_t upto)
{
	struct query q;
	int r;

	query_start(&q, store, SQL_AUDIT_REMOVE);
	query_number(&q, 1, upto);
	r = query_change(&q);
	if (r == STORE_DONE) /* they say who was where */
		store->wipe = true;
	return r;
}

int
store_checkpoint_get(struct store *store, struct store_checkpoint *c)
{
	struct query q;
	int r;

	query_start(&q, store, SQL_CHECKPOINT_GET);
	r = query_row(&q);
	if (r == STORE_DONE) {
		c->row = query_get_number(&q, 0);
		c->broken = query_get_number(&q, 2);
		r = query_get_exact(&q, 1, c->chain, sizeof(c->chain));
	}
	if (r == STORE_DONE)
		r = query_get_exact(&q, 3, c->seal, sizeof(c->seal));
	query_done(&q);
	return r;
}

int
store_checkpoint_put(struct store *store, const struct store_checkpoint *c)
{
	struct query q;

	query_start(&q, store, SQL_CHECKPOINT_PUT);
	query_number(&q, 1, c->row);
	query_bytes(&q, 2, c->chain, sizeof(c->chain));
	query_number(&q, 3, c->broken);
	query_bytes(&q, 4, c->seal, sizeof(c->seal));
	return query_change(&q);
}
