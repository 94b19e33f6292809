/*
 * The table of requests. What a session may ask stands in its columns; the handlers below see only
 * what passed them.
 */
#include "ssprd/judge.h"

#include <errno.h>
#include <string.h>

#include "ssprd/dialog.h"
#include "ssprd/facts.h"
#include "ssprd/finish.h"
#include "ssprd/grant.h"
#include "ssprd/help.h"
#include "ssprd/proof.h"
#include "ssprd/record.h"
#include "ssprd/reset.h"
#include "text/log.h"

#define METHOD_WORD_MAX 32

static judge_handler on_facts, on_seed, on_send, on_slot, on_try, on_help, on_remove, on_log,
	on_finish;

#define NEW      DIALOG_NEW
#define OPEN     DIALOG_OPEN
#define CLAIMING DIALOG_CLAIMING
#define CHECKING DIALOG_CHECKING

static const struct request_rule {
	int op;
	const char *name;
	unsigned int
		states; /* in which it is permitted; CLAIMING and those behind it are a reset's alone */
	size_t least, most; /* fields */
	size_t texts;       /* so many of them are text: no NUL; the others are binary */
	size_t longest;     /* bytes of any of them */
	judge_handler *handler;
	bool never_in_reset; /* nothing is registered or changed there */
} rules[] = {
	/* clang-format off */
	{ REQUEST_FACTS, "facts", NEW | OPEN | CLAIMING | CHECKING, 0, 0, 0, 0, on_facts, false },
	{ REQUEST_CHANGES, "changes", OPEN, 0, 0, 0, 0, facts_changes, true },
	{ REQUEST_QUESTION, "question", OPEN, 1, 1, 1, 8, facts_question, true },
	{ REQUEST_SEED, "seed", OPEN | CLAIMING, 1, 1, 1, METHOD_WORD_MAX, on_seed, false },
	{ REQUEST_SEND, "send", OPEN, 2, 3, 3, METHOD_VALUE_MAX, on_send, false },
	{ REQUEST_SLOT, "slot", OPEN | CLAIMING, 1, 2, 2, METHOD_WORD_MAX, on_slot, false },
	{ REQUEST_TRY, "try", OPEN | DIALOG_HASHING, 2, 3, 2, METHOD_VALUE_MAX, on_try, false },
	{ REQUEST_HELP, "help", OPEN, 1, 1, 1, METHOD_VALUE_MAX, on_help, true },
	{ REQUEST_REMOVE, "remove", OPEN, 1, 1, 1, METHOD_WORD_MAX, on_remove, true },
	{ REQUEST_CLAIM, "claim", CLAIMING, 1, 1, 0, METHOD_VALUE_MAX, reset_claim, false },
	{ REQUEST_CHECK, "check", CHECKING, 1, 1, 0, METHOD_VALUE_MAX, reset_check, false },
	{ REQUEST_ASSIST, "assist", OPEN | CLAIMING | CHECKING, 0, 0, 0, 0, reset_assist, false },
	{ REQUEST_GRANT, "grant", OPEN, 0, 0, 0, 0, grant_request, false },
	{ REQUEST_LOG, "log", ~0u, 1, 1, 1, REQUEST_LOG_MAX, on_log, false },
	{ REQUEST_FINISH, "finish", ~(unsigned int)DIALOG_OVER, 1, 1, 1, METHOD_WORD_MAX, on_finish, false },
	/* clang-format on */
};

/*
 * The method that field 0 names, when this program has it and it is on offer; *stands: it is
 * registered. 0: *row; JUDGED_VIOLATION; -errno.
 */
static int
method_of(struct dialog *d, const struct fields *request, const struct method_judge **row,
	  bool *stands)
{
	char word[METHOD_WORD_MAX + 1];
	enum method method;
	int r;

	if (!field_text(request, 0, word, sizeof(word)))
		return JUDGED_VIOLATION;
	method = method_from_word(word);
	*row = method == METHOD_COUNT ? NULL : method_judge(method);
	if (!*row || !dialog_offers(d, method))
		return JUDGED_VIOLATION;
	r = dialog_has(d, method);
	*stands = r == 1;
	return r < 0 ? r : 0;
}

/*
 * What a request is about. A session must not put anything in the place of what its user proved
 * unless that is open, and nothing beside it either.
 */
enum about { ADDING, PROVING, CHANGING };

static bool
permitted(const struct dialog *d, enum method method, enum about about)
{
	switch (about) {
	case ADDING:
		return dialog_may_add(d);
	case CHANGING:
		return dialog_may_change(d, method);
	case PROVING:
		break;
	}
	return true;
}

/*
 * Too many failures close manage, whatever was proven in it before: nothing is shown, added or
 * changed. (A proof of what is registered is refused by itself, and says until when: proof.h.)
 */
static int
unless_blocked(struct dialog *d, judge_handler *handler, const struct fields *request,
	       struct message *reply)
{
	int64_t until = 0;
	int r = d->purpose == PURPOSE_MANAGE ? proof_blocked_until(d, &until) : 0;

