/*
 * The secrets of a gateway.
 */
#include "deliver/keyring.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deliver/source.h"
#include "text/log.h"

#define NAME_SIGNS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

bool
keyring_name_good(const char *name, size_t len)
{
	if (len == 0 || len > KEYRING_NAME_MAX)
		return false;
	if (name[0] == '/')
		return len > 1 && !memchr(name, '\0', len);
	return name[0] != '.' && strspn(name, NAME_SIGNS) >= len;
}

const struct secret *
keyring_find(const struct keyring *k, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		if (strlen(k->list[i].name) == len && memcmp(k->list[i].name, name, len) == 0)
			return &k->list[i].value;
	return NULL;
}

/* Where the secret is, or would be: a credential comes before a file of the secrets' folder. */
static bool
find_path(const struct keyring_folders *folders, const char *name, char path[PATH_MAX])
{
	int n;

	if (name[0] == '/')
		n = snprintf(path, PATH_MAX, "%s", name);
	else
		n = snprintf(path, PATH_MAX, "%s/%s",
			     folders->credentials ? folders->credentials : "", name);
	if (name[0] != '/' && (!folders->credentials || n >= PATH_MAX || access(path, F_OK) < 0))
		n = snprintf(path, PATH_MAX, "%s/%s", folders->secrets, name);
	return n > 0 && n < PATH_MAX;
}

enum delivery
keyring_load(struct keyring *k, const struct keyring_folders *folders, const char *name, size_t len)
{
	struct keyring_secret *s = &k->list[k->count];
	char path[PATH_MAX];

	if (keyring_find(k, name, len))
		return DELIVERY_SENT;
	if (k->count == KEYRING_MAX) {
		log_error("the gateway has more than %d secrets", KEYRING_MAX);
		return DELIVERY_MISCONFIGURED;
	}
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	if (!find_path(folders, s->name, path)) {
		log_error("the path of the secret %s is too long", s->name);
		return DELIVERY_MISCONFIGURED;
	}
	k->count++;
	return source_secret(path, KEYRING_VALUE_MAX, &s->value);
}

void
keyring_done(struct keyring *k)
{
	while (k->count > 0)
		secret_done(&k->list[--k->count].value);
}
