/* Remote hosts: a ring of moments each. */
#include "ssprd/remote_hosts.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

enum kind { KIND_NONE, KIND_IPV4, KIND_IPV6, KIND_NAME };

/* A name as 128 bits (FNV-1a, twice): who makes two names meet is stopped together with the other. */
static void
name_bytes(const char *name, unsigned char out[16])
{
	uint64_t h[2] = { 0xcbf29ce484222325u, 0x84222325cbf29ce4u };

	for (; *name; name++)
		for (int i = 0; i < 2; i++)
			h[i] = (h[i] ^ (unsigned char)tolower((unsigned char)*name)) *
			       0x100000001b3u;
	memcpy(out, h, 16);
}

bool
remote_host_key(const char *rhost, unsigned char key[REMOTE_KEY_SIZE])
{
	char text[INET6_ADDRSTRLEN + 1] = "";
	struct in6_addr six;
	struct in_addr four;
	size_t len = strcspn(rhost, "%"); /* without the zone of a link-local address */

	memset(key, 0, REMOTE_KEY_SIZE);
	if (!*rhost)
		return false;
	if (len < sizeof(text))
		memcpy(text, rhost, len);
	if (inet_pton(AF_INET, text, &four) == 1) {
		key[0] = KIND_IPV4;
		memcpy(key + 1, &four, sizeof(four));
	} else if (inet_pton(AF_INET6, text, &six) != 1) {
		key[0] = KIND_NAME;
		name_bytes(rhost, key + 1);
	} else if (IN6_IS_ADDR_V4MAPPED(&six)) {
		key[0] = KIND_IPV4;
		memcpy(key + 1, six.s6_addr + 12, 4);
	} else {
		key[0] = KIND_IPV6;
		memcpy(key + 1, six.s6_addr, 8);
	}
	return true;
}

bool
remote_host_same(const char *a, const char *b)
{
	unsigned char one[REMOTE_KEY_SIZE], other[REMOTE_KEY_SIZE];

	if (remote_host_key(a, one) != remote_host_key(b, other))
		return false;
	return memcmp(one, other, sizeof(one)) == 0;
}

/* NULL: it never failed. */
static const struct remote_host *
find_key(const struct remote_hosts *hosts, const unsigned char key[REMOTE_KEY_SIZE])
{
	for (size_t i = 0; i < hosts->count; i++)
		if (memcmp(hosts->hosts[i].key, key, REMOTE_KEY_SIZE) == 0)
			return &hosts->hosts[i];
	return NULL;
}

static const struct remote_host *
find(const struct remote_hosts *hosts, const char *rhost)
{
	unsigned char key[REMOTE_KEY_SIZE];

	return hosts && remote_host_key(rhost, key) ? find_key(hosts, key) : NULL;
}

static int64_t
last_failure(const struct remote_host *host)
{
	return host->failures[(host->next + REMOTE_FAILURES_MAX - 1) % REMOTE_FAILURES_MAX];
}

/* An empty place, or that of the host whose last failure is the oldest. */
static struct remote_host *
make_room(struct remote_hosts *hosts)
{
	struct remote_host *oldest = &hosts->hosts[0];

	if (hosts->count < REMOTE_HOSTS_MAX)
		return &hosts->hosts[hosts->count++];
	for (size_t i = 1; i < hosts->count; i++)
		if (last_failure(&hosts->hosts[i]) < last_failure(oldest))
			oldest = &hosts->hosts[i];
	return oldest;
}

bool
remote_host_throttled(const struct remote_hosts *hosts, const char *rhost, int64_t now)
{
	const struct remote_host *host = find(hosts, rhost);

	/* What lies ahead by more than the window was counted under a wrong clock. */
	for (int i = 0; host && i < REMOTE_FAILURES_MAX; i++) {
		int64_t at = host->failures[i];

		if (at == 0 || at <= now - REMOTE_WINDOW || at > now + REMOTE_WINDOW)
			return false;
	}
	return host != NULL;
}

/* A host that failed, or a place for it. */
static struct remote_host *
place_of(struct remote_hosts *hosts, const unsigned char key[REMOTE_KEY_SIZE])
{
	struct remote_host *host = (struct remote_host *)find_key(hosts, key);

	if (host)
		return host;
	host = make_room(hosts);
	*host = (struct remote_host){ 0 };
	memcpy(host->key, key, REMOTE_KEY_SIZE);
	return host;
}

void
remote_host_fail(struct remote_hosts *hosts, const char *rhost, int64_t now)
{
	unsigned char key[REMOTE_KEY_SIZE];
	struct remote_host *host;

	if (!hosts || !remote_host_key(rhost, key))
		return;
	host = place_of(hosts, key);
	host->failures[host->next] = now;
	host->next = (host->next + 1) % REMOTE_FAILURES_MAX;
}

void
remote_host_take_back(struct remote_hosts *hosts, const char *rhost)
{
	struct remote_host *host = (struct remote_host *)find(hosts, rhost);

	if (!host)
		return;
	host->next = (host->next + REMOTE_FAILURES_MAX - 1) % REMOTE_FAILURES_MAX;
	host->failures[host->next] = 0;
}
