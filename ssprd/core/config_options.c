/*
 * The option table: section, key, kind, default, range and place.
 */
#include "ssprd/core/config_options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/facts.h"
#include "text/contact.h"

#define AT(member)         .place = offsetof(struct config, member)
#define CHOICES(words)     .choices = (words)
#define RANGE(least, most) .min = (least), .max = (most)

#define DAY      86400
#define YEAR     31536000
#define UID_LAST 4294967294

/* NOLINTBEGIN(bugprone-macro-parentheses): a member's name cannot stand in parentheses */
/* clang-format off */
#define GATEWAY(name) \
	{ #name, "preset", &kind_text, "", AT(name.preset) }, \
	{ #name, "method", &kind_word, "", CHOICES("GET, POST"), AT(name.method) }, \
	{ #name, "url", &kind_web_url, "", AT(name.url) }, \
	{ #name, "auth", &kind_text, "", AT(name.auth) }, \
	{ #name, "header.NAME", &kind_pair, "", AT(name) }, \
	{ #name, "body", &kind_word, "", CHOICES("form, json, text, none"), AT(name.body) }, \
	{ #name, "field.NAME", &kind_pair, "", AT(name) }, \
	{ #name, "json", &kind_text, "", AT(name.json) }, \
	{ #name, "ok", &kind_text, "", AT(name.ok) }, \
	{ #name, "retry", &kind_text, "", AT(name.retry) }, \
	{ #name, "timeout", &kind_int, "20", RANGE(1, 300), AT(name.timeout) }, \
	{ #name, "from", &kind_text, "", AT(name.from) }, \
	{ #name, "allow_prefixes", &kind_prefixes, "", AT(name.allow_prefixes) }, \
	{ #name, "deny_prefixes", &kind_prefixes, "", AT(name.deny_prefixes) }, \
	{ #name, "program", &kind_path, "", AT(name.program) }
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct option options[] = {
	{ "registration", "enforce", &kind_choice, "required", CHOICES("off, remind, required"),
	  AT(registration.enforce) },
	{ "registration", "users", &kind_users, "all", AT(registration.users) },
	{ "registration", "exclude", &kind_names, "", AT(registration.exclude) },
	{ "registration", "min_uid", &kind_id, "1000", RANGE(0, UID_LAST), AT(registration.min_uid) },
	{ "registration", "methods", &kind_methods, "app email phone office-phone questions recovery-codes",
	  AT(registration.methods) },
	{ "registration", "methods_required", &kind_int, "2", RANGE(1, METHOD_COUNT),
	  AT(registration.methods_required) },
	{ "registration", "methods_to_reset", &kind_int, "1", RANGE(1, 2), AT(registration.methods_to_reset) },
	{ "registration", "reconfirm_days", &kind_int, "180", RANGE(0, 730), AT(registration.reconfirm_days) },
	{ "registration", "postpone_limit", &kind_int, "3", RANGE(0, 100), AT(registration.postpone_limit) },
	{ "registration", "postpone_until", &kind_date, "", AT(registration.postpone_until) },
	{ "registration", "privileged", &kind_names, "@sudo @wheel", AT(registration.privileged) },
	{ "registration", "keyed_logins", &kind_choice, "remind", CHOICES("remind, refuse"),
	  AT(registration.keyed_logins) },
	{ "registration", "first_proof", &kind_choice, "password", CHOICES("password, code"),
	  AT(registration.first_proof) },
	{ "registration", "dormant_days", &kind_int, "0", RANGE(0, 3650), AT(registration.dormant_days) },
	{ "registration", "time_limit", &kind_int, "540", RANGE(60, 3600), AT(registration.time_limit) },

	{ "questions", "register", &kind_int, "3", RANGE(3, 5), AT(questions.ask_register) },
	{ "questions", "reset", &kind_int, "3", RANGE(3, 5), AT(questions.ask_reset) },
	{ "questions", "alone", &kind_choice, "local", CHOICES("never, local"), AT(questions.alone) },
	{ "questions", "custom", &kind_yes_no, "no", CHOICES("no, yes"), AT(questions.custom) },
	{ "questions", "catalogue", &kind_path, SSPR_DATADIR "/questions", AT(questions.catalogue) },
	{ "questions", "hash_memory", &kind_int, "19456", RANGE(8, 1048576), AT(questions.hash_memory) },
	{ "questions", "hash_passes", &kind_int, "2", RANGE(1, 100), AT(questions.hash_passes) },

	{ "email", "url", &kind_mail_url, "", AT(email.url) },
	{ "email", "from", &kind_address, "", AT(email.from) },
	{ "email", "user", &kind_text, "", AT(email.user) },
	{ "email", "password_file", &kind_path, "", AT(email.password_file) },
	{ "email", "tls", &kind_choice, "required", CHOICES("required, try, none"), AT(email.tls) },
	{ "email", "ca_file", &kind_path, "", AT(email.ca_file) },
	{ "email", "timeout", &kind_int, "20", RANGE(1, 300), AT(email.timeout) },
	{ "email", "forbidden_domains", &kind_domains, "", AT(email.forbidden_domains) },

	GATEWAY(sms),
	GATEWAY(voice),

	{ "codes", "digits", &kind_int, "6", RANGE(6, 10), AT(codes.digits) },
	{ "codes", "lifetime", &kind_int, "600", RANGE(60, DAY), AT(codes.lifetime) },
	{ "codes", "tries", &kind_int, "3", RANGE(1, 10), AT(codes.tries) },

	{ "throttle", "failures", &kind_int, "5", RANGE(1, 1000), AT(throttle.failures) },
	{ "throttle", "window", &kind_int, "86400", RANGE(1, YEAR), AT(throttle.window) },
	{ "throttle", "block", &kind_int, "86400", RANGE(1, YEAR), AT(throttle.block) },
	{ "throttle", "sends", &kind_int, "10", RANGE(1, 1000), AT(throttle.sends) },
	{ "throttle", "send_window", &kind_int, "600", RANGE(1, YEAR), AT(throttle.send_window) },

	{ "reset", "enabled", &kind_yes_no, "yes", CHOICES("no, yes"), AT(reset.enabled) },
	{ "reset", "unlock", &kind_yes_no, "yes", CHOICES("no, yes"), AT(reset.unlock) },
	{ "reset", "disclose", &kind_choice, "local", CHOICES("never, local"), AT(reset.disclose) },

	{ "notify", "user", &kind_yes_no, "yes", CHOICES("no, yes"), AT(notify.user) },
	{ "notify", "admins", &kind_addresses, "", AT(notify.admins) },

	{ "support", "contact", &kind_text, CONTACT_NOBODY, RANGE(1, FACTS_TEXT_MAX),
	  AT(support.contact) },
	{ "support", "email", &kind_address, "", AT(support.email) },

	{ "store", "path", &kind_path, "/var/lib/sspr/sspr.db", RANGE(1, 0), AT(store.path) },
	{ "store", "key_file", &kind_path, "/var/lib/sspr/master.key", RANGE(1, 0), AT(store.key_file) },

	{ "audit", "retention_days", &kind_int, "365", RANGE(1, 36500), AT(audit.retention_days) },
};
/* clang-format on */

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))
_Static_assert(OPTION_COUNT <= CONFIG_OPTIONS_MAX, "struct config has a bool for each row");

const struct option *
option_row(size_t index)
{
	return index < OPTION_COUNT ? &options[index] : NULL;
}

/* Is it this row's key? "header.NAME" stands for header. and any name. */
static bool
key_matches(const struct option *o, const char *key)
{
	const char *dot = strchr(o->key, '.');

	if (!dot)
		return strcmp(o->key, key) == 0;
	return strncmp(o->key, key, (size_t)(dot - o->key) + 1) == 0;
}

const struct option *
option_find(const char *section, const char *key, size_t *index)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(options[i].section, section) != 0 || !key_matches(&options[i], key))
			continue;
		*index = i;
		return &options[i];
	}
	return NULL;
}

const struct option *
option_at(size_t place, size_t *index)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++)
		if (options[i].place == place) {
			*index = i;
			return &options[i];
		}
	return NULL;
}

bool
option_section_exists(const char *section)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++)
		if (strcmp(options[i].section, section) == 0)
			return true;
	return false;
}

bool
option_range(const struct option *option, char *out, size_t size)
{
	int n = 0;

	out[0] = '\0';
	if (option->choices)
		n = snprintf(out, size, "%s", option->choices);
	else if (option->kind->number)
		n = snprintf(out, size, "%" PRId64 "-%" PRId64, option->min, option->max);
	return n >= 0 && (size_t)n < size;
}

int
options_preset(struct config *config)
{
	struct option_value value = { 0 };
	char *why;
	size_t i;
	int r;

	for (i = 0; i < OPTION_COUNT; i++) {
		why = NULL;
		if (options[i].kind == &kind_pair)
			continue;
		value.key = options[i].key;
		value.text = options[i].preset;
		r = options[i].kind->put(config, &options[i], &value, &why);
		free(why);
		if (r != 0)
			return r < 0 ? r : -EINVAL;
	}
	return 0;
}

void
options_clear(struct config *config)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++)
		if (options[i].kind->clear)
			options[i].kind->clear((char *)config + options[i].place);
}
