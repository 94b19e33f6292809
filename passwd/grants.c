/*
 * Slots, forked into and reaped.
 */
#include "passwd/grants.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "passwd/run.h"
#include "protocol/buslink.h"
#include "protocol/grant.h"
#include "text/log.h"

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

int
grants_start(struct grants *g, const char *user, int *fd)
{
	struct grants_slot *slot;
	int ends[2];
	pid_t pid;

	(void)grants_reap(g);
	slot = slot_for(g, user);
	if (slot == NULL || strlen(user) > USER_NAME_MAX)
		return GRANTS_CROWDED;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	pid = run_fork();
	if (pid == 0) {
		close(ends[0]);
		_exit(g->run(user, ends[1]));
	}
	close(ends[1]);
	if (pid < 0) {
		log_error("grant of %s: fork: %s", user, strerror((int)-pid));
		close(ends[0]);
		return (int)pid;
	}
	slot->pid = pid;
	slot->end = buslink_now() + (int64_t)GRANT_SECONDS * 1000 + GRANTS_GRACE_MS;
	memcpy(slot->user, user, strlen(user) + 1);
	*fd = ends[0];
	return GRANTS_STARTED;
}

int
grants_reap(struct grants *g)
{
	int left = 0, status;

	for (int i = 0; i < GRANTS_MAX; i++) {
		struct grants_slot *slot = &g->slots[i];

		if (slot->pid == 0)
			continue;
		if (waitpid(slot->pid, &status, WNOHANG) == slot->pid) {
			if (WIFSIGNALED(status))
				log_error("grant of %s: ended by signal %d", slot->user,
					  WTERMSIG(status));
			slot->pid = 0;
			continue;
		}
		if (slot->end < buslink_now())
			(void)kill(slot->pid, SIGKILL);
		left++;
	}
	return left;
}
