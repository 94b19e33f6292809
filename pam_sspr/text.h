/*
 * The few lines that the module itself shows, in the login's language. No gettext: that asks the host's
 * environment and locale. A language without a column gets English.
 */
#ifndef SSPR_PAM_TEXT_H
#define SSPR_PAM_TEXT_H

enum text {
	TEXT_PASSWORD, /* the prompt of a stack with `reset` */
	TEXT_NOT_CHECKED,
	TEXT_TOO_MANY_REFUSED,
	TEXT_TOO_MANY_LATER,
	TEXT_RESET_NOT_STARTED,
	TEXT_RESET_TOO_MANY,
	TEXT_RESET_BROKE,
	TEXT_COUNT
};

/* lang: as locale_of_login gives it, or "". Lasts for ever. */
const char *text_in(const char *lang, enum text text);

#endif
