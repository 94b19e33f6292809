/*
 * The language of the texts: gettext's domain "sspr". The locale is always C.UTF-8 (a minimal Debian has
 * no other); LANGUAGE chooses the catalogue.
 */
#ifndef SSPR_TEXT_LANGUAGE_H
#define SSPR_TEXT_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>

#define _(text)  gettext(text)
#define N_(text) text

/*
 * A language as a name outside says it: xx, xxx, or xx_YY, with an optional charset (.UTF-8) that is
 * dropped; C, POSIX and anything else give "". out: LANG_NAME_MAX + 1 bytes. True when something was taken.
 */
bool language_accept(const char *name, char *out);

/* Set up once: locale C.UTF-8, the domain, one text translated so that the catalogue is open. */
void language_start(const char *accepted);

/* From here texts are in this language ("" English). For ssprd, which words messages in many. Not thread-safe. */
void language_use(const char *accepted);

/*
 * What to call the texts that language_use gives for it: itself with its country, where there are texts
 * of it, else "en". For whoever reads or speaks a text. out: LANG_NAME_MAX + 1 bytes.
 */
void language_of_texts(const char *accepted, char *out);

#endif
