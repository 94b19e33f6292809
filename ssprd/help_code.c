/* Help desk codes, made; help.c redeems them. */
#include "ssprd/help_code.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/help.h"
#include "ssprd/judge.h"

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
		help_hash(j->vault, c->user, plain, row.hash);
		r = store_help_put(j->store, c->user, &row);
	}
	explicit_bzero(random, sizeof(random));
	explicit_bzero(plain, sizeof(plain));
	return r;
}
