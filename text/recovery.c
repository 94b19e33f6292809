/*
 * Codes on paper. The check symbols are weighted sums over the symbols before them, in the field of 31 elements: check
 * symbol j is the sum of (position + 1)^(j + 1) times symbol, so that positions never weigh the same.
 */
#include "text/recovery.h"

#include <stdint.h>
#include <string.h>

#define SYMBOLS ((int)sizeof(RECOVERY_ALPHABET) - 1)
#define RANDOM_WIDTH                                                                               \
	4 /* bytes a symbol: then no symbol is likelier than another by more than 1 in 10^8 */
#define CHECKS_MAX 2

static const struct form {
	char letter; /* in front; 0 none */
	int symbols; /* random ones, fewer than 30: no weight is -1 */
	int checks;
	int group; /* symbols that are shown together; 0 all */
} forms[] = {
	[RECOVERY_CODE] = { 0, 14, 2, 4 },
	[RECOVERY_FREEZE] = { 'F', 14, 2, 4 },
	[RECOVERY_HELP] = { 0, 9, 1, 0 },
};

_Static_assert(sizeof(RECOVERY_ALPHABET) - 1 == 31, "the checks need a prime");
_Static_assert(RECOVERY_RANDOM == 14 * RANDOM_WIDTH, "random bytes of the longest code");

/* The value of a symbol in either case; -1 when it is none. */
static int
value_of(unsigned char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (unsigned char)(c - 'a' + 'A');
	at = c == '\0' ? NULL : strchr(RECOVERY_ALPHABET, c);
	return at ? (int)(at - RECOVERY_ALPHABET) : -1;
}

static void
check_symbols(const struct form *form, const char *symbols, char checks[CHECKS_MAX])
{
	int sums[CHECKS_MAX] = { 0 };

	for (int i = 0; i < form->symbols; i++) {
		int weighed = value_of((unsigned char)symbols[i]);

		for (int j = 0; j < form->checks; j++) {
			weighed = weighed * (i + 1) % SYMBOLS;
			sums[j] = (sums[j] + weighed) % SYMBOLS;
		}
	}
	for (int j = 0; j < form->checks; j++)
		checks[j] = RECOVERY_ALPHABET[sums[j]];
}

static void
show(const struct form *form, const char *plain, char *shown)
{
	int total = form->symbols + form->checks;

	if (form->letter) {
		*shown++ = form->letter;
		*shown++ = '-';
	}
	for (int i = 0; i < total; i++) {
		if (form->group && i > 0 && i % form->group == 0)
			*shown++ = '-';
		*shown++ = plain[i];
	}
	*shown = '\0';
}

void
recovery_make(enum recovery_kind kind, const unsigned char random[RECOVERY_RANDOM],
	      char shown[RECOVERY_SHOWN])
{
	const struct form *form = &forms[kind];
	char plain[RECOVERY_PLAIN] = { 0 };

	for (int i = 0; i < form->symbols; i++) {
		uint32_t number;

		memcpy(&number, random + (size_t)i * RANDOM_WIDTH, sizeof(number));
		plain[i] = RECOVERY_ALPHABET[number % (uint32_t)SYMBOLS];
	}
	check_symbols(form, plain, plain + form->symbols);
	show(form, plain, shown);
	explicit_bzero(plain, sizeof(plain));
}

/* Copy the symbols, upper case; answers how many there are, more than RECOVERY_PLAIN when they do not fit. *foreign: a character that is in no code. */
static size_t
gather(const unsigned char *typed, size_t len, char plain[RECOVERY_PLAIN], int *foreign)
{
	size_t count = 0;

	for (size_t i = 0; i < len && count < RECOVERY_PLAIN; i++) {
		int value = value_of(typed[i]);

		if (typed[i] == ' ' || typed[i] == '\t' || typed[i] == '-')
			continue;
		*foreign |= value < 0;
		plain[count++] = value < 0 ? '?' : RECOVERY_ALPHABET[value];
	}
	return count;
}

static enum recovery_typed
judge(const struct form *form, const char *symbols)
{
	char checks[CHECKS_MAX];
	int differ;

	check_symbols(form, symbols, checks);
	differ = memcmp(checks, symbols + form->symbols, (size_t)form->checks);
	explicit_bzero(checks, sizeof(checks));
	return differ ? RECOVERY_TYPO : RECOVERY_FINE;
}

enum recovery_typed
recovery_read(enum recovery_kind kind, const void *typed, size_t len, char plain[RECOVERY_PLAIN])
{
	const struct form *form = &forms[kind];
	size_t letters = form->letter ? 1 : 0;
	size_t total = letters + (size_t)form->symbols + (size_t)form->checks;
	enum recovery_typed r = RECOVERY_FORM;
	int foreign = 0;
	size_t count;

	memset(plain, 0, RECOVERY_PLAIN);
	count = gather(typed, len, plain, &foreign);
	if (count != total || (letters && plain[0] != form->letter))
		goto out;
	r = foreign ? RECOVERY_SYMBOL : judge(form, plain + letters);
out:
	if (r != RECOVERY_FINE)
		explicit_bzero(plain, RECOVERY_PLAIN);
	return r;
}
