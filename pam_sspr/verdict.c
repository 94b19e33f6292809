/*
 * One row a verdict; a row that is missing is a failure.
 */
#include "pam_sspr/verdict.h"

#include <security/_pam_types.h>

static const struct row {
	bool known;
	enum answer answer;
} table[VERDICT_COUNT] = {
	[VERDICT_REGISTERED] = { true, ANSWER_IGNORE },
	[VERDICT_CONFIRMED] = { true, ANSWER_IGNORE },
	[VERDICT_POSTPONED] = { true, ANSWER_IGNORE },
	[VERDICT_NOTICED] = { true, ANSWER_IGNORE },
	[VERDICT_NO_DIALOG] = { true, ANSWER_IGNORE },
	[VERDICT_NOT_ENABLED] = { true, ANSWER_IGNORE },
	[VERDICT_DECLINED] = { true, ANSWER_DENY },
	[VERDICT_TIMED_OUT] = { true, ANSWER_DENY },
	[VERDICT_REPLACED] = { true, ANSWER_DENY },
	[VERDICT_TOO_MUCH_INPUT] = { true, ANSWER_DENY },
	[VERDICT_FAILED] = { true, ANSWER_ONERR },
};

enum answer
verdict_answer(enum verdict verdict)
{
	if ((unsigned int)verdict >= VERDICT_COUNT || !table[verdict].known)
		return ANSWER_ONERR;
	return table[verdict].answer;
}

int
answer_code(enum answer answer, bool onerr_fail)
{
	if (answer == ANSWER_IGNORE || (answer == ANSWER_ONERR && !onerr_fail))
		return PAM_IGNORE;
	return PAM_PERM_DENIED;
}
