/*
 * sspr-passwd: sets one password, or unlocks one account, for whoever ssprd says has proven who they are.
 *
 * 1. At its start it gives up whatever a password change does not take.
 * 2. This process only answers ssprd's calls and counts; each grant is a process of its own (grant.h), and the PAM conversation another one.
 * 3. It trusts nobody's word about an account: it reads the host's files itself, before it offers anything and again before it acts.
 * 4. It ends when nothing was to be done for a while; the bus starts it again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "passwd/confine.h"
#include "passwd/grant.h"
#include "passwd/grants.h"
#include "passwd/service.h"
#include "protocol/buslink.h"
#include "protocol/packet.h"
#include "ssprd/core/config.h"
#include "text/log.h"

#define USAGE        "usage: sspr-passwd [-i SECONDS]"
#define PROGRAM      "sspr-passwd"
#define IDLE_SECONDS 60
#define IDLE_MAX     3600
#define LOOK_MS      10000 /* overdue grants are looked for so often */
#define DAY_SECONDS  86400
#define GRANT_FD     (STDERR_FILENO + 1)
#define ALIVE_FD     (GRANT_FD + 1)

/* The floor under uids; -errno: the policy is wrong or cannot be read, logged. */
static int64_t
read_min_uid(void)
{
	struct config_errors errors = { 0 };
	struct config *config = NULL;
	int64_t min_uid = -EINVAL;
	int r;

	r = config_read(SSPR_CONF, &config, &errors);
	if (r == CONFIG_GOOD)
		min_uid = config->registration.min_uid;
	else if (r < 0)
		min_uid = r;
	if (r != CONFIG_GOOD)
		log_error("%s: %s", errors.count > 0 ? errors.list[0].file : SSPR_CONF,
			  errors.count > 0 ? errors.list[0].text : "cannot be read");
	config_errors_done(&errors);
	config_free(config);
	return min_uid;
}

/*
 * A process of its own: nothing of this one's stays open in it, above all not the bus. fd: the grant, or -1. alive stays open in all that
 * is started from here.
 */
static bool
part(int fd, int alive)
{
	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	closelog();
	if ((fd >= 0 && fd != GRANT_FD && dup3(fd, GRANT_FD, O_CLOEXEC) < 0) ||
	    dup2(alive, ALIVE_FD) < 0)
		return false;
	(void)close_range(ALIVE_FD + 1, ~0U, 0);
	if (fd < 0)
		close(GRANT_FD);
	log_open(PROGRAM);
	return true;
}

static int
look_after(const char *user, const struct secret *before, int alive)
{
	const struct account_rules rules = { .root = "" };

	return !part(-1, alive) || grant_aftermath(&grant_host, &rules, user, before, ALIVE_FD) < 0;
}

static int
supervise(const char *user, int fd, int alive)
{
	struct account_rules rules = { .root = "", .today = time(NULL) / DAY_SECONDS };
	const char *failed = verdict_word(VERDICT_FAILED);

	if (!part(fd, alive))
		return 1;
	rules.min_uid = read_min_uid();
	if (rules.min_uid < 0) {
		log_error("grant of %s: %s: without a policy nothing is changed", user, failed);
		(void)packet_send(GRANT_FD, PACKET_END, failed, strlen(failed), 0);
		return 1;
	}
	(void)grant_run(&grant_host, &rules, user, GRANT_FD);
	return 0;
}

/* Nothing comes from whoever started this, and nothing goes there. */
static void
start_clean(void)
{
	const int fd = open("/dev/null", O_RDWR);

	for (int i = STDIN_FILENO; fd >= 0 && i <= STDERR_FILENO; i++)
		(void)dup2(fd, i);
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	(void)clearenv();
	(void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	(void)!chdir("/");
	(void)signal(SIGPIPE, SIG_IGN);
}

static int
signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* False: it is time to go. */
static bool
signals_take(int fd)
{
	struct signalfd_siginfo info;
	bool stay = true;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		stay = stay && info.ssi_signo == SIGCHLD;
	return stay;
}

/* A call may have come together with the name, and lie read already: first a turn, then a wait. */
static void
serve(struct service *s, struct grants *grants, int signals, int64_t idle_ms)
{
	int64_t idle_end = buslink_now() + idle_ms, left;

	do {
		struct pollfd fds[] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = service_fd(s), .events = POLLIN },
		};

		if (service_turn(s) > 0 || grants_reap(grants) > 0)
			idle_end = buslink_now() + idle_ms;
		if (s->gone || (buslink_now() >= idle_end && service_leave(s)))
			return;
		if (service_wants_to_write(s))
			fds[1].events |= POLLOUT;
		left = idle_end - buslink_now();
		(void)poll(fds, 2, left < 0 ? 0 : left < LOOK_MS ? (int)left : LOOK_MS);
	} while (signals_take(signals));
}

/* The bus is gone, or another one has the name: what was begun is ended, since it dies with this process. */
static void
see_off(struct grants *grants, int signals)
{
	const int64_t end = buslink_now() + GRANTS_GRACE_MS;
	struct pollfd fd = { .fd = signals, .events = POLLIN };

	while (grants_reap(grants) > 0 && buslink_now() < end && signals_take(signals))
		(void)poll(&fd, 1, LOOK_MS);
}

static int
run(int64_t idle_ms)
{
	struct grants grants = { .run = supervise, .after = look_after };
	struct service s = { 0 };
	int signals, r;

	r = confine_enter();
	if (r < 0) {
		log_error("capabilities cannot be given up: %s", strerror(-r));
		return 1;
	}
	signals = signals_open();
	r = signals < 0 ? signals : service_start(&s, NULL, &grants);
	if (r < 0) {
		log_error("the name " PASSWORD_BUS_NAME " cannot be had: %s", strerror(-r));
		return 1;
	}
	serve(&s, &grants, signals, idle_ms);
	service_stop(&s);
	if (s.gone)
		see_off(&grants, signals);
	return 0;
}

/* Seconds as an option; 0: it is none. */
static int
seconds_of(const char *text)
{
	char *rest = NULL;
	const long n = strtol(text, &rest, 10);

	return rest != text && *rest == '\0' && n > 0 && n <= IDLE_MAX ? (int)n : 0;
}

int
main(int argc, char **argv)
{
	int seconds = IDLE_SECONDS;

	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0))
		return puts(USAGE) < 0 || fflush(stdout) == EOF;
	if (argc == 3 && strcmp(argv[1], "-i") == 0)
		seconds = seconds_of(argv[2]);
	if ((argc != 1 && argc != 3) || seconds == 0 || (argc == 3 && strcmp(argv[1], "-i") != 0)) {
		(void)fprintf(stderr, PROGRAM ": " USAGE "\n");
		return 2;
	}
	if (getuid() != 0 || geteuid() != 0) {
		(void)fprintf(stderr, PROGRAM ": only root can set passwords\n");
		return 1;
	}
	start_clean();
	log_open(PROGRAM);
	return run((int64_t)seconds * 1000);
}
