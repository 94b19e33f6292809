/*
 * Languages as text-to-speech wants them: with a country.
 */
#ifndef SSPR_DELIVER_SPOKEN_H
#define SSPR_DELIVER_SPOKEN_H

#include "protocol/limits.h"

struct spoken {
	char locale[LANG_NAME_MAX + 4]; /* "nl-NL" */
	char lower[LANG_NAME_MAX + 4];  /* "nl-nl" */
};

/* lang: xx or xx_YY as text/language.h accepts it. "" and C are en-US. */
void spoken_locale(const char *lang, struct spoken *out);

#endif
