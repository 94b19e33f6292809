/*
 * Languages as text-to-speech wants them.
 */
#include "deliver/spoken.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Where most of its speakers live, or where gateways have a voice for it. */
static const struct {
	const char *language, *locale;
} usual[] = {
	{ "", "en-US" },   { "ca", "ca-ES" }, { "cs", "cs-CZ" }, { "cy", "cy-GB" },
	{ "da", "da-DK" }, { "de", "de-DE" }, { "el", "el-GR" }, { "en", "en-US" },
	{ "es", "es-ES" }, { "fi", "fi-FI" }, { "fr", "fr-FR" }, { "hu", "hu-HU" },
	{ "id", "id-ID" }, { "is", "is-IS" }, { "it", "it-IT" }, { "ja", "ja-JP" },
	{ "ko", "ko-KR" }, { "nb", "nb-NO" }, { "nl", "nl-NL" }, { "pl", "pl-PL" },
	{ "pt", "pt-PT" }, { "ro", "ro-RO" }, { "ru", "ru-RU" }, { "sk", "sk-SK" },
	{ "sv", "sv-SE" }, { "th", "th-TH" }, { "tr", "tr-TR" }, { "uk", "uk-UA" },
	{ "vi", "vi-VN" }, { "zh", "zh-CN" },
};

void
spoken_locale(const char *lang, struct spoken *out)
{
	char *underscore;
	size_t i;

	snprintf(out->locale, sizeof(out->locale), "%s", lang);
	underscore = strchr(out->locale, '_');
	if (underscore)
		*underscore = '-';
	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strcmp(lang, usual[i].language) == 0)
			snprintf(out->locale, sizeof(out->locale), "%s", usual[i].locale);
	for (i = 0; out->locale[i]; i++)
		out->lower[i] = (char)tolower((unsigned char)out->locale[i]);
	out->lower[i] = '\0';
}
