/* The policy, taken over whole or not at all. */
#include "ssprd/policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "protocol/stamp.h"
#include "ssprd/catalogue.h"
#include "ssprd/core/audit.h"
#include "ssprd/core/config.h"
#include "ssprd/daemon.h"
#include "text/log.h"

void
policy_audit(struct daemon *daemon, enum audit_event event, const char *result)
{
	struct audit_entry entry = { .event = event,
				     .actor = "ssprd",
				     .result = result,
				     .reason = daemon->config_file,
				     .uid = -1,
				     .now = time(NULL) };

	if (daemon->judge.store &&
	    audit_write(daemon->judge.store, daemon->judge.vault, &entry) < 0)
		log_error("that could not be audited");
}

static void
log_errors(const struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		log_error("%s:%d: %s", errors->list[i].file, errors->list[i].line,
			  errors->list[i].text);
	if (errors->more)
		log_error("and %zu more errors", errors->more);
}

/*
 * Another database or key under a running dialog would tear it apart: the ones that are open
 * stay.
 */
static void
warn_of_store(const struct config *old, const struct config *new)
{
	if (old && (strcmp(old->store.path, new->store.path) != 0 ||
		    strcmp(old->store.key_file, new->store.key_file) != 0))
		log_warning("[store] path and key_file change when ssprd is started again");
}

static void
take_over(struct daemon *daemon, struct config *config, struct catalogues *catalogues,
	  const struct timespec *newest)
{
	warn_of_store(daemon->config, config);
	policy_free(daemon);
	daemon->config = config;
	daemon->catalogues = catalogues;
	daemon->judge.config = config;
	daemon->judge.catalogues = catalogues;
	daemon->stamps.policy = *newest;
}

bool
policy_load(struct daemon *daemon)
{
	struct config_errors errors = { 0 };
	struct catalogues *catalogues = NULL;
	struct config *config = NULL;
	struct timespec newest = { 0 };
	bool good;
	int r;

	/* Looked at before the files are read: what changes meanwhile is newer than what runs. */
	r = config_newest(daemon->config_file, &newest);
	if (r < 0)
		log_warning("%s: %s: no stamps are written", daemon->config_file, strerror(-r));
	r = config_read(daemon->config_file, &config, &errors);
	if (r == CONFIG_GOOD)
		r = catalogues_read(&catalogues, config->questions.catalogue);
	good = r == CONFIG_GOOD;
	if (good) {
		take_over(daemon, config, catalogues, &newest);
		policy_audit(daemon, AUDIT_POLICY_LOADED, "loaded");
	} else {
		log_errors(&errors);
		if (r < 0)
			log_error("%s: %s", daemon->config_file, strerror(-r));
		config_free(config);
		policy_audit(daemon, AUDIT_POLICY_REFUSED, "refused");
	}
	config_errors_done(&errors);
	return good;
}

void
policy_free(struct daemon *daemon)
{
	daemon->judge.config = NULL;
	daemon->judge.catalogues = NULL;
	config_free(daemon->config);
	catalogues_free(daemon->catalogues);
	daemon->config = NULL;
	daemon->catalogues = NULL;
}

int
policy_test(const char *file)
{
	struct config_errors errors = { 0 };
	struct config *config = NULL;
	int r = config_read(file, &config, &errors);

	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, "%s:%d: %s\n", errors.list[i].file, errors.list[i].line,
			errors.list[i].text);
	if (errors.more)
		fprintf(stderr, "and %zu more errors\n", errors.more);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", file, strerror(-r));
	config_errors_done(&errors);
	config_free(config);
	return r == CONFIG_GOOD ? 0 : 1;
}
