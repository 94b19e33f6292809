/*
 * A reader for one protobuf message. Only the wire format is known here, and two of its fields.
 */
#include "passwd/fscrypt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };
#define FIELD_SOURCE 2
#define FIELD_UID    6

struct cursor {
	const unsigned char *at, *end;
};

static bool
take_varint(struct cursor *c, uint64_t *value)
{
	*value = 0;
	for (unsigned int shift = 0; shift < 64 && c->at < c->end; shift += 7) {
		const unsigned char byte = *c->at++;

		*value |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

static bool
skip(struct cursor *c, uint64_t len)
{
	if (len > (uint64_t)(c->end - c->at))
		return false;
	c->at += len;
	return true;
}

static bool
take_field(struct cursor *c, struct protector *p)
{
	uint64_t key, value;

	if (!take_varint(c, &key) || key >> 3 == 0)
		return false;
	switch (key & 7) {
	case WIRE_VARINT:
		if (!take_varint(c, &value))
			return false;
		if (key >> 3 == FIELD_SOURCE)
			p->source = value;
		else if (key >> 3 == FIELD_UID)
			p->uid = value;
		return true;
	case WIRE_BYTES:
		return take_varint(c, &value) && skip(c, value);
	case WIRE_64:
		return skip(c, 8);
	case WIRE_32:
		return skip(c, 4);
	default:
		return false;
	}
}

bool
protector_parse(const unsigned char *data, size_t len, struct protector *p)
{
	struct cursor c = { data, data + len };
	struct protector found = { 0 };

	while (c.at < c.end)
		if (!take_field(&c, &found))
			return false;
	*p = found;
	return true;
}

/* The bytes of an open file, at most FSCRYPT_FILE_MAX. Their number or -errno. */
static ssize_t
read_all(int fd, unsigned char *data)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, data + len, FSCRYPT_FILE_MAX + 1 - len)) > 0) {
		len += (size_t)n;
		if (len > FSCRYPT_FILE_MAX)
			return -EFBIG;
	}
	return n < 0 ? -errno : (ssize_t)len;
}

static int
judge_open(int fd, uint32_t uid)
{
	struct protector p;
	unsigned char *data;
	ssize_t len;
	int r;

	data = malloc(FSCRYPT_FILE_MAX + 1);
	if (data == NULL)
		return -ENOMEM;
	len = read_all(fd, data);
	if (len < 0)
		r = (int)len;
	else if (!protector_parse(data, (size_t)len, &p))
		r = -EBADMSG;
	else
		r = p.source == PROTECTOR_LOGIN && p.uid == uid;
	free(data);
	return r;
}

/* A file that somebody else put there must not be able to refuse this user, nor must many of them. count: of those that are looked into. */
static int
judge_file(int folder, const char *name, uint32_t uid, int *count)
{
	struct stat st;
	int fd, r;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != uid))
		return 0;
	if (++*count > FSCRYPT_FILES_MAX)
		return -EFBIG;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT || errno == ELOOP ? 0 : -errno;
	r = judge_open(fd, uid);
	close(fd);
	return r;
}

/* What ends in .link only names a protector elsewhere. */
static bool
is_protector(const char *name)
{
	const size_t len = strlen(name);

	return name[0] != '.' && (len < 5 || strcmp(name + len - 5, ".link") != 0);
}

static int
judge_folder(DIR *d, uint32_t uid)
{
	struct dirent *file;
	int r = 0, count = 0;

	while (r == 0) {
		errno = 0;
		file = readdir(d);
		if (file == NULL)
			return -errno;
		if (is_protector(file->d_name))
			r = judge_file(dirfd(d), file->d_name, uid, &count);
	}
	return r;
}

int
fscrypt_has_login(int folder, uint32_t uid)
{
	int outer, inner, r;
	DIR *d;

	outer = openat(folder, ".fscrypt", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (outer < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -errno;
	inner = openat(outer, "protectors", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = inner < 0 ? -errno : 0;
	close(outer);
	if (inner < 0)
		return r == -ENOENT || r == -ENOTDIR || r == -EACCES ? 0 : r;
	d = fdopendir(inner);
	if (d == NULL) {
		close(inner);
		return -ENOMEM;
	}
	r = judge_folder(d, uid);
	closedir(d);
	return r;
}
