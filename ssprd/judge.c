/*
 * The table of requests. What a session may ask stands in its columns; the handlers below see
 * only what passed them.
 */
#include "ssprd/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/facts.h"
#include "ssprd/catalogue.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/finish.h"
#include "text/log.h"

#define METHOD_WORD_MAX 32

static judge_handler on_facts, on_question, on_seed, on_send, on_slot, on_try, on_log, on_finish;

static const struct request_rule {
	int op;
	const char *name;
	unsigned int states; /* in which it is permitted */
	size_t least, most;  /* fields */
	size_t texts;        /* so many of them are text: no NUL; the others are binary */
	size_t longest;      /* bytes of any of them */
	judge_handler *handler;
} rules[] = {
	{ REQUEST_FACTS, "facts", DIALOG_NEW | DIALOG_OPEN, 0, 0, 0, 0, on_facts },
	{ REQUEST_QUESTION, "question", DIALOG_OPEN, 1, 1, 1, 8, on_question },
	{ REQUEST_SEED, "seed", DIALOG_OPEN, 1, 1, 1, METHOD_WORD_MAX, on_seed },
	{ REQUEST_SEND, "send", DIALOG_OPEN, 2, 2, 2, METHOD_VALUE_MAX, on_send },
	{ REQUEST_SLOT, "slot", DIALOG_OPEN, 1, 1, 1, METHOD_WORD_MAX, on_slot },
	{ REQUEST_TRY, "try", DIALOG_OPEN | DIALOG_HASHING, 2, 3, 2, METHOD_VALUE_MAX, on_try },
	{ REQUEST_LOG, "log", ~0u, 1, 1, 1, REQUEST_LOG_MAX, on_log },
	{ REQUEST_FINISH, "finish", ~(unsigned int)DIALOG_OVER, 1, 1, 1, METHOD_WORD_MAX,
	  on_finish },
};

/* Which of a method's handlers a request needs. */
enum column { COLUMN_SEED, COLUMN_SEND, COLUMN_SLOT, COLUMN_TRY };

static judge_handler *
column_of(const struct method_judge *row, enum column column)
{
	switch (column) {
	case COLUMN_SEED:
		return row->seed;
	case COLUMN_SEND:
		return row->send;
	case COLUMN_SLOT:
		return row->slot;
	case COLUMN_TRY:
		return row->try;
	}
	return NULL;
}

/*
 * The method that field 0 names, when this program has it, it permits this request, is on offer,
 * and is not registered yet: a session must not put anything in the place of what its user
 * proved. TRY alone may come once more, for a code that was used. 0: *row; JUDGED_VIOLATION;
 * -errno.
 */
static int
method_of(struct dialog *d, const struct fields *request, enum column column,
	  const struct method_judge **row)
{
	char word[METHOD_WORD_MAX + 1];
	enum method method;
	int r;

	if (!field_text(request, 0, word, sizeof(word)))
		return JUDGED_VIOLATION;
	method = method_from_word(word);
	*row = method == METHOD_COUNT ? NULL : method_judge(method);
	if (!*row || !column_of(*row, column))
		return JUDGED_VIOLATION;
	if (!dialog_offers(d, method))
		return JUDGED_VIOLATION;
	if (column == COLUMN_TRY)
		return 0;
	r = dialog_has(d, method);
	return r == 1 ? JUDGED_VIOLATION : r;
}

static int
on_seed(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	int r = method_of(d, request, COLUMN_SEED, &row);

	return r == 0 ? row->seed(d, request, reply) : r;
}

static int
on_send(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	int r = method_of(d, request, COLUMN_SEND, &row);

	return r == 0 ? row->send(d, request, reply) : r;
}

static int
on_slot(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	int r = method_of(d, request, COLUMN_SLOT, &row);

	if (r != 0)
		return r;
	d->slot_method = row->method;
	d->state = DIALOG_WAITING;
	if (!slot_take(d->judge->slots, &d->slot))
		return JUDGED_LATER;
	return judge_slot_granted(d, reply);
}

int
judge_slot_granted(struct dialog *d, struct message *reply)
{
	const struct fields none = { .op = REQUEST_SLOT };

	d->state = DIALOG_HASHING;
	return method_judge(d->slot_method)->slot(d, &none, reply);
}

/*
 * A method whose answers are hashed is tried with a slot in hand, and the slot goes back; any
 * other without.
 */
static int
on_try(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	bool hashed;
	int r = method_of(d, request, COLUMN_TRY, &row);

	if (r != 0)
		return r;
	hashed = row->slot != NULL;
	if (hashed != (d->state == DIALOG_HASHING) || (hashed && row->method != d->slot_method))
		return JUDGED_VIOLATION;
	r = row->try(d, request, reply);
	if (hashed) {
		d->state = DIALOG_OPEN;
		dialog_slot_release(d);
	}
	return r;
}

static int
on_question(struct dialog *d, const struct fields *request, struct message *reply)
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

/*
 * The mask of a registered method; what does not open is shown as nothing, and logged: the row
 * was moved or the key is another.
 */
