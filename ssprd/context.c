/* A context: a table of keys. */
#include "ssprd/context.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/bus.h"
#include "text/language.h"

#define COLUMNS_MAX 10000

typedef int take_value(struct context *c, const struct value *v, size_t offset, size_t size);

static int
take_text(struct context *c, const struct value *v, size_t offset, size_t size)
{
	char *out = (char *)c + offset;

	if (v->kind != VALUE_BYTES || v->len >= size || memchr(v->bytes, '\0', v->len))
		return -EBADMSG;
	memcpy(out, v->bytes, v->len);
	out[v->len] = '\0';
	return 0;
}

/* Whatever is not the name of a language is none: a login does not fail for it. */
static int
take_lang(struct context *c, const struct value *v, size_t offset, size_t size)
{
	char name[LANG_NAME_MAX + 1];

	(void)offset;
	(void)size;
	if (v->kind != VALUE_BYTES)
		return -EBADMSG;
	if (v->len > LANG_NAME_MAX || memchr(v->bytes, '\0', v->len))
		return 0;
	memcpy(name, v->bytes, v->len);
	name[v->len] = '\0';
	language_accept(name, c->lang);
	return 0;
}

static int
take_columns(struct context *c, const struct value *v, size_t offset, size_t size)
{
	(void)offset;
	(void)size;
	if (v->kind != VALUE_NUMBER || v->number < 0)
		return -EBADMSG;
	c->columns = v->number > COLUMNS_MAX ? COLUMNS_MAX : (unsigned int)v->number;
	return 0;
}

static int
take_bool(struct context *c, const struct value *v, size_t offset, size_t size)
{
	(void)size;
	if (v->kind != VALUE_BOOL)
		return -EBADMSG;
	*(bool *)((char *)c + offset) = v->number != 0;
	return 0;
}

static int
take_uid(struct context *c, const struct value *v, size_t offset, size_t size)
{
	(void)offset;
	(void)size;
	if (v->kind != VALUE_NUMBER || v->number < 0 || v->number > UINT32_MAX)
		return -EBADMSG;
	c->uid = (uint64_t)v->number;
	c->has_uid = true;
	return 0;
}

static int
take_password(struct context *c, const struct value *v, size_t offset, size_t size)
{
	c->has_local_password = true;
	return take_bool(c, v, offset, size);
}

static int
take_login(struct context *c, const struct value *v, size_t offset, size_t size)
{
	(void)offset;
	(void)size;
	if (v->kind != VALUE_NUMBER || v->number < 0)
		return -EBADMSG;
	c->last_login = v->number;
	c->has_last_login = true;
	return 0;
}

/*
 * A group's name with a newline would become two in the list: no list of the policy can name it,
 * leave it out.
 */
static int
take_group(const char *bytes, size_t len, void *arg)
{
	struct context *c = arg;
	char *longer;

	if (len > USER_NAME_MAX || ++c->group_count > GROUPS_MAX)
		return -EBADMSG;
	if (len == 0 || memchr(bytes, '\n', len) || memchr(bytes, '\0', len))
		return 0;
	longer = realloc(c->groups, c->groups_len + len + 2);
	if (!longer)
		return -ENOMEM;
	if (c->groups_len)
		longer[c->groups_len++] = '\n';
	memcpy(longer + c->groups_len, bytes, len);
	c->groups_len += len;
	longer[c->groups_len] = '\0';
	c->groups = longer;
	return 0;
}

static int
take_groups(struct context *c, const struct value *v, size_t offset, size_t size)
{
	(void)offset;
	(void)size;
	if (v->kind != VALUE_LIST)
		return -EBADMSG;
	c->has_groups = true;
	return value_list_each(v, take_group, c);
}

#define PLACE(member) offsetof(struct context, member), sizeof(((struct context *)NULL)->member)

static const struct {
	const char *key;
	bool root_only;
	take_value *take;
	size_t offset, size;
} keys[] = {
	{ "service", false, take_text, PLACE(service) },
	{ "tty", false, take_text, PLACE(tty) },
	{ "rhost", false, take_text, PLACE(rhost) },
	{ "lang", false, take_lang, PLACE(lang) },
	{ "columns", false, take_columns, PLACE(columns) },
	{ "interactive", false, take_bool, PLACE(interactive) },
	{ "uid", true, take_uid, PLACE(uid) },
	{ "groups", true, take_groups, PLACE(groups) },
	{ "local_password", true, take_password, PLACE(local_password) },
	{ "last_login", true, take_login, PLACE(last_login) },
};

/* One pair. 0, -EBADMSG, -ENOMEM. */
static int
take(const char *key, const struct value *value, void *arg)
{
	struct context *c = arg;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		if (keys[i].root_only && !c->from_root)
			return 0;
		if (c->seen & (1u << i)) /* twice: which one would be meant? */
			return -EBADMSG;
		c->seen |= 1u << i;
		return keys[i].take(c, value, keys[i].offset, keys[i].size);
	}
	return 0;
}

int
context_read(struct context *c, const struct bus_call *call, int n)
{
	*c = (struct context){ .from_root = bus_call_uid(call) == 0 };
	return bus_call_each(call, n, take, c);
}

void
context_done(struct context *c)
{
	free(c->groups);
	c->groups = NULL;
}
