/*
 * What was typed, as it is compared. utf8proc writes into memory of ours only: its own mapping function
 * would leave the answer behind in memory that nobody wipes.
 */
#include "text/normal.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "protocol/limits.h"
#include "text/common.h"

#define NORMAL_FORM                                                                                \
	(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)
#define ANSWER_CHARS_MIN 3
#define ANSWER_CHARS_MAX 40
#define NAME_CHARS_MIN   3
#define WORD_CHARS_MIN   4

/* One character: its bytes, or -EINVAL. */
static int
next_char(const unsigned char *data, size_t len, int32_t *c)
{
	utf8proc_ssize_t n = utf8proc_iterate(data, (utf8proc_ssize_t)len, c);

	return n > 0 ? (int)n : -EINVAL;
}

static bool
is_control(int32_t c)
{
	return utf8proc_category(c) == UTF8PROC_CATEGORY_CC;
}

static bool
is_space(int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return (c >= '\t' && c <= '\r') || c == 0x85;
	}
}

enum typed
typed_check(const void *data, size_t len)
{
	const unsigned char *at = data;
	bool control = false, empty = true;
	size_t i = 0;
	int32_t c;
	int n;

	if (len > PACKET_ANSWER_MAX)
		return TYPED_LONG;
	while (i < len) {
		n = next_char(at + i, len - i, &c);
		if (n < 0)
			return TYPED_NOT_UTF8;
		control = control || is_control(c);
		empty = empty && is_space(c);
		i += (size_t)n;
	}
	if (control)
		return TYPED_CONTROL;
	return empty ? TYPED_EMPTY : TYPED_FINE;
}

int
normal_length(const void *data, size_t len)
{
	const unsigned char *at = data;
	int32_t c;
	int n, chars = 0;

	while (len > 0) {
		n = next_char(at, len, &c);
		if (n < 0)
			return n;
		at += n;
		len -= (size_t)n;
		chars++;
	}
	return chars;
}

/* Inner white space to one space, outer removed; the new count. */
static size_t
squeeze(int32_t *chars, size_t count)
{
	size_t i, used = 0;

	for (i = 0; i < count; i++) {
		if (!is_space(chars[i]))
			chars[used++] = chars[i];
		else if (used > 0 && chars[used - 1] != ' ')
			chars[used++] = ' ';
	}
	if (used > 0 && chars[used - 1] == ' ')
		used--;
	return used;
}

/* NFKC and case folding, as characters: *count of them in work. */
static int
fold(struct secret *work, size_t *count, const void *data, size_t len)
{
	utf8proc_ssize_t n, size;
	int r;

	size = utf8proc_decompose(data, (utf8proc_ssize_t)len, NULL, 0, NORMAL_FORM);
	if (size < 0)
		return -EINVAL;
	r = secret_room(work, ((size_t)size + 1) * sizeof(int32_t));
	if (r < 0)
		return r;
	n = utf8proc_decompose(data, (utf8proc_ssize_t)len, (int32_t *)(void *)work->data, size,
			       NORMAL_FORM);
	if (n < 0 || n > size)
		return -EINVAL;
	n = utf8proc_normalize_utf32((int32_t *)(void *)work->data, n, NORMAL_FORM);
	if (n < 0)
		return -EINVAL;
	*count = (size_t)n;
	return 0;
}

static int
encode(struct secret *out, const int32_t *chars, size_t count)
{
	struct secret bytes = { 0 };
	size_t i, used = 0;
	int r;

	r = secret_room(&bytes, count * 4);
	if (r < 0)
		return r;
	for (i = 0; i < count; i++)
		used += (size_t)utf8proc_encode_char(chars[i], bytes.data + used);
	r = secret_set(out, bytes.data, used);
	secret_done(&bytes);
	return r;
}

int
normal_answer(struct secret *out, const void *data, size_t len)
{
	struct secret work = { 0 };
	size_t count = 0;
	int r;

	r = fold(&work, &count, data, len);
	if (r < 0)
		goto out;
	count = squeeze((int32_t *)(void *)work.data, count);
	r = encode(out, (const int32_t *)(void *)work.data, count);
out:
	secret_done(&work);
	return r;
}

