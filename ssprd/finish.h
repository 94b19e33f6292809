/*
 * How a dialog ends: from the reason that the session gives, and from what is owed now, to the
 * verdict that the module acts on. A "not now" is counted here and nowhere else, for registering
 * and reconfirming alike; what was proven is in the store already. Who cannot prove anything that
 * is registered any more, or is blocked, is let by uncounted while only reconfirming is owed. The
 * changes that the session was given are told once the user has answered. A reset ends with what
 * sspr-passwd reported, or a word that tells no stranger anything.
 */
#ifndef SSPRD_FINISH_H
#define SSPRD_FINISH_H

#include <stdbool.h>

#include "protocol/request.h"
#include "protocol/words.h"

struct dialog;

#define NOT_NOW_SECONDS (12 * 3600)

/*
 * Decide, count, stamp, audit. tell: a terminal that cannot prompt may be shown one line (once a
 * day a user). 0; -errno: the store failed, the verdict is "failed".
 */
int finish_dialog(struct dialog *d, enum finish reason, enum verdict *verdict, bool *tell);

/*
 * The word for a dialog that ssprd ends itself (replaced): under enforce = remind it never holds a
 * login back.
 */
enum verdict finish_ended(const struct dialog *d, enum verdict verdict);

#endif
