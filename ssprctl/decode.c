/*
 * What the daemon answered, as JSON. Unknown keys are carried along; a later daemon may have more
 * of them.
 */
#include "ssprctl/decode.h"

#include <dbus/dbus.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "ssprctl/safe.h"

static json_t *decode(DBusMessageIter *at, int depth);

static json_t *
decode_text(const char *text, size_t len)
{
	char *utf8 = safe_utf8(text, len);
	json_t *value;

	if (!utf8)
		return NULL;
	value = json_string_nocheck(utf8);
	free(utf8);
	return value;
}

static json_t *
decode_basic(DBusMessageIter *at, int type)
{
	DBusBasicValue v;

	if (!dbus_type_is_basic(type) || type == DBUS_TYPE_UNIX_FD)
		return NULL;
	dbus_message_iter_get_basic(at, &v);
	switch (type) {
	case DBUS_TYPE_STRING:
		return json_string(v.str);
	case DBUS_TYPE_BOOLEAN:
		return json_boolean(v.bool_val);
	case DBUS_TYPE_INT32:
		return json_integer(v.i32);
	case DBUS_TYPE_UINT32:
		return json_integer(v.u32);
	case DBUS_TYPE_INT64:
		return json_integer(v.i64);
	case DBUS_TYPE_UINT64:
		return json_integer(v.u64 <= INT64_MAX ? (json_int_t)v.u64 : INT64_MAX);
	default:
		return NULL;
	}
}

static json_t *
decode_bytes(DBusMessageIter *array)
{
	DBusMessageIter bytes;
	const char *data = NULL;
	int len = 0;

	dbus_message_iter_recurse(array, &bytes);
	dbus_message_iter_get_fixed_array(&bytes, &data, &len);
	return decode_text(data, (size_t)len);
}

static json_t *
decode_list(DBusMessageIter *array, int depth)
{
	json_t *list = json_array();
	DBusMessageIter item;

	dbus_message_iter_recurse(array, &item);
	while (list && dbus_message_iter_get_arg_type(&item) != DBUS_TYPE_INVALID) {
		if (json_array_append_new(list, decode(&item, depth)) < 0) {
			json_decref(list);
			return NULL;
		}
		dbus_message_iter_next(&item);
	}
	return list;
}

static json_t *
decode_dictionary(DBusMessageIter *array, int depth)
{
	json_t *object = json_object();
	DBusMessageIter item, entry;
	const char *key;

	dbus_message_iter_recurse(array, &item);
	while (object && dbus_message_iter_get_arg_type(&item) == DBUS_TYPE_DICT_ENTRY) {
		dbus_message_iter_recurse(&item, &entry);
		if (dbus_message_iter_get_arg_type(&entry) != DBUS_TYPE_STRING)
			goto bad;
		dbus_message_iter_get_basic(&entry, &key);
		dbus_message_iter_next(&entry);
		if (json_object_set_new(object, key, decode(&entry, depth)) < 0)
			goto bad;
		dbus_message_iter_next(&item);
	}
	return object;
bad:
	json_decref(object);
	return NULL;
}

static json_t *
decode(DBusMessageIter *at, int depth)
{
	const int type = dbus_message_iter_get_arg_type(at);
	DBusMessageIter inner;

	if (depth >= DECODE_DEPTH_MAX)
		return NULL;
	if (type == DBUS_TYPE_VARIANT) {
		dbus_message_iter_recurse(at, &inner);
		return decode(&inner, depth + 1);
	}
	if (type != DBUS_TYPE_ARRAY)
		return decode_basic(at, type);
	if (dbus_message_iter_get_element_type(at) == DBUS_TYPE_BYTE)
		return decode_bytes(at);
	if (dbus_message_iter_get_element_type(at) == DBUS_TYPE_DICT_ENTRY)
		return decode_dictionary(at, depth + 1);
	return decode_list(at, depth + 1);
}

json_t *
decode_reply(DBusMessage *reply)
{
	json_t *list = json_array();
	DBusMessageIter at;

	if (!dbus_message_iter_init(reply, &at))
		return list;
	while (list && dbus_message_iter_get_arg_type(&at) != DBUS_TYPE_INVALID) {
		if (json_array_append_new(list, decode(&at, 0)) < 0) {
			json_decref(list);
			return NULL;
		}
		dbus_message_iter_next(&at);
	}
	return list;
}
