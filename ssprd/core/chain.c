/* The hashes of core/chain.h. */
#include "ssprd/core/chain.h"

#include <errno.h>
#include <string.h>

#include "ssprd/core/vault.h"

#define CHAIN_MAX (STORE_HASH_SIZE + 4 * 8 + CHAIN_TEXT_COUNT * (8 + CHAIN_TEXT_MAX))

_Static_assert(VAULT_HASH_SIZE == STORE_HASH_SIZE, "the chain is a vault hash");

void
chain_texts(const struct store_audit *row, const char *texts[CHAIN_TEXT_COUNT])
{
	const char *const all[CHAIN_TEXT_COUNT] = { row->event,   row->user,   row->actor,
						    row->method,  row->result, row->reason,
						    row->service, row->rhost };

	memcpy(texts, all, sizeof(all));
}

static size_t
put_number(unsigned char *out, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(number >> (8 * i));
	return 8;
}

int
chain_hash(struct vault *vault, const unsigned char before[STORE_HASH_SIZE],
	   const struct store_audit *row, int64_t id, unsigned char chain[STORE_HASH_SIZE])
{
	unsigned char data[CHAIN_MAX];
	const char *texts[CHAIN_TEXT_COUNT];
	size_t len = STORE_HASH_SIZE;

	memcpy(data, before, STORE_HASH_SIZE);
	len += put_number(data + len, (uint64_t)id);
	len += put_number(data + len, (uint64_t)row->time);
	len += put_number(data + len, (uint64_t)row->uid);
	len += put_number(data + len, (uint64_t)row->session);
	chain_texts(row, texts);
	for (int i = 0; i < CHAIN_TEXT_COUNT; i++) {
		size_t size = strlen(texts[i]);

		if (size > CHAIN_TEXT_MAX)
			return -EMSGSIZE;
		len += put_number(data + len, size);
		memcpy(data + len, texts[i], size);
		len += size;
	}
	vault_hash(vault, "audit", data, len, chain);
	return 0;
}

void
chain_seal(struct vault *vault, const struct store_checkpoint *checkpoint,
	   unsigned char seal[STORE_HASH_SIZE])
{
	unsigned char data[STORE_HASH_SIZE + 2 * 8];
	size_t len = STORE_HASH_SIZE;

	memcpy(data, checkpoint->chain, STORE_HASH_SIZE);
	len += put_number(data + len, (uint64_t)checkpoint->row);
	len += put_number(data + len, (uint64_t)checkpoint->broken);
	vault_hash(vault, "checkpoint", data, len, seal);
}
