/*
 * Inside of the configuration: reading texts, one after the other, into one policy, and telling every error.
 */
#ifndef SSPR_CORE_CONFIG_READER_H
#define SSPR_CORE_CONFIG_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "ssprd/core/config.h"

#define CONFIG_SECTION_MAX 32

/* Where a row of the table was set last. */
struct origin {
	const char *file; /* NULL: it was not */
	int number;       /* of that file */
	int line;
	bool wrong; /* some file gave it a value that was refused */
};

struct reader {
	struct config *config; /* with its defaults */
	struct config_errors *errors;
	const char *file; /* being read; lives as long as the reader */
	int number;       /* of that file, from 1 */
	int line;
	bool in_section;
	bool skip; /* the section is unknown, told already */
	char section[CONFIG_SECTION_MAX + 1];
	struct origin origins[CONFIG_OPTIONS_MAX];
};

/* One more error, at the file and line being read (line 0: the file as a whole). 0 or -ENOMEM. */
int reader_wrong(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The next file. From here errors are told at its line 0. */
void reader_file(struct reader *r, const char *file);

/* Its text. 0 (errors were told) or -ENOMEM. */
int reader_text(struct reader *r, const char *text, size_t len);

/* After the last file: the rules between keys. whole: where an error is told that no line is to blame for. */
int reader_rules(struct reader *r, const char *whole);

#endif
