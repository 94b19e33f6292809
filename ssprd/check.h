/*
 * What Check answers: from the plan, and from whether a dialog can be held, to one word. Shared
 * with Simulate, which asks the same and writes nothing.
 */
#ifndef SSPRD_CHECK_H
#define SSPRD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/words.h"

struct config;
struct context;
struct judge;
struct plan;
struct user;

#define REASON_TEXT_MAX 256

/*
 * The word for this plan: what is due opens a dialog (register, reconfirm, notice); without a
 * conversation it is one line (remind), or the word itself where such logins are refused, so that
 * the module asks for the dialog that cannot be held and gets its refusal.
 */
enum state
check_state(const struct plan *plan, const struct config *config, bool interactive, int64_t now);

/* Does that state ask for a dialog? */
bool check_needs_dialog(enum state state);

/*
 * When it changes, or from when on it is held: while something is owed, when postponing is no
 * longer free, else quiet_until; 0: now.
 */
int64_t check_due(const struct plan *plan);

/* One English sentence: why this is the answer. */
void check_reason(char *out, size_t size, const struct plan *plan, const struct config *config,
		  const struct user *user, bool interactive, int64_t now);

#endif
