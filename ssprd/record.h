/*
 * What a user of a dialog has on record: a row a method, sealed for its user. Whatever changes it
 * is one transaction with its audit and with what is told of it, and what that settles is written
 * in the same.
 */
#ifndef SSPRD_RECORD_H
#define SSPRD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "protocol/words.h"
#include "ssprd/core/store.h"
#include "text/secret.h"

struct dialog;

/*
 * The record of a method, opened: what is registered or was filled in. STORE_DONE (row without the
 * sealed bytes), STORE_NONE (also where it does not open, which is logged), -errno. plain is the
 * caller's to wipe.
 */
int
record_open(struct dialog *d, enum method method, struct store_method *row, struct secret *plain);

/* Takes as long as opening what is there: for a reset, in which nobody may measure whether there is something. */
void record_open_nothing(struct dialog *d, enum method method);

/*
 * Save a proven method: its record is sealed for this user and stored, with what else belongs to it
 * (struct method_judge, saved), the code that proved it (if one waits) removed, audited and told,
 * in one transaction. With once_step above 0 it is the app's accepted time step. 0: on disk.
 * -EEXIST: the method stands already, and nothing was begun that takes its place; -errno: nothing
 * was saved.
 */
int record_save(struct dialog *d, enum method method, const void *record, size_t len,
		int64_t once_step);

/*
 * A registered method was proven again: the time of it, its code removed, the failures of the user
 * taken back, audited. Within the transaction of what was used up by it. 0 or -errno.
 * At a reset that takes another proof the failures stand, but for that of this proof, which its counter takes back: who has one
 * of two methods would else have new tries at the other as often as they like.
 */
int record_confirm(struct dialog *d, enum method method);

/*
 * Remove a method, registered or filled in, with all that belongs to it; audited and told.
 * STORE_DONE: gone from disk; STORE_NONE; -errno.
 */
int record_remove(struct dialog *d, enum method method);

#endif
