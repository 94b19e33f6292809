/*
 * sspr.conf: one table says each option's section, key, kind, default, range and place
 * (config_options.c); the reader is strict (config.c). Every error is reported with its file and line;
 * nothing starts on half a policy. The same reader serves ssprd, sspr-deliver and ssprctl.
 */
#ifndef SSPR_CORE_CONFIG_H
#define SSPR_CORE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/words.h"

#define CONFIG_FILE_MAX    262144 /* bytes of one file */
#define CONFIG_FILES_MAX   64     /* drop-ins */
#define CONFIG_LINE_MAX    4096
#define CONFIG_ERRORS_MAX  100 /* further ones are counted only */
#define CONFIG_OPTIONS_MAX 96  /* rows of the table */
#define CONFIG_PAIRS_MAX   32  /* header.NAME and field.NAME of one gateway */

enum enforce { ENFORCE_OFF, ENFORCE_REMIND, ENFORCE_REQUIRED };
enum keyed_logins { KEYED_REMIND, KEYED_REFUSE };
enum first_proof { FIRST_PROOF_PASSWORD, FIRST_PROOF_CODE };
enum local_or_never { CHOICE_NEVER, CHOICE_LOCAL };
enum mail_tls { TLS_REQUIRED, TLS_TRY, TLS_NONE };

/* A list of words: names and @groups. */
struct name_list {
	char **names;
	size_t count;
};

struct gateway_pair {
	char *key; /* "header.NAME" or "field.NAME" */
	char *value;
	int file; /* the number of the file that set it */
};

/* [sms] and [voice]: kept as read; sspr-deliver takes them apart. */
struct gateway_config {
	char *preset, *method, *url, *auth, *body, *json, *ok, *retry, *from, *program;
	char *allow_prefixes, *deny_prefixes;
	int timeout;
	struct gateway_pair *pairs;
	size_t pair_count;
};

/* The policy. Texts are never NULL: what is not set is "". */
struct config {
	struct registration_config {
		enum enforce enforce;
		bool users_all;         /* users = all */
		struct name_list users; /* empty with users_all or users = none */
		struct name_list exclude;
		int64_t min_uid;
		enum method methods[METHOD_COUNT];
		int method_count;
		int methods_required;
		int methods_to_reset;
		int reconfirm_days;
		int postpone_limit;
		int64_t postpone_until; /* start of that day, local time; 0 not set */
		struct name_list privileged;
		enum keyed_logins keyed_logins;
		enum first_proof first_proof;
		int dormant_days;
		int time_limit;
	} registration;
	struct questions_config {
		int ask_register, ask_reset;
		enum local_or_never alone;
		bool custom;
		char *catalogue;
		int hash_memory, hash_passes;
	} questions;
	struct email_config {
		char *url, *from, *user, *password_file, *ca_file, *forbidden_domains;
		enum mail_tls tls;
		int timeout;
	} email;
	struct gateway_config sms, voice;
	struct codes_config {
		int digits, lifetime, tries;
	} codes;
	struct throttle_config {
		int failures, window, block, sends, send_window;
	} throttle;
	struct reset_config {
		bool enabled, unlock;
		enum local_or_never disclose;
	} reset;
	struct notify_config {
		bool user;
		char *admins;
	} notify;
	struct support_config {
		char *contact, *email;
	} support;
	struct store_config {
		char *path, *key_file;
	} store;
	struct audit_config {
		int retention_days;
	} audit;
	bool set[CONFIG_OPTIONS_MAX]; /* which rows of the table a file has set */
};

/* One thing that is wrong: FILE:LINE: text (line 0: the file as a whole). */
struct config_error {
	char *file;
	int line;
	char *text;
};

struct config_errors {
	struct config_error *list;
	size_t count; /* at most CONFIG_ERRORS_MAX */
	size_t more;  /* how many were not kept */
};

enum config_result {
	CONFIG_GOOD = 0,
	CONFIG_WRONG = 1, /* errors say what; *config is NULL */
};

/*
 * Read FILE, then FILE.d/ *.conf in order of their names. CONFIG_GOOD: *config is the caller's
 * (config_free). -ENOMEM. errors is filled in either way and is the caller's (config_errors_done).
 * An absent FILE is an error; an absent FILE.d is not.
 */
int config_read(const char *file, struct config **config, struct config_errors *errors);

/* The same for text in memory, without drop-ins (fuzzing, tests, ssprctl). file names it in errors. */
int config_parse(const char *file, const char *text, size_t len, struct config **config,
		 struct config_errors *errors);

void config_free(struct config *config);
void config_errors_done(struct config_errors *errors);

/* Is this method's delivery configured, so that it can be offered at all? (app, questions, recovery codes: always.) */
bool config_deliverable(const struct config *config, enum method method);

/* The methods that are listed and deliverable, in the policy's order. Their number. */
int config_offered(const struct config *config, enum method offered[METHOD_COUNT]);

/* Is the user on the list, by name or by one of the groups (count names)? */
bool name_list_has(const struct name_list *list, const char *user, const char *const *groups,
		   size_t count);

#endif
