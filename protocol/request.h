/*
 * What a session may ask of the judge (ssprd), over fd 4: SOCK_SEQPACKET, one message each way.
 * A message is one byte (the op or the status) and fields; a field is a length (16 bit, little
 * endian) and so many bytes, a NUL only where the field says binary. At most REQUEST_MAX bytes and
 * REQUEST_FIELDS_MAX fields. The session asks and waits for the one reply; the judge speaks
 * unasked only once, REPLY_OVER, to end a dialog. Whatever is malformed, unknown or not permitted
 * in the dialog's state ends the session: ssprd closes the socket, kills the process, audits it.
 *
 * Which requests exist, with their fields and the replies that may come:
 *
 *   FACTS                        OK facts (protocol/facts.h); what was begun and not proven in the place of something
 *                                registered is forgotten: a TRY that follows is about what is registered
 *   CHANGES                      OK (time event method from)*   what was changed outside of a login's own dialog
 *                                and is still untold, oldest first, at most CHANGES_MAX; marked as told by FINISH;
 *                                from: a remote host, "" this one, CHANGE_FROM_UNKNOWN
 *   QUESTION  index              OK text | NONE past the last one
 *   SEED      method             OK secret(base32) uri                 (app: the judge makes the secret)
 *                                OK code...                           (recovery codes: RECOVERY_CODES of them)
 *                                OK question                          (questions on record: the one to be answered;
 *                                asked again, it is the same one)
 *                                SPENT until | BLOCKED until
 *   SEND      method to [via]    SENT masked | REFUSED reason | THROTTLED until | SPENT until | BLOCKED until
 *                                to "": what stands on record (filled in, or registered); via "sms" or "voice"
 *   SLOT      method [use]       OK salt(binary, 16) memory(KiB) passes, as soon as a slot is free
 *                                nothing is awaited of a user while a slot is held; use "new": an answer of a set
 *                                that takes the place of the one on record, without it that of the question to be answered
 *   TRY       method proof [hash(binary, 32)]
 *                                PROVEN | MORE left | WRONG tries_left | SPENT until | EXPIRED |
 *                                USED | UNDELIVERED reason | EMPTY | REFUSED reason | BLOCKED until
 *   HELP      code               PROVEN | WRONG tries_left | SPENT until | EXPIRED     (help desk code)
 *   REMOVE    method             OK | REFUSED reason
 *   CLAIM     typed(binary)      OK                       (reset: what was typed at the first prompt of a round)
 *   CHECK     typed(binary)      PROVEN | WRONG rounds_left | OK      (reset: at the second; OK: a freeze code was right, all
 *                                is over; the replies to CLAIM and CHECK never depend on who the user is before PROVEN)
 *   ASSIST                       OK | THROTTLED until | REFUSED reason     (reset: ask [support] email for help)
 *   GRANT                        OK with a descriptor (protocol/grant.h) | REFUSED reason    (reset, after the last proof; once)
 *   LOG       text               OK
 *   FINISH    reason             OK verdict tell          (tell: "1" one line may be shown, else "0")
 *
 * What TRY, SEED and SEND are about depends on what the judge has on record: a method that is missing or filled in
 * is being registered; one that is registered is being proven (reconfirmed, tried out, or as the proof that a
 * change needs), which counts as a failure of the user until it succeeds. A method that is registered may be changed (replaced,
 * removed) in manage after another one was proven in this dialog, and in any dialog after a help desk code: then SEED (app,
 * recovery codes), SEND with a value, or SLOT with "new" replaces it: the old record stands until the new one is PROVEN.
 *
 * In manage, while too many failures block its user, OVER "blocked" is the answer to FACTS, HELP,
 * REMOVE, and to whatever adds or changes a method.
 *
 * Numbers and times (seconds since the epoch) travel as decimal text. TRY of the questions carries
 * the question as proof and the hash of the answer, once for each; the last one answers PROVEN.
 */
#ifndef SSPR_PROTOCOL_REQUEST_H
#define SSPR_PROTOCOL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/limits.h"

enum request_op {
	REQUEST_FACTS = 'f',
	REQUEST_QUESTION = 'q',
	REQUEST_SEED = 'k',
	REQUEST_SEND = 's',
	REQUEST_SLOT = 'h',
	REQUEST_TRY = 't',
	REQUEST_CHANGES = 'g',
	REQUEST_HELP = 'c',
	REQUEST_REMOVE = 'd',
	REQUEST_CLAIM = 'a',
	REQUEST_CHECK = 'v',
	REQUEST_ASSIST = 'w',
	REQUEST_GRANT = 'p',
	REQUEST_LOG = 'l',
	REQUEST_FINISH = 'x',
};

