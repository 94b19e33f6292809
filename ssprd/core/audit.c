/*
 * The audit of core/audit.h: events written, the chain walked, what is too old removed.
 */
#include "ssprd/core/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/core/chain.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"

#define SHOWN_MAX 80   /* bytes of a text, escapes counted, in the journal line */
#define LINE_SIZE 1000 /* under LOG_LINE_MAX: the head stands last and must not be cut off */

static const char *const words[AUDIT_EVENT_COUNT] = {
	[AUDIT_REGISTRATION_STARTED] = "registration-started",
	[AUDIT_REGISTRATION_FINISHED] = "registration-finished",
	[AUDIT_REGISTRATION_POSTPONED] = "registration-postponed",
	[AUDIT_REGISTRATION_DECLINED] = "registration-declined",
	[AUDIT_METHOD_ADDED] = "method-added",
	[AUDIT_METHOD_CONFIRMED] = "method-confirmed",
	[AUDIT_METHOD_REPLACED] = "method-replaced",
	[AUDIT_METHOD_REMOVED] = "method-removed",
	[AUDIT_METHOD_FAILED] = "method-failed",
	[AUDIT_CODE_SENT] = "code-sent",
	[AUDIT_CODE_FAILED] = "code-failed",
	[AUDIT_CODE_WRONG] = "code-wrong",
	[AUDIT_CANNOT_PROVE] = "cannot-prove",
	[AUDIT_FILLED_IN] = "filled-in",
	[AUDIT_REQUIRED] = "required",
	[AUDIT_HELP_CODE_MADE] = "help-code-made",
	[AUDIT_HELP_CODE_USED] = "help-code-used",
	[AUDIT_HELP_CODE_WRONG] = "help-code-wrong",
	[AUDIT_BLOCKED] = "blocked",
	[AUDIT_UNBLOCKED] = "unblocked",
	[AUDIT_FROZEN] = "frozen",
	[AUDIT_FREEZE_WRONG] = "freeze-wrong",
	[AUDIT_NOTIFICATION_SENT] = "notification-sent",
	[AUDIT_NOTIFICATION_FAILED] = "notification-failed",
	[AUDIT_RESET_STARTED] = "reset-started",
	[AUDIT_RESET_VERIFIED] = "reset-verified",
	[AUDIT_RESET_CHANGED] = "reset-changed",
	[AUDIT_RESET_REFUSED] = "reset-refused",
	[AUDIT_UNLOCKED] = "unlocked",
	[AUDIT_RECORD_VIEWED] = "record-viewed",
	[AUDIT_RECORD_SET_ASIDE] = "record-set-aside",
	[AUDIT_SESSION_VIOLATION] = "session-violation",
	[AUDIT_POLICY_LOADED] = "policy-loaded",
	[AUDIT_POLICY_REFUSED] = "policy-refused",
	[AUDIT_KEY_ROTATED] = "key-rotated",
};

const char *
audit_word(enum audit_event event)
{
	return (unsigned int)event < AUDIT_EVENT_COUNT ? words[event] : NULL;
}

/*
 * A text that others wrote, for a line of key=value pairs: printable ASCII without blank, quote, = and \ as it is,
 * every other byte as \xHH, a text that is too long with .. at its end, nothing as -.
 */
static void
make_safe(const char *text, char out[SHOWN_MAX + 1])
{
	size_t len = 0;

	if (!*text || strcmp(text, "-") == 0) {
		snprintf(out, SHOWN_MAX + 1, "%s", *text ? "\\x2d" : "-");
		return;
	}
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (len + 4 + 2 > SHOWN_MAX) {
			out[len++] = '.';
			out[len++] = '.';
			break;
		}
		if (c > ' ' && c < 0x7f && !strchr("\"=\\'", c))
			out[len++] = (char)c;
		else
			len += (size_t)snprintf(out + len, 5, "\\x%02x", c);
	}
	out[len] = '\0';
}

static void
make_line(const struct store_audit *row, char line[LINE_SIZE])
{
	const char *texts[CHAIN_TEXT_COUNT];
	char safe[CHAIN_TEXT_COUNT][SHOWN_MAX + 1];
	char head[2 * STORE_HASH_SIZE + 1];

	chain_texts(row, texts);
	for (int i = 0; i < CHAIN_TEXT_COUNT; i++)
		make_safe(texts[i], safe[i]);
	for (size_t i = 0; i < STORE_HASH_SIZE; i++)
		snprintf(head + 2 * i, 3, "%02x", row->chain[i]);
	snprintf(line, LINE_SIZE,
		 "audit event=%s user=%s uid=%" PRId64 " actor=%s method=%s result=%s reason=%s"
		 " service=%s rhost=%s session=%" PRId64 " row=%" PRId64 " head=%s",
		 safe[0], safe[1], row->uid, safe[2], safe[3], safe[4], safe[5], safe[6], safe[7],
		 row->session, row->id, head);
}

struct kept {
	char text[CHAIN_TEXT_MAX + 1];
};

static const char *
keep(struct kept *kept, const char *text)
{
	snprintf(kept->text, sizeof(kept->text), "%s", text ? text : "");
	return kept->text;
}

static int
write_row(struct store *store, struct vault *vault, struct store_audit *row)
{
	unsigned char before[STORE_HASH_SIZE] = { 0 };
	char line[LINE_SIZE];
	int64_t last = 0;
	int r = store_audit_head(store, &last, before);

	if (r < 0)
		return r;
	r = chain_hash(vault, before, row, last + 1, row->chain);
	if (r == 0)
		r = store_audit_add(store, row);
	if (r < 0)
		return r;
	make_line(row, line);
	return store_log_committed(store, line);
}

