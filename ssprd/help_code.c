/* Help desk codes, made. */
#include "ssprd/help_code.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/core/store.h"
#include "ssprd/judge.h"

void
help_code_hash(struct vault *vault, int64_t user, const char *plain,
	       unsigned char hash[VAULT_HASH_SIZE])
{
	char text[24 + RECOVERY_PLAIN];
	int len = snprintf(text, sizeof(text), "%" PRId64 "|%s", user, plain);

	vault_hash(vault, "help", text, (size_t)len, hash);
	explicit_bzero(text, sizeof(text));
}

int
help_code_make(struct judge *j, const struct help_code *c, char shown[RECOVERY_SHOWN])
{
	struct store_help_code row = { .expires = c->now + c->minutes * (int64_t)60 };
	unsigned char random[RECOVERY_RANDOM];
	char plain[RECOVERY_PLAIN];
	int r = -EIO;

	snprintf(row.made_by, sizeof(row.made_by), "%s", c->made_by);
	vault_random(random, sizeof(random));
	recovery_make(RECOVERY_HELP, random, shown);
	if (recovery_read(RECOVERY_HELP, shown, strlen(shown), plain) == RECOVERY_FINE) {
		help_code_hash(j->vault, c->user, plain, row.hash);
		r = store_help_put(j->store, c->user, &row);
	}
	explicit_bzero(random, sizeof(random));
	explicit_bzero(plain, sizeof(plain));
	return r;
}
