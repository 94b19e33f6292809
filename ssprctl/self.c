/*
 * Who runs this.
 */
#include "ssprctl/self.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/language.h"

const char *
own_name(void)
{
	struct passwd *p;

	errno = 0;
	p = getpwuid(getuid());
	if (p)
		return p->pw_name;
	fprintf(stderr, _("ssprctl: your name cannot be found: %s\n"),
		errno ? strerror(errno) : _("there is no such user"));
	return NULL;
}

/* The first one that is set, in the order in which gettext looks. */
void
environment_language(char lang[LANG_NAME_MAX + 1])
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
	char first[LANG_NAME_MAX + 1];
	const char *value;
	size_t i;

	lang[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (!value || !*value)
			continue;
		/* LANGUAGE may be a list. */
		(void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(value, ":"), value);
		(void)language_accept(first, lang);
		return;
	}
}
