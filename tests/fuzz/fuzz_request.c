/*
 * Requests and replies as bytes: what can be taken apart is put together again as it was, and no
 * field reaches outside of its message.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_field(const struct message *m, const struct fields *f, size_t i)
{
	const struct field *field = &f->field[i];
	char text[300];
	int64_t number;

	if (field->data < m->data || field->data + field->len > m->data + m->len)
		abort();
	if (field_text(f, i, text, sizeof(text)) &&
	    (strlen(text) != field->len || memcmp(text, field->data, field->len) != 0))
		abort();
	if (field_number(f, i, &number) && (field->len == 0 || field->len > 23))
		abort();
}

static void
check_again(const struct message *m, const struct fields *f)
{
	static struct message again;

	message_start(&again, f->op);
	for (size_t i = 0; i < f->count; i++)
		if (message_put(&again, f->field[i].data, f->field[i].len) < 0)
			abort();
	if (again.len != m->len || memcmp(again.data, m->data, m->len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message m;
	struct fields f;
	char text[8];

	m.len = size < sizeof(m.data) ? size : sizeof(m.data);
	memcpy(m.data, data, m.len);
	if (!message_parse(&m, &f))
		return 0;
	for (size_t i = 0; i < f.count; i++)
		check_field(&m, &f, i);
	if (field_text(&f, f.count, text, sizeof(text)) || text[0] != '\0')
		abort();
	check_again(&m, &f);
	return 0;
}
