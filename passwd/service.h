/*
 * org.sspr.Password1 on the system bus. Only the process that owns org.sspr.Sspr1 at this moment may ask for a grant, whatever uid
 * another caller has: uid 0 is no proof of anything, and sessions and deliveries share ssprd's uid.
 */
#ifndef SSPR_PASSWD_SERVICE_H
#define SSPR_PASSWD_SERVICE_H

#include <stdbool.h>

#include "protocol/limits.h"

struct DBusConnection;
struct DBusMessage;
struct grants;

#define SERVICE_CALLS_MAX 64   /* calls that wait; further ones are answered TooManySessions */
#define SERVICE_START_MS  5000 /* for connecting and taking the name */
#define SERVICE_OWNER_MS  2000 /* for asking the bus who owns a name */

struct service {
	struct DBusConnection *connection;
	struct grants *grants;
	struct DBusMessage *calls[SERVICE_CALLS_MAX];
	int count;
	bool gone; /* the bus went away, or the name was lost */
};

/* Connect and take the name. address: NULL the system bus. 0; -EEXIST: another one has it; -errno. */
int service_start(struct service *s, const char *address, struct grants *grants);

/* What to poll. -1: none. */
int service_fd(const struct service *s);
bool service_wants_to_write(const struct service *s);

/* Read, write and answer what has come, without waiting but for the bus's word. How many grants were started. */
int service_turn(struct service *s);

/* Give the name back. False: calls have come in the meantime, the name is ours again, go on. */
bool service_leave(struct service *s);

/* Close. What was not answered the bus answers. */
void service_stop(struct service *s);

/* The user that a Grant call names: a single argument `ay`, fine for entry_name_fine. user: USER_NAME_MAX + 1 bytes. */
bool service_user_of(struct DBusMessage *call, char *user);

#endif
