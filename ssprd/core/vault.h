/*
 * The vault: the master key and everything made with it (libsodium). Sealed records open only for the
 * owner, method and row that they were sealed for, so a row that is moved to another user stays shut.
 */
#ifndef SSPR_CORE_VAULT_H
#define SSPR_CORE_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "text/secret.h"

#define VAULT_HASH_SIZE 32
#define VAULT_PLAIN_MAX 4096

struct vault;

/* What a sealed record is: its owner, method and purpose are the associated data. */
struct vault_place {
	int64_t user;       /* id in the store */
	const char *method; /* method_word() */
	const char *row;    /* "record", "code" */
};

enum vault_result {
	VAULT_DONE = 0,
	VAULT_SHUT = 1, /* not sealed for this place, or changed, or with another key */
};

/*
 * Read the key file, or make it (0600, on disk: file and folder fsynced) when it is absent and may_make is set:
 * the caller sets it only when no database stands there yet. 0, -ENOENT: absent and may not be made; -EINVAL: not a key file;
 * -EPERM: it is another user's, or others can use it; other -errno. Failures are logged.
 */
int vault_start(struct vault **vault, const char *key_file, int may_make);
void vault_stop(struct vault *vault); /* wipes the key; NULL is fine */

/*
 * VAULT_DONE: *sealed is malloc'd (a random nonce each time). -EMSGSIZE over VAULT_PLAIN_MAX, -ENOMEM, -EINVAL: a word
 * of the place is over 64 bytes (vault_unseal too).
 */
int vault_seal(struct vault *vault, const struct vault_place *place, const void *plain, size_t len,
	       unsigned char **sealed, size_t *sealed_len);
/* VAULT_DONE: plain is the caller's to wipe. VAULT_SHUT. -ENOMEM. */
int vault_unseal(struct vault *vault, const struct vault_place *place, const unsigned char *sealed,
		 size_t sealed_len, struct secret *plain);

/*
 * A keyed hash (BLAKE2b) for random codes, counter keys and the audit chain; domain ("code", "send", "audit")
 * parts their uses by a subkey of its own.
 */
void vault_hash(struct vault *vault, const char *domain, const void *data, size_t len,
		unsigned char hash[VAULT_HASH_SIZE]);

/* Random digits (no bias), NUL-terminated: out holds digits + 1 bytes. Random bytes. */
void vault_digits(char *out, int digits);
void vault_random(void *out, size_t len);

/* Equal, in constant time. */
int vault_equal(const void *a, const void *b, size_t len);

#endif
