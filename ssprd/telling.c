/* Messages about changes: their readers, then their words, then the outbox. */
#include "ssprd/telling.h"

#include <errno.h>
#include <string.h>

#include "ssprd/changes.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/freeze.h"
#include "ssprd/judge.h"
#include "ssprd/outbox.h"
#include "ssprd/user.h"
#include "ssprd/words_change.h"
#include "text/address.h"
#include "text/language.h"
#include "text/log.h"
#include "text/phone.h"

typedef int words_of_kind(struct secret *out, const struct words_change *change);

static struct words_change
words_of(const struct judge *j, const struct change *c)
{
	const char *name = c->user->stored.name;

	return (struct words_change){ .lang = c->lang ? c->lang : "",
				      .event = c->event,
				      .method = c->method,
				      .user = name,
				      .host = j->host,
				      .service = c->service ? c->service : "",
				      .rhost = c->rhost ? c->rhost : "",
				      .by_administrator = c->event != AUDIT_FROZEN && c->actor &&
							  strcmp(c->actor, name) != 0,
				      .from_unknown = c->from_unknown,
				      .time = c->now,
				      .code = c->reason ? c->reason : "",
				      .contact = j->config->support.contact };
}

static int
put(struct judge *j, const struct change *c, enum way way, const char *to,
    const struct words_change *words, words_of_kind *wording)
{
	char lang[LANG_NAME_MAX + 1];
	struct outbox_letter letter = {
		.way = way, .to = to, .user = c->user, .lang = lang, .now = c->now
	};
	struct secret text = { 0 };
	int r = wording(&text, words);

	language_of_texts(words->lang, lang);
	letter.text = secret_text(&text);
	if (r == 0)
		r = outbox_put(j, &letter);
	secret_done(&text);
	return r;
}

/* A phone that is proven by calls may be one that text messages are not sent to: against toll fraud. */
static bool
may_go(const struct judge *j, enum way way, const char *to)
{
	const struct gateway_config *sms = &j->config->sms;

	if (way != WAY_SMS ||
	    phone_permitted(to, sms->allow_prefixes, sms->deny_prefixes) == PHONE_PERMITTED)
		return true;
	log_warning("a change is told to nobody by text message: [sms] does not permit the number");
	return false;
}

/* One message to the user, with a freeze code; while resets are stopped already there is nothing to stop. */
static int
put_with_code(struct judge *j, const struct change *c, enum way way, const char *to,
	      words_of_kind *wording)
{
	struct words_change words = words_of(j, c);
	char code[RECOVERY_SHOWN] = "";
	limit_key key;
	int r = 0;

	if (!may_go(j, way, to))
		return 0;
	if (c->event == AUDIT_BLOCKED) {
		limit_user_key(j->vault, LIMIT_FAILURES, c->user->stored.id, key);
		r = limit_blocked(j->store, key, j->config->throttle.block, c->now, &words.until);
	}
	if (r == 0 && c->event != AUDIT_FROZEN) {
		r = freeze_make(j, c->user->stored.id, c->now, code);
		words.freeze = code;
	}
	if (r == 0)
		r = put(j, c, way, to, &words, wording);
	explicit_bzero(code, sizeof(code));
	return r;
}

/* The confirmed address or number of the user. STORE_DONE: *to is the caller's; STORE_NONE; -errno. */
static int
confirmed(struct judge *j, const struct change *c, enum method method, struct secret *to)
{
	struct vault_place place = { c->user->stored.id, method_word(method), "record" };
	struct store_method m = { 0 };
	int r = store_method_get(j->store, c->user->stored.id, method, true, &m);

	if (r == STORE_DONE)
		r = m.registered_at && m.sealed ? STORE_DONE : STORE_NONE;
	if (r == STORE_DONE &&
	    vault_unseal(j->vault, &place, m.sealed, m.sealed_len, to) != VAULT_DONE) {
		log_error("a record of %s does not open: it cannot be told", method_word(method));
		r = STORE_NONE;
	}
	store_method_done(&m);
	return r;
}

/* To what is confirmed of this method, and to what it replaced. *told: there was a confirmed one. */
static int
put_to(struct judge *j, const struct change *c, enum method method, enum way way,
       words_of_kind *wording, bool *told)
{
	struct secret to = { 0 };
	int r = confirmed(j, c, method, &to);

	*told = r == STORE_DONE;
	if (r == STORE_DONE)
		r = put_with_code(j, c, way, secret_text(&to), wording);
	if (r >= 0 && c->old && c->method == method && strcmp(c->old, secret_text(&to)) != 0)
		r = put_with_code(j, c, way, c->old, wording);
	secret_done(&to);
	return r < 0 ? r : 0;
}

/*
 * There was none before: whoever added it need not be the user, who is told where they were told so
 * far.
 */
static bool
is_first_address(const struct change *c)
{
	return c->event == AUDIT_METHOD_ADDED && c->method == METHOD_EMAIL;
}

int
tell_user(struct judge *j, const struct change *c)
{
	const struct config *config = j->config;
	bool told = false;
	int r = 0;

	if (!config->notify.user)
		return 0;
	if (way_open(config, WAY_EMAIL))
		r = put_to(j, c, METHOD_EMAIL, WAY_EMAIL, words_change_mail, &told);
	if (r == 0 && (!told || is_first_address(c)) && way_open(config, WAY_SMS))
		r = put_to(j, c, METHOD_PHONE, WAY_SMS, words_change_sms, &told);
	return r;
}

int
tell_admins(struct judge *j, const struct change *c)
{
	struct words_change words = words_of(j, c);
	const char *at = j->config->notify.admins;
	char to[ADDRESS_MAX + 1];
	size_t len;
	int r = 0;

	if (!way_open(j->config, WAY_EMAIL))
		return 0;
	words.lang = "";
	for (at += strspn(at, " \t,"); r == 0 && *at; at += len, at += strspn(at, " \t,")) {
		len = strcspn(at, " \t,");
		if (address_parse(at, len, to) == ADDRESS_FINE)
			r = put(j, c, WAY_EMAIL, to, &words, words_change_admins);
	}
	return r;
}

int
tell_support(struct judge *j, const struct change *c)
{
	struct words_change words = words_of(j, c);
	const char *email = j->config->support.email;
	char to[ADDRESS_MAX + 1];

	words.lang = "";
	if (!way_open(j->config, WAY_EMAIL) ||
	    address_parse(email, strlen(email), to) != ADDRESS_FINE)
		return 0;
	return put(j, c, WAY_EMAIL, to, &words, words_change_support);
}
