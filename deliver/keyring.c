/*
 * The secrets of a gateway. No line about one of them says more than its name.
 */
#include "deliver/keyring.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "deliver/file.h"
#include "deliver/line.h"
#include "text/log.h"

#define SECRET_MODE 0640
#define NAME_SIGNS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

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

static int
read_in(const char *folder, const char *name, struct secret *out)
{
	char path[PATH_MAX];
	int n;

	if (!folder)
		return -ENOENT;
	n = snprintf(path, sizeof(path), "%s%s%s", name[0] == '/' ? "" : folder,
		     name[0] == '/' ? "" : "/", name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return file_read(path, KEYRING_VALUE_MAX, SECRET_MODE, out);
}

/* One line: the line end that an editor leaves is no part of the secret. */
static bool
one_line(struct secret *s)
{
	if (s->len > 0 && s->data[s->len - 1] == '\n')
		s->data[--s->len] = '\0';
	if (s->len > 0 && s->data[s->len - 1] == '\r')
		s->data[--s->len] = '\0';
	return s->len > 0 && strlen(secret_text(s)) == s->len && line_is_plain(secret_text(s));
}

static enum delivery
judge_reading(int error, const struct keyring_folders *folders, const char *name)
{
	if (error == -ENOMEM) {
		log_error("out of memory");
		return DELIVERY_LATER;
	}
	if (error == -ENOENT)
		log_error("the secret %s is not in %s", name, folders->secrets);
	else if (error == -EACCES)
		log_error("the secret %s cannot be read, or more than its owner and group can "
			  "(mode 0640 is the most)",
			  name);
	else
		log_error("the secret %s: %s", name, strerror(-error));
	return DELIVERY_MISCONFIGURED;
}

enum delivery
keyring_load(struct keyring *k, const struct keyring_folders *folders, const char *name, size_t len)
{
	struct keyring_secret *s = &k->list[k->count];
	int r;

	if (keyring_find(k, name, len))
		return DELIVERY_SENT;
	if (k->count == KEYRING_MAX) {
		log_error("the gateway has more than %d secrets", KEYRING_MAX);
		return DELIVERY_MISCONFIGURED;
	}
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	r = read_in(folders->credentials, s->name, &s->value);
	if (r == -ENOENT)
		r = read_in(folders->secrets, s->name, &s->value);
	if (r < 0)
		return judge_reading(r, folders, s->name);
	k->count++;
	if (one_line(&s->value))
		return DELIVERY_SENT;
	log_error("the secret %s is not one line of text", s->name);
	return DELIVERY_MISCONFIGURED;
}

void
keyring_done(struct keyring *k)
{
	while (k->count > 0)
		secret_done(&k->list[--k->count].value);
}
