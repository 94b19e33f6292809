/*
 * The dumb terminal: packets of a session on one side, the host's conversation function on the other.
 * It shows, asks and passes on; it knows no method and keeps nothing. The conversation function is
 * called directly, one message a call: pam_prompt would log each prompt that cannot be shown.
 */
#ifndef SSPR_PAM_TERMINAL_H
#define SSPR_PAM_TERMINAL_H

#include <security/pam_appl.h>
#include <stdbool.h>

#include "protocol/limits.h"
#include "protocol/words.h"

#define TERMINAL_PROMPTS_MAX DIALOG_PROMPTS_MAX /* a session that asks for ever has failed */

struct terminal {
	const struct pam_conv *conv; /* conv->conv is not NULL */
	bool interactive;            /* false: shows nothing, answers each prompt "cannot prompt" */
	int silence_ms; /* a session that is silent for so long in its turn has failed */
};

/* Show one line as PAM_TEXT_INFO or PAM_ERROR_MSG, if the terminal shows anything. Its failing is ignored. */
void terminal_tell(const struct terminal *t, int style, const char *text);

/*
 * Hold the dialog on this socket (not closed here) until the session ends it or fails. NULL: it
 * ended, *verdict is set; else what was wrong (a constant text, for a log line).
 */
const char *terminal_run(const struct terminal *t, int fd, enum verdict *verdict);

#endif
