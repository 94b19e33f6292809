/*
 * What a login would meet, and why: what the module would do by the service's PAM file, then what
 * the daemon answers to the same context. Nothing is written. The stamp is left out: it only
 * repeats an older answer.
 */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/client.h"
#include "protocol/host.h"
#include "protocol/services.h"
#include "ssprctl/bus.h"
#include "ssprctl/command.h"
#include "ssprctl/explain.h"
#include "ssprctl/output.h"
#include "ssprctl/pamfolder.h"
#include "ssprctl/safe.h"
#include "text/language.h"

#define NOT_ALLOWED N_("only an administrator may ask what a login would meet")

static const struct column columns[] = {
	{ "user", "", KIND_TEXT },
	{ "service", "", KIND_TEXT },
	{ "asked", "", KIND_YES_NO },
	{ "state", "", KIND_TEXT },
	{ "required", "", KIND_NUMBER },
	{ "done", "", KIND_NUMBER },
	{ "postpones_left", "", KIND_NUMBER },
	{ "refuses_keyed", "", KIND_YES_NO },
	{ "file", "", KIND_TEXT },
	{ "line", "", KIND_NUMBER },
	{ "services", "", KIND_TEXT },
	{ "onerr", "", KIND_TEXT },
	{ "reason", "", KIND_TEXT },
};

/* About one user; text is said before the name and why after it. */
static enum exit_code
refuse(const char *text, const char *name, const char *why)
{
	fprintf(stderr, "ssprctl: %s ", text);
	safe_print(stderr, name);
	fprintf(stderr, "%s%s\n", why ? ": " : "", why ? why : "");
	return EXIT_REFUSED;
}

/* pam_start makes a service's name lower case; a '/' would lead out of the folder. */
static bool
take_service(const char *typed, char service[SERVICE_NAME_MAX + 1])
{
	const size_t len = strlen(typed);
	size_t i;

	if (len == 0 || len > SERVICE_NAME_MAX || strchr(typed, '/') || typed[0] == '.')
		return false;
	for (i = 0; i <= len; i++)
		service[i] = (char)tolower((unsigned char)typed[i]);
	return true;
}

/* EXIT_DONE: the daemon's answer is in s->state and s->facts, parts of *answer. */
static enum exit_code
ask_daemon(struct simulation *s, const struct host_user *host, json_t **answer)
{
	const struct client_context context = {
		.service = s->service,
		.interactive = true,
		.from_root = true,
		.uid = host->uid,
		.groups = (const char *const *)host->groups,
		.group_count = host->group_count,
		.local_password = host->local_password,
		.last_login = host->last_login,
	};
	const struct question q = {
		.method = "Simulate",
		.user = s->user,
		.context = &context,
		.not_allowed = NOT_ALLOWED,
	};
	enum exit_code code;

	code = bus_ask(&q, "so", answer);
	if (code != EXIT_DONE)
		return code;
	s->state = json_string_value(json_array_get(*answer, 0));
	s->facts = json_array_get(*answer, 1);
	return EXIT_DONE;
}

static int
print_simulation(const struct invocation *in, const struct simulation *s)
{
	json_t *object, *rows;
	int r;

	if (in->format == FORMAT_TEXT)
		return explain_print(s);
	object = explain_object(s);
	rows = json_pack("[O?]", object);
	if (!object || !rows)
		r = -ENOMEM;
	else if (in->format == FORMAT_JSON)
		r = output_json(stdout, object);
	else
		r = output_rows(stdout, FORMAT_CSV, columns, sizeof(columns) / sizeof(columns[0]),
				rows);
	json_decref(rows);
	json_decref(object);
	return r;
}

static enum exit_code
simulate(const struct invocation *in, struct simulation *s, const struct host_user *host)
{
	const struct pamfile_source source = pamfolder_source(in->pam_folder);
	json_t *answer = NULL;
	enum exit_code code = EXIT_DONE;
	int r;

	r = pamfile_find(&source, s->service, &s->pam);
	if (r < 0)
		return refuse(_("cannot read"), s->pam.path, strerror(-r));
	if (r == PAMFILE_NO_FILE)
		s->alone = ALONE_NO_FILE;
	else if (r == PAMFILE_NO_LINE)
		s->alone = ALONE_NO_LINE;
	else if (!services_have(s->pam.services, s->service))
		s->alone = ALONE_NOT_LISTED;
	else if (host->uid == 0)
		s->alone = ALONE_ROOT;
	else
		code = ask_daemon(s, host, &answer);
	if (code == EXIT_DONE)
		code = print_simulation(in, s) < 0 ? EXIT_REFUSED : EXIT_DONE;
	json_decref(answer);
	return code;
}

enum exit_code
simulate_run(const struct invocation *in)
{
	struct simulation s = { .user = in->argument[0] };
	struct host_user host = { 0 };
	enum exit_code code;
	int r;

	if (!take_service(in->argument[1], s.service))
		return refuse(_("this is not the name of a service:"), in->argument[1], NULL);
	r = sspr_host_user_get(s.user, &host);
	if (r == -ENOENT)
		return refuse(_("there is no user"), s.user, NULL);
	if (r == -EACCES || r == -EPERM) {
		fprintf(stderr, "ssprctl: %s\n", _(NOT_ALLOWED));
		return EXIT_REFUSED;
	}
	if (r < 0)
		return refuse(_("cannot look up"), s.user, strerror(-r));
	code = simulate(in, &s, &host);
	sspr_host_user_done(&host);
	return code;
}
