/*
 * ssprd: the judge. Started by the bus or by systemd when the first login asks; stays.
 *
 * 1. Nothing starts on half a policy, without its key, or on a store that cannot be written.
 * 2. Stamps are removed only after all three proved good: a broken start locks nobody out who was
 *    let by before.
 * 3. From then on nothing waits but the loop.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "protocol/client.h"
#include "protocol/stamp.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/daemon.h"
#include "ssprd/freeze.h"
#include "ssprd/notify.h"
#include "ssprd/policy.h"
#include "ssprd/remote_hosts.h"
#include "ssprd/sending.h"
#include "ssprd/user.h"
#include "text/language.h"
#include "text/log.h"

#define STOP_MS   6000          /* sessions have so long to leave on SIGTERM */
#define FORGET_MS (3600 * 1000) /* old counters are swept so often */
#define TRIM_ROWS 1000          /* audit rows that are removed at once, ... */
#define TRIM_MS   1000          /* ... and how soon the next ones are, where more are too old */
#define USAGE     "usage: ssprd [-c FILE] [-t] [-d]\n"

/* Why it ends, for the log and, since nobody may be reading that, for stderr. */
static bool __attribute__((format(printf, 2, 3)))
fail(const struct daemon *daemon, const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	log_error("%s", text);
	if (!daemon->foreground)
		fprintf(stderr, "ssprd: %s\n", text);
	return false;
}

static const struct option long_options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };

/* True: go on. False: *status is the exit status. */
static bool
arguments(struct daemon *daemon, int argc, char **argv, int *status)
{
	bool test = false, wrong = false;
	int c;

	daemon->config_file = SSPR_CONF;
	while ((c = getopt_long(argc, argv, "c:tdh", long_options, NULL)) != -1) {
		switch (c) {
		case 'c':
			daemon->config_file = optarg;
			break;
		case 't':
			test = true;
			break;
		case 'd':
			daemon->foreground = true;
			break;
		case 'h':
			fputs(USAGE, stdout);
			*status = 0;
			return false;
		default:
			wrong = true;
			break;
		}
	}
	if (wrong || optind != argc) {
		fputs(USAGE, stderr);
		*status = 2;
		return false;
	}
	if (test)
		*status = policy_test(daemon->config_file);
	return !test;
}

/* Keys and addresses are in this memory: no dump, no debugger of the same user. */
static void
harden(void)
{
	const struct rlimit none = { 0, 0 };

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &none);
#ifndef SSPR_SANITIZE
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

static bool
open_store(struct daemon *daemon)
{
	const struct store_config *config = &daemon->config->store;
	bool exists = store_exists(config->path);
	int r = vault_start(&daemon->judge.vault, config->key_file, !exists);

	if (r == -ENOENT && exists)
		return fail(daemon,
			    "%s: the key is missing beside the database %s: nothing can be read "
			    "without it, restore it",
			    config->key_file, config->path);
	if (r < 0)
		return fail(daemon, "%s: %s", config->key_file, strerror(-r));
	r = store_open(&daemon->judge.store, config->path);
	if (r == STORE_NEWER)
		return fail(daemon, "%s was made by a newer version", config->path);
	if (r == 0)
		r = store_writable(daemon->judge.store);
	if (r < 0)
		return fail(daemon, "%s: %s", config->path, strerror(-r));
	return true;
}

static void
forget(void *arg)
{
	struct daemon *daemon = arg;
	const struct throttle_config *t = &daemon->config->throttle;
	int keep = t->send_window > t->window ? t->send_window : t->window;

	if (keep <
	    FREEZE_WINDOW) /* tries of freeze codes are counted too, within a window of their own */
		keep = FREEZE_WINDOW;
	store_forget(daemon->judge.store, time(NULL) - keep);
	loop_timer_set(daemon->loop, &daemon->forget, FORGET_MS, forget, daemon);
}

/* Audit rows older than [audit] retention_days; a few at a time, so that no dialog waits for it. */
static void
trim(void *arg)
{
	struct daemon *daemon = arg;
	int64_t now = time(NULL);
	int64_t before = now - (int64_t)daemon->config->audit.retention_days * 24 * 3600;
	int r = audit_trim(daemon->judge.store, daemon->judge.vault, before, now, TRIM_ROWS);

	loop_timer_set(daemon->loop, &daemon->trim, r == TRIM_ROWS ? TRIM_MS : FORGET_MS, trim,
		       daemon);
}

static void
stop_now(void *arg)
{
	struct daemon *daemon = arg;

	loop_stop(daemon->loop, 0);
}

/* The dialogs have left. Whoever asks now asks the next daemon. */
static void
leave(void *arg)
{
	struct daemon *daemon = arg;

	bus_leave(daemon->bus, stop_now, daemon);
}

static void
stop(struct daemon *daemon)
{
	notify_systemd("STOPPING=1");
	log_info("ending: %zu dialogs are told", daemon->sessions.count);
	loop_timer_set(daemon->loop, &daemon->stop_limit, STOP_MS, stop_now, daemon);
	sessions_end_all(&daemon->sessions, leave, daemon);
}

static void
reload(struct daemon *daemon)
{
	notify_systemd("RELOADING=1");
	if (!policy_load(daemon)) {
		log_error("%s: the policy that runs is kept", daemon->config_file);
	} else {
		log_info("%s: the policy was read again", daemon->config_file);
		if (store_writable(daemon->judge.store) == 0)
			stamps_remove_all(&daemon->stamps);
	}
	notify_systemd("READY=1");
}

static void
signal_came(int signal, void *arg)
{
	struct daemon *daemon = arg;

	if (signal == SIGCHLD)
		children_reap(&daemon->children);
	else if (signal == SIGHUP)
		reload(daemon);
	else
		stop(daemon);
}

