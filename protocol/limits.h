/*
 * Every size and wait that two programs must agree on. A number that only one
 * program needs stands in that program's own header.
 */
#ifndef SSPR_PROTOCOL_LIMITS_H
#define SSPR_PROTOCOL_LIMITS_H

/* Terminal packets (protocol/packet.h). */
#define PACKET_TEXT_MAX   4096 /* payload bytes, without the type byte */
#define PACKET_ANSWER_MAX 511 /* PAM_MAX_RESP_SIZE (512) less the NUL, as sshd and misc_conv give */

/* Requests of a session (protocol/request.h). */
#define REQUEST_MAX        16384 /* bytes of one request or reply, op byte included */
#define REQUEST_FIELDS_MAX 128   /* fields of one message */
#define REQUEST_LOG_MAX    512   /* bytes of one log line */

/* Names. */
#define USER_NAME_MAX       255 /* bytes, without the NUL; LOGIN_NAME_MAX of Linux is 256 */
#define SERVICE_NAME_MAX    63
#define HOST_NAME_MAX_BYTES 255  /* rhost: RFC 1035, 2.3.4 */
#define TERMINAL_NAME_MAX   63   /* not TTY_NAME_MAX: limits.h has that */
#define LANG_NAME_MAX       31   /* xx, xxx or xx_YY with an optional charset */
#define GROUPS_MAX          1024 /* groups of one user that are told to the daemon */
#define METHOD_VALUE_MAX    511  /* what a user typed: never longer than an answer */

/* Waits in milliseconds. */
#define SESSION_SILENCE_MS 10000 /* terminal: a session silent for so long in its turn has failed */
#define JUDGE_SILENCE_MS   8000  /* session: so long for an answer of ssprd */
#define HASH_SLOT_WAIT_MS  30000 /* session: so long for a free hash slot, with '~' meanwhile */
#define WORKING_EVERY_MS   5000  /* '~' is sent at most so often */

/* A dialog. */
#define DIALOG_INPUT_MAX   (32 * 1024) /* bytes typed in one dialog */
#define DIALOG_PROMPTS_MAX 1000 /* of one dialog; a session that asks more often has failed */
#define DIALOGS_MAX        256  /* dialogs in all */
#define EMPTY_ANSWERS_MAX  3    /* three empty answers in a row are "not now" */

#endif
