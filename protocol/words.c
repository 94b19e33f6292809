/*
 * The words, one table a set. A set's order is its enum's.
 */
#include "protocol/words.h"

#include <stddef.h>
#include <string.h>

static const char *const method_words[METHOD_COUNT] = {
	[METHOD_APP] = "app",
	[METHOD_EMAIL] = "email",
	[METHOD_PHONE] = "phone",
	[METHOD_OFFICE_PHONE] = "office-phone",
	[METHOD_QUESTIONS] = "questions",
	[METHOD_RECOVERY_CODES] = "recovery-codes",
};

static const char *const state_words[STATE_COUNT] = {
	[STATE_OK] = "ok",
	[STATE_REGISTER] = "register",
	[STATE_RECONFIRM] = "reconfirm",
	[STATE_REMIND] = "remind",
	[STATE_NOTICE] = "notice",
	[STATE_NOT_ENABLED] = "not-enabled",
};

static const char *const purpose_words[PURPOSE_COUNT] = {
	[PURPOSE_ENROLL] = "enroll",
	[PURPOSE_RESET] = "reset",
	[PURPOSE_MANAGE] = "manage",
};

static const char *const verdict_words[VERDICT_COUNT] = {
	[VERDICT_REGISTERED] = "registered",
	[VERDICT_CONFIRMED] = "confirmed",
	[VERDICT_POSTPONED] = "postponed",
	[VERDICT_NOTICED] = "noticed",
	[VERDICT_NO_DIALOG] = "no-dialog",
	[VERDICT_NOT_ENABLED] = "not-enabled",
	[VERDICT_DECLINED] = "declined",
	[VERDICT_TIMED_OUT] = "timed-out",
	[VERDICT_REPLACED] = "replaced",
	[VERDICT_TOO_MUCH_INPUT] = "too-much-input",
	[VERDICT_PASSWORD_CHANGED] = "password-changed",
	[VERDICT_UNLOCKED] = "unlocked",
	[VERDICT_NOT_VERIFIED] = "not-verified",
	[VERDICT_BLOCKED] = "blocked",
	[VERDICT_CONTACT_ADMINISTRATOR] = "contact-administrator",
	[VERDICT_FROZEN] = "frozen",
	[VERDICT_ASKED_ADMINISTRATOR] = "asked-administrator",
	[VERDICT_FAILED] = "failed",
};

static const char *
word_at(const char *const *words, unsigned int count, unsigned int value)
{
	return value < count ? words[value] : NULL;
}

/* count when the word is unknown: each enum's own _COUNT. */
static unsigned int
find(const char *const *words, unsigned int count, const char *word)
{
	unsigned int i;

	if (word == NULL)
		return count;
	for (i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			break;
	return i;
}

const char *
method_word(enum method method)
{
	return word_at(method_words, METHOD_COUNT, method);
}

const char *
state_word(enum state state)
{
	return word_at(state_words, STATE_COUNT, state);
}

const char *
purpose_word(enum purpose purpose)
{
	return word_at(purpose_words, PURPOSE_COUNT, purpose);
}

const char *
verdict_word(enum verdict verdict)
{
	return word_at(verdict_words, VERDICT_COUNT, verdict);
}

enum method
method_from_word(const char *word)
{
	return find(method_words, METHOD_COUNT, word);
}

enum state
state_from_word(const char *word)
{
	return find(state_words, STATE_COUNT, word);
}

enum purpose
purpose_from_word(const char *word)
{
	return find(purpose_words, PURPOSE_COUNT, word);
}

enum verdict
verdict_from_word(const char *word)
{
	return find(verdict_words, VERDICT_COUNT, word);
}
