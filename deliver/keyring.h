/*
 * The secrets that a gateway's template names: read from their files before the sandbox closes,
 * wiped at the end.
 */
#ifndef SSPR_DELIVER_KEYRING_H
#define SSPR_DELIVER_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "deliver/delivery.h"
#include "text/secret.h"

#define KEYRING_MAX       16 /* secrets of one gateway */
#define KEYRING_NAME_MAX  255
#define KEYRING_VALUE_MAX 4096 /* bytes: a signed token is longer than a password */

/* Declare it empty ({ 0 }). */
struct keyring {
	struct keyring_secret {
		char name[KEYRING_NAME_MAX + 1];
		struct secret value;
	} list[KEYRING_MAX];
	size_t count;
};

/* Where secrets are looked for, in this order. */
struct keyring_folders {
	const char *credentials; /* systemd's; NULL none */
	const char *secrets;
};

/*
 * Letters, digits and . - _ that do not begin with a dot: a file in one of the folders. Or an
 * absolute path.
 */
bool keyring_name_good(const char *name, size_t len);

/*
 * Read the secret of this name, unless it is there already: one line of a file that nobody but its
 * owner and group can read. DELIVERY_SENT, or DELIVERY_MISCONFIGURED.
 */
enum delivery keyring_load(struct keyring *k, const struct keyring_folders *folders,
			   const char *name, size_t len);

/* NULL: it was not loaded. */
const struct secret *keyring_find(const struct keyring *k, const char *name, size_t len);

void keyring_done(struct keyring *k);

#endif
