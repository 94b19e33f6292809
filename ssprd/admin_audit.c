/*
 * org.sspr.Sspr1.Admin: the audit, read and verified. A piece a call: however many rows there are, no dialog waits for them.
 */
#include <stdio.h>

#include "ssprd/admin.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/store.h"
#include "ssprd/daemon.h"

#define LIST_ROWS   500  /* in one reply of Audit */
#define VERIFY_ROWS 5000 /* walked in one call of AuditVerify */
#define HEX_SIZE    (2 * AUDIT_HEAD_SIZE + 1)

static const char *
hex_of(const unsigned char head[AUDIT_HEAD_SIZE], char hex[HEX_SIZE])
{
	for (size_t i = 0; i < AUDIT_HEAD_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", head[i]);
	return hex;
}

struct listing {
	struct bus_call *call;
	int rows;
};

static int
put_row(const struct store_audit *row, void *arg)
{
	struct listing *l = arg;
	char hex[HEX_SIZE];

	if (l->rows++ == LIST_ROWS)
		return 1;
	reply_open_dict(l->call);
	reply_long(l->call, "row", row->id);
	reply_long(l->call, "time", row->time);
	reply_text(l->call, "event", row->event);
	reply_bytes(l->call, "user", row->user);
	reply_long(l->call, "uid", row->uid);
	reply_bytes(l->call, "actor", row->actor);
	reply_bytes(l->call, "method", row->method);
	reply_bytes(l->call, "result", row->result);
	reply_bytes(l->call, "reason", row->reason);
	reply_bytes(l->call, "service", row->service);
	reply_bytes(l->call, "rhost", row->rhost);
	reply_long(l->call, "session", row->session);
	reply_text(l->call, "head", hex_of(row->chain, hex));
	reply_close(l->call);
	return 0;
}

int
admin_audit(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	struct listing l = { .call = call };
	int64_t after;
	int r;

	if (!bus_call_number(call, 0, &after) || after < 0 || after == INT64_MAX)
		return BUS_BAD_REQUEST;
	reply_open_list(call, NULL);
	r = store_audit_each(daemon->judge.store, after + 1, put_row, &l);
	reply_close(call);
	return r < 0 ? r : BUS_FINE;
}

int
admin_audit_verify(void *arg, struct bus_call *call)
{
	struct daemon *daemon = arg;
	struct judge *j = &daemon->judge;
	struct audit_walk found;
	char hex[HEX_SIZE];
	int64_t after;
	int r;

	if (!bus_call_number(call, 0, &after) || after < 0 || after == INT64_MAX)
		return BUS_BAD_REQUEST;
	r = audit_verify(j->store, j->vault, after, VERIFY_ROWS, &found);
	if (r < 0)
		return r;
	reply_open_dict(call);
	reply_long(call, "last", found.last);
	reply_text(call, "head", hex_of(found.head, hex));
	reply_long(call, "broken", found.broken);
	reply_int(call, "rows", found.rows);
	reply_bool(call, "more", found.more);
	reply_close(call);
	return BUS_FINE;
}
