/*
 * The rows of methods/judges.c, each at the end of its method's judge.c; and the replies that
 * several of them give.
 */
#ifndef SSPR_METHODS_JUDGES_H
#define SSPR_METHODS_JUDGES_H

#include "methods/judge.h"

extern const struct method_judge app_judge, email_judge, phone_judge, office_phone_judge,
	questions_judge, recovery_codes_judge;

/* A reply of a status alone, with a number, with a reason. 0 or -errno. */
static inline int
judge_answer(struct message *reply, enum reply_status status)
{
	message_start(reply, status);
	return 0;
}

static inline int
judge_answer_number(struct message *reply, enum reply_status status, int64_t number)
{
	message_start(reply, status);
	return message_put_number(reply, number);
}

static inline int
judge_answer_reason(struct message *reply, enum reply_status status, enum reason reason)
{
	message_start(reply, status);
	return message_put_text(reply, reason_word(reason));
}

#endif
