/*
 * The audit of core/audit.h. A row's hash covers the hash before it, its number, and each of its values with its
 * length, so that no two rows read alike.
 */
#include "ssprd/core/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"

#define TEXT_MAX   255 /* bytes of a text that are kept */
#define SHOWN_MAX  80  /* of them, escapes counted, in the journal line */
#define TEXT_COUNT 8
#define CHAIN_MAX  (STORE_HASH_SIZE + 4 * 8 + TEXT_COUNT * (8 + TEXT_MAX))
#define LINE_SIZE  1000 /* under LOG_LINE_MAX: the head stands last and must not be cut off */

_Static_assert(VAULT_HASH_SIZE == STORE_HASH_SIZE, "the chain is a vault hash");

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

enum audit_event
audit_from_word(const char *word)
{
	int event = 0;

	while (event < AUDIT_EVENT_COUNT && (!word || strcmp(words[event], word) != 0))
		event++;
	return (enum audit_event)event;
}

/* A row's texts in the order of the chain and of the journal line. */
static void
texts_of(const struct store_audit *row, const char *texts[TEXT_COUNT])
{
	const char *const all[TEXT_COUNT] = { row->event,  row->user,   row->actor,   row->method,
					      row->result, row->reason, row->service, row->rhost };

	memcpy(texts, all, sizeof(all));
}

static size_t
put_number(unsigned char *out, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(number >> (8 * i));
	return 8;
}

/* The hash of the row with this number, behind the row whose hash is `before`. -EMSGSIZE: a text is too long. */
static int
chain_of(struct vault *vault, const unsigned char before[STORE_HASH_SIZE],
	 const struct store_audit *row, int64_t id, unsigned char chain[STORE_HASH_SIZE])
{
	unsigned char data[CHAIN_MAX];
	const char *texts[TEXT_COUNT];
	size_t len = STORE_HASH_SIZE;

	memcpy(data, before, STORE_HASH_SIZE);
	len += put_number(data + len, (uint64_t)id);
	len += put_number(data + len, (uint64_t)row->time);
	len += put_number(data + len, (uint64_t)row->uid);
	len += put_number(data + len, (uint64_t)row->session);
	texts_of(row, texts);
	for (int i = 0; i < TEXT_COUNT; i++) {
		size_t size = strlen(texts[i]);

		if (size > TEXT_MAX)
			return -EMSGSIZE;
		len += put_number(data + len, size);
		memcpy(data + len, texts[i], size);
		len += size;
	}
	vault_hash(vault, "audit", data, len, chain);
	return 0;
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
	const char *texts[TEXT_COUNT];
	char safe[TEXT_COUNT][SHOWN_MAX + 1];
	char head[2 * STORE_HASH_SIZE + 1];

	texts_of(row, texts);
	for (int i = 0; i < TEXT_COUNT; i++)
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
	char text[TEXT_MAX + 1];
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
	r = chain_of(vault, before, row, last + 1, row->chain);
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
	struct kept kept[TEXT_COUNT - 1];
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

struct walk {
	struct vault *vault;
	int64_t last;
	unsigned char before[STORE_HASH_SIZE];
	int64_t broken;
};

static int
check_row(const struct store_audit *row, void *arg)
{
	struct walk *walk = arg;
	unsigned char chain[STORE_HASH_SIZE];
	int64_t id = walk->last + 1;

	if (row->id != id || chain_of(walk->vault, walk->before, row, id, chain) < 0 ||
	    !vault_equal(chain, row->chain, sizeof(chain))) {
		walk->broken = id;
		return 1;
	}
	walk->last = id;
	memcpy(walk->before, chain, sizeof(chain));
	return 0;
}

int
audit_verify(struct store *store, struct vault *vault, int64_t *broken)
{
	struct walk walk = { .vault = vault };
	int r = store_audit_each(store, INT64_MIN, check_row, &walk);

	if (r == 1)
		*broken = walk.broken;
	return r;
}