static void
bus_gone(void *arg)
{
	struct daemon *daemon = arg;

	loop_stop(daemon->loop, 1);
}

static int
is_self(void *arg, const char *user, uint64_t uid)
{
	struct daemon *daemon = arg;

	return user_is(daemon->judge.store, user, uid);
}

static const char *
bus_address(void)
{
	const char *address = getenv("DBUS_STARTER_ADDRESS");

	return address ? address : getenv("DBUS_SYSTEM_BUS_ADDRESS");
}

static bool
start_loop(struct daemon *daemon)
{
	static const int signals[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT, 0 };
	int r = loop_new(&daemon->loop);

	if (r == 0)
		r = loop_signals(daemon->loop, signals, signal_came, daemon);
	if (r < 0)
		return fail(daemon, "the loop cannot be started: %s", strerror(-r));
	return true;
}

static struct remote_hosts hosts; /* too large for main's stack */

/* What judges, sessions and deliveries stand on. */
static void
wire(struct daemon *daemon)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	daemon->slots.count = cores > 0 ? (int)cores : 1;
	daemon->stamps.folder = STAMP_FOLDER;
	daemon->stamps.config_file = daemon->config_file;
	daemon->judge.stamps = &daemon->stamps;
	daemon->judge.slots = &daemon->slots;
	daemon->judge.hosts = &hosts;
	daemon->judge.implemented = methods_implemented();
	if (gethostname(daemon->judge.host, sizeof(daemon->judge.host) - 1) < 0 ||
	    !*daemon->judge.host)
		snprintf(daemon->judge.host, sizeof(daemon->judge.host), "localhost");
	daemon->deliveries = (struct deliveries){ .loop = daemon->loop,
						  .children = &daemon->children,
						  .program = SSPR_LIBEXECDIR "/sspr-deliver",
						  .config_file = daemon->config_file };
	daemon->outbox = (struct outbox){ .loop = daemon->loop,
					  .deliveries = &daemon->deliveries,
					  .judge = &daemon->judge };
	daemon->judge.outbox = &daemon->outbox;
	bus_grants_init(&daemon->grants, &daemon->bus);
	daemon->judge.grants = &daemon->grants.grants;
	daemon->sessions = (struct sessions){ .loop = daemon->loop,
					      .children = &daemon->children,
					      .judge = &daemon->judge,
					      .deliveries = &daemon->deliveries,
					      .program = SSPR_LIBEXECDIR "/sspr-session",
					      .last_number = time(NULL) };
	daemon->judge.resets_stopped = sessions_end_resets;
	daemon->judge.resets_arg = &daemon->sessions;
}

static bool
start_bus(struct daemon *daemon)
{
	static const struct bus_interface interfaces[] = {
		{ SSPR_BUS_INTERFACE, service_methods },
		{ SSPR_BUS_ADMIN, admin_methods },
		{ 0 },
	};
	const struct bus_setup setup = { .loop = daemon->loop,
					 .address = bus_address(),
					 .name = SSPR_BUS_NAME,
					 .path = SSPR_BUS_PATH,
					 .interfaces = interfaces,
					 .is_self = is_self,
					 .gone = bus_gone,
					 .arg = daemon };
	int r = bus_start(&daemon->bus, &setup);

	if (r == -EEXIST)
		return fail(daemon, "another ssprd has the name " SSPR_BUS_NAME);
	if (r == -EACCES)
		return fail(daemon, "the bus does not let uid %d have the name " SSPR_BUS_NAME,
			    (int)getuid());
	if (r < 0)
		return fail(daemon, "the bus cannot be reached: %s", strerror(-r));
	return true;
}

static int
serve(struct daemon *daemon)
{
	int status;

	forget(daemon);
	trim(daemon);
	outbox_look(&daemon->outbox);
	notify_systemd("READY=1");
	log_info("ready");
	status = loop_run(daemon->loop);
	if (status < 0)
		fail(daemon, "the loop broke: %s", strerror(-status));
	else if (status > 0)
		fail(daemon, "ending: without the bus nobody can ask");
	return status == 0 ? 0 : 1;
}

static void
finish(struct daemon *daemon)
{
	bus_stop(daemon->bus);
	daemon->bus = NULL;
	sessions_stop(&daemon->sessions);
	outbox_stop(&daemon->outbox);
	sendings_stop(&daemon->deliveries);
	deliveries_stop(&daemon->deliveries);
	loop_timer_clear(&daemon->stop_limit);
	loop_timer_clear(&daemon->forget);
	loop_timer_clear(&daemon->trim);
	store_close(daemon->judge.store);
	vault_stop(daemon->judge.vault);
	policy_free(daemon);
	loop_free(daemon->loop);
}

int
main(int argc, char **argv)
{
	struct daemon daemon = { 0 };
	int status = 1;

	if (!arguments(&daemon, argc, argv, &status))
		return status;
	harden();
	log_open("ssprd");
	if (daemon.foreground)
		log_to_stderr();
	language_start("");
	if (!start_loop(&daemon))
		goto out;
	wire(&daemon);
	if (!policy_load(&daemon)) {
		fail(&daemon, "%s: not started on this configuration; ssprd -t shows what is wrong",
		     daemon.config_file);
		goto out;
	}
	if (!open_store(&daemon))
		goto out;
	policy_audit(&daemon, AUDIT_POLICY_LOADED, "started");
	if (!start_bus(&daemon))
		goto out;
	stamps_remove_all(&daemon.stamps);
	status = serve(&daemon);
out:
	finish(&daemon);
	return status;
}
