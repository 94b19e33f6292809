/*
 * A call's arguments, read without trust: sizes and types are looked at here, meanings in the
 * handlers.
 */
#include <string.h>

#include "ssprd/bus_private.h"

uint64_t
bus_call_uid(const struct bus_call *call)
{
	return call->uid;
}

const char *
bus_call_user(const struct bus_call *call)
{
	return call->user;
}

/* Argument n; false: there is none. */
static bool
argument(const struct bus_call *call, int n, DBusMessageIter *i)
{
	if (!dbus_message_iter_init(call->message, i))
		return false;
	for (; n > 0; n--)
		if (!dbus_message_iter_next(i))
			return false;
	return true;
}

/* The bytes of an "ay". */
static void
bytes_get(DBusMessageIter *array, const char **bytes, size_t *len)
{
	DBusMessageIter i;
	int n = 0;

	*bytes = NULL;
	dbus_message_iter_recurse(array, &i);
	if (dbus_message_iter_get_arg_type(&i) == DBUS_TYPE_BYTE)
		dbus_message_iter_get_fixed_array(&i, (void *)bytes, &n);
	*len = *bytes && n > 0 ? (size_t)n : 0;
	if (!*bytes)
		*bytes = "";
}

bool
call_read_user(struct bus_call *call)
{
	DBusMessageIter i;
	const char *bytes;
	size_t len;

	if (strncmp(call->method->in, "ay", 2) != 0)
		return true;
	if (!argument(call, 0, &i))
		return false;
	bytes_get(&i, &bytes, &len);
	if (len == 0 || len > USER_NAME_MAX || memchr(bytes, '\0', len))
		return false;
	memcpy(call->user, bytes, len);
	call->user[len] = '\0';
	return true;
}

const char *
bus_call_text(const struct bus_call *call, int n)
{
	DBusMessageIter i;
	const char *text = NULL;

	if (argument(call, n, &i) && dbus_message_iter_get_arg_type(&i) == DBUS_TYPE_STRING)
		dbus_message_iter_get_basic(&i, &text);
	return text;
}

static void
number_get(DBusMessageIter *i, struct value *v)
{
	DBusBasicValue basic = { 0 };

	v->kind = VALUE_NUMBER;
	dbus_message_iter_get_basic(i, &basic);
	switch (dbus_message_iter_get_arg_type(i)) {
	case DBUS_TYPE_UINT32:
		v->number = basic.u32;
		break;
	case DBUS_TYPE_INT32:
		v->number = basic.i32;
		break;
	case DBUS_TYPE_INT64:
		v->number = basic.i64;
		break;
	default:
		if (basic.u64 > INT64_MAX)
			v->kind = VALUE_OTHER;
		v->number = (int64_t)basic.u64;
	}
}

static void
array_get(DBusMessageIter *i, struct value *v)
{
	DBusMessageIter inside;

	if (dbus_message_iter_get_element_type(i) == DBUS_TYPE_BYTE) {
		v->kind = VALUE_BYTES;
		bytes_get(i, &v->bytes, &v->len);
		return;
	}
	if (dbus_message_iter_get_element_type(i) != DBUS_TYPE_ARRAY)
		return;
	dbus_message_iter_recurse(i, &inside);
	if (dbus_message_iter_get_arg_type(&inside) == DBUS_TYPE_ARRAY &&
	    dbus_message_iter_get_element_type(&inside) != DBUS_TYPE_BYTE)
		return;
	v->kind = VALUE_LIST;
	v->list = i;
}

static void
value_get(DBusMessageIter *i, struct value *v)
{
	dbus_bool_t yes = FALSE;

	*v = (struct value){ .kind = VALUE_OTHER };
	switch (dbus_message_iter_get_arg_type(i)) {
	case DBUS_TYPE_STRING:
		v->kind = VALUE_BYTES;
		dbus_message_iter_get_basic(i, &v->bytes);
		v->len = strlen(v->bytes);
		break;
	case DBUS_TYPE_BOOLEAN:
		v->kind = VALUE_BOOL;
		dbus_message_iter_get_basic(i, &yes);
		v->number = yes;
		break;
	case DBUS_TYPE_UINT32:
	case DBUS_TYPE_INT32:
	case DBUS_TYPE_INT64:
	case DBUS_TYPE_UINT64:
		number_get(i, v);
		break;
	case DBUS_TYPE_ARRAY:
		array_get(i, v);
		break;
	}
}

bool
bus_call_number(const struct bus_call *call, int n, int64_t *number)
{
	DBusMessageIter i;
	struct value v;

	if (!argument(call, n, &i))
		return false;
	value_get(&i, &v);
	if (v.kind != VALUE_NUMBER)
		return false;
	*number = v.number;
	return true;
}

int
bus_call_each(const struct bus_call *call, int n,
	      int (*each)(const char *key, const struct value *value, void *arg), void *arg)
{
	DBusMessageIter i, pair, entry, variant;
	int r = 0;

	if (!argument(call, n, &i) || dbus_message_iter_get_arg_type(&i) != DBUS_TYPE_ARRAY)
		return 0;
	dbus_message_iter_recurse(&i, &pair);
	for (; r == 0 && dbus_message_iter_get_arg_type(&pair) == DBUS_TYPE_DICT_ENTRY;
	     dbus_message_iter_next(&pair)) {
		const char *key;
		struct value v;

		dbus_message_iter_recurse(&pair, &entry);
		dbus_message_iter_get_basic(&entry, &key);
		dbus_message_iter_next(&entry);
		dbus_message_iter_recurse(&entry, &variant);
		value_get(&variant, &v);
		r = each(key, &v, arg);
	}
	return r;
}

int
value_list_each(const struct value *list, int (*each)(const char *bytes, size_t len, void *arg),
		void *arg)
{
	DBusMessageIter i = *(const DBusMessageIter *)list->list, element;
	int r = 0;

	dbus_message_iter_recurse(&i, &element);
	for (; r == 0 && dbus_message_iter_get_arg_type(&element) == DBUS_TYPE_ARRAY;
	     dbus_message_iter_next(&element)) {
		const char *bytes;
		size_t len;

		bytes_get(&element, &bytes, &len);
		r = each(bytes, len, arg);
	}
	return r;
}