	if (r < 0)
		return r;
	if (!until)
		return handler(d, request, reply);
	dialog_slot_release(d);
	d->state = DIALOG_OVER;
	message_start(reply, REPLY_OVER);
	return message_put_text(reply, verdict_word(VERDICT_BLOCKED));
}

static int
on_facts(struct dialog *d, const struct fields *request, struct message *reply)
{
	return unless_blocked(d, facts_tell, request, reply);
}

static int
on_help(struct dialog *d, const struct fields *request, struct message *reply)
{
	return unless_blocked(d, help_redeem, request, reply);
}

/* Note what was begun, for the TRY that follows, and let the method's handler do it. */
static int
begin(struct dialog *d, const struct method_judge *row, enum about about, judge_handler *handler,
      const struct fields *request, struct message *reply)
{
	if (!handler || !permitted(d, row->method, about))
		return JUDGED_VIOLATION;
	d->changing &= ~dialog_bit(row->method);
	if (about == CHANGING)
		d->changing |= dialog_bit(row->method);
	if (about == PROVING)
		return handler(d, request, reply);
	return unless_blocked(d, handler, request, reply);
}

static int
on_seed(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	bool stands;
	int r = method_of(d, request, &row, &stands);

	if (r != 0)
		return r;
	if (stands && row->recall)
		return begin(d, row, PROVING, row->recall, request, reply);
	return begin(d, row, stands ? CHANGING : ADDING, row->seed, request, reply);
}

static int
on_send(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	enum about about = ADDING;
	bool stands;
	int r = method_of(d, request, &row, &stands);

	if (r != 0)
		return r;
	if (stands)
		about = request->field[1].len > 0 ? CHANGING : PROVING;
	return begin(d, row, about, row->send, request, reply);
}

static int
take_slot(struct dialog *d, const struct fields *request, struct message *reply)
{
	(void)request;
	d->state = DIALOG_WAITING;
	if (!slot_take(d->judge->slots, &d->slot))
		return JUDGED_LATER;
	return judge_slot_granted(d, reply);
}

static int
on_slot(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	char use[METHOD_WORD_MAX + 1] = "";
	enum about about = ADDING;
	bool stands;
	int r = method_of(d, request, &row, &stands);

	if (r != 0)
		return r;
	if (request->count == 2 &&
	    (!field_text(request, 1, use, sizeof(use)) || !stands || strcmp(use, SLOT_NEW) != 0))
		return JUDGED_VIOLATION;
	if (stands)
		about = *use ? CHANGING : PROVING;
	d->slot_method = row->method;
	d->slot_proves = about == PROVING;
	return begin(d, row, about, row->slot ? take_slot : NULL, request, reply);
}

int
judge_slot_granted(struct dialog *d, struct message *reply)
{
	const struct fields none = { .op = REQUEST_SLOT };

	d->state = DIALOG_HASHING;
	return method_judge(d->slot_method)->slot(d, &none, reply);
}

/* A method whose answers are hashed is tried with a slot in hand, and the slot goes back. */
static int
try_hashed(struct dialog *d, const struct method_judge *row, const struct fields *request,
	   struct message *reply)
{
	int r;

	if (d->state != DIALOG_HASHING || row->method != d->slot_method)
		return JUDGED_VIOLATION;
	r = d->slot_proves ? row->prove(d, request, reply)
			   : unless_blocked(d, row->try, request, reply);
	/* Before the first proof of a reset only what is permitted alone came so far. */
	if (d->state == DIALOG_HASHING)
		d->state =
			d->purpose == PURPOSE_RESET && !d->proven ? DIALOG_CLAIMING : DIALOG_OPEN;
	dialog_slot_release(d);
	return r;
}

/* What was registered a moment ago is on record: a second try proves it. */
static int
on_try(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	bool stands;
	int r = method_of(d, request, &row, &stands);

	if (r != 0)
		return r;
	if (row->slot)
		return try_hashed(d, row, request, reply);
	if (d->state == DIALOG_HASHING)
		return JUDGED_VIOLATION;
	if (stands && !(d->changing & dialog_bit(row->method)))
		return row->prove(d, request, reply);
	if (!permitted(d, row->method, stands ? CHANGING : ADDING))
		return JUDGED_VIOLATION;
	return unless_blocked(d, row->try, request, reply);
}

/*
 * What was filled in its user may throw away as they may register it; what is registered goes as it
 * is replaced.
 */
static int
remove_it(struct dialog *d, const struct fields *request, struct message *reply)
{
	const struct method_judge *row;
	bool stands;
	int r = method_of(d, request, &row, &stands);

	if (r != 0)
		return r;
	if (!permitted(d, row->method, stands ? CHANGING : ADDING))
		return JUDGED_VIOLATION;
	if (row->given) {
		message_start(reply, REPLY_REFUSED);
		return message_put_text(reply, reason_word(REASON_NEEDED));
	}
	r = record_remove(d, row->method);
	message_start(reply, REPLY_OK);
	return r < 0 ? r : 0;
}

static int
on_remove(struct dialog *d, const struct fields *request, struct message *reply)
{
	return unless_blocked(d, remove_it, request, reply);
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
	grant_drop(d);
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
	if (rule->never_in_reset && d->purpose == PURPOSE_RESET)
		return false;
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
