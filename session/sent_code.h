/*
 * Methods that are proven by a code that was sent: e-mail, phone, office phone. What differs are the words, and how a
 * code can travel; what is the same is here. The code's prompt stands while the message is still on its way; what became
 * of it is told at the next step.
 */
#ifndef SSPR_SESSION_SENT_CODE_H
#define SSPR_SESSION_SENT_CODE_H

#include <stdbool.h>

#include "protocol/request.h"
#include "protocol/words.h"
#include "session/outcome.h"

struct session;
struct told;

/* Texts are marked by N_(); those that are said as a whole end in no blank, prompts do. */
struct sent_code {
	enum method method;
	const char *title;
	const char *intro; /* what is asked for */
	const char *
		ask; /* prompt for the value, with [b]; NULL: an administrator's, users only confirm it */
	const char *
		filled; /* prompt for one that was filled in: Enter sends, c another, d delete, b back */
	const char *const *reasons; /* by enum reason: why it was refused or not sent */
	/* Which ways there are for a code: "", VIA_SMS, VIA_VOICE, or both, between which the user chooses. */
	bool sms, voice;
	void (*tell_sent)(struct session *s, const struct told *told, const char *via);
};

/* Register it: ask for the value (or confirm what was filled in), then for the code. PROVEN, BACK, ... */
enum outcome sent_code_enrol(struct session *s, const struct sent_code *how);

/* Prove the value that is on record. PROVEN, BACK, BLOCKED, ... */
enum outcome sent_code_prove(struct session *s, const struct sent_code *how);

#endif
