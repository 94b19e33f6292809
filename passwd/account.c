/*
 * The rules are a table: each says when an account is not ours to touch.
 */
#include "passwd/account.h"

#include <stddef.h>

#include "passwd/home.h"

#define UID_NOBODY  65534
#define UID_NONE_16 65535
#define UID_NONE    UINT32_MAX

static int
is_root(const struct account_rules *rules, const char *user, const struct entry *e)
{
	(void)rules;
	(void)user;
	return e->uid == 0;
}

static int
is_system(const struct account_rules *rules, const char *user, const struct entry *e)
{
	(void)user;
	return e->uid < rules->min_uid || e->uid == UID_NOBODY || e->uid == UID_NONE_16 ||
	       e->uid == UID_NONE;
}

static int
is_locked(const struct account_rules *rules, const char *user, const struct entry *e)
{
	const char first = secret_text(&e->hash)[0];

	(void)rules;
	(void)user;
	return first == '!' || first == '*';
}

static int
is_without(const struct account_rules *rules, const char *user, const struct entry *e)
{
	(void)rules;
	(void)user;
	return e->hash.len < ACCOUNT_HASH_MIN;
}

static int
is_expired(const struct account_rules *rules, const char *user, const struct entry *e)
{
	(void)user;
	return e->expires >= 0 && e->expires <= rules->today;
}

/*
 * Too long unchanged: pam_unix lets nobody in by it, as by an account that has expired, and sends its user to the administrator. A new
 * password would undo that.
 */
static int
is_lapsed(const struct account_rules *rules, const char *user, const struct entry *e)
{
	(void)user;
	return e->changed > 0 && e->most >= 0 && e->inactive >= 0 &&
	       rules->today - e->changed > e->most + e->inactive;
}

static int
is_homed(const struct account_rules *rules, const char *user, const struct entry *e)
{
	return home_is_homed(rules->root, user, e);
}

static int
is_ecryptfs(const struct account_rules *rules, const char *user, const struct entry *e)
{
	return home_has_ecryptfs(rules->root, user, e);
}

static int
is_fscrypt(const struct account_rules *rules, const char *user, const struct entry *e)
{
	return home_has_fscrypt(rules->root, user, e);
}

static const struct rule {
	const char *why;
	int (*refuses)(const struct account_rules *, const char *user, const struct entry *);
} table[] = {
	{ "uid 0", is_root },
	{ "a system account", is_system },
	{ "locked by an administrator", is_locked },
	{ "without a password", is_without },
	{ "expired", is_expired },
	{ "its password has lapsed", is_lapsed },
	{ "an account of systemd-homed", is_homed },
	{ "its home is encrypted by eCryptfs", is_ecryptfs },
	{ "its home is encrypted by fscrypt with the password", is_fscrypt },
};

static const char *
why_not(const struct account_rules *rules, const char *user, const struct entry *e)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].refuses(rules, user, e) != 0)
			return table[i].why;
	return NULL;
}

enum account_result
account_look(const struct account_rules *rules, const char *user, struct entry *e, const char **why)
{
	struct entry found = { 0 };

	*why = NULL;
	if (!entry_name_fine(user)) {
		*why = "no name of a user";
		return ACCOUNT_REFUSED;
	}
	switch (entry_read(rules->root, user, &found)) {
	case ENTRY_FOUND:
		*why = why_not(rules, user, &found);
		break;
	case ENTRY_NONE:
		*why = "not in the host's own files";
		break;
	case ENTRY_DOUBTFUL:
		*why = "its lines in the host's files are in doubt";
		break;
	default:
		*why = "the host's files cannot be read";
		break;
	}
	if (*why != NULL) {
		entry_done(&found);
		return ACCOUNT_REFUSED;
	}
	*e = found;
	return ACCOUNT_FINE;
}
