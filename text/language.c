/*
 * The language of the texts. Only a language that has a catalogue is ever given to gettext: glibc keeps
 * what it was once asked for until the process ends, so a caller who names thousands of languages would
 * make the daemon grow.
 */
#include "text/language.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/limits.h"

#define DOMAIN  "sspr"
#define ENGLISH "en" /* of the texts themselves */
#define LOWER   "abcdefghijklmnopqrstuvwxyz"
#define UPPER   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

extern int _nl_msg_cat_cntr; /* glibc: raised, it makes gettext look at LANGUAGE again */

/* The length of xx, xxx or xx_YY at the start of name, or 0. */
static size_t
name_length(const char *name)
{
	size_t n = strspn(name, LOWER);

	if (n != 2 && n != 3)
		return 0;
	if (n == 3 || name[n] != '_')
		return n;
	return strspn(name + n + 1, UPPER) == 2 ? n + 3 : 0;
}

bool
language_accept(const char *name, char *out)
{
	size_t n, charset;

	out[0] = '\0';
	n = name ? name_length(name) : 0;
	if (n == 0)
		return false;
	if (name[n] == '.') {
		charset = strspn(name + n + 1, LOWER UPPER "0123456789-_");
		if (charset == 0 || charset > LANG_NAME_MAX || name[n + 1 + charset] != '\0')
			return false;
	} else if (name[n] != '\0') {
		return false;
	}
	memcpy(out, name, n);
	out[n] = '\0';
	return true;
}

static bool
has_catalogue(const char *language)
{
	const char *folder = bindtextdomain(DOMAIN, NULL);
	char path[4096];
	int n;

	if (!folder || !language[0])
		return false;
	n = snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/" DOMAIN ".mo", folder, language);
	return n > 0 && (size_t)n < sizeof(path) && access(path, R_OK) == 0;
}

void
language_use(const char *accepted)
{
	char language[LANG_NAME_MAX + 1];
	const char *now = getenv("LANGUAGE");

	(void)language_accept(accepted, language);
	if (!has_catalogue(language))
		language[strcspn(language, "_")] = '\0';
	if (!has_catalogue(language))
		language[0] = '\0';
	if (now && strcmp(now, language) == 0)
		return;
	(void)setenv("LANGUAGE", language, 1);
	_nl_msg_cat_cntr++;
}

void
language_of_texts(const char *accepted, char *out)
{
	char language[LANG_NAME_MAX + 1];

	(void)language_accept(accepted, out);
	snprintf(language, sizeof(language), "%.*s", (int)strcspn(out, "_"), out);
	if (!has_catalogue(out) && !has_catalogue(language) && strcmp(language, ENGLISH) != 0)
		snprintf(out, LANG_NAME_MAX + 1, "%s", ENGLISH);
}

void
language_start(const char *accepted)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	(void)bindtextdomain(DOMAIN, SSPR_LOCALEDIR);
	(void)bind_textdomain_codeset(DOMAIN, "UTF-8");
	(void)textdomain(DOMAIN);
	language_use(accepted);
	/*
	 * A text that no catalogue has makes glibc open all that it could ever look into; libc's own
	 * domain is the one of strerror.
	 */
	(void)dgettext(DOMAIN, "no such text");
	(void)dgettext("libc", "no such text");
}
