/*
 * The words that programs say to each other: methods, states of Check, purposes of Converse,
 * verdicts. Each set is an enum and a table; words from outside are looked up, never trusted.
 */
#ifndef SSPR_PROTOCOL_WORDS_H
#define SSPR_PROTOCOL_WORDS_H

/* Ways to prove who one is. The order has no meaning: the policy gives the order. */
enum method {
	METHOD_APP,
	METHOD_EMAIL,
	METHOD_PHONE,
	METHOD_OFFICE_PHONE,
	METHOD_QUESTIONS,
	METHOD_RECOVERY_CODES,
	METHOD_COUNT
};

/* What Check answers. */
enum state {
	STATE_OK, /* nothing is due */
	STATE_REGISTER,
	STATE_RECONFIRM,
	STATE_REMIND,      /* one line of text, no dialog */
	STATE_NOTICE,      /* a change to be told, in a dialog */
	STATE_NOT_ENABLED, /* the policy leaves this user alone */
	STATE_COUNT
};

/* What Converse is asked for. */
enum purpose {
	PURPOSE_ENROLL,
	PURPOSE_RESET,
	PURPOSE_MANAGE,
	PURPOSE_COUNT,
};

/* How a dialog ended. ssprd chooses the word; the module maps it to a PAM code. */
enum verdict {
	VERDICT_REGISTERED,
	VERDICT_CONFIRMED,
	VERDICT_POSTPONED,
	VERDICT_NOTICED,
	VERDICT_NO_DIALOG,
	VERDICT_NOT_ENABLED,
	VERDICT_DECLINED,
	VERDICT_TIMED_OUT,
	VERDICT_REPLACED,
	VERDICT_TOO_MUCH_INPUT,
	VERDICT_PASSWORD_CHANGED,
	VERDICT_UNLOCKED,
	VERDICT_NOT_VERIFIED,
	VERDICT_BLOCKED,
	VERDICT_CONTACT_ADMINISTRATOR,
	VERDICT_FROZEN,
	VERDICT_ASKED_ADMINISTRATOR,
	VERDICT_FAILED,
	VERDICT_COUNT
};

/* The word of a value ("office-phone", "not-enabled"); NULL for a value outside of the enum. */
const char *method_word(enum method);
const char *state_word(enum state);
const char *purpose_word(enum purpose);
const char *verdict_word(enum verdict);

/* The value of a word; METHOD_COUNT, STATE_COUNT, ... when the word is unknown or NULL. */
enum method method_from_word(const char *);
enum state state_from_word(const char *);
enum purpose purpose_from_word(const char *);
enum verdict verdict_from_word(const char *);

#endif