/* Does the answer hold these bytes, when they are at least min characters? */
static bool
holds(const struct secret *answer, const void *part, size_t len, int min)
{
	return answer->len >= len && normal_length(part, len) >= min &&
	       memmem(answer->data, answer->len, part, len) != NULL;
}

/* Does it hold this name, or its first label? */
static bool
holds_name(const struct secret *answer, const char *name)
{
	struct secret normalised = { 0 };
	bool held = false;

	if (normal_answer(&normalised, name, strlen(name)) == 0 && normalised.len > 0)
		held = holds(answer, normalised.data, normalised.len, NAME_CHARS_MIN) ||
		       holds(answer, normalised.data, strcspn(secret_text(&normalised), "."),
			     NAME_CHARS_MIN);
	secret_done(&normalised);
	return held;
}

/* The bytes of a word at the start of text, 0 when there is none there. */
static size_t
word_length(const unsigned char *text, size_t len)
{
	size_t i = 0;
	int32_t c;
	int n;

	while (i < len) {
		n = next_char(text + i, len - i, &c);
		if (n < 0 || utf8proc_category(c) < UTF8PROC_CATEGORY_LU ||
		    utf8proc_category(c) > UTF8PROC_CATEGORY_NO)
			break;
		i += (size_t)n;
	}
	return i;
}

/* Is it this, no more and no less? */
static bool
is_just(const struct secret *answer, const void *word, size_t len)
{
	return answer->len == len && memcmp(answer->data, word, len) == 0;
}

static bool
holds_word_of(const struct secret *answer, const char *question)
{
	struct secret words = { 0 };
	bool held = false;
	size_t i = 0, n;

	if (normal_answer(&words, question, strlen(question)) < 0)
		goto out;
	while (i < words.len && !held) {
		n = word_length(words.data + i, words.len - i);
		held = n > 0 && (holds(answer, words.data + i, n, WORD_CHARS_MIN) ||
				 is_just(answer, words.data + i, n));
		i += n ? n : 1;
	}
out:
	secret_done(&words);
	return held;
}

/* One character again and again, spaces not counted. */
static bool
is_repeated(const struct secret *answer)
{
	int32_t c, first = 0;
	size_t i = 0;
	int n;

	while (i < answer->len) {
		n = next_char(answer->data + i, answer->len - i, &c);
		if (n < 0)
			return false;
		i += (size_t)n;
		if (c == ' ')
			continue;
		if (first != 0 && c != first)
			return false;
		first = c;
	}
	return true;
}

/* The same word, whatever spaces stand in the answer ("i love you")? */
static bool
same_but_spaces(const struct secret *answer, const char *word)
{
	size_t i;

	for (i = 0; i < answer->len; i++) {
		if (answer->data[i] == ' ')
			continue;
		if (*word == '\0' || answer->data[i] != (unsigned char)*word)
			return false;
		word++;
	}
	return *word == '\0';
}

static bool
is_common(const struct secret *answer)
{
	size_t i;

	for (i = 0; i < COMMON_ANSWERS; i++)
		if (same_but_spaces(answer, common_answers[i]))
			return true;
	return false;
}

enum weakness
answer_weakness(const struct secret *normalised, const char *question, const char *user,
		const char *host)
{
	int chars = normal_length(normalised->data, normalised->len);

	if (chars < ANSWER_CHARS_MIN)
		return WEAK_SHORT;
	if (chars > ANSWER_CHARS_MAX)
		return WEAK_LONG;
	if (holds_name(normalised, user))
		return WEAK_USER;
	if (holds_name(normalised, host))
		return WEAK_HOST;
	if (holds_word_of(normalised, question))
		return WEAK_QUESTION;
	if (is_repeated(normalised))
		return WEAK_REPEATED;
	return is_common(normalised) ? WEAK_COMMON : WEAK_NOT;
}
