/* Whom a reset is for: the cases in their order, the console, the decoy. */
#include "ssprd/reset_subject.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ssprd/core/config.h"
#include "ssprd/core/store.h"
#include "ssprd/core/vault.h"
#include "ssprd/dialog.h"
#include "ssprd/reset.h"

#define TTY_LAST 63

/* Services behind which anybody may sit; and those whose display is the machine's own. */
static const char *const never[] = { "su", "su-l", "sudo", "sudo-i", "runuser", "runuser-l" };
static const char *const greeters[] = { "gdm-password", "lightdm", "sddm", "greetd" };

static bool
is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

static bool
all_digits(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

/* What stands behind this in text; NULL: text begins otherwise. */
static const char *
behind(const char *text, const char *start)
{
	size_t len = strlen(start);

	return strncmp(text, start, len) == 0 ? text + len : NULL;
}

static bool
is_virtual(const char *number)
{
	long n = all_digits(number) && number[0] != '0' ? strtol(number, NULL, 10) : 0;

	return n >= 1 && n <= TTY_LAST && strlen(number) <= 2;
}

static bool
is_console_line(const char *line)
{
	static const char *const serial[] = { "ttyS", "hvc" };
	const char *number = behind(line, "tty");

	if (strcmp(line, "console") == 0 || (number && is_virtual(number)))
		return true;
	for (size_t i = 0; i < sizeof(serial) / sizeof(serial[0]); i++) {
		number = behind(line, serial[i]);
		if (number && all_digits(number))
			return true;
	}
	return false;
}

bool
reset_on_console(const char *service, const char *tty, const char *rhost)
{
	const char *line = behind(tty, "/dev/");

	if (*rhost || is_one_of(service, never, sizeof(never) / sizeof(never[0])))
		return false;
	if (is_one_of(service, greeters, sizeof(greeters) / sizeof(greeters[0])) && tty[0] == ':')
		return all_digits(tty + 1);
	return is_console_line(line ? line : tty);
}

enum reset_case
reset_case_of(const struct dialog *d, int64_t *until)
{
	const struct config *config = d->judge->config;
	const struct store_user *user = &d->user.stored;

	*until = 0;
	if (!user->local_password || user->uid <= 0 || user->uid < config->registration.min_uid)
		return CASE_CONTACT;
	if (!d->plan.enabled || !config->reset.enabled)
		return CASE_NOT_ENABLED;
	if (user->frozen_at)
		return CASE_FROZEN;
	if (d->plan.blocked_until) {
		*until = d->plan.blocked_until;
		return CASE_BLOCKED;
	}
	return d->plan.capable ? CASE_NONE : CASE_NOT_REGISTERED;
}

const char *
reset_case_code(enum reset_case why)
{
	static const char *const codes[CASE_COUNT] = {
		[CASE_NONE] = "",
		[CASE_CONTACT] = "SSPR-CONTACT",
		[CASE_NOT_ENABLED] = "SSPR-NOTENABLED",
		[CASE_NOT_REGISTERED] = "SSPR-NOTREGISTERED",
		[CASE_BLOCKED] = "SSPR-BLOCKED",
		[CASE_FROZEN] = "SSPR-FROZEN",
	};

	return why >= 0 && why < CASE_COUNT ? codes[why] : "";
}

/* Whoever has less on record is read faster: look for what is not there. 0 or -errno. */
static int
look_for_missing(struct dialog *d)
{
	int r = 0;

	for (int m = 0; r >= 0 && m < METHOD_COUNT; m++)
		if (d->plan.standing[m] == STANDING_MISSING)
			r = dialog_has(d, (enum method)m);
	return r < 0 ? r : 0;
}

int
reset_look_again(struct dialog *d)
{
	enum reset_case why;
	int64_t until;
	int r = dialog_look_again(d);

	if (r == 0)
		r = look_for_missing(d);
	if (r < 0)
		return r;
	why = reset_case_of(d, &until);
	if (why == CASE_NONE || why == CASE_BLOCKED)
		return 0;
	if (why == CASE_NOT_REGISTERED && d->proven) /* it may have been the last code */
		return 0;
	d->reset.why_not = why;
	d->reset.until = 0;
	d->reset.decoy = true;
	return 0;
}

void
reset_look_for_block(struct dialog *d)
{
	if (!d->reset.told || d->proven || d->state != DIALOG_CLAIMING ||
	    d->reset.why_not != CASE_NONE || !d->plan.blocked_until)
		return;
	d->reset.why_not = CASE_BLOCKED;
	d->reset.until = d->plan.blocked_until;
	d->reset.decoy = true;
}

void
reset_failure_key(const struct dialog *d, limit_key key)
{
	if (d->reset.decoy)
		vault_hash(d->judge->vault, "decoy-failure", &d->reset.row, sizeof(d->reset.row),
			   key);
	else
		limit_user_key(d->judge->vault, LIMIT_FAILURES, d->user.stored.id, key);
}

int
reset_touch(struct dialog *d)
{
	return store_decoy_touch(d->judge->store, d->reset.row);
}

int
reset_idle(struct dialog *d)
{
	/* No hash: those are counted too. No other key ends in zeros; the rows are spread over the index as hashes are. */
	const limit_key key = { (unsigned char)(d->reset.row >> 2),
				(unsigned char)(d->reset.row << 6) };

	return limit_idle(d->judge->store, key, d->now);
}
