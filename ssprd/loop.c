/* The loop: epoll for descriptors, a list in order of time for timers, a signalfd for signals. */
#include "ssprd/loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct loop {
	int epoll;
	int signals; /* signalfd, -1 none */
	struct loop_watch signal_watch;
	void (*signal_came)(int signal, void *arg);
	void *signal_arg;
	struct loop_timer *first;
	bool stopped;
	int status;
};

int64_t
loop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
loop_new(struct loop **out)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->signals = -1;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		int r = -errno;

		free(loop);
		return r;
	}
	*out = loop;
	return 0;
}

void
loop_free(struct loop *loop)
{
	if (!loop)
		return;
	if (loop->signals >= 0)
		close(loop->signals);
	close(loop->epoll);
	free(loop);
}

static int
watch_control(struct loop_watch *w, int operation)
{
	struct epoll_event e = { .data.ptr = w };

	if (w->events & LOOP_READ)
		e.events |= EPOLLIN;
	if (w->events & LOOP_WRITE)
		e.events |= EPOLLOUT;
	return epoll_ctl(w->loop->epoll, operation, w->fd, &e) < 0 ? -errno : 0;
}

int
loop_watch(struct loop *loop, struct loop_watch *w, int fd, unsigned int events,
	   void (*ready)(unsigned int events, void *arg), void *arg)
{
	int r = 0;

	*w = (struct loop_watch){ loop, fd, events, ready, arg };
	/*
	 * A hang-up would be told for ever to somebody who waits for nothing: such a fd stays out
	 * of epoll.
	 */
	if (events)
		r = watch_control(w, EPOLL_CTL_ADD);
	if (r < 0)
		w->loop = NULL;
	return r;
}

int
loop_watch_events(struct loop_watch *w, unsigned int events)
{
	unsigned int before = w->events;

	if (!w->loop || before == events)
		return 0;
	w->events = events;
	if (!before)
		return watch_control(w, EPOLL_CTL_ADD);
	return watch_control(w, events ? EPOLL_CTL_MOD : EPOLL_CTL_DEL);
}

void
loop_unwatch(struct loop_watch *w)
{
	if (!w->loop)
		return;
	if (w->events)
		watch_control(w, EPOLL_CTL_DEL);
	w->loop = NULL;
}

void
loop_timer_set(struct loop *loop, struct loop_timer *t, int64_t ms, void (*fire)(void *arg),
	       void *arg)
{
	struct loop_timer *before = NULL, *after;

	loop_timer_clear(t);
	after = loop->first;
	*t = (struct loop_timer){ .loop = loop, .at = loop_now() + ms, .fire = fire, .arg = arg };
	while (after && after->at <= t->at) {
		before = after;
		after = after->next;
	}
	t->previous = before;
	t->next = after;
	if (after)
		after->previous = t;
	if (before)
		before->next = t;
	else
		loop->first = t;
}

void
loop_timer_clear(struct loop_timer *t)
{
	if (!t->loop)
		return;
	if (t->previous)
		t->previous->next = t->next;
	else
		t->loop->first = t->next;
	if (t->next)
		t->next->previous = t->previous;
	*t = (struct loop_timer){ 0 };
}

static void
signal_ready(unsigned int events, void *arg)
{
	struct loop *loop = arg;
	struct signalfd_siginfo info;

	(void)events;
	if (read(loop->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->signal_came((int)info.ssi_signo, loop->signal_arg);
}

int
loop_signals(struct loop *loop, const int *signals, void (*came)(int signal, void *arg), void *arg)
{
	sigset_t set;

	sigemptyset(&set);
	for (; *signals; signals++)
		sigaddset(&set, *signals);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	loop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signals < 0)
		return -errno;
	loop->signal_came = came;
	loop->signal_arg = arg;
	return loop_watch(loop, &loop->signal_watch, loop->signals, LOOP_READ, signal_ready, loop);
}

/* How long this turn may wait, in milliseconds for epoll. */
static int
turn_wait(const struct loop *loop, int max_ms)
{
	int64_t ms;

	if (!loop->first)
		return max_ms;
	ms = loop->first->at - loop_now();
	if (ms < 0)
		ms = 0;
	if (ms > INT_MAX)
		ms = INT_MAX;
	return max_ms >= 0 && max_ms < ms ? max_ms : (int)ms;
}

static void
timers_fire(struct loop *loop)
{
	int64_t now = loop_now();

	/*
	 * Against one reading of the clock: a timer that is set again for 0 ms keeps the fds
	 * waiting for 1 ms at most.
	 */
	while (loop->first && loop->first->at <= now && !loop->stopped) {
		struct loop_timer *t = loop->first;
		void (*fire)(void *) = t->fire;
		void *arg = t->arg;

		loop_timer_clear(t);
		fire(arg);
	}
}

int
loop_turn(struct loop *loop, int max_ms)
{
	struct epoll_event e;
	int n = epoll_wait(loop->epoll, &e, 1, turn_wait(loop, max_ms));

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 1) {
		struct loop_watch *w = e.data.ptr;
		unsigned int events = 0;

		if (e.events & EPOLLIN)
			events |= LOOP_READ;
		if (e.events & EPOLLOUT)
			events |= LOOP_WRITE;
		if (e.events & (EPOLLHUP | EPOLLERR))
			events |= LOOP_GONE;
		w->ready(events, w->arg);
	}
	if (!loop->stopped)
		timers_fire(loop);
	return 0;
}

int
loop_run(struct loop *loop)
{
	while (!loop->stopped) {
		int r = loop_turn(loop, -1);

		if (r < 0)
			return r;
	}
	return loop->status;
}

void
loop_stop(struct loop *loop, int status)
{
	if (!loop->stopped)
		loop->status = status;
	loop->stopped = true;
}
