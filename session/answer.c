/* Short answers and moments. */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "session/answer.h"

static bool
blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* The answer without the blanks around it. */
static const unsigned char *
core(const struct secret *answer, size_t *len)
{
	const unsigned char *start = answer->data;
	size_t left = answer->len;

	while (left > 0 && blank(*start)) {
		start++;
		left--;
	}
	while (left > 0 && blank(start[left - 1]))
		left--;
	*len = left;
	return start;
}

bool
answer_is(const struct secret *answer, char letter)
{
	size_t len;
	const unsigned char *text = core(answer, &len);

	return len == 1 && tolower(*text) == letter;
}

int
answer_number(const struct secret *answer, int max)
{
	size_t len;
	const unsigned char *text = core(answer, &len);
	int number = 0;

	if (len == 0 || len > 6)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		number = number * 10 + (text[i] - '0');
	}
	return number <= max ? number : 0;
}

void
answer_trim(struct secret *answer)
{
	size_t len;
	const unsigned char *text = core(answer, &len);

	if (answer->len == 0)
		return;
	memmove(answer->data, text, len);
	explicit_bzero(answer->data + len, answer->len - len);
	answer->len = len;
}

bool
answer_code(struct secret *answer, int digits)
{
	size_t kept = 0;
	bool good = true;

	if (answer->len == 0)
		return false;
	for (size_t i = 0; i < answer->len; i++) {
		unsigned char c = answer->data[i];

		if (blank(c) || c == '-')
			continue;
		good = good && c >= '0' && c <= '9';
		answer->data[kept++] = c;
	}
	explicit_bzero(answer->data + kept, answer->len - kept);
	answer->len = kept;
	return good && kept == (size_t)digits;
}

/*
 * localtime_r, not localtime: that would look at /etc/localtime again, which the sandbox forbids.
 */
static bool
local(int64_t moment, struct tm *tm)
{
	time_t t = (time_t)moment;

	return localtime_r(&t, tm) != NULL;
}

void
moment_text(int64_t moment, int64_t now, char out[MOMENT_TEXT_MAX])
{
	struct tm then, today;
	size_t len = 0;

	if (local(moment, &then) && local(now, &today)) {
		if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday)
			len = strftime(out, MOMENT_TEXT_MAX, "%H:%M", &then);
		else
			len = strftime(out, MOMENT_TEXT_MAX, "%Y-%m-%d %H:%M", &then);
	}
	out[len] = '\0';
}

void
date_text(int64_t moment, char out[MOMENT_TEXT_MAX])
{
	struct tm then;
	size_t len = 0;

	if (local(moment, &then))
		len = strftime(out, MOMENT_TEXT_MAX, "%Y-%m-%d", &then);
	out[len] = '\0';
}
