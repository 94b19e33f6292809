/* The outbox: what is due is found in the store, one after the other; what is under way is known here alone. */
#include "ssprd/outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ssprd/core/audit.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/delivery.h"
#include "ssprd/judge.h"
#include "ssprd/user.h"
#include "ssprd/words.h"
#include "text/log.h"

#define STORE_BROKEN_PAUSE 60 /* seconds until a store that failed is asked again */
#define UNDER_WAY_SPARE    20 /* seconds beyond the time that a delivery may take */
#define ID_BYTES           16

/* What is sealed: texts in this order, each with its NUL. */
enum part { PART_TO, PART_USER, PART_UID, PART_HOST, PART_LANG, PART_TEXT, PART_COUNT };

struct outbox_sending {
	struct outbox *outbox;
	int64_t id, made_at, uid;
	int tries;
	enum way way;
	char user[USER_NAME_MAX + 1];
	struct outbox_sending *next;
};

static struct vault_place
place_of(enum way way, int64_t user)
{
	return (struct vault_place){ user, way_word(way), "outbox" };
}

static int
seal(struct judge *j, const struct outbox_letter *l, struct store_message *m)
{
	char user[USER_NAME_MAX + 1], host[HOST_NAME_MAX_BYTES + 1], uid[24];
	const char *parts[PART_COUNT] = { l->to, user, uid, host, l->lang ? l->lang : "", l->text };
	struct vault_place place = place_of(l->way, m->user);
	struct secret plain = { 0 };
	size_t size = 0, at = 0;
	int r;

	words_printable(l->user->stored.name, user, sizeof(user));
	words_printable(j->host, host, sizeof(host));
	snprintf(uid, sizeof(uid), "%" PRId64, l->user->stored.uid);
	for (int i = 0; i < PART_COUNT; i++)
		size += strlen(parts[i]) + 1;
	r = secret_room(&plain, size);
	for (int i = 0; r == 0 && i < PART_COUNT; i++) {
		memcpy(plain.data + at, parts[i], strlen(parts[i]) + 1);
		at += strlen(parts[i]) + 1;
	}
	if (r == 0)
		r = vault_seal(j->vault, &place, plain.data, plain.len, &m->sealed, &m->sealed_len);
	secret_done(&plain);
	return r;
}

int
outbox_put(struct judge *j, const struct outbox_letter *l)
{
	struct store_message m = { .user = l->user->stored.id,
				   .made_at = l->now,
				   .next_try = l->now };
	int r = seal(j, l, &m);

	snprintf(m.kind, sizeof(m.kind), "%s", way_word(l->way));
	if (r == 0)
		r = store_outbox_add(j->store, &m);
	store_message_done(&m);
	if (r == STORE_FULL)
		log_error("%d messages about one user wait already: a further one is dropped",
			  STORE_OUTBOX_MAX);
	else if (r == 0 && j->outbox)
		outbox_look(j->outbox);
	return r < 0 ? r : 0;
}

/* Take the sealed texts apart: they point into plain. False: not as sealed here. */
static bool
take_apart(const struct secret *plain, const char *parts[PART_COUNT])
{
	const char *at = secret_text(plain), *end = at + plain->len;

	for (int i = 0; i < PART_COUNT; i++) {
		const char *stop = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;

		if (!stop)
			return false;
		parts[i] = at;
		at = stop + 1;
	}
	return at == end;
}

static int
pause_after(int tries)
{
	int64_t pause = OUTBOX_PAUSE;

	while (tries-- > 0 && pause < OUTBOX_PAUSE_MAX)
		pause *= 2;
	return (int)(pause < OUTBOX_PAUSE_MAX ? pause : OUTBOX_PAUSE_MAX);
}

/* Nothing is tried for ever: a day, or so many tries where the clock was set back. */
static bool
given_up(const struct outbox_sending *s, int64_t now)
{
	return now - s->made_at >= OUTBOX_DAY || s->tries + 1 >= OUTBOX_TRIES_MAX;
}

static int
audit(const struct outbox_sending *s, enum reason reason, int64_t now)
{
	bool sent = reason == REASON_COUNT;
	struct audit_entry entry = {
		.event = sent ? AUDIT_NOTIFICATION_SENT : AUDIT_NOTIFICATION_FAILED,
		.user = s->user,
		.actor = "ssprd",
		.method = way_word(s->way),
		.result = sent ? "sent" : "failed",
		.reason = sent ? NULL : reason_word(reason),
		.uid = s->uid,
		.now = now,
	};

	return audit_write(s->outbox->judge->store, s->outbox->judge->vault, &entry);
}

/* It was sent, or never will be. */
static int
take_out(const struct outbox_sending *s, enum reason reason, int64_t now)
{
	struct store *store = s->outbox->judge->store;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = store_outbox_remove(store, s->id);
	if (r == STORE_DONE)
		r = audit(s, reason, now);
	if (r == 0)
		r = store_commit(store);
	store_rollback(store);
	return r;
}

static int
conclude(const struct outbox_sending *s, enum reason reason, int64_t now)
{
	struct outbox *o = s->outbox;

	if (reason == REASON_COUNT || reason == REASON_BOUNCED)
		return take_out(s, reason, now);
	if (o->stopped)
		return store_outbox_later(o->judge->store, s->id, now, false);
	if (given_up(s, now))
		return take_out(s, reason, now);
	return store_outbox_later(o->judge->store, s->id, now + pause_after(s->tries), true);
}

static void
take_off(struct outbox *o, struct outbox_sending *s)
{
	struct outbox_sending **at = &o->running;

	while (*at && *at != s)
		at = &(*at)->next;
	if (*at) {
		*at = s->next;
		o->running_count--;
	}
}

