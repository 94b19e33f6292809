/*
 * The arguments of a line in pam.d. One that is unknown in its phase or has a bad value is logged, and its default
 * is used: a typing mistake in pam.d must not lock anybody out.
 */
#ifndef SSPR_PAM_OPTIONS_H
#define SSPR_PAM_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>

#define OPTIONS_TIMEOUT     2 /* seconds */
#define OPTIONS_TIMEOUT_MAX 60

enum phase {
	PHASE_ACCOUNT = 1,
	PHASE_AUTH = 2,
};

/* Strings point into argv or are constant. */
struct options {
	const char *services; /* as protocol/services.h reads them */
	const char *bus;      /* NULL: the system bus */
	const char *stamps;   /* the stamps' folder */
	int timeout_ms;
	bool fail;  /* onerr=fail */
	bool reset; /* an auth line that is the way into a reset */
	bool debug;
};

void
options_read(pam_handle_t *pamh, enum phase phase, int argc, const char **argv, struct options *o);

/* Is the service one in which users are asked? NULL is not. */
bool options_has_service(const struct options *o, const char *service);

#endif
