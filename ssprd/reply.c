/*
 * A reply being written. Nothing here can make libdbus abort us: text is checked first, and after
 * the first failure nothing more is appended.
 */
#include <stdlib.h>
#include <string.h>

#include "ssprd/bus_private.h"

bool
reply_start(struct bus_call *call)
{
	call->reply = dbus_message_new_method_return(call->message);
	if (!call->reply)
		return false;
	dbus_message_iter_init_append(call->reply, &call->level[0].iter);
	return true;
}

/* Open the entry and the variant of a key, at the level where it stands. False: broken. */
static bool
key_open(struct bus_call *call, const char *key, const char *signature)
{
	struct reply_level *l = &call->level[call->depth];

	if (call->broken)
		return false;
	if (key &&
	    (!dbus_message_iter_open_container(&l->iter, DBUS_TYPE_DICT_ENTRY, NULL, &l->entry) ||
	     !dbus_message_iter_append_basic(&l->entry, DBUS_TYPE_STRING, &key) ||
	     !dbus_message_iter_open_container(&l->entry, DBUS_TYPE_VARIANT, signature,
					       &l->variant)))
		call->broken = true;
	return !call->broken;
}

static void
key_close(struct bus_call *call, const char *key)
{
	struct reply_level *l = &call->level[call->depth];

	if (call->broken || !key)
		return;
	if (!dbus_message_iter_close_container(&l->entry, &l->variant) ||
	    !dbus_message_iter_close_container(&l->iter, &l->entry))
		call->broken = true;
}

/* Where a value goes: into the key's variant, or bare. */
static DBusMessageIter *
place(struct bus_call *call, const char *key)
{
	struct reply_level *l = &call->level[call->depth];

	return key ? &l->variant : &l->iter;
}

static void
put_basic(struct bus_call *call, const char *key, int type, const void *value)
{
	const char signature[] = { (char)type, '\0' };

	if (!key_open(call, key, signature))
		return;
	if (!dbus_message_iter_append_basic(place(call, key), type, value))
		call->broken = true;
	key_close(call, key);
}

/*
 * UTF-8 for libdbus, which aborts on anything else: odd text is copied with ? for each byte
 * beyond ASCII.
 */
static char *
utf8_copy(const char *text)
{
	char *copy = strdup(text);

	if (copy && !dbus_validate_utf8(copy, NULL))
		for (char *c = copy; *c; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
	return copy;
}

void
reply_text(struct bus_call *call, const char *key, const char *text)
{
	char *copy = utf8_copy(text);

	if (copy)
		put_basic(call, key, DBUS_TYPE_STRING, &copy);
	else
		call->broken = true;
	free(copy);
}

void
reply_bytes(struct bus_call *call, const char *key, const char *text)
{
	DBusMessageIter array;

	if (!key_open(call, key, "ay"))
		return;
	if (!dbus_message_iter_open_container(place(call, key), DBUS_TYPE_ARRAY, "y", &array) ||
	    !dbus_message_iter_append_fixed_array(&array, DBUS_TYPE_BYTE, &text,
						  (int)strlen(text)) ||
	    !dbus_message_iter_close_container(place(call, key), &array))
		call->broken = true;
	key_close(call, key);
}

void
reply_int(struct bus_call *call, const char *key, int32_t number)
{
	dbus_int32_t n = number;

	put_basic(call, key, DBUS_TYPE_INT32, &n);
}

void
reply_long(struct bus_call *call, const char *key, int64_t number)
{
	dbus_int64_t n = number;

	put_basic(call, key, DBUS_TYPE_INT64, &n);
}

void
reply_uid(struct bus_call *call, const char *key, uint64_t number)
{
	dbus_uint64_t n = number;

	put_basic(call, key, DBUS_TYPE_UINT64, &n);
}

void
reply_bool(struct bus_call *call, const char *key, bool value)
{
	dbus_bool_t yes = value;

	put_basic(call, key, DBUS_TYPE_BOOLEAN, &yes);
}

void
reply_texts(struct bus_call *call, const char *key, const char *const *texts, size_t count)
{
	DBusMessageIter array;

	if (!key_open(call, key, "as"))
		return;
	if (!dbus_message_iter_open_container(place(call, key), DBUS_TYPE_ARRAY, "s", &array))
		call->broken = true;
	for (size_t i = 0; i < count && !call->broken; i++) {
		char *copy = utf8_copy(texts[i]);

		if (!copy || !dbus_message_iter_append_basic(&array, DBUS_TYPE_STRING, &copy))
			call->broken = true;
		free(copy);
	}
	if (!call->broken && !dbus_message_iter_close_container(place(call, key), &array))
		call->broken = true;
	key_close(call, key);
}

void
reply_fd(struct bus_call *call, int fd)
{
	put_basic(call, NULL, DBUS_TYPE_UNIX_FD, &fd);
}

static void
open_array(struct bus_call *call, const char *key, const char *signature, const char *element)
{
	struct reply_level *deeper;

	if (call->depth + 1 >= REPLY_DEPTH)
		call->broken = true;
	if (!key_open(call, key, signature))
		return;
	deeper = &call->level[call->depth + 1];
	call->level[call->depth].keyed = key != NULL;
	if (dbus_message_iter_open_container(place(call, key), DBUS_TYPE_ARRAY, element,
					     &deeper->iter))
		call->depth++;
	else
		call->broken = true;
}

void
reply_open_dict(struct bus_call *call)
{
	open_array(call, NULL, "a{sv}", "{sv}");
}

void
reply_open_list(struct bus_call *call, const char *key)
{
	open_array(call, key, "aa{sv}", "a{sv}");
}

void
reply_close(struct bus_call *call)
{
	const char *key;

	if (call->broken || call->depth == 0)
		return;
	call->depth--;
	key = call->level[call->depth].keyed ? "" : NULL;
	if (!dbus_message_iter_close_container(place(call, key),
					       &call->level[call->depth + 1].iter))
		call->broken = true;
	key_close(call, key);
}