/* How a delivery ended. What cannot be written down now is tried again when the store says that it is due: twice rather than never. */
static void
delivered(enum reason reason, void *arg)
{
	struct outbox_sending *s = arg;
	struct outbox *o = s->outbox;

	if (conclude(s, reason, time(NULL)) < 0)
		log_error("what became of a message could not be written down: it is sent again");
	take_off(o, s);
	free(s);
	outbox_look(o);
}

static bool
is_running(const struct outbox *o, int64_t id)
{
	const struct outbox_sending *s = o->running;

	while (s && s->id != id)
		s = s->next;
	return s != NULL;
}

/* The same for every try, so that a gateway, or its reader, can tell that it is one message. */
static void
make_id(struct judge *j, const struct store_message *m, char id[2 * ID_BYTES + 1])
{
	const int64_t numbers[] = { m->id, m->made_at, m->user };
	unsigned char hash[VAULT_HASH_SIZE];

	vault_hash(j->vault, "outbox", numbers, sizeof(numbers), hash);
	for (size_t i = 0; i < ID_BYTES; i++)
		snprintf(id + 2 * i, 3, "%02x", hash[i]);
}

/* Make and start the delivery; s is its own from then on, or is concluded at once. */
static void
send_now(struct outbox_sending *s, const struct store_message *m, const char *const *parts)
{
	struct outbox *o = s->outbox;
	const struct config *config = o->judge->config;
	char id[2 * ID_BYTES + 1];
	struct delivery_message message = { .program = way_program(config, s->way),
					    .to = parts[PART_TO],
					    .text = parts[PART_TEXT],
					    .user = parts[PART_USER],
					    .host = parts[PART_HOST],
					    .lang = parts[PART_LANG],
					    .id = id };
	struct delivery *delivery = NULL;

	make_id(o->judge, m, id);
	snprintf(s->user, sizeof(s->user), "%s", parts[PART_USER]);
	s->uid = strtoll(parts[PART_UID], NULL, 10);
	s->next = o->running;
	o->running = s;
	o->running_count++;
	if (delivery_new(&delivery, way_word(s->way), &message, way_timeout(config, s->way),
			 delivered, s) < 0)
		delivered(REASON_LATER, s);
	else
		delivery_start(o->deliveries, delivery);
}

/* One that is due. 0 or -errno: the store failed. */
static int
try(struct outbox *o, const struct store_message *m)
{
	struct outbox_sending *s = calloc(1, sizeof(*s));
	enum way way = way_from_word(m->kind);
	struct vault_place place = place_of(way, m->user);
	const char *parts[PART_COUNT];
	struct secret plain = { 0 };
	int r = s ? VAULT_SHUT : -ENOMEM;

	if (!s)
		return r;
	*s = (struct outbox_sending){ .outbox = o,
				      .id = m->id,
				      .made_at = m->made_at,
				      .tries = m->tries,
				      .uid = -1,
				      .way = way };
	if (way != WAY_COUNT)
		r = vault_unseal(o->judge->vault, &place, m->sealed, m->sealed_len, &plain);
	if (r == VAULT_DONE && take_apart(&plain, parts)) {
		send_now(s, m, parts);
	} else {
		if (r >= 0) {
			log_error("a message of the outbox does not open: it is dropped");
			r = take_out(s, REASON_MISCONFIGURED, time(NULL));
		}
		free(s);
	}
	secret_done(&plain);
	return r < 0 ? r : 0;
}

/* Until then nobody else finds it; were this program killed, it would be found then. */
static int
mark_under_way(struct outbox *o, const struct store_message *m, int64_t now)
{
	const struct config *config = o->judge->config;
	enum way way = way_from_word(m->kind);
	int timeout = way == WAY_COUNT ? 0 : way_timeout(config, way);

	return store_outbox_later(o->judge->store, m->id,
				  now + timeout + DELIVERY_GRACE + UNDER_WAY_SPARE, false);
}

/* Seconds until it is due. A time that no pause explains was written under a wrong clock. */
static int64_t
seconds_until(const struct store_message *m, int64_t now)
{
	int64_t wait = m->next_try - now;

	return wait < 0 || wait > OUTBOX_PAUSE_MAX ? 0 : wait;
}

static void look_now(void *arg);

static void
look_in(struct outbox *o, int64_t seconds)
{
	loop_timer_set(o->loop, &o->timer, seconds * 1000, look_now, o);
}

/* The first one. STORE_DONE: look for another; STORE_NONE: that was all for now; -errno. */
static int
look_at_first(struct outbox *o, int64_t now)
{
	struct store_message m = { 0 };
	int64_t wait;
	int r = store_outbox_first(o->judge->store, &m);

	if (r != STORE_DONE)
		return r;
	wait = seconds_until(&m, now);
	if (wait > 0) {
		look_in(o, wait);
		r = STORE_NONE;
	} else {
		r = mark_under_way(o, &m, now);
		if (r == STORE_DONE && !is_running(o, m.id))
			r = try(o, &m);
	}
	store_message_done(&m);
	return r;
}

static void
look_now(void *arg)
{
	struct outbox *o = arg;
	int64_t now = time(NULL);
	int r = STORE_DONE;

	while (r == STORE_DONE && o->running_count < OUTBOX_RUNNING_MAX)
		r = look_at_first(o, now);
	if (r < 0)
		look_in(o, STORE_BROKEN_PAUSE);
}

void
outbox_look(struct outbox *o)
{
	if (!o->stopped)
		look_in(o, 0);
}

void
outbox_stop(struct outbox *o)
{
	o->stopped = true;
	loop_timer_clear(&o->timer);
}