static int
mask_of(struct dialog *d, const struct method_judge *row, struct method_fact *fact)
{
	struct vault_place place = { d->user.stored.id, method_word(row->method), "record" };
	struct store_method m = { 0 };
	struct secret plain = { 0 };
	int r = store_method_get(d->judge->store, d->user.stored.id, row->method, true, &m);

	if (r == STORE_DONE && m.sealed) {
		int64_t days = d->judge->config->registration.reconfirm_days;

		fact->registered = true;
		fact->stale_at = days ? m.proven_at + days * 24 * 3600 : 0;
		r = vault_unseal(d->judge->vault, &place, m.sealed, m.sealed_len, &plain);
		if (r == VAULT_DONE && row->mask)
			row->mask(plain.data, plain.len, fact->masked, sizeof(fact->masked));
		else if (r == VAULT_SHUT)
			log_error("a record of %s does not open", method_word(row->method));
	}
	secret_done(&plain);
	store_method_done(&m);
	return r < 0 ? r : 0;
}

static void
facts_of_policy(const struct dialog *d, struct facts *f)
{
	const struct config *config = d->judge->config;
	const char *contact = config->support.contact ? config->support.contact : "";

	f->state = STATE_REGISTER;
	snprintf(f->host, sizeof(f->host), "%s", d->judge->host);
	snprintf(f->contact, sizeof(f->contact), "%s", contact);
	f->time_left = d->time_left > 0 ? d->time_left : 0;
	f->required = d->plan.required;
	f->done = d->plan.done;
	f->postpones_left = d->plan.postpones_left;
	f->questions = config->questions.ask_register;
	f->questions_custom = config->questions.custom;
	f->code_digits = config->codes.digits;
	f->code_minutes = config->codes.lifetime / 60;
}

static int
on_facts(struct dialog *d, const struct fields *request, struct message *reply)
{
	struct facts f = { 0 };
	int r = dialog_plan(d);

	(void)request;
	if (r < 0)
		return r;
	facts_of_policy(d, &f);
	for (int i = 0; i < d->plan.offered_count; i++) {
		struct method_fact *fact = &f.methods[f.method_count];
		const struct method_judge *row = method_judge(d->plan.offered[i]);

		if (!row)
			continue;
		fact->method = row->method;
		r = mask_of(d, row, fact);
		if (r < 0)
			return r;
		f.method_count++;
	}
	d->state = DIALOG_OPEN;
	message_start(reply, REPLY_OK);
	return facts_put(reply, &f);
}

static int
on_log(struct dialog *d, const struct fields *request, struct message *reply)
{
	char line[REQUEST_LOG_MAX + 1];

	if (!field_text(request, 0, line, sizeof(line)))
		return JUDGED_VIOLATION;
	if (d->log_lines++ < DIALOG_LOG_LINES_MAX)
		log_info("dialog %lld: %s", (long long)d->number, line);
	message_start(reply, REPLY_OK);
	return 0;
}

static int
on_finish(struct dialog *d, const struct fields *request, struct message *reply)
{
	char word[METHOD_WORD_MAX + 1];
	enum finish reason;
	enum verdict verdict;
	bool tell;
	int r;

	if (!field_text(request, 0, word, sizeof(word)))
		return JUDGED_VIOLATION;
	reason = finish_from_word(word);
	if (reason == FINISH_COUNT)
		return JUDGED_VIOLATION;
	r = finish_dialog(d, reason, &verdict, &tell);
	if (r < 0)
		return r;
	dialog_slot_release(d);
	d->state = DIALOG_OVER;
	message_start(reply, REPLY_OK);
	r = message_put_text(reply, verdict_word(verdict));
	return r < 0 ? r : message_put_text(reply, tell ? "1" : "0");
}

static const struct request_rule *
rule_find(int op)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].op == op)
			return &rules[i];
	return NULL;
}

static bool
rule_permits(const struct request_rule *rule, const struct dialog *d, const struct fields *f)
{
	if (!(rule->states & d->state) || f->count < rule->least || f->count > rule->most)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (f->field[i].len > rule->longest ||
		    (i < rule->texts && memchr(f->field[i].data, '\0', f->field[i].len)))
			return false;
	return d->requests <= DIALOG_REQUESTS_MAX;
}

static void
audit_violation(struct dialog *d, const char *what)
{
	if (dialog_audit(d, AUDIT_SESSION_VIOLATION, NULL, "ended", what) < 0)
		log_error("dialog %lld: that could not be audited", (long long)d->number);
	d->state = DIALOG_OVER;
}

/* The session is not what we started, or broken: it is ended without a word to it. */
static int
violation(struct dialog *d, const struct request_rule *rule)
{
	const char *what = rule ? rule->name : "unknown";

	log_error("dialog %lld: the session asked what it may not (%s): it is ended",
		  (long long)d->number, what);
	audit_violation(d, what);
	return JUDGED_VIOLATION;
}

void
judge_forbidden_call(struct dialog *d)
{
	log_error("dialog %lld: the session died by its filter", (long long)d->number);
	audit_violation(d, "system call");
}

int
judge_request(struct dialog *d, const struct message *request, struct message *reply)
{
	const struct request_rule *rule = NULL;
	struct fields fields;
	int r;

	d->requests++;
	if (message_parse(request, &fields))
		rule = rule_find(fields.op);
	if (!rule || !rule_permits(rule, d, &fields))
		return violation(d, rule);
	r = rule->handler(d, &fields, reply);
	if (r == JUDGED_VIOLATION)
		return violation(d, rule);
	if (r < 0)
		log_error("dialog %lld: %s: %s", (long long)d->number, rule->name, strerror(-r));
	return r;
}
