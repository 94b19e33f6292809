/*
 * Talking with the user: text is collected by say and travels in front of the next prompt, since text that must be
 * read has to be in the prompt itself (sshd holds other text back, clients garble it). All text is wrapped to the
 * terminal's width, and whatever could steer a terminal is shown as "?" (session/layout.h). Formats are printf's and
 * texts whole sentences from gettext.
 */
#ifndef SSPR_SESSION_TALK_H
#define SSPR_SESSION_TALK_H

#include <stdbool.h>

#include "session/outcome.h"
#include "text/secret.h"

struct session;

/* Add a paragraph to the text in front of the next prompt. Text beyond a packet's room is dropped. */
void say(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An empty line, unless there is one already or no text yet. */
void say_gap(struct session *s);

/*
 * Show the collected text and the prompt, and wait for what is typed, with an eye on the judge and on the time limit. What
 * is no usable text (too long, not UTF-8, control characters) is refused with its reason and asked again. ANSWERED: *answer
 * holds the text as typed, the caller wipes it. ENDED: given up, time over, too much typed, ended by the judge.
 *
 * ask, ask_secret (no echo): an empty answer is asked again; the third in a row is "not now".
 * ask_enter: EMPTY too, for prompts where Enter means something: it counts as above, or (ENTER_CHOOSES) it is one of the
 * choices, and neither counts nor ends a row of empty answers.
 *
 * While s->grant is open, all of them answer BACK when sspr-passwd has something to say instead (or is gone), and what is no
 * usable text is an answer too: sspr-passwd refuses it, in its words, and counts it.
 */
enum outcome ask(struct session *s, struct secret *answer, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum outcome ask_secret(struct session *s, struct secret *answer, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

enum enter { ENTER_ASKS_AGAIN, ENTER_COUNTS, ENTER_CHOOSES };
enum outcome ask_enter(struct session *s, enum enter enter, struct secret *answer,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * One prompt of a reset, where nothing may depend on what was typed but whether it was something: raw bytes, the first
 * PACKET_ANSWER_MAX of them. ANSWERED. EMPTY: not one byte; it counts nowhere. ENDED.
 */
enum outcome ask_raw(struct session *s, struct secret *answer, const char *prompt);

/* Tell the terminal that work goes on, so that it keeps waiting. */
void tell_working(struct session *s);

/*
 * Send the collected text as one packet (an error text or not), if there is any, then the end with its
 * verdict. Nothing can be said afterwards.
 */
void tell_end(struct session *s, bool error);

#endif