int
audit_write(struct store *store, struct vault *vault, const struct audit_entry *entry)
{
	struct kept kept[CHAIN_TEXT_COUNT - 1];
	struct store_audit row = {
		.time = entry->now,
		.event = audit_word(entry->event),
		.user = keep(&kept[0], entry->user),
		.actor = keep(&kept[1], entry->actor),
		.method = keep(&kept[2], entry->method),
		.result = keep(&kept[3], entry->result),
		.reason = keep(&kept[4], entry->reason),
		.service = keep(&kept[5], entry->service),
		.rhost = keep(&kept[6], entry->rhost),
		.uid = entry->uid,
		.session = entry->session,
	};

	if (!row.event)
		return -EINVAL;
	return write_row(store, vault, &row);
}

/* The checkpoint; where there is none, the beginning of the chain, and r is STORE_NONE. */
static int
load_checkpoint(struct store *store, struct vault *vault, struct store_checkpoint *c)
{
	unsigned char seal[STORE_HASH_SIZE];
	int r = store_checkpoint_get(store, c);

	if (r != STORE_DONE)
		return r;
	chain_seal(vault, c, seal);
	if (!c->broken && !vault_equal(seal, c->seal, sizeof(seal)))
		c->broken = c->row > 0 ? c->row : 1;
	return STORE_DONE;
}

struct walk {
	struct vault *vault;
	struct audit_walk *found;
	int most;
};

static int
check_row(const struct store_audit *row, void *arg)
{
	struct walk *walk = arg;
	struct audit_walk *found = walk->found;
	unsigned char chain[STORE_HASH_SIZE];
	int64_t id = found->last + 1;

	if (found->rows == walk->most) {
		found->more = true;
		return 1;
	}
	if (row->id != id || chain_hash(walk->vault, found->head, row, id, chain) < 0 ||
	    !vault_equal(chain, row->chain, sizeof(chain))) {
		found->broken = id;
		return 1;
	}
	found->rows++;
	found->last = id;
	memcpy(found->head, chain, sizeof(chain));
	return 0;
}

/* The row that an earlier walk ended with is where this one begins. */
static int
take_head(const struct store_audit *row, void *arg)
{
	struct audit_walk *found = arg;

	found->last = row->id;
	memcpy(found->head, row->chain, STORE_HASH_SIZE);
	return 1;
}

int
audit_verify(struct store *store, struct vault *vault, int64_t after, int most,
	     struct audit_walk *found)
{
	struct walk walk = { .vault = vault, .found = found, .most = most };
	struct store_checkpoint c = { 0 };
	int r = load_checkpoint(store, vault, &c);

	*found = (struct audit_walk){ .last = c.row, .broken = c.broken };
	memcpy(found->head, c.chain, STORE_HASH_SIZE);
	if (r < 0 || found->broken)
		return r < 0 ? r : 0;
	if (after > c.row) {
		r = store_audit_each(store, after, take_head, found);
		if (r >= 0 && found->last != after)
			found->broken = after;
	}
	if (r >= 0 && !found->broken)
		r = store_audit_each(store, found->last + 1, check_row, &walk);
	return r < 0 ? r : 0;
}

/* What is to be removed is looked at a last time: that it did not fit stays known. */
struct trimming {
	struct vault *vault;
	struct store_checkpoint *c;
	int64_t upto;
	int rows, most;
};

static int
trim_row(const struct store_audit *row, void *arg)
{
	struct trimming *t = arg;
	struct store_checkpoint *c = t->c;
	unsigned char chain[STORE_HASH_SIZE];
	int64_t id = c->row + 1;

	if (row->id > t->upto || t->rows == t->most)
		return 1;
	if (!c->broken && (row->id != id || chain_hash(t->vault, c->chain, row, id, chain) < 0 ||
			   !vault_equal(chain, row->chain, sizeof(chain))))
		c->broken = id;
	t->rows++;
	c->row = row->id;
	memcpy(c->chain, row->chain, STORE_HASH_SIZE);
	return 0;
}

static int
trim(struct store *store, struct vault *vault, int64_t before, int64_t now, int most)
{
	struct store_checkpoint c = { 0 };
	struct trimming t = { .vault = vault, .c = &c, .most = most };
	char line[160];
	int r = store_audit_old(store, before, now + AUDIT_CLOCK_SLACK, &t.upto);

	if (r != STORE_DONE)
		return r < 0 ? r : 0;
	r = load_checkpoint(store, vault, &c);
	if (r >= 0)
		r = store_audit_each(store, INT64_MIN, trim_row, &t);
	if (r < 0 || t.rows == 0)
		return r < 0 ? r : 0;
	chain_seal(vault, &c, c.seal);
	r = store_checkpoint_put(store, &c);
	if (r >= 0)
		r = store_audit_remove(store, c.row);
	snprintf(line, sizeof(line),
		 "audit: %d rows up to row %" PRId64 " were too old and are removed%s", t.rows,
		 c.row, c.broken ? "; the chain was broken there" : "");
	if (r >= 0)
		r = store_log_committed(store, line);
	return r < 0 ? r : t.rows;
}

int
audit_trim(struct store *store, struct vault *vault, int64_t before, int64_t now, int most)
{
	bool own;
	int r = store_join(store, &own);

	return r < 0 ? r : store_leave(store, own, trim(store, vault, before, now, most));
}
