/*
 * One row a verdict; one that is missing is a failure. After a reset the stack asks for the password,
 * however the dialog ended.
 */
#include "pam_sspr/verdict.h"

#include <security/_pam_types.h>

static const struct row {
	enum answer enroll, reset;
} table[VERDICT_COUNT] = {
	[VERDICT_REGISTERED] = { ANSWER_IGNORE, ANSWER_IGNORE },
	[VERDICT_CONFIRMED] = { ANSWER_IGNORE, ANSWER_IGNORE },
	[VERDICT_POSTPONED] = { ANSWER_IGNORE, ANSWER_IGNORE },
	[VERDICT_NOTICED] = { ANSWER_IGNORE, ANSWER_IGNORE },
	[VERDICT_NO_DIALOG] = { ANSWER_IGNORE, ANSWER_IGNORE },
	[VERDICT_NOT_ENABLED] = { ANSWER_IGNORE, ANSWER_IGNORE },
	[VERDICT_DECLINED] = { ANSWER_DENY, ANSWER_IGNORE },
	[VERDICT_TIMED_OUT] = { ANSWER_DENY, ANSWER_IGNORE },
	[VERDICT_REPLACED] = { ANSWER_DENY, ANSWER_IGNORE },
	[VERDICT_TOO_MUCH_INPUT] = { ANSWER_DENY, ANSWER_IGNORE },
	[VERDICT_PASSWORD_CHANGED] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_UNLOCKED] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_NOT_VERIFIED] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_BLOCKED] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_CONTACT_ADMINISTRATOR] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_FROZEN] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_ASKED_ADMINISTRATOR] = { ANSWER_ONERR, ANSWER_IGNORE },
	[VERDICT_FAILED] = { ANSWER_ONERR, ANSWER_ONERR },
};

enum answer
verdict_answer(enum purpose purpose, enum verdict verdict)
{
	if ((unsigned int)verdict >= VERDICT_COUNT)
		return ANSWER_ONERR;
	return purpose == PURPOSE_RESET ? table[verdict].reset : table[verdict].enroll;
}

int
answer_code(enum answer answer, bool onerr_fail)
{
	if (answer == ANSWER_IGNORE || (answer == ANSWER_ONERR && !onerr_fail))
		return PAM_IGNORE;
	return PAM_PERM_DENIED;
}
