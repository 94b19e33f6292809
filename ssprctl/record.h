/*
 * One user's record (the answer of Admin.Show), printed.
 */
#ifndef SSPRCTL_RECORD_H
#define SSPRCTL_RECORD_H

#include "ssprctl/command.h"

struct json_t;

/* What is due, in a sentence; own: said to the user, else about the user. */
void record_sentence(const struct json_t *record, bool own);

/* What is out of the ordinary (blocked, frozen, ...), then the methods as a table, for people. 0 or -errno. */
int record_methods(const struct json_t *record);

/*
 * The record for programs. in->format is JSON, or CSV: a row for each method, one without when
 * there is none.
 */
int record_export(const struct invocation *in, const struct json_t *record);

#endif
