/*
 * The language of a login: PAM's environment, else the system's. getenv is never called: the
 * environment of a set-uid host is the caller's.
 */
#ifndef SSPR_PAM_LOCALE_H
#define SSPR_PAM_LOCALE_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stddef.h>

#include "protocol/limits.h"

/*
 * Take the first name of a list (a:b:c) that reads xx, xxx or xx_YY with an optional .charset.
 * len: bytes of list. False, and an empty out: there is none.
 */
bool locale_accept(const char *list, size_t len, char out[LANG_NAME_MAX + 1]);

/* The same from a file of NAME=VALUE lines, quoted or not: LANGUAGE, LC_ALL, then LANG. */
bool locale_from_file(const char *path, char out[LANG_NAME_MAX + 1]);

/* The login's: pam_getenv, /etc/default/locale, /etc/locale.conf; "" when nobody says. */
void locale_of_login(pam_handle_t *pamh, char out[LANG_NAME_MAX + 1]);

#endif
