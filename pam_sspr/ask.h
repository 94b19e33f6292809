/*
 * Asking the daemon about one login, through the client library. It is loaded here and nowhere else, so
 * that libdbus is in no login that has a stamp, and closed before the module returns.
 */
#ifndef SSPR_PAM_ASK_H
#define SSPR_PAM_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/client.h"
#include "protocol/host.h"

struct login;

/* One login's questions. Declare it { 0 }; ask_done accepts that. */
struct ask {
	const char *user;
	const char *bus;
	enum purpose purpose;
	int64_t deadline; /* CLOCK_MONOTONIC, milliseconds: all calls together */
	struct client_context context;
	char lang[LANG_NAME_MAX + 1];
	struct host_user host;
	int knock; /* at the bus, while the host's facts are gathered; -1 none */
	void *library;
	struct client_functions {
		__typeof__(sspr_client_knock) *knock;
		__typeof__(sspr_client_check) *check;
		__typeof__(sspr_client_converse) *converse;
		__typeof__(sspr_host_user_get) *host_get;
		__typeof__(sspr_host_user_done) *host_done;
	} call;
};

/*
 * Load the library and gather what is told of this login: PAM's items, and as root the host's facts of the
 * user (NSS waits included). The time of the calls begins at the end of it. False: problem says why.
 * A name without an account, or one that cannot be looked up (which is logged), has facts only for a reset: none.
 */
bool ask_start(struct ask *a, const struct login *l, enum purpose purpose,
	       char problem[CLIENT_PROBLEM_MAX]);

/* As sspr_client_check and sspr_client_converse (for the purpose), within what is left of the time. */
int ask_check(struct ask *a, struct client_state *state, char problem[CLIENT_PROBLEM_MAX]);
int ask_converse(struct ask *a, int *conversation, char problem[CLIENT_PROBLEM_MAX]);

void ask_done(struct ask *a);

#endif
