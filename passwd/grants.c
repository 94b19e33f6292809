/*
 * Slots, forked into and reaped. The hash of before is kept here, since who would compare it is who may be killed; this process can
 * read the shadow file as well as its children can.
 */
#include "passwd/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "passwd/entry.h"
#include "passwd/run.h"
#include "protocol/buslink.h"
#include "protocol/grant.h"
#include "text/log.h"

static void
slot_free(struct grants_slot *slot)
{
	secret_done(&slot->before);
	close(slot->alive);
	*slot = (struct grants_slot){ 0 };
}

/* A free slot, unless the user has one already; NULL. */
static struct grants_slot *
slot_for(struct grants *g, const char *user)
{
	struct grants_slot *place = NULL;

	for (int i = 0; i < GRANTS_MAX; i++) {
		if (g->slots[i].pid == 0)
			place = place != NULL ? place : &g->slots[i];
		else if (strcmp(g->slots[i].user, user) == 0)
			return NULL;
	}
	return place;
}

static void
close_both(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* The holder's socket, and the pipe that tells when all is over. */
static int
open_ends(int ends[2], int alive[2])
{
	int r = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	if (pipe2(alive, O_CLOEXEC) < 0) {
		r = -errno;
		close_both(ends);
	}
	return r;
}

/* A user without a line is refused by the supervisor: nothing is compared then. */
static void
remember(struct grants_slot *slot)
{
	struct entry e = { 0 };

	if (entry_read("", slot->user, &e) == ENTRY_FOUND)
		(void)secret_set(&slot->before, e.hash.data, e.hash.len);
	entry_done(&e);
}

/* In a child: what is kept of other users' grants is none of its business. own: NULL, or its slot. */
static void
forget_others(struct grants *g, const struct grants_slot *own)
{
	for (int i = 0; i < GRANTS_MAX; i++)
		if (&g->slots[i] != own)
			secret_done(&g->slots[i].before);
}

int
grants_start(struct grants *g, const char *user, int *fd)
{
	struct grants_slot *slot;
	int ends[2] = { -1, -1 }, alive[2] = { -1, -1 }, r;
	pid_t pid;

	(void)grants_reap(g);
	slot = slot_for(g, user);
	if (slot == NULL || strlen(user) > USER_NAME_MAX)
		return GRANTS_CROWDED;
	r = open_ends(ends, alive);
	if (r < 0)
		return r;
	*slot = (struct grants_slot){ .alive = alive[0] };
	memcpy(slot->user, user, strlen(user) + 1);
	remember(slot);
	pid = run_fork();
	if (pid == 0) {
		close(ends[0]);
		forget_others(g, NULL);
		_exit(g->run(user, ends[1], alive[1]));
	}
	close(ends[1]);
	close(alive[1]);
	if (pid < 0) {
		log_error("grant of %s: fork: %s", user, strerror((int)-pid));
		close(ends[0]);
		slot_free(slot);
		return (int)pid;
	}
	slot->pid = pid;
	slot->end = buslink_now() + (int64_t)GRANT_SECONDS * 1000 + GRANTS_GRACE_MS;
	*fd = ends[0];
	return GRANTS_STARTED;
}

/* The process of this slot has ended. */
static void
slot_ended(struct grants *g, struct grants_slot *slot, int status)
{
	if (WIFSIGNALED(status))
		log_error("grant of %s: ended by signal %d", slot->user, WTERMSIG(status));
	if (!WIFSIGNALED(status) || slot->after || slot->before.len == 0) {
		slot_free(slot);
		return;
	}
	slot->after = true;
	slot->end = buslink_now() + GRANTS_GRACE_MS;
	slot->pid = run_fork();
	if (slot->pid == 0) {
		forget_others(g, slot);
		_exit(g->after(slot->user, &slot->before, slot->alive));
	}
	if (slot->pid < 0) {
		log_error("grant of %s: fork: %s", slot->user, strerror((int)-slot->pid));
		slot_free(slot);
	}
}

int
grants_reap(struct grants *g)
{
	int left = 0, status;

	for (int i = 0; i < GRANTS_MAX; i++) {
		struct grants_slot *slot = &g->slots[i];

		if (slot->pid == 0)
			continue;
		if (waitpid(slot->pid, &status, WNOHANG) == slot->pid)
			slot_ended(g, slot, status);
		else if (slot->end < buslink_now())
			(void)kill(slot->pid, SIGKILL);
		left += slot->pid != 0;
	}
	return left;
}
