/*
 * The vault of core/vault.h: the only place of libsodium in the daemon. The master key stays in guarded memory; what
 * works with data are subkeys of it, one a use. A sealed record is a version byte, a nonce, and the cipher text of
 * XChaCha20-Poly1305 whose associated data say where it belongs, each part with its length, so that no two places
 * look alike.
 */
#include "ssprd/core/vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/vault_key.h"
#include "text/log.h"

#define SEALED_VERSION 1
#define NONCE_SIZE     crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE       crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEALED_EXTRA   (1 + NONCE_SIZE + TAG_SIZE)
#define PLACE_WORD_MAX 64
#define PLACE_MAX      (1 + 8 + 2 * (1 + PLACE_WORD_MAX))
#define SUBKEY_SIZE    32

_Static_assert(SUBKEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key of the cipher");
_Static_assert(VAULT_KEY_SIZE == crypto_kdf_KEYBYTES, "master key");

/* In memory of sodium_malloc: locked, between guard pages, wiped when it is freed. */
struct vault {
	unsigned char seal[SUBKEY_SIZE];
	unsigned char hash[SUBKEY_SIZE];
};

/* Each subkey has a number of its own, for ever. */
enum subkey {
	SUBKEY_SEAL = 1,
	SUBKEY_HASH = 2,
};

static const char subkey_context[crypto_kdf_CONTEXTBYTES] = {
	's', 's', 'p', 'r', 'v', 'l', 't', '1'
};

static int
derive(struct vault *vault, const unsigned char *master)
{
	if (crypto_kdf_derive_from_key(vault->seal, SUBKEY_SIZE, SUBKEY_SEAL, subkey_context,
				       master) != 0 ||
	    crypto_kdf_derive_from_key(vault->hash, SUBKEY_SIZE, SUBKEY_HASH, subkey_context,
				       master) != 0)
		return -EIO;
	return 0;
}

int
vault_start(struct vault **out, const char *key_file, int may_make)
{
	struct vault *vault = NULL;
	unsigned char *master = NULL;
	int r = -EIO;

	if (sodium_init() < 0) {
		log_error("vault: libsodium cannot be used");
		goto out;
	}
	r = -ENOMEM;
	master = sodium_malloc(VAULT_KEY_SIZE);
	vault = sodium_malloc(sizeof(*vault));
	if (!master || !vault)
		goto out;
	r = vault_key_load(key_file, may_make != 0, master);
	if (r == 0)
		r = derive(vault, master);
	if (r == 0)
		r = sodium_mprotect_readonly(vault) == 0 ? 0 : -errno;
	if (r == 0) {
		*out = vault;
		vault = NULL;
	}
out:
	sodium_free(master);
	sodium_free(vault);
	return r;
}

void
vault_stop(struct vault *vault)
{
	sodium_free(vault);
}

static size_t
put_word(unsigned char *out, const char *word)
{
	size_t len = strlen(word);

	out[0] = (unsigned char)len;
	memcpy(out + 1, word, len);
	return 1 + len;
}

/* The associated data of a place. Their length, or -EINVAL: a word is too long. */
static int
place_bytes(const struct vault_place *place, unsigned char out[PLACE_MAX])
{
	size_t len = 0;

	if (strlen(place->method) > PLACE_WORD_MAX || strlen(place->row) > PLACE_WORD_MAX)
		return -EINVAL;
	out[len++] = SEALED_VERSION;
	for (int shift = 0; shift < 64; shift += 8)
		out[len++] = (unsigned char)((uint64_t)place->user >> shift);
	len += put_word(out + len, place->method);
	len += put_word(out + len, place->row);
	return (int)len;
}

int
vault_seal(struct vault *vault, const struct vault_place *place, const void *plain, size_t len,
	   unsigned char **sealed, size_t *sealed_len)
{
	unsigned char where[PLACE_MAX];
	unsigned char *out;
	int where_len = place_bytes(place, where);

	if (where_len < 0)
		return where_len;
	if (len > VAULT_PLAIN_MAX)
		return -EMSGSIZE;
	out = malloc(len + SEALED_EXTRA);
	if (!out)
		return -ENOMEM;
	out[0] = SEALED_VERSION;
	randombytes_buf(out + 1, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE_SIZE, NULL, plain, len, where,
						   (unsigned long long)where_len, NULL, out + 1,
						   vault->seal);
	*sealed = out;
	*sealed_len = len + SEALED_EXTRA;
	return VAULT_DONE;
}

int
vault_unseal(struct vault *vault, const struct vault_place *place, const unsigned char *sealed,
	     size_t sealed_len, struct secret *plain)
{
	struct secret opened = { 0 };
	unsigned char where[PLACE_MAX];
	int where_len = place_bytes(place, where);
	int r;

	if (where_len < 0)
		return where_len;
	if (sealed_len < SEALED_EXTRA || sealed_len > SEALED_EXTRA + VAULT_PLAIN_MAX ||
	    sealed[0] != SEALED_VERSION)
		return VAULT_SHUT;
	r = secret_room(&opened, sealed_len - SEALED_EXTRA);
	if (r < 0)
		return r;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    opened.data, NULL, NULL, sealed + 1 + NONCE_SIZE, sealed_len - 1 - NONCE_SIZE,
		    where, (unsigned long long)where_len, sealed + 1, vault->seal) != 0) {
		secret_done(&opened);
		return VAULT_SHUT;
	}
	secret_done(plain);
	*plain = opened;
	return VAULT_DONE;
}

void
vault_hash(struct vault *vault, const char *domain, const void *data, size_t len,
	   unsigned char hash[VAULT_HASH_SIZE])
{
	unsigned char key[SUBKEY_SIZE];

	crypto_generichash(key, sizeof(key), (const unsigned char *)domain, strlen(domain),
			   vault->hash, sizeof(vault->hash));
	crypto_generichash(hash, VAULT_HASH_SIZE, data, len, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
}

void
vault_digits(char *out, int digits)
{
	for (int i = 0; i < digits; i++)
		out[i] = (char)('0' + randombytes_uniform(10));
	out[digits] = '\0';
}

void
vault_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

int
vault_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}
