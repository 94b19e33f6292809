/*
 * What a gateway's answer means, by the rules of its template: pure over the status and the body.
 *
 * A rule is a list of clauses: `http CODE...`, where a CODE is 201, 500-599 or 5xx, and `json
 * /POINTER VALUE...` (RFC 6901): the value there, as text, is one of these; without a VALUE it only
 * has to be there. An `ok` rule holds when all of its clauses hold, a `retry` rule when one of them
 * does.
 */
#ifndef SSPR_DELIVER_ANSWER_H
#define SSPR_DELIVER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#define ANSWER_BODY_MAX    (64 * 1024) /* bytes of a body that are looked at */
#define ANSWER_POINTER_MAX 255
#define ANSWER_WHY_SIZE    128
#define ANSWER_SEEN_SIZE   48

#define ANSWER_OK_DEFAULT    "http 2xx"
#define ANSWER_RETRY_DEFAULT "http 408 429 5xx"

struct answer {
	long status; /* of HTTP */
	const char *body;
	size_t len;
};

enum answer_verdict {
	ANSWER_SENT,
	ANSWER_LATER,     /* the gateway asks for another try */
	ANSWER_REFUSED,   /* it does not take this message */
	ANSWER_UNKNOWN,   /* not the gateway: no HTTP, or an unknown 2xx without JSON */
	ANSWER_STRANGER,  /* it does not take our login */
	ANSWER_ELSEWHERE, /* a redirect, which is never followed */
};

/* Is it a rule? 0, or -EINVAL with *why (ANSWER_WHY_SIZE). */
int answer_rule_check(const char *rule, char *why);

/*
 * Judge an answer by good rules. seen (ANSWER_SEEN_SIZE) is what to tell of the body: " (/status is
 * \"failed\")", or "": only words and short numbers, since a body may quote the message. -ENOMEM is
 * ANSWER_UNKNOWN.
 */
enum answer_verdict
answer_judge(const struct answer *a, const char *ok, const char *retry, char *seen);

#endif
