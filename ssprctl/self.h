/*
 * Who runs this, and in which language.
 */
#ifndef SSPRCTL_SELF_H
#define SSPRCTL_SELF_H

#include "protocol/limits.h"

/* The caller's user name, until the next getpw call; NULL: said why not. */
const char *own_name(void);

/* The language that the environment asks for, accepted (text/language.h), or "". */
void environment_language(char lang[LANG_NAME_MAX + 1]);

#endif
