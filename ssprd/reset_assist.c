/* ASSIST: the administrator is asked for help, by a mail to [support] email, at most one a day about a user. */
#include <string.h>

#include "methods/judges.h"
#include "ssprd/core/config.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/reset.h"
#include "ssprd/reset_subject.h"
#include "ssprd/way.h"

/* Of somebody who never logged in there is no record yet, and no mail can be about nobody. Within a transaction. */
static int
keep_user(struct dialog *d)
{
	if (d->user.stored.id != 0)
		return 0;
	d->user.stored.told_at = d->now;
	return store_user_put(d->judge->store, &d->user.stored);
}

/* Within a transaction. An enum limit_result or -errno. */
static int
ask(struct dialog *d, int64_t *until)
{
	const struct limit_rule rule = { 1, ASSIST_SECONDS, ASSIST_SECONDS };
	limit_key key;
	int r = keep_user(d);

	if (r < 0)
		return r;
	vault_hash(d->judge->vault, "assist", &d->user.stored.id, sizeof(d->user.stored.id), key);
	r = limit_take(d->judge->store, (const limit_key *)&key, 1, &rule, d->now, until);
	if (r != LIMIT_PERMITTED)
		return r;
	return dialog_change(d, AUDIT_RESET_REFUSED, METHOD_COUNT, NULL,
			     verdict_word(VERDICT_ASKED_ADMINISTRATOR),
			     reset_case_code(d->reset.why_not));
}

int
reset_assist(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct config *config = d->judge->config;
	struct store *store = d->judge->store;
	int64_t id = d->user.stored.id, until = 0;
	int r;

	(void)request;
	if (!reset_may_assist(d))
		return JUDGE_VIOLATION;
	if (!config->support.email[0] || !way_open(config, WAY_EMAIL))
		return judge_answer_reason(reply, REPLY_REFUSED, REASON_MISCONFIGURED);
	r = store_begin(store);
	if (r == 0)
		r = ask(d, &until);
	if (r == LIMIT_PERMITTED && (r = store_commit(store)) == 0) {
		d->reset.assisted = d->reset.refused = true;
		return judge_answer(reply, REPLY_OK);
	}
	store_rollback(store);
	d->user.stored.id = id;
	return r < 0 ? r : judge_answer_number(reply, REPLY_THROTTLED, until);
}
