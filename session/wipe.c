/*
 * In this program every block is wiped when it is freed, whoever frees it: libqrencode works on copies of an app's key, the C
 * library on copies of what it prints, and both let go of them as they are. Blocks that grow move to a new place first.
 * Sanitizers bring a free of their own, which is theirs alone.
 */
#ifndef SSPR_SANITIZE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* glibc's free by its other name, which stays when a program defines free. */
extern void __libc_free(void *block);

void
free(void *block)
{
	if (block != NULL)
		explicit_bzero(block, malloc_usable_size(block));
	__libc_free(block);
}

void *
realloc(void *block, size_t size)
{
	size_t had = block != NULL ? malloc_usable_size(block) : 0;
	void *grown = NULL;

	if (block != NULL && size == 0)
		free(block);
	else
		grown = malloc(size);
	if (grown == NULL || block == NULL)
		return grown;
	memcpy(grown, block, had < size ? had : size);
	free(block);
	return grown;
}
#endif
