/* What code.c and code_try.c share, and nobody else sees. */
#ifndef SSPRD_CODE_PRIVATE_H
#define SSPRD_CODE_PRIVATE_H

#include <stdbool.h>

#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "text/secret.h"

struct dialog;

/*
 * What stands on record, registered or filled in; empty where there is nothing. Its owner wipes to.
 */
struct standing {
	struct store_method row;
	struct secret to;
};

/* 0 or -errno. */
int code_look(struct dialog *d, enum method method, struct standing *s);
bool code_on_record(const struct standing *s, const char *to);

/*
 * Does a code that was stored still hold? One that would hold for longer than any was made under a
 * wrong clock: it must not keep its tries spent for years.
 */
bool code_stands(const struct dialog *d, const struct store_code *code);

/*
 * Can it be typed? One that would be good for longer than [codes] lifetime was made under a clock
 * that was ahead: it proves nothing, but while it stands its tries stay counted.
 */
bool code_is_good(const struct dialog *d, const struct store_code *code);

/* Where a code's destination is sealed. */
struct vault_place code_place(const struct dialog *d, enum method method);
/* The keyed hash of a code, bound to its user, method and destination. 0 or -ENOMEM. */
int code_hash(const struct dialog *d, enum method method, const char *to, const char *code,
	      unsigned char hash[VAULT_HASH_SIZE]);

#endif
