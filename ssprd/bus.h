/*
 * ssprd on the system bus: one private connection on the loop, the tables of methods with their
 * checks as columns, calls and replies, and the one kind of call that ssprd makes itself. libdbus
 * stays in bus.c, dispatch.c, call.c, reply.c and bus_out.c: handlers see a call through this
 * header.
 *
 * A call runs so: the table's row is found (interface, name, signature), the caller's uid is
 * asked of the bus (asynchronously), the row's "who may call" is checked, the handler runs, its
 * reply or error goes out. Handlers never wait.
 */
#ifndef SSPRD_BUS_H
#define SSPRD_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/limits.h"

struct bus;
struct bus_call;
struct loop;

#define BUS_CALLS_MAX 512 /* calls that wait for their caller's uid; further ones: LimitsExceeded */
#define BUS_CALL_SIZE_MAX                                                                          \
	(512 * 1024)      /* bytes of one call; a user with GROUPS_MAX groups needs less */
#define BUS_START_MS 5000 /* for connecting and taking the name */
#define BUS_OUT_MAX  32   /* calls of ours that are awaited */
#define BUS_OUT_MS   6000 /* one of them, activation included; less than JUDGE_SILENCE_MS */

/* How a call is answered when not by its reply: org.sspr.Sspr1.Error.* */
enum bus_error {
	BUS_FINE = 0,
	BUS_NOT_ALLOWED = 1,
	BUS_TOO_MANY_SESSIONS = 2,
	BUS_NO_SUCH_USER = 3,
	BUS_BAD_REQUEST = 4,
	BUS_UNAVAILABLE = 5,
};

enum bus_caller {
	CALLER_ROOT, /* uid 0 */
	CALLER_SELF, /* uid 0, or the user whom the call names */
	CALLER_ANYBODY,
};

/*
 * A handler: BUS_FINE (the reply is written), another enum bus_error, or -errno (logged already;
 * Unavailable).
 */
typedef int bus_handler(void *arg, struct bus_call *call);

struct bus_method {
	const char *name;
	const char *in; /* signature; a leading "ay" is the user's name, checked in advance */
	const char *out;
	enum bus_caller who;
	bus_handler *handler;
};

struct bus_interface {
	const char *name;
	const struct bus_method *methods; /* ends in a NULL name */
};

struct bus_setup {
	struct loop *loop;
	const char *address; /* NULL: the system bus */
	const char *name, *path;
	const struct bus_interface *interfaces; /* end in a NULL name */
	/*
	 * Is this the uid of that user? 1 yes, 0 no, -errno. Asked for CALLER_SELF of a uid that
	 * is not 0.
	 */
	int (*is_self)(void *arg, const char *user, uint64_t uid);
	void (*gone)(void *arg); /* the bus went away, or the name was lost: once */
	void *arg;               /* of all of these and of the handlers */
};

/*
 * Connect and take the name, waiting at most BUS_START_MS. 0, -EEXIST: another one has the name;
 * -errno.
 */
int bus_start(struct bus **bus, const struct bus_setup *setup);
/*
 * Give the name up, and call left once all that was asked before is answered and its answers are with the bus: who asks from then on is
 * the next daemon's, whom the bus starts. Else whoever asks in the last moment gets no reply at all. For the end: once.
 */
void bus_leave(struct bus *bus, void (*left)(void *arg), void *arg);
/* Drop all calls, close. NULL is fine. */
void bus_stop(struct bus *bus);

/*
 * The call: who calls (checked), and the user named by the first argument ("" where there is
 * none).
 */
uint64_t bus_call_uid(const struct bus_call *call);
const char *bus_call_user(const struct bus_call *call);
/* Argument n (from 0) as text; NULL when it is not a string. Lives as long as the call. */
const char *bus_call_text(const struct bus_call *call, int n);
/* Argument n as a number; false: it is none, or beyond INT64_MAX. */
bool bus_call_number(const struct bus_call *call, int n, int64_t *number);

enum value_kind {
	VALUE_BYTES,  /* s or ay */
	VALUE_NUMBER, /* u, i, x, or t up to INT64_MAX */
	VALUE_BOOL,
	VALUE_LIST, /* aay: taken apart by value_list_each */
	VALUE_OTHER,
};

/* One value of an a{sv}. */
struct value {
	enum value_kind kind;
	const char *bytes; /* len of them, not NUL-terminated */
	size_t len;
	int64_t number; /* VALUE_NUMBER and VALUE_BOOL */
	const void *list;
};

/*
 * Call each for every pair of argument n, an a{sv}, until it answers other than 0; answers that,
 * or 0.
 */
int bus_call_each(const struct bus_call *call, int n,
		  int (*each)(const char *key, const struct value *value, void *arg), void *arg);
int value_list_each(const struct value *list, int (*each)(const char *bytes, size_t len, void *arg),
		    void *arg);

/*
 * The reply, written in order. A failure (no memory) is kept and found when the reply goes out:
 * no call needs a look at its result. Text that is not UTF-8 is shown with ? in place of its odd
 * bytes. key NULL: a bare value, else an entry of the open a{sv}. Whatever is opened is closed by
 * reply_close.
 */
void reply_text(struct bus_call *call, const char *key, const char *text);
void reply_bytes(struct bus_call *call, const char *key, const char *text);
void reply_int(struct bus_call *call, const char *key, int32_t number);
void reply_long(struct bus_call *call, const char *key, int64_t number);
void reply_uid(struct bus_call *call, const char *key, uint64_t number);
void reply_bool(struct bus_call *call, const char *key, bool value);
void reply_texts(struct bus_call *call, const char *key, const char *const *texts, size_t count);
void reply_fd(struct bus_call *call, int fd); /* is duplicated: stays the caller's */
void reply_open_dict(struct bus_call *call);  /* a{sv}; also an element of the open list */
void reply_open_list(struct bus_call *call, const char *key); /* aa{sv} */
void reply_close(struct bus_call *call);

/* What is called: its one argument is the user's name (ay), its reply one descriptor (h). */
struct bus_out_call {
	const char *name, *path, *interface, *method;
	const char *user;
	int timeout_ms;
};

/* A call of ours that is awaited. Embedded in who makes it: declare it empty. */
struct bus_out {
	struct bus *bus;                 /* NULL: nothing is awaited */
	const char *method;              /* for the log */
	void *pending;                   /* libdbus's */
	void (*done)(void *arg, int fd); /* see bus_call_out */
	void *arg;
	struct bus_out *next, *previous;
};

/*
 * Call, and let the bus start whoever has that name; the answer comes from the loop, once: done
 * with a descriptor (close-on-exec, the receiver's to close), or -errno, which is logged: an error
 * of any kind, another reply than a descriptor, none in time. Set done and arg before. 0;
 * -EBUSY: BUS_OUT_MAX are awaited; -ENOTCONN: no bus; -ENOMEM. Then done is not called. The texts
 * but method are copied.
 */
int bus_call_out(struct bus *bus, const struct bus_out_call *call, struct bus_out *out);
/*
 * Wait no more: done is not called, a descriptor that comes late is closed. An empty one is fine;
 * bus_stop does it to all of them.
 */
void bus_out_cancel(struct bus_out *out);

#endif
