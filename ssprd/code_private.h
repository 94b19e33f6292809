/* What code.c and code_try.c share, and nobody else sees. */
#ifndef SSPRD_CODE_PRIVATE_H
#define SSPRD_CODE_PRIVATE_H

#include <stdbool.h>

#include "protocol/request.h"
#include "ssprd/code.h"
#include "ssprd/core/limit.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "text/secret.h"

struct dialog;

#define CODE_DIGITS_MAX 10

/*
 * What stands on record, registered or filled in; empty where there is nothing. Its owner wipes to.
 */
struct standing {
	struct store_method row;
	struct secret to;
};

/*
 * Why this destination is refused (value.h); REASON_COUNT: it is fine, and this is its wire form. *broke is set to -errno when
 * something broke. One that its user cannot choose was compared with their others when it was filled in.
 */
enum reason code_read(const struct code_kind *kind, const struct dialog *d,
		      const struct field *typed, char wire[CODE_TO_MAX + 1], int *broke);

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

/* What a message is counted under: its user, and its destination. */
void code_limit_keys(const struct code_kind *kind, const struct dialog *d, const char *to,
		     limit_key keys[2]);

/* A code that waits, taken apart, and what it would do. */
struct code_attempt {
	const struct code_kind *kind; /* the caller's */
	struct store_code code;
	struct secret to; /* where it was sent */
	struct standing standing;
	bool proves; /* its destination is registered: a wrong one is a failure of the user */
	int tries_left;
	int64_t blocked_until; /* the end of the block that this failure began; 0 none */
};

/* STORE_DONE, STORE_NONE: there is no code that could be tried; -errno. Released in any case. */
int code_attempt_begin(struct code_attempt *a, struct dialog *d);
void code_attempt_done(struct code_attempt *a);
/* 1 right, 0 wrong, -errno. */
int code_attempt_compare(const struct code_attempt *a, const struct dialog *d,
			 const struct secret *typed);

/* What was typed without blanks and dashes, which messages and people put in for reading. 0 or -ENOMEM. */
int code_typed(const struct field *proof, struct secret *typed);

#endif
