/*
 * What administrators change. What only this side can know of a user goes with the question, so that
 * one who never logged in can be prepared.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/client.h"
#include "protocol/host.h"
#include "protocol/request.h"
#include "ssprctl/bus.h"
#include "ssprctl/command.h"
#include "ssprctl/safe.h"
#include "text/language.h"

#define MINUTES     60
#define MINUTES_MIN 10
#define MINUTES_MAX 480

static const char only_administrators[] = N_("only an administrator may do this");

/* Why a value was refused. */
static const char *const refusals[REASON_COUNT] = {
	[REASON_SYNTAX] = N_("that is no e-mail address, or no phone number like +31 6 12345678"),
	[REASON_TOO_LONG] = N_("that is too long"),
	[REASON_DOMAIN_FORBIDDEN] =
		N_("mail there needs the very password ([email] forbidden_domains)"),
	[REASON_THIS_HOST] = N_("a mailbox on this host cannot be read without the password"),
	[REASON_SAME] = N_("phone and office-phone must be different lines"),
	[REASON_NUMBER_FORBIDDEN] = N_("the policy does not send to such numbers"),
};

static enum exit_code
refuse(const char *text)
{
	fprintf(stderr, "ssprctl: %s\n", text);
	return EXIT_REFUSED;
}

/* About one user: the name stands before it. */
static void
print_about(const char *user, const char *after)
{
	safe_print(stdout, user);
	printf("%s\n", after);
}

/* Ask with what this host knows of the user. As bus_ask. */
static enum exit_code
ask_with_host(struct question *q, const char *shape, json_t **answer)
{
	struct host_user host = { 0 };
	struct client_context context = { .from_root = true };
	enum exit_code code;
	int r = sspr_host_user_get(q->user, &host);

	if (r == -ENOENT)
		return refuse(_("there is no such user on this host"));
	if (r == -EACCES) /* the shadow file is not this caller's to read */
		return refuse(_(q->not_allowed));
	if (r < 0)
		return refuse(strerror(-r));
	context.uid = host.uid;
	context.groups = (const char *const *)host.groups;
	context.group_count = host.group_count;
	context.local_password = host.local_password;
	context.last_login = host.last_login;
	q->context = &context;
	code = bus_ask(q, shape, answer);
	q->context = NULL;
	sspr_host_user_done(&host);
	return code;
}

enum exit_code
set_run(const struct invocation *in)
{
	struct question q = { .method = "Set",
			      .user = in->argument[0],
			      .text = { in->argument[1], in->argument[2] },
			      .not_allowed = only_administrators,
			      .bad_request = N_("email, phone or office-phone can be filled in") };
	json_t *answer = NULL;
	enum exit_code code = ask_with_host(&q, "s", &answer);
	const char *word;
	enum reason why;

	if (code != EXIT_DONE)
		return code;
	word = json_string_value(json_array_get(answer, 0));
	why = reason_from_word(word);
	if (!*word)
		print_about(q.user, _(": filled in, to be confirmed at the next login"));
	else
		code = refuse(why == REASON_COUNT || !refusals[why] ? word : _(refusals[why]));
	json_decref(answer);
	return code;
}

/* A question whose answer is whether there was anything to do. */
static enum exit_code
ask_whether(const struct question *q, const char *yes, const char *no)
{
	json_t *answer = NULL;
	enum exit_code code = bus_ask(q, "b", &answer);

	if (code != EXIT_DONE)
		return code;
	if (json_is_true(json_array_get(answer, 0)))
		print_about(q->user, yes);
	else
		code = refuse(no);
	json_decref(answer);
	return code;
}

enum exit_code
remove_run(const struct invocation *in)
{
	const struct question q = { .method = "Remove",
				    .user = in->argument[0],
				    .text = { in->argument[1] },
				    .not_allowed = only_administrators,
				    .bad_request = N_("there is no such method") };

	return ask_whether(&q, _(": removed"), _("that is not registered, and not filled in"));
}

