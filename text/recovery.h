/*
 * Codes that people keep on paper, read out and type back: recovery codes, freeze codes, help desk codes. One alphabet
 * of 31 symbols, without 0 O 1 I L, which look alike; and check symbols, so that a slip of the finger is told from a wrong code.
 * 31 is prime: every single wrong symbol and every exchange of two is noticed; where there are two check
 * symbols, any two wrong symbols too.
 */
#ifndef SSPR_TEXT_RECOVERY_H
#define SSPR_TEXT_RECOVERY_H

#include <stddef.h>

enum recovery_kind {
	RECOVERY_CODE,   /* "K7QF-2MXP-9RTW-B4HN": 69 bits, two check symbols */
	RECOVERY_FREEZE, /* "F-K7QF-2MXP-9RTW-B4HN": the same behind its letter */
	RECOVERY_HELP, /* "K7QF2MXP9R": 44 bits, one check symbol; a help desk's, read out and short-lived */
};

#define RECOVERY_ALPHABET "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#define RECOVERY_RANDOM   56 /* random bytes that one code is made of, at most */
#define RECOVERY_SHOWN    32 /* room for a code as it is shown, NUL included */
#define RECOVERY_PLAIN    24 /* room for a code as it is compared, NUL included */

/* Make a code, as it is shown, of random bytes. Its owner wipes it, and them. */
void recovery_make(enum recovery_kind kind, const unsigned char random[RECOVERY_RANDOM],
		   char shown[RECOVERY_SHOWN]);

enum recovery_typed {
	RECOVERY_FINE = 0, /* may be a right one: worth a try */
	RECOVERY_FORM,     /* not of this kind: too short, too long, another first letter */
	RECOVERY_SYMBOL,   /* holds a character that is in no code, like 0 or O */
	RECOVERY_TYPO, /* its check symbols do not fit: one was typed wrongly, or two exchanged */
};

/*
 * What was typed (len bytes), as it is compared: upper case, without blanks and dashes. plain is
 * "" unless RECOVERY_FINE; its owner wipes it.
 */
enum recovery_typed
recovery_read(enum recovery_kind kind, const void *typed, size_t len, char plain[RECOVERY_PLAIN]);

#endif
