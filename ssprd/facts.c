/* The facts of a dialog, from the policy, the plan and the records. */
#include "ssprd/facts.h"

#include <stdio.h>
#include <string.h>

#include "protocol/facts.h"
#include "ssprd/catalogue.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/reset.h"
#include "ssprd/reset_subject.h"
#include "ssprd/way.h"

static void
facts_of_policy(const struct dialog *d, struct facts *f)
{
	const struct config *config = d->judge->config;
	const char *contact = config->support.contact ? config->support.contact : "";

	snprintf(f->host, sizeof(f->host), "%s", d->judge->host);
	snprintf(f->contact, sizeof(f->contact), "%s", contact);
	f->questions = config->questions.ask_register;
	f->questions_custom = config->questions.custom;
	f->code_digits = config->codes.digits;
	f->code_minutes = config->codes.lifetime / 60;
	f->sms = way_open(config, WAY_SMS);
	f->voice = way_open(config, WAY_VOICE);
}

/* The plan that a login's dialog began with is why it is held, whatever is done of it by now. */
static void
facts_of_plan(const struct dialog *d, struct facts *f)
{
	const struct plan *plan = &d->plan;

	f->state = d->purpose == PURPOSE_ENROLL ? d->why : plan->state;
	f->time_left = d->time_left > 0 ? d->time_left : 0;
	f->required = plan->required;
	f->done = plan->done;
	f->postpones_left = plan->postpones_left;
	f->needs_code = plan->needs_code;
	f->open = dialog_code_open(d);
	f->stale = plan->stale_count;
}

static enum method_state
state_of(enum plan_standing standing)
{
	static const enum method_state states[] = {
		[STANDING_MISSING] = METHOD_MISSING,
		[STANDING_FILLED_IN] = METHOD_FILLED_IN,
		[STANDING_PROVEN] = METHOD_REGISTERED,
		[STANDING_STALE] = METHOD_STALE,
	};

	return states[standing];
}

/* What does not open is shown as nothing: the row was moved, or the key is another. */
static int
add_record(struct dialog *d, const struct method_judge *row, struct method_fact *fact)
{
	struct store_method m;
	struct secret plain = { 0 };
	int r = record_open(d, row->method, &m, &plain);

	if (r == STORE_DONE && row->mask)
		row->mask(plain.data, plain.len, fact->masked, sizeof(fact->masked));
	if (r >= 0 && method_is_registered(fact))
		fact->stale_at = plan_stale_at(d->judge->config, m.proven_at,
					       d->user.stored.required_at, d->now);
	if (r >= 0)
		memcpy(fact->filled_by, m.filled_by, sizeof(fact->filled_by));
	if (r >= 0 && method_is_registered(fact) && row->left)
		r = row->left(d, &fact->left);
	secret_done(&plain);
	return r < 0 ? r : 0;
}

static int
add_method(struct dialog *d, enum method method, struct facts *f)
{
	const struct method_judge *row = method_judge(method);
	struct method_fact *fact = &f->methods[f->method_count];

	if (!row)
		return 0;
	f->method_count++;
	fact->method = method;
	fact->state = state_of(d->plan.standing[method]);
	return fact->state == METHOD_MISSING ? 0 : add_record(d, row, fact);
}

static int
count_changes(struct dialog *d, struct facts *f)
{
	struct store_notice list[STORE_NOTICES_MAX];
	int r = store_notices(d->judge->store, d->user.stored.id, list, &f->changes);

	if (f->changes > CHANGES_MAX)
		f->changes = CHANGES_MAX;
	return r;
}

static int
tell(struct dialog *d, struct message *reply)
{
	struct facts f = { 0 };
	int64_t blocked = 0;
	int r = dialog_look_again(d);

	if (r == 0)
		r = proof_blocked_until(d, &blocked);
	if (r < 0)
		return r;
	dialog_begin_anew(d);
	facts_of_policy(d, &f);
	facts_of_plan(d, &f);
	if (blocked) /* nothing that is registered can be tried */
		f.stale = 0;
	r = count_changes(d, &f);
	for (int i = 0; r == 0 && i < d->plan.offered_count; i++)
		r = add_method(d, d->plan.offered[i], &f);
	if (r < 0)
		return r;
	d->state = DIALOG_OPEN;
	message_start(reply, REPLY_OK);
	return facts_put(reply, &f);
}

