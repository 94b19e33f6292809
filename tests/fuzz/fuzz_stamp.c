/*
 * The stamp: what is believed is exactly what ssprd would have written for that user. The input is a
 * name, a NUL, and the file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/stamp.h"

#define NOW 1800000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Some moment of the day must write this very line, leading zeros apart. */
static void
check_believed(const char *line, size_t len, const char *user)
{
	char again[STAMP_LINE_MAX + 1];
	long long until = strtoll(line + strlen("sspr1 ") + strlen(user) + 1, NULL, 10);
	int n = stamp_format(again, sizeof(again), user, until);

	if (n <= 0 || until <= NOW || until > NOW + STAMP_AHEAD_MAX)
		abort();
	if ((size_t)n == len && memcmp(line, again, len) != 0)
		abort();
	if (line[len - 1] != '\n' || memchr(line, '\n', len) != line + len - 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	const char *user = (const char *)data;
	char *line;
	size_t len;

	if (nul == NULL)
		return 0;
	len = size - (size_t)(nul + 1 - data);
	line = malloc(len + 1); /* of its very size: the sanitizer sees a read past the end */
	if (line == NULL)
		return 0;
	memcpy(line, nul + 1, len);
	line[len] = '\0';
	if (stamp_valid(line, len, user, NOW))
		check_believed(line, len, user);
	free(line);
	return 0;
}
