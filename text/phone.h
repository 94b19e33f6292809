/*
 * Phone numbers as users type them: E.164, always with the country (+CC number), because a number
 * that means another one in another country would send codes to strangers. An office phone may have
 * an extension (x123).
 */
#ifndef SSPR_TEXT_PHONE_H
#define SSPR_TEXT_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_DIGITS_MIN    7  /* country included */
#define PHONE_DIGITS_MAX    15 /* E.164 */
#define PHONE_EXTENSION_MAX 10
#define PHONE_SIZE          (1 + PHONE_DIGITS_MAX + 1 + PHONE_EXTENSION_MAX + 1)

enum phone {
	PHONE_FINE = 0,
	PHONE_NO_COUNTRY, /* no + in front, or a 0 behind it */
	PHONE_BRACKETS,   /* "(0)" is dialled by some and not by others: to be left out */
	PHONE_SHORT,
	PHONE_LONG,         /* the number or its extension */
	PHONE_NO_EXTENSION, /* it has one, but none is possible here */
	PHONE_SYNTAX,       /* anything else */
};

/*
 * Check what was typed (len bytes): +, digits that may be parted by blanks, dashes and dots, and
 * where `extension` is set x and digits. wire is "+4930123456" or "+4930123456x123"; "" unless
 * PHONE_FINE.
 */
enum phone phone_parse(const char *typed, size_t len, bool extension, char wire[PHONE_SIZE]);

/* Is it the same line? An extension makes no other line of it. */
bool phone_same(const char *wire, const char *other);

/*
 * "+49********78": the country, the last two digits, a star for each digit between them and for
 * each of the extension.
 */
void phone_mask(const char *wire, char *out, size_t size);

enum phone_prefix {
	PHONE_PERMITTED = 0,
	PHONE_DENIED,
	PHONE_BAD_LIST, /* one of the lists is not a list of prefixes: nothing is permitted */
};

/*
 * May this number be written to or called? allow and deny are prefixes (+31 +4915), parted by
 * blanks or commas. The longest one that fits decides, deny before allow where both are as long. A
 * number that none fits is permitted when allow is empty.
 */
enum phone_prefix phone_permitted(const char *wire, const char *allow, const char *deny);

/* Is it a list of prefixes, or empty? */
bool phone_prefixes_good(const char *list);

#endif
