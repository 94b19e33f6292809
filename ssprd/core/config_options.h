/*
 * Inside of the configuration: the table of options. It alone knows which sections and keys there are; the
 * reader, the defaults, the rules, freeing, and the test that holds the sample and the manual against it all walk it.
 */
#ifndef SSPR_CORE_CONFIG_OPTIONS_H
#define SSPR_CORE_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ssprd/core/config.h"

struct option;

/* A value as the reader found it: UTF-8, trimmed, without control characters but tabs. */
struct option_value {
	const char *key; /* as written: "header.X-To" where the row says "header.NAME" */
	const char *text;
	int file; /* the number of the file, from 1; 0 the default */
};

/* What kind of value an option has: numbers, choices and texts (config_values.c), lists (config_lists.c). */
struct option_kind {
	bool number; /* min and max are a range of numbers; else of bytes, where max is not 0 */
	/*
	 * Check the value and put it into its place, which then owns it.
	 * 0. 1: *why is a malloc'd sentence, the place as it was. -ENOMEM.
	 */
	int (*put)(struct config *config, const struct option *option,
		   const struct option_value *value, char **why);
	void (*clear)(void *place); /* NULL: owns nothing. The place may be empty. */
};

struct option {
	const char *section;
	const char *key;
	const struct option_kind *kind;
	const char *preset; /* the default, as it would be written */
	int64_t min, max;
	const char *choices; /* "off, remind, required"; NULL any */
	size_t place;        /* in struct config */
};

extern const struct option_kind kind_choice; /* an enum, in the order of choices */
extern const struct option_kind kind_yes_no; /* bool; choices "no, yes" */
extern const struct option_kind kind_int;    /* int */
extern const struct option_kind kind_id;     /* int64_t */
extern const struct option_kind
	kind_date; /* int64_t: the first second of that day, local time; 0 none */
extern const struct option_kind kind_text;    /* char *, all of these below too */
extern const struct option_kind kind_word;    /* one of choices, or nothing */
extern const struct option_kind kind_path;    /* absolute, or nothing */
extern const struct option_kind kind_address; /* its wire form, or nothing */
extern const struct option_kind kind_addresses;
extern const struct option_kind kind_domains;
extern const struct option_kind kind_prefixes;
extern const struct option_kind kind_mail_url;
extern const struct option_kind kind_web_url;
extern const struct option_kind kind_names;   /* struct name_list */
extern const struct option_kind kind_users;   /* the same, or all, or none */
extern const struct option_kind kind_methods; /* registration.methods */
extern const struct option_kind kind_pair;    /* one more pair of the gateway at place */

/* Say why a value is refused: *why is malloc'd. 1 or -ENOMEM, for put. */
int option_refuse(char **why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A char * at this option's place: replaced by a copy. 0 or -ENOMEM. */
int option_set_text(struct config *config, const struct option *option, const char *text);
void option_clear_text(void *place);

/* The rows, index 0 to count - 1. NULL past the last one. */
const struct option *option_row(size_t index);

/* The row of a key as written; NULL: there is none. *index is its place in the table. */
const struct option *option_find(const char *section, const char *key, size_t *index);
/* The row whose value stands at this place of struct config, with its index. */
const struct option *option_at(size_t place, size_t *index);
bool option_section_exists(const char *section);

/* "1-6", "off, remind, required" or "": what the manual and the sample say of the row. False: does not fit. */
bool option_range(const struct option *option, char *out, size_t size);

/* All defaults. 0, -ENOMEM, or -EINVAL: a default breaks its own rule (then what was set is the caller's to clear). */
int options_preset(struct config *config);
void options_clear(struct config *config);

#endif