enum exit_code
unblock_run(const struct invocation *in)
{
	const struct question q = { .method = "Unblock",
				    .user = in->argument[0],
				    .not_allowed = only_administrators };

	return ask_whether(&q, _(": no longer blocked"), _("there is nothing to lift"));
}

/* False: not a number of minutes. */
static bool
read_minutes(const char *text, int64_t *minutes)
{
	char *end;

	*minutes = MINUTES;
	if (!text)
		return true;
	*minutes = strtol(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && *minutes >= MINUTES_MIN &&
	       *minutes <= MINUTES_MAX;
}

enum exit_code
code_run(const struct invocation *in)
{
	struct question_number minutes = { .type = 'u' };
	struct question q = {
		.method = "Code",
		.user = in->argument[0],
		.number = &minutes,
		.not_allowed =
			N_("such a code is made by an administrator, never for oneself, and for "
			   "a privileged account by root alone"),
	};
	json_t *answer = NULL;
	enum exit_code code;

	if (!read_minutes(in->minutes, &minutes.value)) {
		fprintf(stderr, "%s", _("ssprctl: --minutes takes 10 to 480\n"));
		return EXIT_USAGE;
	}
	code = ask_with_host(&q, "s", &answer);
	if (code != EXIT_DONE)
		return code;
	printf("%s\n", json_string_value(json_array_get(answer, 0)));
	fprintf(stderr, _("It works once, within %lld minutes, and is not shown again.\n"),
		(long long)minutes.value);
	json_decref(answer);
	return EXIT_DONE;
}

/* The start of that day here, in the future. False: it is none. */
static bool
read_date(const char *text, int64_t *date)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *end = text ? strptime(text, "%Y-%m-%d", &tm) : NULL;

	*date = 0;
	if (!text)
		return true;
	*date = end && !*end ? (int64_t)mktime(&tm) : 0;
	return *date > (int64_t)time(NULL);
}

static enum exit_code
require_all(struct question *q)
{
	json_t *answer = NULL;
	enum exit_code code;

	q->method = "RequireAll";
	code = bus_ask(q, "i", &answer);
	if (code == EXIT_DONE)
		printf(_("Users who will be asked to confirm: %lld\n"),
		       (long long)json_integer_value(json_array_get(answer, 0)));
	json_decref(answer);
	return code;
}

enum exit_code
require_run(const struct invocation *in)
{
	struct question_number by = { .type = 'x' };
	struct question q = { .method = "Require",
			      .user = in->argument[0],
			      .number = &by,
			      .not_allowed = only_administrators,
			      .bad_request = N_("that date is too far away") };
	json_t *answer = NULL;
	enum exit_code code;

	if (in->all == (in->count > 0)) {
		fprintf(stderr, "%s", _("usage: ssprctl require USER|--all [--by DATE]\n"));
		return EXIT_USAGE;
	}
	if (!read_date(in->by, &by.value)) {
		fprintf(stderr, "%s", _("ssprctl: --by takes a day to come, as YYYY-MM-DD\n"));
		return EXIT_USAGE;
	}
	if (in->all)
		return require_all(&q);
	code = ask_with_host(&q, "", &answer);
	if (code == EXIT_DONE)
		print_about(q.user, _(": will be asked to confirm"));
	json_decref(answer);
	return code;
}

enum exit_code
freeze_run(const struct invocation *in)
{
	const struct question q = {
		.interface = SSPR_BUS_INTERFACE,
		.method = "Freeze",
		.text = { in->argument[0] },
		.not_allowed = N_("that code was used before, is too old, or is not a right one"),
		.bad_request =
			N_("that is no such code, or was typed wrongly; it begins with F- and is "
			   "in each message about a change of your account"),
		.too_many = N_("you tried too many codes; try again in ten minutes"),
	};
	json_t *answer = NULL;
	enum exit_code code = bus_ask(&q, "", &answer);

	if (code == EXIT_DONE)
		printf("%s",
		       _("Password resets of that account are stopped, until an administrator "
			 "lifts it.\n"));
	json_decref(answer);
	return code;
}
