/*
 * Answers of gateways: any rule is refused with a reason or decides any answer, and what is told of a body is short
 * and plain. The input: three digits of a status, the ok rule, a line end, the retry rule, a line end, the body.
 */
/* link: deliver/answer.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_seen(const char *seen)
{
	const char *value;

	if (seen[0] == '\0')
		return;
	value = strstr(seen, " is ");
	if (strlen(seen) >= ANSWER_SEEN_SIZE || !value || strlen(value) > 4 + 16 + 1)
		abort();
	if (strspn(value + 4, "0123456789") > 5)
		abort();
}

static void
check(const struct answer *a, const char *ok, const char *retry)
{
	char why[ANSWER_WHY_SIZE] = "", seen[ANSWER_SEEN_SIZE];
	enum answer_verdict v;

	if (answer_rule_check(ok, why) < 0 || answer_rule_check(retry, why) < 0) {
		if (why[0] == '\0')
			abort();
		return;
	}
	v = answer_judge(a, ok, retry, seen);
	if (v == ANSWER_SENT && a->status >= 400 && strcmp(ok, ANSWER_OK_DEFAULT) == 0)
		abort();
	check_seen(seen);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = size >= 3 ? malloc(size + 1) : NULL;
	char *retry, *body;
	struct answer a;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	retry = strchr(text + 3, '\n');
	body = retry ? strchr(retry + 1, '\n') : NULL;
	if (body) {
		*retry = *body = '\0';
		a = (struct answer){ (text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0',
				     body + 1, size - (size_t)(body + 1 - text) };
		check(&a, text + 3, retry + 1);
		check(&a, ANSWER_OK_DEFAULT, ANSWER_RETRY_DEFAULT);
	}
	free(text);
	return 0;
}
