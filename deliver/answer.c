/*
 * What a gateway's answer means. Rules are walked word by word where they stand: there is nothing
 * to free.
 */
#include "deliver/answer.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLANKS      " \t"
#define DIGITS      "0123456789"
#define LETTERS     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define STATUS_LAST 599

/* A walk along a rule. */
struct walk {
	const char *word;
	size_t len; /* 0: the end */
};

/* What the clauses are held against. */
struct evidence {
	const struct answer *answer;
	json_t *root;
	bool looked; /* root was asked for: NULL means that the body is not JSON */
};

static void
walk_next(struct walk *w)
{
	w->word += w->len;
	w->word += strspn(w->word, BLANKS);
	w->len = strcspn(w->word, BLANKS);
}

static struct walk
walk_start(const char *rule)
{
	struct walk w = { rule, 0 };

	walk_next(&w);
	return w;
}

static bool
word_is(const struct walk *w, const char *text)
{
	return strlen(text) == w->len && memcmp(w->word, text, w->len) == 0;
}

static bool
at_clause(const struct walk *w)
{
	return w->len == 0 || word_is(w, "http") || word_is(w, "json");
}

static long
number(const char *three)
{
	return (three[0] - '0') * 100 + (three[1] - '0') * 10 + three[2] - '0';
}

/* 201, 500-599 or 5xx, within 200-599. */
static bool
take_codes(const struct walk *w, long *first, long *last)
{
	if (w->len == 3 && strncmp(w->word + 1, "xx", 2) == 0 && strspn(w->word, DIGITS) == 1) {
		*first = (w->word[0] - '0') * 100L;
		*last = *first + 99;
	} else if (w->len == 3 && strspn(w->word, DIGITS) == 3) {
		*first = *last = number(w->word);
	} else if (w->len == 7 && strspn(w->word, DIGITS) == 3 && w->word[3] == '-' &&
		   strspn(w->word + 4, DIGITS) == 3) {
		*first = number(w->word);
		*last = number(w->word + 4);
	} else {
		return false;
	}
	return *first >= 200 && *first <= *last && *last <= STATUS_LAST;
}

static int
wrong(char *why, const char *what)
{
	snprintf(why, ANSWER_WHY_SIZE, "%s", what);
	return -EINVAL;
}

static int
check_http(struct walk *w, char *why)
{
	long first, last;

	walk_next(w);
	if (at_clause(w))
		return wrong(why, "http lacks its codes");
	for (; !at_clause(w); walk_next(w))
		if (!take_codes(w, &first, &last))
			return wrong(why, "a code of http is none of 200-599, 5xx, 500-503");
	return 0;
}

static int
check_json(struct walk *w, char *why)
{
	const char *tilde;

	walk_next(w);
	if (w->len == 0 || w->word[0] != '/' || w->len > ANSWER_POINTER_MAX)
		return wrong(why, "json lacks its pointer, like /messages/0/status");
	for (tilde = w->word; (tilde = memchr(tilde, '~', w->len - (size_t)(tilde - w->word)));
	     tilde++)
		if (tilde[1] != '0' && tilde[1] != '1')
			return wrong(why, "a ~ in a pointer is written ~0 (and a / ~1)");
	for (walk_next(w); !at_clause(w);)
		walk_next(w);
	return 0;
}

int
answer_rule_check(const char *rule, char *why)
{
	struct walk w = walk_start(rule);
	int r = 0;

	if (w.len == 0)
		return wrong(why, "the rule is empty");
	while (w.len > 0 && r == 0) {
		if (word_is(&w, "http"))
			r = check_http(&w, why);
		else if (word_is(&w, "json"))
			r = check_json(&w, why);
		else
			r = wrong(why, "a rule is made of http CODE... and json /POINTER VALUE...");
	}
	return r;
}

/* A step of a pointer, ~0 and ~1 undone. False: longer than any key that is looked for. */
static bool
unescape(const char *step, size_t len, char *key)
{
	size_t i, n = 0;

	if (len > ANSWER_POINTER_MAX)
		return false;
	for (i = 0; i < len; i++) {
		if (step[i] == '~' && i + 1 < len)
			key[n++] = step[++i] == '1' ? '/' : '~';
		else
			key[n++] = step[i];
	}
	key[n] = '\0';
	return true;
}

static json_t *
step_into(json_t *at, const char *step, size_t len)
{
	char key[ANSWER_POINTER_MAX + 1];
	size_t index = 0, i;

	if (json_is_object(at))
		return unescape(step, len, key) ? json_object_get(at, key) : NULL;
	if (!json_is_array(at) || len == 0 || len > 6 || strspn(step, DIGITS) < len ||
	    (step[0] == '0' && len > 1))
		return NULL;
	for (i = 0; i < len; i++)
		index = index * 10 + (size_t)(step[i] - '0');
	return json_array_get(at, index);
}

