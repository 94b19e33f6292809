/*
 * libsspr-client: asks ssprd on the system bus, for pam_sspr (which dlopens it) and ssprctl.
 * Lives inside other people's logins: no state that changes, no threads, no signals, no getenv, no
 * output; each call opens a private connection of its own and closes it before it returns. Every
 * wait ends at the deadline. Strings that may not be UTF-8 travel as byte arrays.
 */
#ifndef SSPR_PROTOCOL_CLIENT_H
#define SSPR_PROTOCOL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/limits.h"
#include "protocol/words.h"

#define SSPR_BUS_NAME      "org.sspr.Sspr1"
#define SSPR_BUS_PATH      "/org/sspr/Sspr1"
#define SSPR_BUS_INTERFACE "org.sspr.Sspr1"
#define SSPR_BUS_ADMIN     "org.sspr.Sspr1.Admin"
#define SSPR_BUS_ERROR     "org.sspr.Sspr1.Error."

#define CLIENT_MESSAGE_MAX 1024 /* bytes of a line from Check, NUL included */
#define CLIENT_PROBLEM_MAX 256  /* bytes of a problem's description, NUL included */

/* What the caller knows of a login. Strings may be NULL; nothing is kept. */
struct client_context {
	const char *service;
	const char *tty;
	const char *rhost;
	const char *lang;     /* any bytes */
	unsigned int columns; /* 0 unknown */
	bool interactive;     /* a conversation exists and PAM_SILENT is not set */
	bool from_root;       /* the fields below are known and are sent */
	uint64_t uid;
	const char *const *groups; /* group_count names, any bytes */
	size_t group_count;
	bool local_password;
	int64_t last_login; /* seconds since the epoch; 0 unknown: not sent */
	int *knock; /* NULL, or where sspr_client_knock's answer stands: the next call takes it, -1 is left */
};

/* What Check answered. */
struct client_state {
	enum state state;
	char message[CLIENT_MESSAGE_MAX]; /* UTF-8, or empty */
	int32_t postpones_left;           /* -1 free or not told */
	int64_t due;                      /* 0 not told */
};

/* Zero or positive: an answer. */
enum client_result {
	CLIENT_OK = 0,
	CLIENT_NOT_ALLOWED = 1,
	CLIENT_TOO_MANY = 2, /* TooManySessions */
	CLIENT_NO_USER = 3,
	CLIENT_BAD_REQUEST = 4,
	CLIENT_UNAVAILABLE = 5, /* the daemon answered Unavailable: store not writable, ... */
	/* No bus, no daemon, no answer in time, a strange one, or a daemon that went away in the call twice. */
	CLIENT_UNREACHABLE = 6,
};

/*
 * Knock at the bus, without a wait: what the caller gathers after it costs the login no waiting time. A
 * socket, for the context's knock or to be closed by the caller; negative: none.
 */
int sspr_client_knock(const char *address);

/*
 * Call Check or Converse at the bus of address (NULL: the system bus), all waits together at most
 * timeout_ms. Answers an enum client_result; on all but CLIENT_OK problem says why in English, for a
 * log line (it never holds what a user typed but the name of the bus error). Outputs change only on
 * CLIENT_OK. *conversation is a SOCK_SEQPACKET socket, close-on-exec, the caller's to close.
 */
int sspr_client_check(const char *address, int timeout_ms, const char *user,
		      const struct client_context *context, struct client_state *state,
		      char problem[CLIENT_PROBLEM_MAX]);
int sspr_client_converse(const char *address, int timeout_ms, const char *user,
			 enum purpose purpose, const struct client_context *context,
			 int *conversation, char problem[CLIENT_PROBLEM_MAX]);

#endif
