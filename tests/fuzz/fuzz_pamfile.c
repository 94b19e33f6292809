/*
 * PAM files of any content that include each other in any way: the walk ends, and what it says fits. The input is cut
 * at NULs into files: the service's, then those named "a", "b", ... and "other" the last.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssprctl/pamfile.h"
/* link: ssprctl/pamfile.c */

#define FILES_MAX 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct files {
	const uint8_t *at[FILES_MAX];
	size_t len[FILES_MAX];
	int count, reads;
};

static int
number_of(const struct files *files, const char *name)
{
	if (strcmp(name, "sshd") == 0)
		return 0;
	if (strcmp(name, "other") == 0)
		return files->count - 1;
	return strlen(name) == 1 && name[0] >= 'a' ? name[0] - 'a' + 1 : FILES_MAX;
}

static int
read_memory(void *arg, const char *name, char **text, size_t *len, char path[PAMFILE_NAME_MAX + 1])
{
	struct files *files = arg;
	int n = number_of(files, name);

	snprintf(path, PAMFILE_NAME_MAX + 1, "%s", name);
	if (++files->reads > PAMFILE_FILES_MAX)
		abort();
	if (n >= files->count)
		return -ENOENT;
	*text = malloc(files->len[n] + 1);
	if (!*text)
		return -ENOMEM;
	memcpy(*text, files->at[n], files->len[n]);
	*len = files->len[n];
	return 0;
}

static void
cut(struct files *files, const uint8_t *data, size_t size)
{
	const uint8_t *end;

	while (files->count < FILES_MAX) {
		end = size ? memchr(data, 0, size) : NULL;
		if (files->count + 1 == FILES_MAX)
			end = NULL;
		files->at[files->count] = data;
		files->len[files->count++] = end ? (size_t)(end - data) : size;
		if (!end)
			return;
		size -= (size_t)(end - data) + 1;
		data = end + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct files files = { 0 };
	const struct pamfile_source source = { read_memory, &files };
	struct pamfile found;
	int r;

	if (size == 0 || size > PAMFILE_SIZE_MAX)
		return 0;
	cut(&files, data, size);
	r = pamfile_find(&source, "sshd", &found);
	if (r > PAMFILE_NO_FILE || (r < 0 && r != -ELOOP) || (r == PAMFILE_FOUND && found.line < 1))
		abort();
	if (strnlen(found.services, sizeof(found.services)) > PAMFILE_WORD_MAX ||
	    !found.services[0])
		abort();
	return 0;
}