enum reply_status {
	REPLY_OK = 'o',
	REPLY_NONE = 'n',
	REPLY_SENT = 's',
	REPLY_PROVEN = 'p', /* proven, and saved: committed to disk */
	REPLY_MORE = 'm',   /* taken; more are needed before it is proven */
	REPLY_WRONG = 'w',
	REPLY_SPENT = 'z', /* no tries left; until: when a new code may be asked for */
	REPLY_EXPIRED = 'e',
	REPLY_USED = 'u', /* a right code that was used before */
	REPLY_UNDELIVERED =
		'd',         /* the message with the code could not be sent; nothing was counted */
	REPLY_EMPTY = 'y',   /* nothing was typed; nothing was counted */
	REPLY_REFUSED = 'r', /* one of the reasons below */
	REPLY_THROTTLED = 'l', /* too many messages; until: when the next may be sent */
	REPLY_BLOCKED = 'b',   /* too many failures of this user; until */
	REPLY_OVER = '.',      /* unasked: the dialog is over; verdict */
};

/* Why SEND or TRY refused, and why a message was not delivered: words of a closed set. */
enum reason {
	REASON_SYNTAX, /* not an address, not a number */
	REASON_TOO_LONG,
	REASON_DOMAIN_FORBIDDEN, /* mail there needs the very password */
	REASON_THIS_HOST,        /* a mailbox on this host */
	REASON_SAME,             /* equal to another one that was given */
	REASON_LATER,            /* delivery: try again later */
	REASON_BOUNCED,          /* delivery: refused for good */
	REASON_MISCONFIGURED,    /* delivery: the administrator must act */
	REASON_NUMBER_FORBIDDEN, /* a number that the policy does not send to */
	REASON_NEEDED, /* an administrator's, which users can only confirm; cannot be removed */
	REASON_COUNT
};

#define CHANGES_MAX         8 /* changes that one dialog tells */
#define CHANGE_FROM_UNKNOWN "?"
#define RESET_ROUNDS        3 /* of CLAIM and CHECK in one dialog */
#define RECOVERY_CODES      10
#define VIA_SMS             "sms"
#define VIA_VOICE           "voice"
#define SLOT_NEW            "new"

/* Why a session asks to finish. */
enum finish {
	FINISH_DONE,    /* everything was asked */
	FINISH_NOT_NOW, /* n, EOF, or three empty answers */
	FINISH_TIMED_OUT,
	FINISH_NO_DIALOG, /* the terminal cannot prompt */
	FINISH_TOO_MUCH_INPUT,
	FINISH_CANNOT_PROVE, /* none of the registered methods can be proven any more */
	FINISH_BROKEN,       /* the terminal broke the protocol, or the session failed */
	FINISH_COUNT
};

const char *reason_word(enum reason);       /* "domain-forbidden"; NULL outside of the enum */
enum reason reason_from_word(const char *); /* REASON_COUNT: unknown */
const char *finish_word(enum finish);
enum finish finish_from_word(const char *);

/* A message being written or read. Holds proofs: its owner wipes it with message_done. */
struct message {
	size_t len;
	unsigned char data[REQUEST_MAX];
};

/* A field of a message: points into it. text is NUL-terminated only through message_text(). */
struct field {
	const unsigned char *data;
	size_t len;
};

/* A received message taken apart. Lives as long as the message. */
struct fields {
	int op; /* enum request_op or enum reply_status */
	size_t count;
	struct field field[REQUEST_FIELDS_MAX];
};

void message_start(struct message *m, int op);
/* Append. 0, or -EMSGSIZE: does not fit (the message stays as it was). */
int message_put(struct message *m, const void *data, size_t len);
int message_put_text(struct message *m, const char *text);
int message_put_number(struct message *m, int64_t number);
void message_done(struct message *m);

/* Take a received message apart. False: malformed (lengths, number of fields, empty). */
bool message_parse(const struct message *m, struct fields *f);
/*
 * Copy field i as text. False, and an empty out: there is no such field, it does not fit into size
 * (NUL included) or holds a NUL.
 */
bool field_text(const struct fields *f, size_t i, char *out, size_t size);
/* Field i as a decimal number (an optional '-', no blanks, no overflow). */
bool field_number(const struct fields *f, size_t i, int64_t *number);

enum message_result {
	MESSAGE_GOT = 0,
	MESSAGE_CLOSED = 1,
	MESSAGE_LATE = 2,
	MESSAGE_BAD = 3, /* longer than REQUEST_MAX, empty, or with a file descriptor */
};

/* As packet_send and packet_receive; timeout_ms 0 does not wait (-EAGAIN, MESSAGE_LATE). */
int message_send(int fd, const struct message *m, int timeout_ms);
int message_receive(int fd, struct message *m, int timeout_ms);

/*
 * The same with a descriptor. passing is duplicated, and stays the caller's; -1: none. *passed is the caller's, close-on-exec; -1:
 * none came. More than one is MESSAGE_BAD, and none is kept.
 */
int message_send_passing(int fd, const struct message *m, int passing, int timeout_ms);
int message_receive_passed(int fd, struct message *m, int *passed, int timeout_ms);

#endif
