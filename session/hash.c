/* The only use of libsodium in the session. */
#include <errno.h>
#include <sodium.h>

#include "session/hash.h"

_Static_assert(HASH_SALT_SIZE == crypto_pwhash_argon2id_SALTBYTES, "Argon2id's salt");
_Static_assert(HASH_SIZE >= crypto_pwhash_argon2id_BYTES_MIN, "Argon2id's hash");

int
hash_start(void)
{
	return sodium_init() < 0 ? -EIO : 0;
}

int
hash_answer(const struct secret *normalised, const struct slot *slot, unsigned char *hash)
{
	if (slot->memory < 8 || slot->memory > HASH_MEMORY_MAX || slot->passes < 1 ||
	    slot->passes > HASH_PASSES_MAX)
		return -EINVAL;
	if (crypto_pwhash(hash, HASH_SIZE, secret_text(normalised), normalised->len, slot->salt,
			  (unsigned long long)slot->passes, (size_t)slot->memory * 1024,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return -ENOMEM;
	return 0;
}
