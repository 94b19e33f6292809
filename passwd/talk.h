/*
 * PAM's conversation, spoken in packets on the grant socket (protocol/grant.h). Runs in the PAM child alone: a password that was typed
 * is in this process's memory, handed to PAM, and wiped.
 */
#ifndef SSPR_PASSWD_TALK_H
#define SSPR_PASSWD_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/limits.h"

struct pam_message;
struct pam_response;

/* Characters of a new password, where the host's own rules ask for less: as pam_unix demands it of everybody but root. */
#define TALK_PASSWORD_MIN 6

/* Whose turn it is, as written to the supervisor's pipe. */
#define TURN_HOLDER  'h'
#define TURN_MACHINE 'm'

enum talk_end {
	TALK_GOES_ON = 0,
	TALK_DECLINED,    /* GRANT_TRIES passwords were refused */
	TALK_GAVE_UP,     /* the holder said so */
	TALK_GONE,        /* the holder closed, or does not take what is sent */
	TALK_OUT_OF_TURN, /* the holder sent what it may not send now */
	TALK_STOPPED,     /* may_go_on said no */
};

struct talk {
	int fd;      /* the grant socket */
	int turn;    /* the supervisor's pipe */
	int wait_ms; /* how long an answer may take */
	/* Asked after each answer, before PAM sees it: is it still right to go on? */
	bool (*may_go_on)(void *arg);
	void *arg;
	/* Kept here: */
	int refused; /* passwords that were not accepted */
	bool asked;  /* this attempt has had its first hidden answer */
	bool told;   /* PAM has said an error in this attempt */
	enum talk_end end;
};

/* Another attempt (a pam_chauthtok) begins. */
void talk_begin(struct talk *t);

/* One more password was refused, and the user has been told why. Is there another attempt? */
bool talk_refused(struct talk *t);

/* struct pam_conv's function; appdata_ptr is a struct talk. PAM_CONV_ERR: t->end says why. */
int talk_converse(int count, const struct pam_message **messages, struct pam_response **responses,
		  void *appdata_ptr);

/* text as a packet takes it: UTF-8, no control character but the newline, cut between characters. */
void talk_clean(const char *text, char out[PACKET_TEXT_MAX + 1]);

#endif
