/*
 * Security questions: some of the catalogue's, each answer typed twice, unseen. Nothing goes to the judge before all are
 * answered: then the answers are hashed, each with the salt and in the slot that the judge gives, and only
 * the hashes leave this process. What is registered is proven by one answer, to the question that the judge picked; in a reset
 * by several, all of which must fit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "methods/asks.h"
#include "methods/questions/ask_catalogue.h"
#include "session/answer.h"
#include "session/hash.h"
#include "session/proof.h"
#include "session/request.h"
#include "session/session.h"
#include "session/talk.h"
#include "text/language.h"
#include "text/log.h"
#include "text/normal.h"

#define TRIES     3  /* of one question */
#define PICKS_MAX 10 /* more than any policy asks for */

struct pick {
	const char *question; /* the catalogue's */
	struct secret answer; /* normalised */
};

struct picks {
	struct pick pick[PICKS_MAX];
	size_t count;
};

static const char *const weak[] = {
	[WEAK_SHORT] = N_("That answer is too short: at least 3 characters are needed."),
	[WEAK_LONG] = N_("That answer is too long: at most 40 characters are taken."),
	[WEAK_USER] = N_("That answer holds your user name, which others know."),
	[WEAK_HOST] = N_("That answer holds this host's name, which others know."),
	[WEAK_QUESTION] = N_("That answer holds a word of its question, which others can read."),
	[WEAK_REPEATED] = N_("That answer is one character repeated, which is easy to guess."),
	[WEAK_COMMON] = N_("That answer is one of the commonest of all, which is easy to guess."),
};

static bool
given_before(const struct picks *picks, const struct secret *answer)
{
	for (size_t i = 0; i < picks->count; i++)
		if (secret_equal(&picks->pick[i].answer, answer))
			return true;
	return false;
}

/* Is this answer good enough for this question? If not, the user is told why. */
static bool
strong(struct session *s, const struct picks *picks, const char *question,
       const struct secret *answer)
{
	enum weakness weakness = answer_weakness(answer, question, s->user, s->facts.host);

	if (weakness != WEAK_NOT) {
		say(s, "%s", _(weak[weakness]));
		return false;
	}
	if (given_before(picks, answer)) {
		say(s, _("You have given that answer to another question. Each needs its own."));
		return false;
	}
	return true;
}

/* ANSWERED: *normalised is what was typed, as it is compared. */
static enum outcome
ask_normalised(struct session *s, struct secret *normalised, const char *prompt)
{
	struct secret typed = { 0 };
	enum outcome o = ask_secret(s, &typed, "%s", prompt);

	if (o == ANSWERED && answer_is(&typed, 'b'))
		o = BACK;
	if (o == ANSWERED && normal_answer(normalised, typed.data, typed.len) != 0)
		o = session_finish(s, FINISH_BROKEN);
	secret_done(&typed);
	return o;
}

/* Have one answer typed twice. WRONG: it was not taken, and the user knows why. */
static enum outcome
ask_answer_once(struct session *s, const struct picks *picks, const char *question,
		struct secret *answer)
{
	struct secret again = { 0 };
	enum outcome o;

	say(s, "%s", question);
	o = ask_normalised(s, answer, _("Answer, not shown ([b] another method): "));
	if (o == ANSWERED && !strong(s, picks, question, answer))
		o = WRONG;
	if (o == ANSWERED)
		o = ask_normalised(s, &again, _("The same answer once more: "));
	if (o == ANSWERED && !secret_equal(answer, &again)) {
		say(s, _("The two answers differ."));
		o = WRONG;
	}
	secret_done(&again);
	return o;
}

/* ANSWERED, SPENT: three answers were not taken; BACK; ENDED. */
static enum outcome
ask_answer(struct session *s, const struct picks *picks, const char *question,
	   struct secret *answer)
{
	enum outcome o = WRONG;

	for (int try = 0; o == WRONG && try < TRIES; try++)
		o = ask_answer_once(s, picks, question, answer);
	if (o != WRONG)
		return o;
	say(s, _("Those were three tries. Please take another question."));
	return SPENT;
}

/* Pick one question and answer it. */
static enum outcome
pick_one(struct session *s, struct catalogue *catalogue, struct picks *picks)
{
	struct pick *pick = &picks->pick[picks->count];
	enum outcome o;

	say_gap(s);
	say(s, _("Question %d of %d. Type the number of one that only you can answer:"),
	    (int)picks->count + 1, s->facts.questions);
	o = catalogue_choose(s, catalogue, &pick->question);
	if (o != ANSWERED)
		return o;
	say_gap(s);
	o = ask_answer(s, picks, pick->question, &pick->answer);
	if (o == ANSWERED)
		picks->count++;
	return o;
}

/* Hash an answer with the judge's salt, and hand the hash over. What request_try answers. */
static enum outcome
try_answer(struct session *s, const char *question, const struct secret *answer, const char *use,
	   struct told *told)
{
	unsigned char hash[HASH_SIZE];
	struct slot slot = { 0 };
	enum outcome o = request_slot(s, METHOD_QUESTIONS, use, &slot);
	int r;

