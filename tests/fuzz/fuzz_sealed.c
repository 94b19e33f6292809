/*
 * Sealed records: arbitrary bytes stay shut (or open, when they are a true record of this key) without harm; what is
 * sealed opens to the same, and with one byte changed it does not.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ssprd/core/vault.h"

/* A fixed key, so that the corpus can hold a record that opens. */
static const char key[] = "sspr master key 1\n0123456789abcdef0123456789abcdef";
static const struct vault_place place = { .user = 1, .method = "email", .row = "record" };
static struct vault *vault;

int LLVMFuzzerInitialize(int *count, char ***values);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(int good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerInitialize(int *count, char ***values)
{
	char path[] = "/tmp/sspr-fuzz-XXXXXX";
	int fd = mkstemp(path);

	(void)count;
	(void)values;
	expect(fd >= 0 && write(fd, key, sizeof(key) - 1) == (ssize_t)sizeof(key) - 1);
	close(fd);
	expect(vault_start(&vault, path, 0) == 0);
	unlink(path);
	return 0;
}

static void
check_round_trip(const uint8_t *data, size_t size)
{
	struct secret plain = { 0 };
	unsigned char *sealed = NULL;
	size_t len = 0, at;

	expect(vault_seal(vault, &place, data, size, &sealed, &len) == VAULT_DONE);
	expect(vault_unseal(vault, &place, sealed, len, &plain) == VAULT_DONE);
	expect(plain.len == size && (!size || memcmp(plain.data, data, size) == 0));
	secret_done(&plain);
	at = size ? data[0] % len : 0;
	sealed[at] ^= (unsigned char)(size > 1 && data[1] ? data[1] : 1);
	expect(vault_unseal(vault, &place, sealed, len, &plain) == VAULT_SHUT);
	expect(!plain.data);
	free(sealed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret plain = { 0 };
	int r = vault_unseal(vault, &place, data, size, &plain);

	expect(r == VAULT_DONE || r == VAULT_SHUT);
	expect(r == VAULT_DONE || !plain.data);
	secret_done(&plain);
	if (size <= VAULT_PLAIN_MAX)
		check_round_trip(data, size);
	return 0;
}
