/*
 * The master key's file: one line that says what it is, then 32 random bytes. Its owner alone may read it. It is
 * made once, complete and on disk before its name appears, and never replaced.
 */
#ifndef SSPR_CORE_VAULT_KEY_H
#define SSPR_CORE_VAULT_KEY_H

#include <stdbool.h>

#define VAULT_KEY_SIZE 32

/* Read the key, making the file first when it is absent and may_make is set. Answers as vault_start. */
int vault_key_load(const char *file, bool may_make, unsigned char key[VAULT_KEY_SIZE]);

#endif
