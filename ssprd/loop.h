/*
 * The one loop of ssprd: file descriptors, one-shot timers, signals. epoll, one event a turn, so
 * that a handler may remove every other watch and nothing dangles. Handlers never wait. Watches
 * and timers are embedded in their owners, who remove them before they free themselves.
 */
#ifndef SSPRD_LOOP_H
#define SSPRD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

#define LOOP_READ  1u
#define LOOP_WRITE 2u
#define LOOP_GONE                                                                                  \
	4u /* the other side hung up, or an error stands: told to every handler, asked for or not */

/*
 * A watched file descriptor. Declare it empty ({ 0 }); loop_unwatch of an empty one does nothing.
 */
struct loop_watch {
	struct loop *loop; /* NULL: not watched */
	int fd;
	unsigned int events;
	void (*ready)(unsigned int events, void *arg);
	void *arg;
};

/* A timer that fires once. Declare it empty; loop_timer_clear of an empty one does nothing. */
struct loop_timer {
	struct loop *loop; /* NULL: not set */
	int64_t at;
	void (*fire)(void *arg);
	void *arg;
	struct loop_timer *next, *previous;
};

/* 0 or -errno. */
int loop_new(struct loop **loop);
void loop_free(struct loop *loop); /* NULL is fine */

/* A moment on CLOCK_MONOTONIC in milliseconds. */
int64_t loop_now(void);

/*
 * Call ready whenever fd is ready for one of the events (0: for nothing, not even LOOP_GONE). 0
 * or -errno.
 */
int loop_watch(struct loop *loop, struct loop_watch *w, int fd, unsigned int events,
	       void (*ready)(unsigned int events, void *arg), void *arg);
int loop_watch_events(struct loop_watch *w, unsigned int events);
void loop_unwatch(struct loop_watch *w); /* does not close fd */

/* Call fire once, ms from now (0: in the next turn). Setting a set timer moves it. */
void loop_timer_set(struct loop *loop, struct loop_timer *t, int64_t ms, void (*fire)(void *arg),
		    void *arg);
void loop_timer_clear(struct loop_timer *t);

/*
 * Block these signals (a list that ends in 0) and have each told by came, outside of any handler.
 * Once a loop.
 */
int
loop_signals(struct loop *loop, const int *signals, void (*came)(int signal, void *arg), void *arg);

/* One turn: waits at most max_ms (-1: as long as the timers let it) for one event. 0 or -errno. */
int loop_turn(struct loop *loop, int max_ms);

/* Turn until loop_stop; answers its status. -errno: the loop itself broke. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int status);

#endif
