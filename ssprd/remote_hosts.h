/*
 * Remote hosts from which resets failed, in memory: whoever tries one name after the other is stopped here. So many failures
 * within an hour, then only decoys until the oldest of them has passed out of it. At most REMOTE_HOSTS_MAX; the one whose last
 * failure is the oldest is forgotten first. Someone with many addresses can so push others out, and is then held by the limits
 * of each user.
 */
#ifndef SSPRD_REMOTE_HOSTS_H
#define SSPRD_REMOTE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REMOTE_HOSTS_MAX    4096
#define REMOTE_FAILURES_MAX 20
#define REMOTE_WINDOW       3600 /* seconds */
#define REMOTE_KEY_SIZE     17

/*
 * What counts as one host: an IPv4 address, also one mapped into IPv6; the /64 of an IPv6 address; else the name, without
 * regard of case. False: "" (the console), which is no remote host.
 */
bool remote_host_key(const char *rhost, unsigned char key[REMOTE_KEY_SIZE]);

/* Are these two one host? "" is one of its own. */
bool remote_host_same(const char *a, const char *b);

struct remote_host {
	unsigned char key[REMOTE_KEY_SIZE];
	int64_t failures[REMOTE_FAILURES_MAX]; /* when; 0 none; the next one overwrites [next] */
	int next;
};

/* One for the program; { 0 } is empty. Large: not for the stack. */
struct remote_hosts {
	struct remote_host hosts[REMOTE_HOSTS_MAX];
	size_t count;
};

/* Has this host failed too often? An empty rhost never has. NULL hosts: nobody is counted. */
bool remote_host_throttled(const struct remote_hosts *hosts, const char *rhost, int64_t now);
/* Count a failure; and take the last one back. */
void remote_host_fail(struct remote_hosts *hosts, const char *rhost, int64_t now);
void remote_host_take_back(struct remote_hosts *hosts, const char *rhost);

#endif
