/*
 * The client library by its absolute path: no search path of the host's can put another in its place.
 */
#include "pam_sspr/ask.h"

#include <dlfcn.h>
#include <errno.h>
#include <security/pam_ext.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "pam_sspr/locale.h"
#include "pam_sspr/login.h"

#define CLIENT_LIBRARY SSPR_LIBDIR "/libsspr-client.so"
#define COLUMNS_MAX    1000 /* a terminal that says more is not believed */
#define KNOCK_FRESH_MS 50 /* NSS can take minutes: by then the bus's answer says nothing any more */

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = {
	{ "sspr_client_knock", offsetof(struct client_functions, knock) },
	{ "sspr_client_check", offsetof(struct client_functions, check) },
	{ "sspr_client_converse", offsetof(struct client_functions, converse) },
	{ "sspr_host_user_get", offsetof(struct client_functions, host_get) },
	{ "sspr_host_user_done", offsetof(struct client_functions, host_done) },
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Why the last dl call failed, for a log line. */
static bool
not_loaded(char problem[CLIENT_PROBLEM_MAX])
{
	const char *why = dlerror();

	snprintf(problem, CLIENT_PROBLEM_MAX, "%s", why != NULL ? why : CLIENT_LIBRARY);
	return false;
}

static bool
load(struct ask *a, char problem[CLIENT_PROBLEM_MAX])
{
	void *address;
	size_t i;

	/* It stays mapped: libdbus keeps some memory for itself, which unloading it would lose in a host that lives on. */
	a->library = dlopen(CLIENT_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (a->library == NULL)
		return not_loaded(problem);
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		address = dlsym(a->library, symbols[i].name);
		if (address == NULL)
			return not_loaded(problem);
		memcpy((char *)&a->call + symbols[i].offset, &address, sizeof(address));
	}
	return true;
}

/* Only where the host itself sits on the terminal: in sshd there is none, and nothing is opened for it. */
static unsigned int
terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col > COLUMNS_MAX)
		return 0;
	return size.ws_col;
}

/* A host that is not root tells nothing that only root can know; the daemon would not take it from there. */
static bool
gather_host(struct ask *a, const struct login *l, char problem[CLIENT_PROBLEM_MAX])
{
	struct client_context *c = &a->context;
	int r;

	if (geteuid() != 0)
		return true;
	r = a->call.host_get(a->user, &a->host);
	if (r < 0 && a->purpose != PURPOSE_RESET) {
		snprintf(problem, CLIENT_PROBLEM_MAX, "the host's own files: %s",
			 strerrordesc_np(-r));
		return false;
	}
	if (r < 0 && r != -ENOENT)
		pam_syslog(l->pamh, LOG_ERR, "the host's own files: %s; taken for an unknown user",
			   strerrordesc_np(-r));
	c->from_root = true;
	c->no_account = r < 0;
	c->uid = a->host.uid;
	c->groups = (const char *const *)a->host.groups;
	c->group_count = a->host.group_count;
	c->local_password = a->host.local_password;
	c->last_login = a->host.last_login;
	return true;
}

static void
forget_knock(struct ask *a)
{
	if (a->knock >= 0)
		close(a->knock);
	a->knock = -1;
}

bool
ask_start(struct ask *a, const struct login *l, enum purpose purpose,
	  char problem[CLIENT_PROBLEM_MAX])
{
	int64_t knocked;

	a->user = l->user;
	a->bus = l->options.bus;
	a->purpose = purpose;
	a->knock = -1;
	if (!load(a, problem))
		return false;
	locale_of_login(l->pamh, a->lang);
	a->context = (struct client_context){
		.service = login_item(l, PAM_SERVICE),
		.tty = login_item(l, PAM_TTY),
		.rhost = login_item(l, PAM_RHOST),
		.lang = a->lang,
		.columns = terminal_columns(),
		.interactive = l->terminal.interactive,
		.knock = &a->knock,
	};
	knocked = now_ms();
	a->knock = a->call.knock(a->bus);
	if (!gather_host(a, l, problem))
		return false;
	if (now_ms() - knocked > KNOCK_FRESH_MS)
		forget_knock(a);
	a->deadline = now_ms() + l->options.timeout_ms;
	return true;
}

static int
time_left(const struct ask *a)
{
	const int64_t left = a->deadline - now_ms();

	return left > 0 ? (int)left : 0;
}

int
ask_check(struct ask *a, struct client_state *state, char problem[CLIENT_PROBLEM_MAX])
{
	return a->call.check(a->bus, time_left(a), a->user, &a->context, state, problem);
}

int
ask_converse(struct ask *a, int *conversation, char problem[CLIENT_PROBLEM_MAX])
{
	return a->call.converse(a->bus, time_left(a), a->user, a->purpose, &a->context,
				conversation, problem);
}

void
ask_done(struct ask *a)
{
	if (a->call.host_done != NULL)
		a->call.host_done(&a->host);
	if (a->library != NULL)
		forget_knock(a);
	if (a->library != NULL)
		dlclose(a->library);
	memset(a, 0, sizeof(*a));
}
