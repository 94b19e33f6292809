/*
 * The messages about changes, in their reader's language: what, when, where from, what to do if it was not you. Mails whose
 * first line is the subject, and a short form for SMS.
 */
#ifndef SSPRD_WORDS_CHANGE_H
#define SSPRD_WORDS_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/words.h"
#include "ssprd/core/audit.h"
#include "text/secret.h"

#define WORDS_CHANGE_MAX 3000 /* bytes: it is sealed with its address and names (VAULT_PLAIN_MAX) */

struct words_change {
	const char *lang; /* "" English */
	enum audit_event event;
	enum method method; /* METHOD_COUNT: of none */
	const char *user, *host;
	const char *service, *rhost; /* "" not known, not from elsewhere */
	bool from_unknown;           /* that rhost is "" does not say that it was this host */
	bool by_administrator;
	int64_t time;
	int64_t until;       /* AUDIT_BLOCKED: when it ends; else 0 */
	const char *code;    /* AUDIT_RESET_REFUSED: the case's code, "" none */
	const char *freeze;  /* the code as it is shown, or NULL */
	const char *contact; /* in the middle of a sentence */
};

/* To the user. 0: *out is the caller's to wipe. -ENOMEM, -EMSGSIZE. All of them. */
int words_change_mail(struct secret *out, const struct words_change *change);
int words_change_sms(struct secret *out, const struct words_change *change);
/* To administrators: about a privileged account, in their language. */
int words_change_admins(struct secret *out, const struct words_change *change);
/* To the support: this user cannot prove anything any more, or asks for help at a reset. */
int words_change_support(struct secret *out, const struct words_change *change);

#endif