	if (o != ANSWERED)
		return o;
	r = hash_answer(answer, &slot, hash);
	if (r == 0) {
		o = request_try(s, METHOD_QUESTIONS, question, strlen(question), hash, told);
	} else {
		log_error("an answer cannot be hashed with %lld KiB and %lld passes: %s",
			  (long long)slot.memory, (long long)slot.passes, strerrorname_np(-r));
		o = session_finish(s, FINISH_BROKEN);
	}
	explicit_bzero(hash, sizeof hash);
	return o;
}

/* Give all hashes to the judge. PROVEN with the last one. */
static enum outcome
hand_over(struct session *s, const struct picks *picks)
{
	const struct method_fact *fact = session_method(s, METHOD_QUESTIONS);
	const char *use = fact != NULL && method_is_registered(fact) ? SLOT_NEW : NULL;
	struct told told = { 0 };
	enum outcome o = MORE;

	for (size_t i = 0; o == MORE && i < picks->count; i++)
		o = try_answer(s, picks->pick[i].question, &picks->pick[i].answer, use, &told);
	if (o != PROVEN && o != ENDED)
		say(s, _("The answers could not be saved. Please try once more, or take another "
			 "method."));
	return o;
}

static enum outcome
ask_questions(struct session *s, struct catalogue *catalogue)
{
	struct picks picks = { 0 };
	size_t wanted = (size_t)s->facts.questions;
	enum outcome o = ANSWERED;

	say(s, _("Security questions"));
	say(s,
	    ngettext("Choose %d question, and give an answer that nobody else can find out.",
		     "Choose %d questions, and give answers that nobody else can find out.",
		     (unsigned long)wanted),
	    (int)wanted);
	say(s, _("Answers are 3 to 40 characters; capitals and extra spaces make no difference."));
	while ((o == ANSWERED || o == SPENT) && picks.count < wanted)
		o = pick_one(s, catalogue, &picks);
	if (o == ANSWERED)
		o = hand_over(s, &picks);
	for (size_t i = 0; i < PICKS_MAX; i++)
		secret_done(&picks.pick[i].answer);
	return o;
}

static enum outcome
questions_enrol(struct session *s)
{
	struct catalogue *catalogue;
	enum outcome o;

	if (s->facts.questions < 1 || s->facts.questions > PICKS_MAX) {
		log_error("%d questions are to be registered", s->facts.questions);
		return session_finish(s, FINISH_BROKEN);
	}
	o = catalogue_get(s, &catalogue);
	if (o != ANSWERED)
		return o;
	o = ask_questions(s, catalogue);
	catalogue_free(catalogue);
	return o;
}

static void
tell_proof(struct session *s, enum outcome o, const struct told *told)
{
	int left = (int)told->number;

	if (o == WRONG)
		say(s,
		    ngettext("That is not the answer that you gave. There is %d try left.",
			     "That is not the answer that you gave. There are %d tries left.",
			     (unsigned long)left),
		    left);
	else if (o == BLOCKED)
		proof_blocked(s, told);
	else if (o != PROVEN && o != ENDED && o != BACK)
		say(s, _("The questions cannot be tried now. Please take another method."));
}

/*
 * A reset asks several, one after the other, and only the last reply says whether all of them fitted: which one did not would help
 * somebody who guesses.
 */
static enum outcome
prove_set(struct session *s, struct secret *question, struct told *told)
{
	struct secret answer = { 0 };
	enum outcome o;

	do {
		say(s, "%s", secret_text(question));
		o = ask_normalised(s, &answer, _("Answer, not shown ([b] another method): "));
		if (o == ANSWERED)
			o = try_answer(s, secret_text(question), &answer, NULL, told);
		if (o == MORE)
			o = request_seed(s, METHOD_QUESTIONS, question, 1, told);
	} while (o == ANSWERED);
	secret_done(&answer);
	if (o == WRONG)
		say(s, _("These answers do not match."));
	else
		tell_proof(s, o, told);
	return o;
}

/* Ask until the answer fits, or no more tries are left. */
static enum outcome
prove_answer(struct session *s, const char *question)
{
	struct secret answer = { 0 };
	struct told told = { 0 };
	enum outcome o;

	do {
		say(s, "%s", question);
		o = ask_normalised(s, &answer, _("Answer, not shown ([b] another method): "));
		if (o == ANSWERED)
			o = try_answer(s, question, &answer, NULL, &told);
		tell_proof(s, o, &told);
	} while (o == WRONG);
	secret_done(&answer);
	return o;
}

static enum outcome
questions_prove(struct session *s)
{
	struct secret question = { 0 };
	struct told told = { 0 };
	enum outcome o = request_seed(s, METHOD_QUESTIONS, &question, 1, &told);

	if (o == ANSWERED)
		say(s, _("Security questions"));
	if (o != ANSWERED)
		tell_proof(s, o, &told);
	else if (s->purpose == PURPOSE_RESET)
		o = prove_set(s, &question, &told);
	else
		o = prove_answer(s, secret_text(&question));
	secret_done(&question);
	return o;
}

const struct method_ask questions_ask = {
	.method = METHOD_QUESTIONS,
	.title = N_("Security questions"),
	.hint = N_("questions that only you can answer"),
	.enrol = questions_enrol,
	.prove = questions_prove,
};
