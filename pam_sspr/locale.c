/*
 * Names of languages are taken apart here and nowhere passed on unread.
 */
#include "pam_sspr/locale.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOCALE_FILE_MAX 8192

/* In the order in which gettext heeds them. */
static const char *const variables[] = { "LANGUAGE", "LC_ALL", "LANG" };
static const char *const files[] = { "/etc/default/locale", "/etc/locale.conf" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char charset[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static bool
name_fits(const char *name)
{
	size_t n = strspn(name, lower);

	if (n != 2 && n != 3)
		return false;
	name += n;
	if (n == 2 && name[0] == '_') {
		if (strspn(name + 1, upper) != 2)
			return false;
		name += 3;
	}
	if (name[0] == '.' && name[1] != '\0')
		name += 1 + strspn(name + 1, charset);
	return name[0] == '\0';
}

bool
locale_accept(const char *list, size_t len, char out[LANG_NAME_MAX + 1])
{
	const char *const end = list + len, *next;

	for (; list < end; list = next + 1) {
		next = memchr(list, ':', (size_t)(end - list));
		if (next == NULL)
			next = end;
		if (next - list > LANG_NAME_MAX)
			continue;
		memcpy(out, list, (size_t)(next - list));
		out[next - list] = '\0';
		if (name_fits(out))
			return true;
	}
	out[0] = '\0';
	return false;
}

/* The value in "NAME=VALUE", without its quotes. NULL: another name. */
static const char *
value_of(const char *line, size_t len, const char *name, size_t *value_len)
{
	const size_t head = strlen(name) + 1;
	const char *value = line + head;

	if (len < head || strncmp(line, name, head - 1) != 0 || line[head - 1] != '=')
		return NULL;
	len -= head;
	if (len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0]) {
		value++;
		len -= 2;
	}
	*value_len = len;
	return value;
}

static bool
find_in_text(const char *text, const char *name, char out[LANG_NAME_MAX + 1])
{
	const char *value;
	size_t len, value_len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		value = value_of(text, len, name, &value_len);
		if (value != NULL && locale_accept(value, value_len, out))
			return true;
	}
	return false;
}

bool
locale_from_file(const char *path, char out[LANG_NAME_MAX + 1])
{
	char text[LOCALE_FILE_MAX + 1];
	ssize_t n;
	size_t i;
	int fd;

	out[0] = '\0';
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, LOCALE_FILE_MAX);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	for (i = 0; i < COUNT(variables); i++)
		if (find_in_text(text, variables[i], out))
			return true;
	return false;
}

void
locale_of_login(pam_handle_t *pamh, char out[LANG_NAME_MAX + 1])
{
	const char *value;
	size_t i;

	for (i = 0; i < COUNT(variables); i++) {
		value = pam_getenv(pamh, variables[i]);
		if (value != NULL && locale_accept(value, strlen(value), out))
			return;
	}
	for (i = 0; i < COUNT(files); i++)
		if (locale_from_file(files[i], out))
			return;
}
