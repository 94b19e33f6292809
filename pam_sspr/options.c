/*
 * One row an argument.
 */
#include "pam_sspr/options.h"

#include <security/pam_ext.h>
#include <stddef.h>
#include <string.h>
#include <syslog.h>

#include "protocol/services.h"
#include "protocol/stamp.h"

static bool
take_services(struct options *o, const char *value)
{
	o->services = value;
	return value[strspn(value, ", \t")] != '\0';
}

static bool
take_onerr(struct options *o, const char *value)
{
	o->fail = strcmp(value, "fail") == 0;
	return o->fail || strcmp(value, "ignore") == 0;
}

/* Whole seconds, 1 to OPTIONS_TIMEOUT_MAX, digits only. */
static bool
take_timeout(struct options *o, const char *value)
{
	int seconds = 0;

	for (; *value >= '0' && *value <= '9' && seconds <= OPTIONS_TIMEOUT_MAX; value++)
		seconds = seconds * 10 + (*value - '0');
	o->timeout_ms = seconds * 1000;
	return *value == '\0' && seconds >= 1 && seconds <= OPTIONS_TIMEOUT_MAX;
}

static bool
take_bus(struct options *o, const char *value)
{
	o->bus = value;
	return strncmp(value, "unix:path=/", strlen("unix:path=/")) == 0;
}

static bool
take_stamps(struct options *o, const char *value)
{
	o->stamps = value;
	return value[0] == '/';
}

static bool
take_reset(struct options *o, const char *value)
{
	o->reset = true;
	return *value == '\0';
}

static bool
take_debug(struct options *o, const char *value)
{
	o->debug = true;
	return *value == '\0';
}

/* A name with "=" takes a value; take answers false for a bad one. */
static const struct option {
	const char *name;
	int phases;
	bool (*take)(struct options *o, const char *value);
} table[] = {
	{ "services=", PHASE_ACCOUNT | PHASE_AUTH, take_services },
	{ "onerr=", PHASE_ACCOUNT, take_onerr },
	{ "timeout=", PHASE_ACCOUNT | PHASE_AUTH, take_timeout },
	{ "bus=", PHASE_ACCOUNT | PHASE_AUTH, take_bus },
	{ "stamps=", PHASE_ACCOUNT, take_stamps },
	{ "reset", PHASE_AUTH, take_reset },
	{ "debug", PHASE_ACCOUNT | PHASE_AUTH, take_debug },
};

static void
read_one(pam_handle_t *pamh, enum phase phase, const char *arg, struct options *o)
{
	const struct options before = *o;
	size_t i, len;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		len = strlen(table[i].name);
		if ((table[i].phases & (int)phase) != 0 && strncmp(arg, table[i].name, len) == 0 &&
		    table[i].take(o, arg + len))
			return;
	}
	*o = before;
	pam_syslog(pamh, LOG_ERR, "bad argument \"%.100s\" is left out, see pam_sspr(8)", arg);
}

void
options_read(pam_handle_t *pamh, enum phase phase, int argc, const char **argv, struct options *o)
{
	int i;

	*o = (struct options){
		.services = SERVICES_DEFAULT,
		.stamps = STAMP_FOLDER,
		.timeout_ms = OPTIONS_TIMEOUT * 1000,
	};
	for (i = 0; i < argc; i++)
		read_one(pamh, phase, argv[i], o);
}

bool
options_has_service(const struct options *o, const char *service)
{
	return service != NULL && services_have(o->services, service);
}
