/*
 * A login's context as D-Bus carries it: each field under its name, what is unknown left out.
 */
#include "protocol/context.h"

#include <dbus/dbus.h>
#include <string.h>

#include "protocol/client.h"

bool
context_append_bytes(DBusMessageIter *to, const char *text, size_t most)
{
	const size_t len = strnlen(text, most);
	DBusMessageIter array;

	return dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "y", &array) &&
	       dbus_message_iter_append_fixed_array(&array, DBUS_TYPE_BYTE, &text, (int)len) &&
	       dbus_message_iter_close_container(to, &array);
}

static bool
open_entry(DBusMessageIter *dict, const char *key, const char *signature, DBusMessageIter *entry,
	   DBusMessageIter *variant)
{
	return dbus_message_iter_open_container(dict, DBUS_TYPE_DICT_ENTRY, NULL, entry) &&
	       dbus_message_iter_append_basic(entry, DBUS_TYPE_STRING, &key) &&
	       dbus_message_iter_open_container(entry, DBUS_TYPE_VARIANT, signature, variant);
}

static bool
close_entry(DBusMessageIter *dict, DBusMessageIter *entry, DBusMessageIter *variant)
{
	return dbus_message_iter_close_container(entry, variant) &&
	       dbus_message_iter_close_container(dict, entry);
}

/*
 * What is unknown is left out; what is too long is cut, since nobody's "no remote host" may be made
 * of it.
 */
static bool
put_bytes(DBusMessageIter *dict, const char *key, const char *text, size_t most)
{
	DBusMessageIter entry, variant;

	if (text == NULL)
		return true;
	return open_entry(dict, key, "ay", &entry, &variant) &&
	       context_append_bytes(&variant, text, most) && close_entry(dict, &entry, &variant);
}

static bool
put_basic(DBusMessageIter *dict, const char *key, int type, const void *value)
{
	const char signature[] = { (char)type, '\0' };
	DBusMessageIter entry, variant;

	return open_entry(dict, key, signature, &entry, &variant) &&
	       dbus_message_iter_append_basic(&variant, type, value) &&
	       close_entry(dict, &entry, &variant);
}

static bool
put_groups(DBusMessageIter *dict, const struct client_context *c)
{
	DBusMessageIter entry, variant, array;
	size_t i;

	if (!open_entry(dict, "groups", "aay", &entry, &variant) ||
	    !dbus_message_iter_open_container(&variant, DBUS_TYPE_ARRAY, "ay", &array))
		return false;
	for (i = 0; i < c->group_count && i < GROUPS_MAX; i++)
		if (!context_append_bytes(&array, c->groups[i], USER_NAME_MAX))
			return false;
	return dbus_message_iter_close_container(&variant, &array) &&
	       close_entry(dict, &entry, &variant);
}

static bool
put_from_root(DBusMessageIter *dict, const struct client_context *c)
{
	const dbus_bool_t local = c->local_password;
	const dbus_uint64_t uid = c->uid;
	const dbus_int64_t last_login = c->last_login;

	if (!c->from_root)
		return true;
	return (c->no_account || put_basic(dict, "uid", DBUS_TYPE_UINT64, &uid)) &&
	       put_groups(dict, c) &&
	       put_basic(dict, "local_password", DBUS_TYPE_BOOLEAN, &local) &&
	       (last_login == 0 || put_basic(dict, "last_login", DBUS_TYPE_INT64, &last_login));
}

bool
context_append(DBusMessageIter *to, const struct client_context *c)
{
	const dbus_bool_t interactive = c->interactive;
	const dbus_uint32_t columns = c->columns;
	DBusMessageIter dict;

	return dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "{sv}", &dict) &&
	       put_bytes(&dict, "service", c->service, SERVICE_NAME_MAX) &&
	       put_bytes(&dict, "tty", c->tty, TERMINAL_NAME_MAX) &&
	       put_bytes(&dict, "rhost", c->rhost, HOST_NAME_MAX_BYTES) &&
	       put_bytes(&dict, "lang", c->lang, LANG_NAME_MAX) &&
	       put_basic(&dict, "columns", DBUS_TYPE_UINT32, &columns) &&
	       put_basic(&dict, "interactive", DBUS_TYPE_BOOLEAN, &interactive) &&
	       put_from_root(&dict, c) && dbus_message_iter_close_container(to, &dict);
}
