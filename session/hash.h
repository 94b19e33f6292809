/* The hash of an answer to a security question: Argon2id with the salt and cost that the judge gave. */
#ifndef SSPR_SESSION_HASH_H
#define SSPR_SESSION_HASH_H

#include <stdint.h>

#include "text/secret.h"

#define HASH_SIZE       32
#define HASH_SALT_SIZE  16
#define HASH_MEMORY_MAX (1024 * 1024) /* KiB; more is a judge's mistake */
#define HASH_PASSES_MAX 64

struct slot {
	unsigned char salt[HASH_SALT_SIZE];
	int64_t memory; /* KiB */
	int64_t passes;
};

/* Once, before the sandbox. 0 or -EIO. */
int hash_start(void);

/* 0, -EINVAL: a cost out of range, -ENOMEM. hash is HASH_SIZE bytes, wiped by its owner. */
int hash_answer(const struct secret *normalised, const struct slot *slot, unsigned char *hash);

#endif
