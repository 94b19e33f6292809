/*
 * What the PAM file of a service says about sspr: the account line with pam_sspr.so, found as
 * Linux-PAM would find it, includes followed. What other lines decide before it is not weighed.
 * Pure but for the source.
 */
#ifndef SSPRCTL_PAMFILE_H
#define SSPRCTL_PAMFILE_H

#include <stdbool.h>
#include <stddef.h>

#define PAMFILE_DEPTH_MAX 16          /* files within files, as Linux-PAM has it */
#define PAMFILE_FILES_MAX 64          /* asked for in one answer */
#define PAMFILE_SIZE_MAX  (64 * 1024) /* bytes of one file */
#define PAMFILE_NAME_MAX  255         /* bytes of a file's name */
#define PAMFILE_WORD_MAX  1023        /* bytes of one word of a line */

/* Where files come from. */
struct pamfile_source {
	/*
	 * The text of the file of this name (a service's, or an absolute path), malloc'd and at
	 * most PAMFILE_SIZE_MAX bytes. 0; -ENOENT: there is none; other -errno. path: what to call
	 * it, in each case.
	 */
	int (*read)(void *arg, const char *name, char **text, size_t *len,
		    char path[PAMFILE_NAME_MAX + 1]);
	void *arg;
};

enum pamfile_result {
	PAMFILE_FOUND = 0,
	PAMFILE_NO_LINE =
		1, /* no account line of this service has pam_sspr.so; path is the file looked at */
	PAMFILE_NO_FILE = 2, /* neither the service nor `other` has a file */
};

struct pamfile {
	char path[PAMFILE_NAME_MAX + 1]; /* of the line, or where there was a problem */
	int line;                        /* counted from 1; where a continued line begins */
	bool other;                      /* the service has no account lines: those of `other` */
	char services[PAMFILE_WORD_MAX + 1]; /* services=, or the default */
	bool fails;                          /* onerr=fail */
};

/*
 * Look. An enum pamfile_result (path is filled in but for PAMFILE_NO_FILE), or -errno: path could
 * not be read; -ELOOP: nested too deep, or too many files; -E2BIG: too long.
 */
int pamfile_find(const struct pamfile_source *source, const char *service, struct pamfile *found);

#endif
