/* What the dialogs of both phones say alike. */
#ifndef SSPR_METHODS_PHONE_ASK_WORDS_H
#define SSPR_METHODS_PHONE_ASK_WORDS_H

#include "protocol/request.h"

struct session;
struct told;

extern const char *const phone_reasons[REASON_COUNT];

/* Where a code goes, and how. */
void phone_tell_sent(struct session *s, const struct told *told, const char *via);

#endif