/* Before the first proof these are the same for everybody, and nothing is looked up for them. */
static void
facts_of_reset(const struct dialog *d, struct facts *f)
{
	f->state = STATE_OK;
	f->time_left = d->time_left > 0 ? d->time_left : 0;
	f->told = d->reset.told;
	f->proofs = 1;
	f->rounds = d->reset.rounds_left;
	f->unlock = d->judge->config->reset.unlock;
}

/*
 * What is registered, masked: who sits at the console, or has proven something, may know; then only that by which another proof can
 * be given.
 */
static int
add_registered(struct dialog *d, struct facts *f)
{
	int r = 0;

	for (int i = 0; r == 0 && i < d->plan.offered_count; i++) {
		enum method method = d->plan.offered[i];
		enum plan_standing standing = d->plan.standing[method];

		if (!(d->proven & dialog_bit(method)) &&
		    (standing == STANDING_PROVEN || standing == STANDING_STALE))
			r = add_method(d, method, f);
	}
	return r;
}

static int
tell_more(struct dialog *d, struct facts *f)
{
	int r = reset_look_again(d);

	if (r < 0)
		return r;
	reset_look_for_block(d);
	if (d->reset.told) {
		f->reset_case = d->reset.why_not;
		f->reset_until = d->reset.until;
	}
	f->alone = reset_alone(d);
	f->assist = reset_may_assist(d) && d->judge->config->support.email[0] != '\0';
	if (d->proven)
		f->proofs = reset_proofs_left(d);
	return f->reset_case == CASE_NONE ? add_registered(d, f) : 0;
}

static int
tell_reset(struct dialog *d, struct message *reply)
{
	struct facts f = { 0 };
	int r = 0;

	facts_of_policy(d, &f);
	facts_of_reset(d, &f);
	if (d->reset.told || d->proven)
		r = tell_more(d, &f);
	if (r < 0)
		return r;
	if (d->state == DIALOG_NEW)
		d->state = DIALOG_CLAIMING;
	message_start(reply, REPLY_OK);
	return facts_put(reply, &f);
}

int
facts_tell(struct dialog *d, const struct fields *request, struct message *reply)
{
	(void)request;
	return d->purpose == PURPOSE_RESET ? tell_reset(d, reply) : tell(d, reply);
}

static int
put_change(struct message *reply, const struct store_notice *n)
{
	int r = message_put_number(reply, n->time);

	if (r == 0)
		r = message_put_text(reply, n->kind);
	if (r == 0)
		r = message_put_text(reply, n->method);
	if (r == 0)
		r = message_put_text(reply, n->from);
	return r;
}

int
facts_changes(struct dialog *d, const struct fields *request, struct message *reply)
{
	struct store_notice list[STORE_NOTICES_MAX];
	int count = 0;
	int r = store_notices(d->judge->store, d->user.stored.id, list, &count);

	(void)request;
	message_start(reply, REPLY_OK);
	for (int i = 0; r == 0 && i < count && i < CHANGES_MAX; i++) {
		r = put_change(reply, &list[i]);
		d->changes_shown = list[i].id;
	}
	return r;
}

int
facts_question(struct dialog *d, const struct fields *request, struct message *reply)
{
	const char *text = NULL;
	int64_t index;

	if (!field_number(request, 0, &index) || index < 0)
		return JUDGED_VIOLATION;
	if (d->judge->catalogues)
		text = catalogue_question(d->judge->catalogues, d->lang, (size_t)index);
	message_start(reply, text ? REPLY_OK : REPLY_NONE);
	return text ? message_put_text(reply, text) : 0;
}
