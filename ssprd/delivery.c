/* Deliveries: a pipe in, a pipe for the one line, an exit code. */
#include "ssprd/delivery.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "text/log.h"

#define LINE_MAX_BYTES 400

struct delivery {
	struct child child; /* first: child_ended casts back */
	struct deliveries *all;
	const char *kind;
	char *program; /* NULL: sspr-deliver */
	struct secret json;
	size_t written;
	int timeout;
	int in, err;
	struct loop_watch in_watch, err_watch;
	struct loop_timer limit;
	char line[LINE_MAX_BYTES + 1];
	size_t line_len;
	bool late;
	void (*done)(enum reason reason, void *arg);
	void *arg;
	struct delivery *next;
};

static void
wiping_free(void *memory)
{
	if (memory)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

/* jansson's copies of the code are wiped like ours. */
static char *
message_json(const struct delivery_message *m)
{
	json_t *object;
	char *text;

	json_set_alloc_funcs(malloc, wiping_free);
	object = json_pack("{s:s, s:s*, s:s, s:s, s:s, s:s, s:s}", "to", m->to, "code", m->code,
			   "text", m->text, "user", m->user, "host", m->host, "lang", m->lang, "id",
			   m->id);
	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	return text;
}

int
delivery_new(struct delivery **out, const char *kind, const struct delivery_message *message,
	     int timeout, void (*done)(enum reason reason, void *arg), void *arg)
{
	struct delivery *d = calloc(1, sizeof(*d));
	char *json = message_json(message);
	int r = d && json ? secret_set(&d->json, json, strlen(json)) : -ENOMEM;

	wiping_free(json);
	if (r == 0 && d->json.len > DELIVERY_JSON_MAX)
		r = -EMSGSIZE;
	if (r == 0 && message->program && !(d->program = strdup(message->program)))
		r = -ENOMEM;
	if (r < 0) {
		delivery_free(d);
		return r;
	}
	d->kind = kind;
	d->timeout = timeout;
	d->in = d->err = -1;
	d->done = done;
	d->arg = arg;
	*out = d;
	return 0;
}

void
delivery_free(struct delivery *d)
{
	if (!d)
		return;
	secret_done(&d->json);
	free(d->program);
	free(d);
}

static void
close_in(struct delivery *d)
{
	loop_unwatch(&d->in_watch);
	if (d->in >= 0)
		close(d->in);
	d->in = -1;
	secret_done(&d->json);
}

static void
close_err(struct delivery *d)
{
	loop_unwatch(&d->err_watch);
	if (d->err >= 0)
		close(d->err);
	d->err = -1;
}

static void
in_ready(unsigned int events, void *arg)
{
	struct delivery *d = arg;
	ssize_t n = write(d->in, d->json.data + d->written, d->json.len - d->written);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		d->written += (size_t)n;
	if (n < 0 || d->written == d->json.len)
		close_in(d);
}

static void
err_read(struct delivery *d)
{
	char more[LINE_MAX_BYTES];
	ssize_t n = read(d->err, more, sizeof(more));
	size_t room = LINE_MAX_BYTES - d->line_len;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_err(d);
		return;
	}
	if ((size_t)n > room) /* what is beyond is read and forgotten */
		n = (ssize_t)room;
	memcpy(d->line + d->line_len, more, (size_t)n);
	d->line_len += (size_t)n;
}

static void
err_ready(unsigned int events, void *arg)
{
	(void)events;
	err_read(arg);
}

static void
too_late(void *arg)
{
	struct delivery *d = arg;

	d->late = true;
	child_kill(&d->child);
}

/* The verdict of an exit code. REASON_COUNT: sent. */
static enum reason
exit_reason(int status)
{
	if (!WIFEXITED(status))
		return REASON_LATER;
	switch (WEXITSTATUS(status)) {
	case EX_OK:
		return REASON_COUNT;
	case EX_UNAVAILABLE:
		return REASON_BOUNCED;
	case EX_CONFIG:
	case CHILD_NO_PROGRAM:
		return REASON_MISCONFIGURED;
	default:
		return REASON_LATER;
	}
}

static const char *
program_of(const struct delivery *d)
{
	return d->program ? d->program : d->all->program;
}

