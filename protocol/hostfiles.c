/*
 * The files are read by bytes through one buffer that is wiped: hashes pass through it. stdio would
 * leave them on the heap of somebody else's process.
 */
#include "protocol/hostfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <lastlog.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* Where in a line of name:hash:... the reader is, and what it saw. */
struct scan {
	const char *user;
	size_t len;
	size_t at;  /* bytes of the name that were compared */
	int field;  /* 0 the name, 1 the hash, 2 what follows */
	bool same;  /* so far the line's name is the user's */
	bool found; /* a line of the user was seen */
	char hash;  /* the first byte of its hash; '\0': empty */
};

static void
start_line(struct scan *s)
{
	s->at = 0;
	s->field = 0;
	s->same = true;
}

static void
end_field(struct scan *s)
{
	if (s->field == 0) {
		s->same = s->same && s->at == s->len && !s->found;
		s->found = s->found || s->same;
	}
	if (s->field < 2)
		s->field++;
	s->at = 0;
}

static void
take_byte(struct scan *s, char c)
{
	if (c == '\n') {
		start_line(s);
	} else if (c == ':') {
		end_field(s);
	} else if (s->field == 0) {
		s->same = s->same && s->at < s->len && s->user[s->at] == c;
		s->at++;
	} else if (s->field == 1 && s->same && s->at++ == 0) {
		s->hash = c;
	}
}

static int
scan_file(const char *path, struct scan *s)
{
	char buffer[4096];
	ssize_t n, i;
	int fd, r = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	start_line(s);
	while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = -errno;
			break;
		}
		for (i = 0; i < n; i++)
			take_byte(s, buffer[i]);
	}
	explicit_bzero(buffer, sizeof(buffer));
	close(fd);
	return r;
}

int
hostfiles_local_password(const char *passwd, const char *shadow, const char *user, bool *local)
{
	struct scan names = { .user = user, .len = strlen(user) };
	struct scan hashes = { .user = user, .len = strlen(user) };
	int r;

	r = scan_file(passwd, &names);
	if (r == 0)
		r = scan_file(shadow, &hashes);
	if (r == 0)
		*local = names.found && hashes.found && hashes.hash != '\0' && hashes.hash != '!' &&
			 hashes.hash != '*';
	explicit_bzero(&hashes, sizeof(hashes));
	return r;
}

int64_t
hostfiles_last_login(const char *lastlog, uint64_t uid)
{
	struct lastlog entry = { 0 };
	ssize_t n;
	int fd;

	if (uid > UINT32_MAX)
		return 0;
	fd = open(lastlog, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return 0;
	n = pread(fd, &entry, sizeof(entry), (off_t)(uid * sizeof(entry)));
	close(fd);
	return n == (ssize_t)sizeof(entry) && entry.ll_time > 0 ? entry.ll_time : 0;
}
