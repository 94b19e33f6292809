/*
 * A method's dialog, in the session: one row a method (methods/asks.c). What it may use is session/talk.h
 * (ask, say), session/request.h (the judge) and text/. It decides nothing: what the judge answers PROVEN to is saved.
 */
#ifndef SSPR_METHODS_ASK_H
#define SSPR_METHODS_ASK_H

#include "protocol/words.h"
#include "session/outcome.h"

struct session;

struct method_ask {
	enum method method;
	const char *title; /* N_("Authenticator app"): in menus and reviews */
	const char *hint;  /* N_("..."): half a line that says what one needs for it */
	enum outcome (*enrol)(struct session *); /* register it; PROVEN means saved */
};

/* The row of a method; NULL when this program does not have it. */
const struct method_ask *method_ask(enum method);

#endif
