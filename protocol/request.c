/*
 * Requests and replies as bytes: an op, then fields of a length and so many bytes. A message is
 * taken apart as a whole before a field of it is looked at.
 */
#include "protocol/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/seqpacket.h"

#define FIELD_HEAD 2 /* bytes of a field's length */

_Static_assert(MESSAGE_GOT == (int)SEQPACKET_GOT && MESSAGE_CLOSED == (int)SEQPACKET_CLOSED &&
		       MESSAGE_LATE == (int)SEQPACKET_LATE && MESSAGE_BAD == (int)SEQPACKET_BAD,
	       "message_receive answers what seqpacket_receive answers");

static const char *const reason_words[REASON_COUNT] = {
	[REASON_SYNTAX] = "syntax",
	[REASON_TOO_LONG] = "too-long",
	[REASON_DOMAIN_FORBIDDEN] = "domain-forbidden",
	[REASON_THIS_HOST] = "this-host",
	[REASON_SAME] = "same",
	[REASON_LATER] = "later",
	[REASON_BOUNCED] = "bounced",
	[REASON_MISCONFIGURED] = "misconfigured",
	[REASON_NUMBER_FORBIDDEN] = "number-forbidden",
	[REASON_NEEDED] = "needed",
};

static const char *const finish_words[FINISH_COUNT] = {
	[FINISH_DONE] = "done",
	[FINISH_NOT_NOW] = "not-now",
	[FINISH_TIMED_OUT] = "timed-out",
	[FINISH_NO_DIALOG] = "no-dialog",
	[FINISH_TOO_MUCH_INPUT] = "too-much-input",
	[FINISH_CANNOT_PROVE] = "cannot-prove",
	[FINISH_BROKEN] = "broken",
};

/* count when the word is unknown. */
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
reason_word(enum reason reason)
{
	return (unsigned int)reason < REASON_COUNT ? reason_words[reason] : NULL;
}

enum reason
reason_from_word(const char *word)
{
	return find(reason_words, REASON_COUNT, word);
}

const char *
finish_word(enum finish finish)
{
	return (unsigned int)finish < FINISH_COUNT ? finish_words[finish] : NULL;
}

enum finish
finish_from_word(const char *word)
{
	return find(finish_words, FINISH_COUNT, word);
}

void
message_start(struct message *m, int op)
{
	m->data[0] = (unsigned char)op;
	m->len = 1;
}

/* Step to the field at *pos. True when one is wholly there; *pos is then behind it. */
static bool
next_field(const struct message *m, size_t *pos, struct field *field)
{
	size_t len;

	if (m->len - *pos < FIELD_HEAD)
		return false;
	len = (size_t)m->data[*pos] | (size_t)m->data[*pos + 1] << 8;
	if (m->len - *pos - FIELD_HEAD < len)
		return false;
	field->data = m->data + *pos + FIELD_HEAD;
	field->len = len;
	*pos += FIELD_HEAD + len;
	return true;
}

static size_t
count_fields(const struct message *m)
{
	struct field field;
	size_t pos = 1, count = 0;

	while (next_field(m, &pos, &field))
		count++;
	return count;
}

int
message_put(struct message *m, const void *data, size_t len)
{
	if (len > REQUEST_MAX || m->len + FIELD_HEAD + len > REQUEST_MAX)
		return -EMSGSIZE;
	if (count_fields(m) == REQUEST_FIELDS_MAX)
		return -EMSGSIZE;
	m->data[m->len] = (unsigned char)(len & 0xff);
	m->data[m->len + 1] = (unsigned char)(len >> 8);
	if (len > 0)
		memcpy(m->data + m->len + FIELD_HEAD, data, len);
	m->len += FIELD_HEAD + len;
	return 0;
}

int
message_put_text(struct message *m, const char *text)
{
	return message_put(m, text, strlen(text));
}

int
message_put_number(struct message *m, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	return message_put_text(m, text);
}

void
message_done(struct message *m)
{
	explicit_bzero(m, sizeof(*m));
}

bool
message_parse(const struct message *m, struct fields *f)
{
	size_t pos = 1;

	f->op = 0;
	f->count = 0;
	if (m->len == 0 || m->len > REQUEST_MAX)
		return false;
	while (pos < m->len) {
		if (f->count == REQUEST_FIELDS_MAX || !next_field(m, &pos, &f->field[f->count]))
			return false;
		f->count++;
	}
	f->op = m->data[0];
	return true;
}

bool
field_text(const struct fields *f, size_t i, char *out, size_t size)
{
	const struct field *field;

	out[0] = '\0';
	if (i >= f->count)
		return false;
	field = &f->field[i];
	if (field->len >= size || memchr(field->data, '\0', field->len) != NULL)
		return false;
	memcpy(out, field->data, field->len);
	out[field->len] = '\0';
	return true;
}

bool
field_number(const struct fields *f, size_t i, int64_t *number)
{
	char text[24];
	const char *p = text;
	int64_t value = 0;
	bool negative;

	if (!field_text(f, i, text, sizeof(text)))
		return false;
	negative = *p == '-';
	p += negative;
	if (*p == '\0')
		return false;
	/* Counted below zero: INT64_MIN has no positive twin. */
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, *p - '0', &value))
			return false;
	if (*p != '\0' || (!negative && value == INT64_MIN))
		return false;
	*number = negative ? value : -value;
	return true;
}

int
message_send_passing(int fd, const struct message *m, int passing, int timeout_ms)
{
	const struct iovec part = { .iov_base = (void *)m->data, .iov_len = m->len };
	int r;

	r = seqpacket_send_passing(fd, &part, 1, passing, timeout_ms);
	return r == -ETIMEDOUT && timeout_ms == 0 ? -EAGAIN : r;
}

int
message_send(int fd, const struct message *m, int timeout_ms)
{
	return message_send_passing(fd, m, -1, timeout_ms);
}

int
message_receive(int fd, struct message *m, int timeout_ms)
{
	const struct iovec part = { .iov_base = m->data, .iov_len = sizeof(m->data) };

	m->len = 0;
	return seqpacket_receive(fd, &part, 1, timeout_ms, &m->len);
}

int
message_receive_passed(int fd, struct message *m, int *passed, int timeout_ms)
{
	const struct iovec part = { .iov_base = m->data, .iov_len = sizeof(m->data) };

	m->len = 0;
	return seqpacket_receive_passed(fd, &part, 1, passed, timeout_ms, &m->len);
}