static void
say(const struct delivery *d, int status, enum reason reason)
{
	const char *line = d->line_len ? d->line : "it said nothing";

	if (d->late)
		log_warning("%s: the delivery took over %d s and was ended", d->kind,
			    d->timeout + DELIVERY_GRACE);
	else if (WIFSIGNALED(status))
		log_warning("%s: the delivery died by signal %d: %s", d->kind, WTERMSIG(status),
			    line);
	else if (WEXITSTATUS(status) == CHILD_NO_PROGRAM && !d->line_len)
		log_error("%s: %s cannot be executed", d->kind, program_of(d));
	else if (reason != REASON_COUNT)
		log_warning("%s: not delivered (%s): %s", d->kind, reason_word(reason), line);
}

static void
take_off(struct delivery **list, struct delivery *d)
{
	for (; *list; list = &(*list)->next) {
		if (*list != d)
			continue;
		*list = d->next;
		d->next = NULL;
		return;
	}
}

static void start_waiting(struct deliveries *all);

static void
finish(struct delivery *d, enum reason reason)
{
	struct deliveries *all = d->all;

	close_in(d);
	close_err(d);
	loop_timer_clear(&d->limit);
	take_off(&all->running, d);
	all->running_count--;
	d->done(reason, d->arg);
	delivery_free(d);
	start_waiting(all);
}

static void
child_ended(struct child *child, int status)
{
	struct delivery *d = (struct delivery *)child;
	enum reason reason = exit_reason(status);

	if (d->err >= 0)
		err_read(d);
	d->line[d->line_len] = '\0';
	d->line[strcspn(d->line, "\n")] = '\0';
	say(d, status, reason);
	finish(d, reason);
}

/* Our ends do not block and die with exec; the child's ends are ordinary. */
static int
make_pipes(int in[2], int err[2])
{
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		return -errno;
	if (fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 || fcntl(err[0], F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

static int
run(struct delivery *d)
{
	struct deliveries *all = d->all;
	const char *argv[] = { program_of(d), d->kind, "-c", all->config_file, NULL };
	int in[2] = { -1, -1 }, err[2] = { -1, -1 };
	int r = make_pipes(in, err);

	if (d->program) /* an administrator's own, which knows the kind and nothing of our files */
		argv[2] = NULL;
	if (r == 0) {
		struct child_fd fds[] = { { in[0], STDIN_FILENO }, { err[1], STDERR_FILENO } };

		r = child_start(all->children, &d->child, argv, fds, 2, child_ended);
	}
	if (in[0] >= 0)
		close(in[0]);
	if (err[1] >= 0)
		close(err[1]);
	d->in = in[1];
	d->err = err[0];
	if (r < 0)
		return r;
	loop_timer_set(all->loop, &d->limit, (d->timeout + DELIVERY_GRACE) * (int64_t)1000,
		       too_late, d);
	r = loop_watch(all->loop, &d->in_watch, d->in, LOOP_WRITE, in_ready, d);
	if (r == 0)
		r = loop_watch(all->loop, &d->err_watch, d->err, LOOP_READ, err_ready, d);
	if (r < 0) /* it ends, and is told as ended, by its exit */
		child_kill(&d->child);
	return 0;
}

static void
start(struct delivery *d)
{
	struct deliveries *all = d->all;
	int r;

	d->next = all->running;
	all->running = d;
	all->running_count++;
	r = run(d);
	if (r < 0) {
		log_error("%s: the delivery cannot be started: %s", d->kind, strerror(-r));
		finish(d, REASON_LATER);
	}
}

static void
start_waiting(struct deliveries *all)
{
	while (all->waiting && all->running_count < DELIVERIES_MAX) {
		struct delivery *d = all->waiting;

		all->waiting = d->next;
		all->waiting_count--;
		start(d);
	}
}

void
delivery_start(struct deliveries *all, struct delivery *d)
{
	struct delivery **last = &all->waiting;

	if (all->waiting_count >= DELIVERIES_WAITING_MAX) {
		log_error("%s: %d messages wait already", d->kind, DELIVERIES_WAITING_MAX);
		d->done(REASON_LATER, d->arg);
		delivery_free(d);
		return;
	}
	d->all = all;
	d->next = NULL;
	while (*last)
		last = &(*last)->next;
	*last = d;
	all->waiting_count++;
	start_waiting(all);
}

void
deliveries_stop(struct deliveries *all)
{
	while (all->waiting) {
		struct delivery *d = all->waiting;

		all->waiting = d->next;
		d->done(REASON_LATER, d->arg);
		delivery_free(d);
	}
	while (all->running) {
		struct delivery *d = all->running;

		all->running = d->next;
		close_in(d);
		close_err(d);
		loop_timer_clear(&d->limit);
		child_drop(all->children, &d->child);
		d->done(REASON_LATER, d->arg);
		delivery_free(d);
	}
	all->running_count = all->waiting_count = 0;
}
