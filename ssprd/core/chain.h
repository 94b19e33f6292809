/*
 * The links of the audit's chain: the hash of a row behind the one before it, and the seal of the checkpoint that
 * stands in the place of rows that were removed.
 */
#ifndef SSPR_CORE_CHAIN_H
#define SSPR_CORE_CHAIN_H

#include <stdint.h>

#include "ssprd/core/store.h"

struct vault;

#define CHAIN_TEXT_MAX   255 /* bytes of a text that are kept */
#define CHAIN_TEXT_COUNT 8

/* A row's texts in the order of the chain and of the journal line. */
void chain_texts(const struct store_audit *row, const char *texts[CHAIN_TEXT_COUNT]);

/*
 * The hash of the row with this number, behind the row whose hash is `before` (32 zero bytes: it is the first ever). It covers the hash
 * before it, the number, and each value with its length, so that no two rows read alike. 0, -EMSGSIZE: a text is too long.
 */
int chain_hash(struct vault *vault, const unsigned char before[STORE_HASH_SIZE],
	       const struct store_audit *row, int64_t id, unsigned char chain[STORE_HASH_SIZE]);

/* The seal of a checkpoint, over all of it but the seal: nobody without the key can move one. */
void chain_seal(struct vault *vault, const struct store_checkpoint *checkpoint,
		unsigned char seal[STORE_HASH_SIZE]);

#endif