static json_t *
pointed(json_t *root, const char *pointer, size_t len)
{
	const char *end = pointer + len, *step;

	while (root && pointer < end) {
		step = ++pointer;
		while (pointer < end && *pointer != '/')
			pointer++;
		root = step_into(root, step, (size_t)(pointer - step));
	}
	return root;
}

/* A scalar as it would be written in a rule; room is for numbers. NULL: it is none. */
static const char *
scalar_text(const json_t *value, char room[32])
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		snprintf(room, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return room;
	case JSON_REAL:
		snprintf(room, 32, "%.15g", json_real_value(value));
		return room;
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_NULL:
		return "null";
	default:
		return NULL;
	}
}

static json_t *
evidence_root(struct evidence *e)
{
	const struct answer *a = e->answer;

	if (!e->looked && a->body)
		e->root = json_loadb(a->body, a->len, JSON_DECODE_ANY, NULL);
	e->looked = true;
	return e->root;
}

static bool
http_holds(struct walk *w, const struct evidence *e)
{
	long first, last;
	bool holds = false;

	for (walk_next(w); !at_clause(w); walk_next(w))
		if (take_codes(w, &first, &last) && e->answer->status >= first &&
		    e->answer->status <= last)
			holds = true;
	return holds;
}

static bool
json_holds(struct walk *w, struct evidence *e)
{
	json_t *value;
	const char *text;
	char room[32];
	bool holds;

	walk_next(w);
	value = pointed(evidence_root(e), w->word, w->len);
	text = value ? scalar_text(value, room) : NULL;
	walk_next(w);
	holds = value && at_clause(w);
	for (; !at_clause(w); walk_next(w))
		if (text && word_is(w, text))
			holds = true;
	return holds;
}

/* Do all clauses hold, or, where one is enough, does one? */
static bool
rule_holds(const char *rule, bool one, struct evidence *e)
{
	struct walk w = walk_start(rule);
	bool holds;

	while (w.len > 0) {
		if (word_is(&w, "http"))
			holds = http_holds(&w, e);
		else if (word_is(&w, "json"))
			holds = json_holds(&w, e);
		else
			return false;
		if (holds == one)
			return one;
	}
	return !one;
}

/* Words, and numbers that are too short for a code or a phone number. */
static bool
may_be_told(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 16 &&
	       (strspn(text, LETTERS "-_") == len || (len <= 5 && strspn(text, DIGITS "-") == len));
}

/* The first value that the rule looks at. */
static void
tell(const char *rule, struct evidence *e, char *seen)
{
	struct walk w = walk_start(rule);
	const char *text;
	json_t *value;
	char room[32];

	while (w.len > 0 && !word_is(&w, "json"))
		walk_next(&w);
	walk_next(&w);
	if (w.len == 0 || w.len > ANSWER_SEEN_SIZE - 24)
		return;
	value = pointed(evidence_root(e), w.word, w.len);
	text = value ? scalar_text(value, room) : NULL;
	if (text && may_be_told(text))
		snprintf(seen, ANSWER_SEEN_SIZE, " (%.*s is %s)", (int)w.len, w.word, text);
}

/* No rule said anything about it. */
static enum answer_verdict
judge_silent(const struct answer *a, struct evidence *e)
{
	if (a->status >= 300 && a->status <= 399)
		return ANSWER_ELSEWHERE;
	if (a->status == 401 || a->status == 403 || a->status == 407)
		return ANSWER_STRANGER;
	if (a->status < 200 || a->status > STATUS_LAST)
		return ANSWER_UNKNOWN;
	/*
	 * A friendly page of whatever stands between us and the gateway says nothing about the
	 * message.
	 */
	return a->status <= 299 && !evidence_root(e) ? ANSWER_UNKNOWN : ANSWER_REFUSED;
}

enum answer_verdict
answer_judge(const struct answer *a, const char *ok, const char *retry, char *seen)
{
	struct evidence e = { .answer = a };
	enum answer_verdict verdict;

	seen[0] = '\0';
	if (rule_holds(ok, false, &e))
		verdict = ANSWER_SENT;
	else if (rule_holds(retry, true, &e))
		verdict = ANSWER_LATER;
	else
		verdict = judge_silent(a, &e);
	if (verdict != ANSWER_SENT)
		tell(ok, &e, seen);
	json_decref(e.root);
	return verdict;
}
